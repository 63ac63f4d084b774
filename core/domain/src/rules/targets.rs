//! How soon: targets of a defect by severity, an acknowledged dispatch, revisits, the first contact.

use chrono::NaiveDate;

use super::calendar::{ProjectCalendar, days_after};
use super::quiet::last_call_before;
use crate::catalog::{ComplaintRules, DefectTarget, QuietPeriod};

const MINUTE_MS: i64 = 60_000;

/// The moments by which a defect is looked after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TargetDates {
    /// The person named has answered with a time.
    pub contact_by_ms: i64,
    /// Somebody was there.
    pub visit_by_ms: Option<i64>,
    /// There is a plan.
    pub plan_by_ms: Option<i64>,
    /// It is fixed.
    pub fix_by_ms: Option<i64>,
}

impl TargetDates {
    /// Returns the first moment that is still ahead of somebody who has done nothing yet.
    #[must_use]
    pub fn last_ms(&self) -> i64 {
        self.fix_by_ms
            .or(self.plan_by_ms)
            .or(self.visit_by_ms)
            .unwrap_or(self.contact_by_ms)
    }
}

/// Counts a target from the moment at which the defect was reported. Days end at midnight.
#[must_use]
pub fn target_dates(target: &DefectTarget, reported_ms: i64, calendar: &ProjectCalendar) -> TargetDates {
    let minutes = |n: i64| reported_ms.saturating_add(n.saturating_mul(MINUTE_MS));
    let day = calendar.day_of(reported_ms);
    let end = |days: u32| calendar.end_of(days_after(day, days));
    TargetDates {
        contact_by_ms: minutes(target.contact_minutes.into()),
        visit_by_ms: target.visit_hours.map(|hours| minutes(i64::from(hours) * 60)),
        plan_by_ms: target.plan_days.map(end),
        fix_by_ms: target.fix_days.map(end),
    }
}

/// Tells whether a dispatch was answered in time. Without a promised time it is no answer.
#[must_use]
pub fn acknowledged_in_time(
    target: &DefectTarget,
    dispatched_ms: i64,
    acknowledged_ms: Option<i64>,
    promise_ms: Option<i64>,
) -> bool {
    let limit = i64::from(target.contact_minutes) * MINUTE_MS;
    let in_time = |at: i64| at.saturating_sub(dispatched_ms) <= limit;
    promise_ms.is_some() && acknowledged_ms.is_some_and(in_time)
}

/// When somebody asks whether all is well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RevisitDue {
    /// The last second of the last day.
    pub due_ms: i64,
    /// Before this moment, because quiet hours follow; none: the owner may never be called.
    pub last_contact_before_ms: Option<i64>,
}

/// Counts a revisit from what it is about.
#[must_use]
pub fn revisit_due(
    rules: &ComplaintRules,
    event_ms: i64,
    periods: &[QuietPeriod],
    calendar: &ProjectCalendar,
) -> RevisitDue {
    let due_ms = calendar.end_of(days_after(calendar.day_of(event_ms), rules.revisit.days));
    RevisitDue {
        due_ms,
        last_contact_before_ms: last_call_before(periods, calendar, due_ms),
    }
}

/// Returns the last day on which an ambassador first calls a household that was given to them.
#[must_use]
pub fn first_contact_by(rules: &ComplaintRules, assigned_on: NaiveDate) -> NaiveDate {
    days_after(assigned_on, rules.first_contact.days)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Calendar, Catalog, Severity};

    #[test]
    fn worse_defects_are_never_due_later() {
        let rules = &Catalog::built_in().unwrap().complaints;
        let calendar = ProjectCalendar::new(chrono_tz::Asia::Shanghai, &Calendar::default());
        let contact = |severity| target_dates(rules.target(severity).unwrap(), 0, &calendar).contact_by_ms;
        let all = [Severity::A, Severity::B, Severity::C, Severity::D].map(contact);
        assert!(all.is_sorted());
        let b = target_dates(rules.target(Severity::B).unwrap(), 0, &calendar);
        // 1 January 1970, 08:00 in Shanghai; fifteen days later ends with the 16th.
        assert_eq!(calendar.local(b.fix_by_ms.unwrap()).to_string(), "1970-01-16 23:59:59");
        assert_eq!(
            calendar.local(b.visit_by_ms.unwrap()).to_string(),
            "1970-01-02 08:00:00"
        );
    }

    #[test]
    fn the_first_contact_is_within_a_week() {
        let rules = &Catalog::built_in().unwrap().complaints;
        let assigned = "2026-11-21".parse().unwrap();
        assert_eq!(first_contact_by(rules, assigned).to_string(), "2026-11-28");
    }
}
