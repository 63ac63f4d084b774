//! The records by kind and by what they belong to, sorted out once for all figures.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime};

use super::facts::{Facts, Recorded};
use crate::ids::{DocumentId, PlaceId};
use crate::record::Step;
use crate::rows::TaskRow;

/// A day in milliseconds.
pub(super) const DAY: i64 = 24 * 60 * 60 * 1_000;

/// What all figures look into.
pub(super) struct Index<'a> {
    /// The facts.
    pub(super) facts: &'a Facts<'a>,
    /// Inspections.
    pub(super) inspections: Vec<&'a Recorded>,
    /// Defects.
    pub(super) defects: Vec<&'a Recorded>,
    /// Visits.
    pub(super) visits: Vec<&'a Recorded>,
    /// Cases that are complaints.
    pub(super) complaints: Vec<&'a Recorded>,
    /// All cases.
    pub(super) cases: Vec<&'a Recorded>,
    /// Defects by the inspection in which they were found.
    pub(super) found_in: BTreeMap<&'a str, Vec<&'a Recorded>>,
    /// Visits by place.
    pub(super) visits_at: BTreeMap<PlaceId, Vec<&'a Recorded>>,
    by_id: BTreeMap<DocumentId, &'a Recorded>,
}

impl<'a> Index<'a> {
    pub(super) fn of(facts: &'a Facts<'a>) -> Self {
        let of_kind =
            |kind: &str| -> Vec<&'a Recorded> { facts.records.iter().filter(|r| r.projection.kind == kind).collect() };
        let (defects, visits, cases) = (of_kind("defect"), of_kind("visit"), of_kind("case"));
        let mut found_in: BTreeMap<&str, Vec<&Recorded>> = BTreeMap::new();
        for defect in &defects {
            if !defect.projection.inspection.is_empty() {
                found_in.entry(&defect.projection.inspection).or_default().push(defect);
            }
        }
        let mut visits_at: BTreeMap<PlaceId, Vec<&Recorded>> = BTreeMap::new();
        for visit in &visits {
            visits_at.entry(visit.place).or_default().push(visit);
        }
        Self {
            facts,
            inspections: of_kind("inspection"),
            complaints: cases
                .iter()
                .copied()
                .filter(|c| c.projection.case_kind == "complaint")
                .collect(),
            defects,
            visits,
            cases,
            found_in,
            visits_at,
            by_id: facts.records.iter().map(|r| (r.id, r)).collect(),
        }
    }

    /// Tells whether a moment belongs to the period.
    pub(super) fn holds(&self, at_ms: i64) -> bool {
        (self.facts.from_ms..self.facts.to_ms).contains(&at_ms)
    }

    /// Tells whether a day belongs to the period: it begins in it.
    pub(super) fn holds_day(&self, day: NaiveDate) -> bool {
        self.holds(self.begin_of(day))
    }

    /// The moment at which a day begins.
    pub(super) fn begin_of(&self, day: NaiveDate) -> i64 {
        self.facts.calendar.moment(day.and_time(NaiveTime::MIN))
    }

    /// The day of a moment.
    pub(super) fn day(&self, at_ms: i64) -> NaiveDate {
        self.facts.calendar.day_of(at_ms)
    }

    /// The record of a task, once somebody has begun it.
    pub(super) fn record_of(&self, task: &TaskRow) -> Option<&'a Recorded> {
        self.by_id.get(&task.record).copied()
    }

    /// Tasks of a kind whose day belongs to the period.
    pub(super) fn tasks(&self, kind: &'a str) -> impl Iterator<Item = &'a TaskRow> {
        let of_kind = self.facts.tasks.iter().filter(move |task| task.kind == kind);
        of_kind.filter(|task| task.day.parse().is_ok_and(|day| self.holds_day(day)))
    }
}

/// The first step of a record that is one of these events.
pub(super) fn first<'a>(record: &'a Recorded, events: &[&str]) -> Option<&'a Step> {
    steps(record, events).min_by_key(|step| step.at_ms)
}

/// The steps of a record that are one of these events.
pub(super) fn steps<'a>(record: &'a Recorded, events: &[&str]) -> impl Iterator<Item = &'a Step> {
    let all = record.projection.history.iter();
    all.filter(move |step| events.contains(&step.event.as_str()))
}
