//! Periods: the first day is not counted, the end of a month is clipped, a rest day at the end moves it.

use chrono::{Months, NaiveDate};

use super::calendar::{ProjectCalendar, days_after};
use crate::catalog::Lag;

/// Returns the last day of so many months: the same day of the target month, or its last day where there is none.
///
/// ```
/// use keyturn_domain::rules::add_months;
/// let last = add_months("2027-12-31".parse().unwrap(), 2);
/// assert_eq!(last.to_string(), "2028-02-29");
/// ```
#[must_use]
pub fn add_months(start: NaiveDate, months: u32) -> NaiveDate {
    start.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX)
}

/// Returns the last day of so many years.
#[must_use]
pub fn add_years(start: NaiveDate, years: u32) -> NaiveDate {
    add_months(start, years.saturating_mul(12))
}

/// Returns the day that lies so long after another.
#[must_use]
pub fn add_lag(start: NaiveDate, lag: Lag) -> NaiveDate {
    match lag {
        Lag::Days(days) => days_after(start, days),
        Lag::Months(months) => add_months(start, months),
        Lag::Years(years) => add_years(start, years),
    }
}

/// Returns the last day of a period that may not end on a rest day.
#[must_use]
pub fn last_day_of(start: NaiveDate, lag: Lag, calendar: &ProjectCalendar) -> NaiveDate {
    calendar.after_rest(add_lag(start, lag))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Datelike;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn months_keep_the_day_or_clip_it_and_never_leave_the_month(days in 0..40_000_u32, months in 0..700_u32) {
            let start = days_after(NaiveDate::from_ymd_opt(1990, 1, 1).unwrap(), days);
            let end = add_months(start, months);
            let passed = |d: NaiveDate| i64::from(d.year()) * 12 + i64::from(d.month0());
            prop_assert_eq!(passed(end) - passed(start), i64::from(months));
            let clipped = end.succ_opt().unwrap().month() != end.month();
            prop_assert!(end.day() == start.day() || (end.day() < start.day() && clipped));
        }

        #[test]
        fn a_later_start_never_ends_earlier(days in 0..40_000_u32, more in 0..400_u32, months in 0..700_u32) {
            let start = days_after(NaiveDate::from_ymd_opt(1990, 1, 1).unwrap(), days);
            prop_assert!(add_months(start, months) <= add_months(days_after(start, more), months));
        }
    }

    #[test]
    fn what_leaves_the_calendar_ends_with_it() {
        assert_eq!(add_years(NaiveDate::MAX, u32::MAX), NaiveDate::MAX);
    }
}
