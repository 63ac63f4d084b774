//! Deadlines of complaints: in calendar days, or in working hours and days of the project's calendar; who hears of one
//! that is missed; when an open case is told of again.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::calendar::{ProjectCalendar, days_after};
use crate::catalog::{
    CalendarStep, ComplaintProfile, ComplaintRules, Deadlines, EscalationAt, EscalationLevel, PlainCode, Text,
    WorkingLength, WorkingStep, WorkingTime,
};

/// How many days a clock looks ahead before it gives up: a calendar without work has no deadline.
const HORIZON_DAYS: usize = 3660;
const HOUR_MS: i64 = 3_600_000;

/// A step of a complaint and its deadline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepDue {
    /// The step.
    pub code: PlainCode,
    /// Its words.
    pub text: Text,
    /// From when its time runs.
    pub from_ms: i64,
    /// Its last moment.
    pub due_ms: i64,
    /// The events that meet it.
    pub met_by: Vec<PlainCode>,
}

/// The clock of one complaint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComplaintClock {
    /// The day from which it runs.
    pub start: NaiveDate,
    /// Its steps in their order.
    pub steps: Vec<StepDue>,
}

impl ComplaintClock {
    /// Returns the deadline of a step.
    #[must_use]
    pub fn due(&self, step: &str) -> Option<i64> {
        self.steps.iter().find(|s| s.code == step).map(|s| s.due_ms)
    }
}

/// Sets the clock of a complaint; none when the project's calendar never works.
#[must_use]
pub fn complaint_clock(
    profile: &ComplaintProfile,
    received_ms: i64,
    calendar: &ProjectCalendar,
) -> Option<ComplaintClock> {
    match &profile.deadlines {
        Deadlines::CalendarDays { business_days, steps } => {
            let start = calendar.next_workday(calendar.day_of(received_ms), business_days)?;
            Some(ComplaintClock {
                start,
                steps: steps
                    .iter()
                    .map(|step| in_calendar_days(step, start, calendar))
                    .collect(),
            })
        }
        Deadlines::WorkingTime { calendar: work, steps } => in_working_time(work, steps, received_ms, calendar),
    }
}

fn in_calendar_days(step: &CalendarStep, start: NaiveDate, calendar: &ProjectCalendar) -> StepDue {
    StepDue {
        code: step.code.clone(),
        text: step.text.clone(),
        from_ms: calendar.moment(start.and_time(chrono::NaiveTime::MIN)),
        due_ms: calendar.end_of(days_after(start, step.days)),
        met_by: step.met_by.clone(),
    }
}

fn in_working_time(
    work: &WorkingTime,
    steps: &[WorkingStep],
    received_ms: i64,
    calendar: &ProjectCalendar,
) -> Option<ComplaintClock> {
    let received = calendar.local(received_ms);
    let mut ends: BTreeMap<&PlainCode, NaiveDateTime> = BTreeMap::new();
    let mut out = Vec::new();
    for step in steps {
        let from = match &step.after {
            None => received,
            Some(after) => *ends.get(after)?,
        };
        let due = match step.length {
            WorkingLength::Hours(hours) => after_hours(work, calendar, from, TimeDelta::hours(hours.into()))?,
            WorkingLength::Days(days) => after_days(work, calendar, from, days)?,
        };
        ends.insert(&step.code, due);
        out.push(StepDue {
            code: step.code.clone(),
            text: step.text.clone(),
            from_ms: calendar.moment(from),
            due_ms: calendar.moment(due),
            met_by: step.met_by.clone(),
        });
    }
    Some(ComplaintClock {
        start: received.date(),
        steps: out,
    })
}

/// Counts only the time inside of working hours.
fn after_hours(
    work: &WorkingTime,
    calendar: &ProjectCalendar,
    from: NaiveDateTime,
    mut left: TimeDelta,
) -> Option<NaiveDateTime> {
    let days = from.date().iter_days().take(HORIZON_DAYS);
    for day in days.filter(|day| calendar.is_workday(*day, &work.working_days)) {
        for hours in &work.working_hours {
            let (begin, end) = (day.and_time(hours.0).max(from), day.and_time(hours.1));
            if begin >= end {
                continue;
            }
            if end - begin >= left {
                return Some(begin + left);
            }
            left -= end - begin;
        }
    }
    None
}

/// Counts working days from the next one, to the close of work on the last.
fn after_days(work: &WorkingTime, calendar: &ProjectCalendar, from: NaiveDateTime, days: u32) -> Option<NaiveDateTime> {
    let mut day = from.date();
    for _ in 0..days {
        day = calendar.next_workday(day, &work.working_days)?;
    }
    work.working_hours.last().map(|close| day.and_time(close.1))
}

/// Returns the levels of escalation that are reached, the first one first.
pub fn escalated<'a>(
    rules: &'a ComplaintRules,
    step: &StepDue,
    now_ms: i64,
) -> impl Iterator<Item = &'a EscalationLevel> + use<'a> {
    let whole = step.due_ms.saturating_sub(step.from_ms);
    let reached = [
        (EscalationAt::EightyPercent, step.from_ms.saturating_add(whole / 5 * 4)),
        (EscalationAt::Passed, step.due_ms),
        (EscalationAt::PassedDay, step.due_ms.saturating_add(24 * HOUR_MS)),
        (EscalationAt::PassedThreeDays, step.due_ms.saturating_add(72 * HOUR_MS)),
    ];
    let is_reached = move |at: EscalationAt| reached.iter().any(|(of, from_ms)| *of == at && now_ms > *from_ms);
    rules.escalation.iter().filter(move |level| is_reached(level.at))
}

/// Returns until when the owner of an open case hears of it, having last heard at `told_ms`.
#[must_use]
pub fn next_update(rules: &ComplaintRules, told_ms: i64, calendar: &ProjectCalendar) -> i64 {
    calendar.end_of(days_after(calendar.day_of(told_ms), rules.update_every_days))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Calendar, Catalog};
    use chrono_tz::Tz;

    fn never() -> ProjectCalendar {
        let weekend = (1..=7).collect();
        ProjectCalendar::new(
            Tz::UTC,
            &Calendar {
                weekend,
                ..Calendar::default()
            },
        )
    }

    #[test]
    fn a_calendar_without_work_has_no_deadline() {
        for profile in &Catalog::built_in().unwrap().complaints.profiles {
            assert_eq!(complaint_clock(profile, 0, &never()), None, "{}", profile.code);
        }
    }

    #[test]
    fn each_level_of_escalation_has_its_moment_and_a_receiver_by_office() {
        let rules = &Catalog::built_in().unwrap().complaints;
        let step = StepDue {
            code: "answer".parse().unwrap(),
            text: rules.profiles[0].text.clone(),
            from_ms: 0,
            due_ms: 100 * HOUR_MS,
            met_by: Vec::new(),
        };
        let levels = |hours: i64| {
            escalated(rules, &step, hours * HOUR_MS + 1)
                .map(|l| l.level)
                .collect::<Vec<_>>()
        };
        assert!(levels(79).is_empty());
        assert_eq!(levels(80), [1]);
        assert_eq!(levels(100), [1, 2]);
        assert_eq!(levels(124), [1, 2, 3]);
        assert_eq!(levels(172), [1, 2, 3, 4]);
        let receivers: Vec<_> = rules.escalation.iter().filter_map(|l| l.receiver.as_ref()).collect();
        assert_eq!(
            receivers,
            ["customer_director", "quality", "company_head"]
                .iter()
                .collect::<Vec<_>>()
        );
    }
}
