//! What is known of a home that its days count from: its project's settings, what happened there, what was repaired.

use super::{ProjectCalendar, Recorded, Repair, Terms, UnknownZone, milestones_of};
use crate::catalog::Catalog;
use crate::ids::{DocumentId, PlaceId};
use crate::record::Projection;
use crate::rows::{MilestoneRow, ProjectRow};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// What the days of a home count from.
#[derive(Clone, Debug)]
pub struct HomeFacts {
    /// The home.
    pub place: PlaceId,
    /// The project with its settings.
    pub project: ProjectRow,
    /// Its calendar.
    pub calendar: ProjectCalendar,
    /// The first day of each event of this home: as the office told it, or as a record tells.
    pub happened: BTreeMap<String, NaiveDate>,
    /// What was repaired there.
    pub repairs: Vec<Repair>,
}

impl HomeFacts {
    /// Begins with nothing but the settings of the project.
    ///
    /// # Errors
    /// [`UnknownZone`] when the project names no time zone that is known.
    pub fn new(project: ProjectRow, place: PlaceId) -> Result<Self, UnknownZone> {
        Ok(Self {
            place,
            calendar: ProjectCalendar::of(&project)?,
            project,
            happened: BTreeMap::new(),
            repairs: Vec::new(),
        })
    }

    /// Learns a day that was told.
    pub fn learn(&mut self, milestone: MilestoneRow) {
        if milestone.subject == self.place.0 {
            let day = self.happened.entry(milestone.event).or_insert(milestone.day);
            *day = milestone.day.min(*day);
        }
    }

    /// Learns what a record of the home tells, with the data that it was begun with.
    pub fn learn_record(&mut self, catalog: &Catalog, document: DocumentId, projection: &Projection) {
        let recorded = Recorded {
            document,
            place: self.place,
            subject: None,
            projection,
        };
        for milestone in milestones_of(recorded, &self.calendar) {
            self.learn(milestone);
        }
        self.repairs.extend(repair(catalog, projection, &self.calendar));
    }

    /// Returns the terms of its warranty; none when the project names a profile that this version does not know.
    #[must_use]
    pub fn terms<'a>(&'a self, catalog: &'a Catalog) -> Option<Terms<'a>> {
        let delivery = self.happened.get("handover").copied();
        Terms::of(&catalog.warranty, &self.project.settings, delivery, &self.calendar)
    }
}

/// Returns the part that a defect is of: its room, and its part of the building.
#[must_use]
pub fn part_of(catalog: &Catalog, projection: &Projection) -> String {
    let known = catalog.defects.get(projection.what.as_str());
    let part = match projection.matter.part.as_str() {
        "" => known.map(|defect| defect.part.to_string()).unwrap_or_default(),
        part => part.to_owned(),
    };
    format!("{}/{part}", projection.room)
}

fn repair(catalog: &Catalog, projection: &Projection, calendar: &ProjectCalendar) -> Option<Repair> {
    let last = |event: &str| {
        let step = projection.history.iter().rev().find(|step| step.event == event);
        step.map(|step| calendar.day_of(step.at_ms))
    };
    (projection.kind == "defect" && projection.state == "closed").then(|| Repair {
        part: part_of(catalog, projection),
        accepted_on: last("verify"),
        ended_on: last("finish_repair"),
    })
}
