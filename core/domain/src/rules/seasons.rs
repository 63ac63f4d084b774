//! Periods that count in seasons, which is not the same as years.

use chrono::{Datelike, NaiveDate};

use crate::catalog::{CountFrom, Season};

/// Returns the last day of the `count`th season, counted from `start`; none outside of the calendar. A season that
/// begins on the start date is a full one.
#[must_use]
pub fn season_last_day(start: NaiveDate, season: Season, count: u32, from: CountFrom) -> Option<NaiveDate> {
    let over_new_year = i32::from(season.end < season.start);
    // The season that begins in the year before may still be running.
    let years = (start.year() - 1)
        ..=(start
            .year()
            .saturating_add(i32::try_from(count).ok()?)
            .saturating_add(2));
    let days = years.filter_map(|year| Some((season.start.in_year(year)?, season.end.in_year(year + over_new_year)?)));
    let counts =
        |(begin, end): &(NaiveDate, NaiveDate)| *begin >= start || (from == CountFrom::CurrentSeason && *end >= start);
    let nth = usize::try_from(count.checked_sub(1)?).ok()?;
    days.filter(counts).nth(nth).map(|(_, end)| end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn one_season_more_never_ends_earlier_and_the_running_one_never_later(
            days in 0..20_000_u32, count in 1..20_u32, over in any::<bool>(),
        ) {
            let start = NaiveDate::from_ymd_opt(1990, 1, 1).unwrap() + chrono::Days::new(days.into());
            let (begin, end) = if over { ("11-15", "03-15") } else { ("06-01", "09-30") };
            let season = Season { start: begin.parse().unwrap(), end: end.parse().unwrap() };
            let last = |count, from| season_last_day(start, season, count, from).unwrap();
            let full = last(count, CountFrom::FirstFullSeason);
            prop_assert!(full > start && full < last(count + 1, CountFrom::FirstFullSeason));
            prop_assert!(last(count, CountFrom::CurrentSeason) <= full);
        }
    }
}
