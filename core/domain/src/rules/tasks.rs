//! When a task opens, when it moves, and how often it comes again.

use chrono::{Datelike, NaiveDate};

use super::calendar::days_after;
use super::period::{add_lag, add_months, add_years};
use crate::catalog::{Repeat, TaskRule};

/// A task as a rule plans it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The day on which it opens.
    pub opens_on: NaiveDate,
    /// Its last day.
    pub due: NaiveDate,
    /// The event from which it was counted.
    pub anchor: String,
    /// Which of several it is; empty: the only one.
    pub occurrence: String,
}

/// Plans a task from the days of events: from the event of the trigger, and from that of the fallback only while the
/// first is unknown.
#[must_use]
pub fn open_task(rule: &TaskRule, day_of: impl Fn(&str) -> Option<NaiveDate>) -> Option<Opening> {
    let (trigger, day) = rule
        .events()
        .find_map(|trigger| Some((trigger, day_of(&trigger.event)?)))?;
    let opens_on = add_lag(day, trigger.lag);
    Some(Opening {
        opens_on,
        due: days_after(opens_on, rule.due_days),
        anchor: trigger.event.clone(),
        occurrence: String::new(),
    })
}

/// What becomes of a task when a date is learnt later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replan {
    /// It stays where it is.
    Kept,
    /// It moves.
    Moved(Opening),
}

/// Moves a planned task; what has begun or is done stays as it is.
#[must_use]
pub fn replan_task(begun: bool, opened_on: NaiveDate, planned: Option<Opening>) -> Replan {
    match planned {
        Some(new) if !begun && new.opens_on != opened_on => Replan::Moved(new),
        _ => Replan::Kept,
    }
}

/// Plans every occurrence of a rule from its first one to `until`, or to the day before `ends` if that is earlier. Each
/// is counted from the first, so that the end of a short month moves none of the others.
#[must_use]
pub fn occurrences(rule: &TaskRule, first: &Opening, until: NaiveDate, ends: Option<NaiveDate>) -> Vec<Opening> {
    let nth: fn(NaiveDate, u32) -> NaiveDate = match rule.repeat {
        Repeat::Once => return vec![first.clone()],
        Repeat::Daily => days_after,
        Repeat::WeeklyUntilClosed => |day, n| days_after(day, n.saturating_mul(7)),
        Repeat::MonthlyUntilHandover => add_months,
        Repeat::Yearly => add_years,
    };
    let open = |day: &NaiveDate| *day <= until && ends.is_none_or(|ends| *day < ends) && day.year() < 9999;
    let days = (0..).map(|n| nth(first.opens_on, n)).take_while(open);
    days.map(|day| Opening {
        opens_on: day,
        due: days_after(day, rule.due_days),
        anchor: first.anchor.clone(),
        occurrence: day.to_string(),
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    fn rule(code: &str) -> &'static TaskRule {
        &Catalog::built_in().unwrap().task_rules[code]
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn days(code: &str, first: &str, until: &str, ends: Option<&str>) -> Vec<String> {
        let first = open_task(rule(code), |_| Some(day(first))).unwrap();
        let all = occurrences(rule(code), &first, day(until), ends.map(day));
        all.into_iter().map(|o| o.occurrence).collect()
    }

    #[test]
    fn a_month_without_that_day_moves_no_other_month() {
        let monthly = days("tr-bulletin", "2026-12-31", "2027-04-30", None);
        assert_eq!(
            monthly,
            ["2026-12-31", "2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]
        );
        assert_eq!(
            days("tr-bulletin", "2026-12-31", "2027-04-30", Some("2027-01-31")),
            ["2026-12-31"]
        );
    }

    #[test]
    fn rounds_come_daily_permits_weekly_third_parties_yearly() {
        assert_eq!(days("tr-patrol", "2026-12-01", "2026-12-03", None).len(), 3);
        let weekly = days("tr-fitout", "2027-01-04", "2027-01-20", Some("2027-01-18"));
        assert_eq!(weekly, ["2027-01-04", "2027-01-11"]);
        assert_eq!(
            days("tr-third-party", "2026-12-15", "2029-01-01", None),
            ["2027-12-15", "2028-12-15"]
        );
        assert_eq!(days("tr-move-in", "2026-12-15", "2026-12-01", None), [""]);
    }
}
