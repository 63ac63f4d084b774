//! What figures and risks are counted from, put together out of rows and records: the same on phone and server.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime};
use uuid::Uuid;

use super::kpi::{Facts, Figure, Health, Recorded, figures};
use super::risk::{Assessment, RiskView, Risks};
use super::{ProjectCalendar, UnknownZone};
use crate::catalog::Catalog;
use crate::ids::{PlaceId, ScopeId};
use crate::record::promises::ProjectedPromise;
use crate::rows::{
    self, BuildingRow, ContactRow, HomeRow, MilestoneRow, NoticeCopyRow, NoticeRow, ProjectRow, RiskDecisionRow,
    SalesPromiseRow, TaskRow, kind,
};

/// Rows and records of a project, as far as somebody holds them.
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    pub(super) project: Option<ProjectRow>,
    pub(super) buildings: BTreeMap<Uuid, BuildingRow>,
    pub(super) homes: BTreeMap<PlaceId, HomeRow>,
    pub(super) records: Vec<Recorded>,
    pub(super) sales: BTreeMap<Uuid, SalesPromiseRow>,
    pub(super) notices: BTreeMap<Uuid, NoticeRow>,
    pub(super) copies: BTreeMap<(Uuid, PlaceId), NoticeCopyRow>,
    pub(super) decisions: BTreeMap<Uuid, (RiskDecisionRow, bool)>,
    tasks: Vec<TaskRow>,
    milestones: Vec<MilestoneRow>,
    contacts: Vec<(Uuid, i64)>,
}

/// The days that figures are counted over, both of them included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// The first.
    pub from: NaiveDate,
    /// The last.
    pub to: NaiveDate,
}

impl Gathered {
    /// The kinds of rows that figures need.
    pub const FOR_FIGURES: &'static [&'static str] = &[
        kind::PROJECT,
        kind::TASK,
        kind::MILESTONE,
        kind::CONTACT,
        kind::SALES_PROMISE,
    ];

    /// The kinds of rows that risks need.
    pub const FOR_RISKS: &'static [&'static str] = &[
        kind::BUILDING,
        kind::HOME,
        kind::SALES_PROMISE,
        kind::NOTICE,
        kind::NOTICE_COPY,
        kind::RISK_DECISION,
    ];

    /// Takes a row; what this version cannot read is left out.
    pub fn row(&mut self, of: &str, id: Uuid, body: &[u8]) {
        match of {
            kind::PROJECT => self.project = rows::read(body).or(self.project.take()),
            kind::BUILDING => self.buildings.extend(rows::read(body).map(|row| (id, row))),
            kind::HOME => self.homes.extend(rows::read(body).map(|row| (PlaceId(id), row))),
            kind::TASK => self.tasks.extend(rows::read::<TaskRow>(body)),
            kind::MILESTONE => self.milestones.extend(rows::read::<MilestoneRow>(body)),
            kind::CONTACT => {
                let reached = rows::read::<ContactRow>(body).filter(|row| row.reached);
                self.contacts.extend(reached.map(|row| (row.household, row.at_ms)));
            }
            kind::SALES_PROMISE => self.sales.extend(rows::read(body).map(|row| (id, row))),
            kind::NOTICE => self.notices.extend(rows::read(body).map(|row| (id, row))),
            kind::NOTICE_COPY => {
                let copy = rows::read::<NoticeCopyRow>(body);
                self.copies.extend(copy.map(|row| ((row.notice, row.home), row)));
            }
            kind::RISK_DECISION => self.decision(id, rows::read(body), false),
            _ => {}
        }
    }

    /// Takes a decision; `pending`: the server has not said yes yet.
    pub fn decision(&mut self, id: Uuid, row: Option<RiskDecisionRow>, pending: bool) {
        self.decisions.extend(row.map(|row| (id, (row, pending))));
    }

    /// Takes a record.
    pub fn record(&mut self, record: Recorded) {
        self.records.push(record);
    }

    /// Counts every figure over some days.
    ///
    /// # Errors
    /// [`UnknownZone`] when the project's row is missing or names a zone that does not exist.
    pub fn figures(
        &self,
        catalog: &Catalog,
        days: Days,
        now_ms: i64,
        health: Health,
    ) -> Result<Vec<Figure>, UnknownZone> {
        let project = self.project.as_ref().ok_or_else(|| UnknownZone(String::new()))?;
        let calendar = ProjectCalendar::of(project)?;
        let after = days.to.succ_opt().unwrap_or(days.to);
        Ok(figures(&Facts {
            catalog,
            from_ms: calendar.moment(days.from.and_time(NaiveTime::MIN)),
            to_ms: calendar.moment(after.and_time(NaiveTime::MIN)),
            calendar: &calendar,
            now_ms,
            records: &self.records,
            tasks: &self.tasks,
            milestones: &self.milestones,
            contacts: &self.contacts,
            sales_promises: &self.promised(catalog, now_ms),
            health,
        }))
    }

    /// Returns the homes that a risk is about: the home itself, or those of the building.
    #[must_use]
    pub fn homes_of(&self, subject: Uuid) -> Vec<PlaceId> {
        let about = |(place, home): &(&PlaceId, &HomeRow)| place.0 == subject || home.building.0 == subject;
        self.homes.iter().filter(about).map(|(place, _)| *place).collect()
    }

    /// Returns the risk of a home or building, with what it was assessed from; none: it is not held.
    ///
    /// `unsynced`: somebody has records there that were not sent yet.
    #[must_use]
    pub fn risk(
        &self,
        catalog: &Catalog,
        subject: Uuid,
        now_ms: i64,
        unsynced: bool,
    ) -> Option<(Assessment, RiskView)> {
        let risks = Risks::of(self, catalog, now_ms, unsynced);
        let home = risks.home(PlaceId(subject));
        home.or_else(|| risks.building(ScopeId(subject)))
    }

    /// Sales promises as figures read promises: all of them are made to owners.
    fn promised(&self, catalog: &Catalog, now_ms: i64) -> Vec<ProjectedPromise> {
        let machine = catalog.machines.get("promise");
        let projected = |(id, row): (&Uuid, &SalesPromiseRow)| {
            let stand = row.stand(machine?, now_ms);
            Some(ProjectedPromise {
                key: id.to_string(),
                to: row.home.to_string(),
                due_ms: stand.due_ms,
                first_due_ms: row.first_due_ms,
                state: stand.state,
                ..ProjectedPromise::default()
            })
        };
        self.sales.iter().filter_map(projected).collect()
    }
}
