//! The calendar of a project: its zone, its rest days, and what a day or a time of day means there.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use crate::catalog::Calendar;
use crate::rows::ProjectRow;

/// How far a search for a working day looks: a calendar that rests longer than a year is a mistake.
const LONGEST_REST: usize = 400;

/// A project names a time zone that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no time zone")]
pub struct UnknownZone(pub String);

/// Days and times of day as they are meant in a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectCalendar {
    zone: Tz,
    weekend: BTreeSet<u32>,
    rest_days: BTreeSet<NaiveDate>,
    workdays: BTreeSet<NaiveDate>,
}

impl ProjectCalendar {
    /// Makes the calendar of a zone.
    #[must_use]
    pub fn new(zone: Tz, calendar: &Calendar) -> Self {
        Self {
            zone,
            weekend: calendar.weekend.iter().copied().collect(),
            rest_days: calendar.rest_days.iter().copied().collect(),
            workdays: calendar.workdays.iter().copied().collect(),
        }
    }

    /// Reads the calendar of a project.
    ///
    /// # Errors
    ///
    /// [`UnknownZone`].
    pub fn of(project: &ProjectRow) -> Result<Self, UnknownZone> {
        let zone = project.time_zone.parse();
        let zone = zone.map_err(|_| UnknownZone(project.time_zone.clone()))?;
        Ok(Self::new(zone, &project.settings.calendar))
    }

    /// Tells whether nobody works on that day: a listed rest day, or a weekend day that is not worked.
    #[must_use]
    pub fn is_rest(&self, day: NaiveDate) -> bool {
        let weekend = self.weekend.contains(&day.weekday().number_from_monday());
        self.rest_days.contains(&day) || (weekend && !self.workdays.contains(&day))
    }

    /// Tells whether a profile that works on these days of the week works on that day.
    #[must_use]
    pub fn is_workday(&self, day: NaiveDate, weekdays: &[u32]) -> bool {
        let usual = weekdays.contains(&day.weekday().number_from_monday()) || self.workdays.contains(&day);
        usual && !self.is_rest(day)
    }

    /// Returns the day itself, or the first one after the rest days that it falls on.
    #[must_use]
    pub fn after_rest(&self, day: NaiveDate) -> NaiveDate {
        let mut days = day.iter_days().take(LONGEST_REST);
        days.find(|day| !self.is_rest(*day)).unwrap_or(day)
    }

    /// Returns the first working day after `day`; none when the calendar rests for good.
    #[must_use]
    pub fn next_workday(&self, day: NaiveDate, weekdays: &[u32]) -> Option<NaiveDate> {
        let mut days = day.iter_days().skip(1).take(LONGEST_REST);
        days.find(|day| self.is_workday(*day, weekdays))
    }

    /// Returns what the clock on the wall shows.
    #[must_use]
    pub fn local(&self, at_ms: i64) -> NaiveDateTime {
        let at = DateTime::<Utc>::from_timestamp_millis(at_ms).unwrap_or_default();
        at.with_timezone(&self.zone).naive_local()
    }

    /// Returns the day on which a moment falls.
    #[must_use]
    pub fn day_of(&self, at_ms: i64) -> NaiveDate {
        self.local(at_ms).date()
    }

    /// Returns the moment at which the clock on the wall shows this. What it shows twice, when clocks go back, is the
    /// later moment: no time that somebody still has is taken away. What it never shows is the first moment after it.
    #[must_use]
    pub fn moment(&self, local: NaiveDateTime) -> i64 {
        let found = |local: NaiveDateTime| self.zone.from_local_datetime(&local).latest();
        // Clocks are put forward by at most a few hours, in steps of a quarter.
        let steps = (0..96).filter_map(|quarter| local.checked_add_signed(TimeDelta::minutes(15 * quarter)));
        let first = steps.filter_map(found).next();
        first.map_or_else(|| local.and_utc().timestamp_millis(), |at| at.timestamp_millis())
    }

    /// Returns the last second of a day.
    #[must_use]
    pub fn end_of(&self, day: NaiveDate) -> i64 {
        let last = NaiveTime::from_hms_opt(23, 59, 59).unwrap_or_default();
        self.moment(day.and_time(last))
    }
}

/// Returns a day so many days later; the last day of the calendar where there is none.
pub(super) fn days_after(day: NaiveDate, days: u32) -> NaiveDate {
    day.checked_add_days(Days::new(days.into())).unwrap_or(NaiveDate::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_weekend_day_that_is_worked_is_no_rest_day_and_a_rest_day_always_is_one() {
        let calendar = Calendar {
            weekend: vec![6, 7],
            rest_days: vec![day("2026-10-01"), day("2026-10-11")],
            workdays: vec![day("2026-10-10"), day("2026-10-11")],
        };
        let calendar = ProjectCalendar::new(Tz::Asia__Shanghai, &calendar);
        let rests = ["2026-10-01", "2026-10-03", "2026-10-09", "2026-10-10", "2026-10-11"];
        assert_eq!(
            rests.map(|d| calendar.is_rest(day(d))),
            [true, true, false, false, true]
        );
        assert!(calendar.is_workday(day("2026-10-10"), &[1, 2, 3, 4, 5]));
        assert_eq!(calendar.after_rest(day("2026-10-03")), day("2026-10-05"));
    }

    #[test]
    fn a_calendar_that_never_works_ends_all_the_same() {
        let never = Calendar {
            weekend: (1..=7).collect(),
            ..Calendar::default()
        };
        let never = ProjectCalendar::new(Tz::UTC, &never);
        assert_eq!(never.after_rest(day("2026-10-03")), day("2026-10-03"));
        assert_eq!(never.next_workday(day("2026-10-03"), &[1]), None);
    }

    #[test]
    fn days_are_those_of_the_zone_also_when_clocks_change() {
        let london = ProjectCalendar::new(Tz::Europe__London, &Calendar::default());
        let shanghai = ProjectCalendar::new(Tz::Asia__Shanghai, &Calendar::default());
        let late = shanghai.moment("2026-11-21T23:30:00".parse().unwrap());
        assert_eq!(
            (shanghai.day_of(late), london.day_of(late)),
            (day("2026-11-21"), day("2026-11-21"))
        );
        assert_eq!(london.local(late).to_string(), "2026-11-21 15:30:00");
        // 01:30 happens twice on 25 October, never on 29 March.
        let twice = london.moment("2026-10-25T01:30:00".parse().unwrap());
        assert_eq!(twice, shanghai.moment("2026-10-25T09:30:00".parse().unwrap()));
        let never = london.moment("2026-03-29T01:30:00".parse().unwrap());
        assert_eq!(london.local(never).to_string(), "2026-03-29 02:00:00");
    }
}
