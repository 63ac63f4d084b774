//! Quiet hours: when nobody is called, whose hours count, and when calling is allowed again.

use chrono::{Days, NaiveDateTime, TimeDelta};

use super::calendar::ProjectCalendar;
use super::crews::is_over;
use crate::catalog::{QuietHours, QuietPeriod};
use crate::record::Projection;

/// Whether somebody may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contact {
    /// Now.
    pub allowed: bool,
    /// From when on; now, if it is allowed; none: their hours cover the whole day.
    pub next_allowed_ms: Option<i64>,
}

/// Returns the hours that count: the owner's own before the project's before those of the data.
#[must_use]
pub fn quiet_periods<'a>(
    rules: &'a QuietHours,
    project: Option<&'a [QuietPeriod]>,
    owner: Option<&'a [QuietPeriod]>,
) -> &'a [QuietPeriod] {
    let owner = owner.filter(|_| rules.owner_request_overrides);
    owner.or(project).unwrap_or(&rules.periods)
}

/// Returns why a record is so dangerous that somebody calls at any hour: the list and the code, `severity/A`; none: it is
/// not, or it is at its end.
#[must_use]
pub fn danger_of(rules: &QuietHours, shown: &Projection) -> Option<String> {
    let open = ["defect", "case"].contains(&shown.kind.as_str()) && !is_over(shown);
    let said = [("severity", &shown.severity), ("urgency", &shown.matter.urgency)];
    let mut found = said
        .into_iter()
        .filter(|(group, code)| open && rules.is_exempt(group, code));
    found.next().map(|(group, code)| format!("{group}/{code}"))
}

/// Returns the list and the code of a danger that somebody names by its code alone.
#[must_use]
pub fn danger_named(rules: &QuietHours, code: &str) -> Option<String> {
    let exempt = rules.exempt.iter().find(|exempt| exempt.code == code)?;
    Some(format!("{}/{}", exempt.group, exempt.code))
}

/// Tells whether somebody with these quiet hours may be called. What is urgent for safety is exempt.
#[must_use]
pub fn may_call(periods: &[QuietPeriod], calendar: &ProjectCalendar, at_ms: i64, safety: bool) -> Contact {
    let allowed = safety || quiet(periods, calendar.local(at_ms)).is_none();
    let next_allowed_ms = if allowed {
        Some(at_ms)
    } else {
        end_of_quiet(periods, calendar.local(at_ms)).map(|at| calendar.moment(at))
    };
    Contact {
        allowed,
        next_allowed_ms,
    }
}

/// Returns the moment before which a call must be made that is due at `due_ms`: the due itself, or the begin of the
/// quiet hours in which it lies; none: their hours cover the whole day.
#[must_use]
pub fn last_call_before(periods: &[QuietPeriod], calendar: &ProjectCalendar, due_ms: i64) -> Option<i64> {
    let second = TimeDelta::seconds(1);
    let mut last = calendar.local(due_ms);
    for _ in 0..=periods.len() {
        match quiet(periods, last) {
            None => return Some(calendar.moment(last + second)),
            Some((begin, _)) => last = begin - second,
        }
    }
    None
}

/// The first moment at or after `at` that no period covers. Periods may overlap, so one may end inside another.
fn end_of_quiet(periods: &[QuietPeriod], at: NaiveDateTime) -> Option<NaiveDateTime> {
    let mut until = at;
    for _ in 0..=periods.len() {
        match quiet(periods, until) {
            None => return Some(until),
            Some((_, end)) => until = end,
        }
    }
    None
}

/// The period that covers a moment: its begin, and the first moment after it.
fn quiet(periods: &[QuietPeriod], at: NaiveDateTime) -> Option<(NaiveDateTime, NaiveDateTime)> {
    let (now, today) = (at.time(), at.date());
    periods.iter().find_map(|QuietPeriod(from, to)| {
        let overnight = from > to;
        let (begin, end) = match (overnight, now >= *from, now < *to) {
            (false, true, true) => (today, today),
            (true, true, _) => (today, today.checked_add_days(Days::new(1))?),
            (true, _, true) => (today.checked_sub_days(Days::new(1))?, today),
            _ => return None,
        };
        Some((begin.and_time(*from), end.and_time(*to)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Calendar, Catalog};
    use chrono::NaiveTime;
    use proptest::prelude::*;

    fn time(minutes: u32) -> NaiveTime {
        NaiveTime::from_hms_opt(minutes / 60, minutes % 60, 0).unwrap()
    }

    proptest! {
        #[test]
        fn the_next_moment_is_the_first_that_is_allowed(
            pairs in prop::collection::vec((0..1440_u32, 0..1440_u32), 0..4),
            minute in 0..4320_i64,
        ) {
            let periods: Vec<_> = pairs.iter().filter(|(a, b)| a != b).map(|(a, b)| QuietPeriod(time(*a), time(*b))).collect();
            let calendar = ProjectCalendar::new(chrono_tz::UTC, &Calendar::default());
            let free = |at| may_call(&periods, &calendar, at, false).allowed;
            let at = minute * 60_000;
            match may_call(&periods, &calendar, at, false).next_allowed_ms {
                Some(next) => {
                    prop_assert!(free(next));
                    prop_assert!((at..next).step_by(60_000).all(|m| !free(m)));
                }
                None => prop_assert!((0..1440).all(|m| !free(m * 60_000))),
            }
        }
    }

    #[test]
    fn a_danger_is_what_the_data_call_one_as_long_as_it_is_open() {
        let rules = &Catalog::built_in().unwrap().complaints.quiet_hours;
        let record = |kind: &str, severity: &str, state: &str| Projection {
            kind: kind.into(),
            severity: severity.into(),
            state: state.into(),
            ..Projection::default()
        };
        assert_eq!(
            danger_of(rules, &record("defect", "A", "in_repair")).as_deref(),
            Some("severity/A")
        );
        assert_eq!(danger_of(rules, &record("defect", "B", "in_repair")), None);
        assert_eq!(danger_of(rules, &record("defect", "A", "closed")), None);
        let mut case = record("case", "", "received");
        assert_eq!(danger_of(rules, &case), None);
        case.matter.urgency = "safety".into();
        assert_eq!(danger_of(rules, &case).as_deref(), Some("urgency/safety"));
        assert_eq!(danger_named(rules, "A").as_deref(), Some("severity/A"));
        assert_eq!(danger_named(rules, "normal"), None);
    }

    #[test]
    fn an_owners_own_hours_replace_the_others_and_danger_waits_for_nobody() {
        let rules = &Catalog::built_in().unwrap().complaints.quiet_hours;
        let none: [QuietPeriod; 0] = [];
        let night = [QuietPeriod(time(19 * 60), time(10 * 60))];
        assert_eq!(quiet_periods(rules, None, None), rules.periods);
        assert_eq!(quiet_periods(rules, Some(&night), None), night);
        assert_eq!(quiet_periods(rules, Some(&night), Some(&none)), none);
        let calendar = ProjectCalendar::new(chrono_tz::UTC, &Calendar::default());
        let at = 3 * 3_600_000;
        assert!(!may_call(&night, &calendar, at, false).allowed);
        assert!(may_call(&night, &calendar, at, true).allowed);
    }
}
