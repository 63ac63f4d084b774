//! What is known of a home that its days count from: its project's settings, what happened there, what was repaired.

use crate::ClientError;
use crate::facade::context::settings;
use crate::facade::lists::projection;
use chrono::NaiveDate;
use keyturn_domain::catalog::Catalog;
use keyturn_domain::record::Projection;
use keyturn_domain::rows::{self, MilestoneRow, ProjectRow, kind};
use keyturn_domain::rules::{ProjectCalendar, Recorded, Repair, Terms, milestones_of};
use keyturn_domain::{PlaceId, ProjectId, ScopeId};
use keyturn_store::{Connection, documents};
use std::collections::BTreeMap;

pub(super) struct Home {
    pub(super) project: ProjectRow,
    pub(super) calendar: ProjectCalendar,
    /// The first day of each event of this home: as the office told it, or as a record on this phone tells.
    pub(super) happened: BTreeMap<String, NaiveDate>,
    pub(super) repairs: Vec<Repair>,
}

impl Home {
    pub(super) fn read(conn: &Connection, project: ProjectId, place: PlaceId) -> Result<Self, ClientError> {
        let row = settings(conn, project)?.ok_or_else(|| ClientError::refused("unknown_project"))?;
        let calendar = ProjectCalendar::of(&row).map_err(|e| ClientError::Data(e.to_string()))?;
        let mut home = Self {
            project: row,
            calendar,
            happened: BTreeMap::new(),
            repairs: Vec::new(),
        };
        for stored in keyturn_store::rows::of_scope(conn, ScopeId::home(place), kind::MILESTONE)? {
            home.learn(rows::read(&stored.body), place);
        }
        for listed in documents::at_place(conn, place)? {
            let projection = projection(&listed);
            let recorded = Recorded {
                document: listed.genesis.document,
                place,
                subject: None,
                projection: &projection,
            };
            for milestone in milestones_of(recorded, &home.calendar) {
                home.learn(Some(milestone), place);
            }
            home.repairs.extend(repair(&projection, &home.calendar));
        }
        Ok(home)
    }

    fn learn(&mut self, milestone: Option<MilestoneRow>, place: PlaceId) {
        if let Some(milestone) = milestone.filter(|m| m.subject == place.0) {
            let day = self.happened.entry(milestone.event).or_insert(milestone.day);
            *day = milestone.day.min(*day);
        }
    }

    pub(super) fn terms<'a>(&'a self, catalog: &'a Catalog) -> Option<Terms<'a>> {
        let delivery = self.happened.get("handover").copied();
        Terms::of(&catalog.warranty, &self.project.settings, delivery, &self.calendar)
    }
}

/// The part that a defect is of: its room, and its part of the building.
pub(super) fn part_of(projection: &Projection) -> String {
    let catalog = Catalog::built_in().ok();
    let known = catalog.and_then(|catalog| catalog.defects.get(projection.what.as_str()));
    let part = match projection.matter.part.as_str() {
        "" => known.map(|defect| defect.part.to_string()).unwrap_or_default(),
        part => part.to_owned(),
    };
    format!("{}/{part}", projection.room)
}

fn repair(projection: &Projection, calendar: &ProjectCalendar) -> Option<Repair> {
    let last = |event: &str| {
        let step = projection.history.iter().rev().find(|step| step.event == event);
        step.map(|step| calendar.day_of(step.at_ms))
    };
    (projection.kind == "defect" && projection.state == "closed").then(|| Repair {
        part: part_of(projection),
        accepted_on: last("verify"),
        ended_on: last("finish_repair"),
    })
}
