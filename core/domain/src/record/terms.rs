//! The terms of a defect on the day on which it is handed in: how soon somebody looks after it, and which warranty
//! covers it. They are copied into the record, so that a later rule changes no old answer.

use super::Projection;
use super::defect::Terms;
use crate::catalog::{Catalog, Severity};
use crate::rows::{MilestoneRow, ProjectRow};
use crate::rules::{self, ProjectCalendar, Repair, coverage, target_dates};
use chrono::NaiveDate;

/// What is known of the place of a defect.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The project with its calendar and profiles.
    pub project: &'a ProjectRow,
    /// The day of the handover as the office says; none: it says nothing.
    pub handover: Option<&'a MilestoneRow>,
    /// The records of the place.
    pub here: &'a [Projection],
}

/// Returns the terms of a defect that was reported at `reported_ms`; what nobody can say yet stays empty.
#[must_use]
pub fn terms(catalog: &Catalog, known: Known<'_>, shown: &Projection, reported_ms: i64) -> Terms {
    let Ok(calendar) = ProjectCalendar::of(known.project) else {
        return Terms::default();
    };
    let mut terms = dates(catalog, &shown.severity, reported_ms, &calendar);
    let delivery = known
        .handover
        .map(|told| told.day)
        .or_else(|| signed(known.here, &calendar));
    let rules = rules::Terms::of(&catalog.warranty, &known.project.settings, delivery, &calendar);
    let (Some(rules), Some(defect)) = (rules, catalog.defects.get(shown.what.as_str())) else {
        return terms;
    };
    let repairs: Vec<Repair> = known
        .here
        .iter()
        .filter(|p| p.state == "closed")
        .map(|p| repair(p, &calendar))
        .collect();
    let found = coverage(
        catalog,
        &rules,
        defect,
        &part_of(shown),
        &repairs,
        calendar.day_of(reported_ms),
    );
    if let Some(found) = found {
        terms.warranty_rule = found.rule;
        terms.warranty_profile = found.profile;
        terms.warranty_last_day = found.last_day.map(|day| day.to_string()).unwrap_or_default();
        terms.covered = found.covered;
    }
    terms
}

/// Until when the person named answers, counted from `from_ms`; none for a severity without a target.
#[must_use]
pub fn answer_by(catalog: &Catalog, severity: &str, from_ms: i64) -> Option<i64> {
    let target = catalog.complaints.target(severity.parse::<Severity>().ok()?)?;
    from_ms.checked_add(i64::from(target.contact_minutes).checked_mul(60_000)?)
}

fn dates(catalog: &Catalog, severity: &str, reported_ms: i64, calendar: &ProjectCalendar) -> Terms {
    let known = severity
        .parse::<Severity>()
        .ok()
        .and_then(|s| catalog.complaints.target(s));
    let Some(target) = known else {
        return Terms::default();
    };
    let by = target_dates(target, reported_ms, calendar);
    Terms {
        contact_by: Some(by.contact_by_ms),
        visit_by: by.visit_by_ms,
        plan_by: by.plan_by_ms,
        fix_by: by.fix_by_ms,
        ..Terms::default()
    }
}

/// The day on which the handover was signed, as the record of it says.
fn signed(here: &[Projection], calendar: &ProjectCalendar) -> Option<NaiveDate> {
    let handovers = here.iter().filter(|p| p.inspection_kind == "handover");
    let signed = handovers.filter_map(|p| {
        p.history
            .iter()
            .find(|step| step.event == "sign")
            .map(|step| step.at_ms)
    });
    signed.min().map(|at| calendar.day_of(at))
}

/// A repair that was finished may have begun the period of its part anew.
fn repair(shown: &Projection, calendar: &ProjectCalendar) -> Repair {
    let last = |event: &str| {
        shown
            .history
            .iter()
            .rfind(|step| step.event == event)
            .map(|step| step.at_ms)
    };
    Repair {
        part: part_of(shown),
        accepted_on: last("verify").map(|at| calendar.day_of(at)),
        ended_on: last("finish_repair").map(|at| calendar.day_of(at)),
    }
}

/// The part as the warranty knows it: of this room.
fn part_of(shown: &Projection) -> String {
    format!("{}/{}", shown.room, shown.matter.part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Grade;
    use crate::record::Matter;
    use crate::rows::ProjectSettings;

    const HOUR: i64 = 3_600_000;

    fn project(catalog: &Catalog) -> ProjectRow {
        ProjectRow {
            code: "demo".into(),
            name: crate::catalog::Text {
                zh: "纸鸢里".into(),
                en: "Paperkite Lane".into(),
            },
            time_zone: "Asia/Shanghai".into(),
            tolerance_ruleset: String::new(),
            tolerance_grade: Grade::Ordinary,
            template: String::new(),
            settings: ProjectSettings::of(&catalog.demo),
            rest: Default::default(),
        }
    }

    fn handed_over(day: &str) -> MilestoneRow {
        MilestoneRow {
            event: "handover".into(),
            subject: uuid::Uuid::nil(),
            occurrence: String::new(),
            day: day.parse().unwrap(),
            until: None,
            rest: Default::default(),
        }
    }

    #[test]
    fn severity_gives_the_targets_and_the_component_the_warranty() {
        let catalog = Catalog::built_in().unwrap();
        let project = project(catalog);
        let shown = Projection {
            severity: "B".into(),
            what: "wl-01".into(),
            room: "r03".into(),
            matter: Matter {
                part: "wall".into(),
                ..Matter::default()
            },
            ..Projection::default()
        };
        let handover = handed_over("2026-12-04");
        let known = Known {
            project: &project,
            handover: Some(&handover),
            here: &[],
        };
        // 2027-01-01 00:00 in UTC.
        let at = 1_798_761_600_000;
        let found = terms(catalog, known, &shown, at);
        assert_eq!(
            (found.contact_by, found.visit_by),
            (Some(at + 4 * HOUR), Some(at + 24 * HOUR))
        );
        assert!(found.plan_by.is_some() && found.fix_by > found.plan_by);
        assert_eq!(
            (found.warranty_last_day.as_str(), found.covered),
            ("2028-12-04", Some(true))
        );
        // Nobody says when it was handed over: the dates stand, the warranty is not guessed.
        let unknown = terms(
            catalog,
            Known {
                handover: None,
                ..known
            },
            &shown,
            at,
        );
        assert_eq!((unknown.contact_by, unknown.covered), (found.contact_by, None));
        assert_eq!(answer_by(catalog, "A", 0), Some(HOUR / 2));
        assert_eq!(answer_by(catalog, "", 0), None);
    }
}
