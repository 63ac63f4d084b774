//! Days in the project's zone.

use chrono::{Days, NaiveDate, NaiveTime, TimeZone};
use chrono_tz::Tz;

/// A day in milliseconds.
pub(super) const DAY: i64 = 24 * 60 * 60 * 1_000;

/// Returns the day of a moment.
pub(super) fn day_of(at_ms: i64, zone: Tz) -> Option<NaiveDate> {
    time_of(at_ms, zone).map(|(day, _)| day)
}

/// Returns the day and the time of day of a moment.
pub(super) fn time_of(at_ms: i64, zone: Tz) -> Option<(NaiveDate, NaiveTime)> {
    let at = zone.timestamp_millis_opt(at_ms).single()?;
    Some((at.date_naive(), at.time()))
}

/// Returns the moment at which a day begins.
pub(super) fn begin_of(day: NaiveDate, zone: Tz) -> Option<i64> {
    // Where a clock is put forward at midnight the day begins an hour later.
    let hours = (0..3).filter_map(|hour| NaiveTime::from_hms_opt(hour, 0, 0));
    let mut begins = hours.filter_map(|time| zone.from_local_datetime(&day.and_time(time)).earliest());
    begins.next().map(|at| at.timestamp_millis())
}

/// Returns the moment at which the `n`-th day after that of `at_ms` is over.
pub(super) fn end_of_day_after(at_ms: i64, n: u32, zone: Tz) -> Option<i64> {
    let next = day_of(at_ms, zone)?.checked_add_days(Days::new(u64::from(n) + 1))?;
    begin_of(next, zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_and_end_in_their_zone() {
        let shanghai: Tz = "Asia/Shanghai".parse().unwrap();
        // 2026-11-21T15:00+08:00 and the end of the third day after it.
        let at = 1_795_244_400_000;
        assert_eq!(day_of(at, shanghai).unwrap().to_string(), "2026-11-21");
        assert_eq!(end_of_day_after(at, 3, shanghai), Some(1_795_536_000_000));
        // In Beirut midnight of 2026-03-29 does not exist.
        let beirut: Tz = "Asia/Beirut".parse().unwrap();
        let begin = begin_of(NaiveDate::from_ymd_opt(2026, 3, 29).unwrap(), beirut).unwrap();
        assert_eq!(day_of(begin, beirut).unwrap().to_string(), "2026-03-29");
        assert_eq!(day_of(begin - 1, beirut).unwrap().to_string(), "2026-03-28");
    }
}
