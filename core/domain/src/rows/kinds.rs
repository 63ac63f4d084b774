//! The rows, typed.

use crate::catalog::{FeatureMode, Grade, Room, RoomKinds, Text};
use crate::ids::{DocumentId, PlaceId, ProjectId, ScopeId, TaskId, UserId};
use crate::record::view::TextView;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What a newer version wrote into a row and this one does not know: kept as it is.
pub type Rest = BTreeMap<String, ciborium::Value>;

/// Returns the id of a row: the same for the same project, kind and code on every server.
#[must_use]
pub fn row_id(project: ProjectId, kind: &str, code: &str) -> Uuid {
    Uuid::new_v5(&project.0, format!("{kind}:{code}").as_bytes())
}

/// The project and its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProjectRow {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Text,
    /// IANA name; dates and days are meant there.
    pub time_zone: String,
    /// Which limits hold.
    pub tolerance_ruleset: String,
    /// Which grade of them.
    pub tolerance_grade: Grade,
    /// The handover checklist.
    pub template: String,
    /// Its calendar, profiles and dates.
    #[serde(default)]
    pub settings: super::ProjectSettings,
    /// What a newer version knows.
    #[serde(flatten)]
    pub rest: Rest,
}

/// A building.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BuildingRow {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Text,
    /// How many floors it has.
    pub floors: u32,
    /// How many entrances.
    pub entrances: u32,
    /// What a newer version knows.
    #[serde(flatten)]
    pub rest: Rest,
}

/// A layout of homes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayoutRow {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Text,
    /// Its rooms with windows, inner doors and features.
    pub rooms: Vec<Room>,
    /// Features of the home as a whole.
    pub features: BTreeSet<String>,
    /// What a newer version knows.
    #[serde(flatten)]
    pub rest: Rest,
}

impl LayoutRow {
    /// Returns the features of the home, those that are codes.
    #[must_use]
    pub fn home_features(&self) -> BTreeSet<crate::catalog::FeatureCode> {
        self.features.iter().filter_map(|f| f.parse().ok()).collect()
    }

    /// Tells whether the features of this layout are known.
    #[must_use]
    pub fn feature_mode(&self) -> FeatureMode {
        FeatureMode::of(&self.rooms, &self.home_features())
    }
}

/// A public place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlaceRow {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Text,
    /// A public room kind.
    pub kind: String,
    /// The building, unless it lies outside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub building: Option<ScopeId>,
    /// What a newer version knows.
    #[serde(flatten)]
    pub rest: Rest,
}

impl PlaceRow {
    /// What the public places of a project are called together, as a round walks them.
    #[must_use]
    pub fn all_of_them() -> TextView {
        TextView {
            zh: "公共区域".to_owned(),
            en: "Public areas".to_owned(),
        }
    }

    /// Returns the place as the one room that a checklist sees.
    #[must_use]
    pub fn as_room(&self, kinds: &RoomKinds) -> Option<Room> {
        let kind = kinds.get(&self.kind)?;
        Some(Room {
            code: self.code.parse().ok()?,
            kind: kind.code.clone(),
            text: self.name.clone(),
            windows: 0,
            doors: 0,
            width_mm: None,
            depth_mm: None,
            height_mm: None,
            features: BTreeSet::new(),
        })
    }
}

/// Somebody who works here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StaffRow {
    /// The person who logs in.
    pub user: UserId,
    /// Staff code.
    pub code: String,
    /// Name.
    pub name: Text,
    /// Role in this project.
    pub role: String,
    /// Telephone; only for those who dispatch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// What a newer version knows.
    #[serde(flatten)]
    pub rest: Rest,
}

/// An inspection team.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TeamRow {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Text,
    /// Its members.
    pub members: Vec<UserId>,
    /// What a newer version knows.
    #[serde(flatten)]
    pub rest: Rest,
}

/// A home. Its row id is its place id and its scope id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HomeRow {
    /// Unit number, e.g. `3-2-1201`.
    pub no: String,
    /// The building's row and scope.
    pub building: ScopeId,
    /// Entrance.
    pub entrance: u32,
    /// Floor.
    pub floor: u32,
    /// Code of its layout.
    pub layout: String,
    /// What a newer version knows.
    #[serde(flatten)]
    pub rest: Rest,
}

/// What became of a task that produces no record: somebody says so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskClosed {
    /// `done`, `not_done` (group `task_outcome`).
    pub outcome: String,
    /// Why; never empty when it was not done.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Who said so.
    pub by: UserId,
    /// When, by that device.
    pub at_ms: i64,
}

/// Something to do at a place. The row names the record that it will produce.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TaskRow {
    /// The task.
    pub id: TaskId,
    /// `handover_inspection`, … (`answer_codes.csv`, group `task_kind`).
    pub kind: String,
    /// The rule that opened it.
    pub rule: String,
    /// Where.
    pub place: PlaceId,
    /// Kind of the record: `inspection`, `visit`.
    pub record_kind: String,
    /// The record, given by the server.
    pub record: DocumentId,
    /// The template that is pinned.
    pub template: String,
    /// Its version.
    pub template_version: u32,
    /// Who does it.
    pub assignees: Vec<UserId>,
    /// The day, `2026-12-04`, in the project's time zone.
    pub day: String,
    /// Begin of the slot, `09:00`; empty: the whole day.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub slot: String,
    /// The last day; empty: that of [`TaskRow::day`].
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub due: String,
    /// The role that does it; empty: any that may write there.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub role: String,
    /// The script of its visit; empty: none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub script: String,
    /// The survey of its visit; empty: none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub survey: String,
    /// What it was opened for: a home, household, batch, project, route or case; nil: its place.
    #[serde(default, skip_serializing_if = "Uuid::is_nil")]
    pub subject: Uuid,
    /// Which of several tasks of the rule for that subject it is; empty: the only one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub occurrence: String,
    /// The event from which its day was counted; empty: a person chose the day.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub anchor: String,
    /// What became of it, where no record tells; none: open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<TaskClosed>,
    /// What a newer version knows.
    #[serde(flatten)]
    pub rest: Rest,
}

impl TaskRow {
    /// Tells whether somebody must say what became of it, because it produces no record that would.
    #[must_use]
    pub fn is_told(&self) -> bool {
        self.record_kind.is_empty() && self.kind != crate::intents::COLLISION
    }

    /// Returns what became of a task without a record: a code of group `task_outcome`, or nothing while it is open.
    #[must_use]
    pub fn outcome(&self) -> &str {
        self.closed.as_ref().map_or("", |closed| &closed.outcome)
    }
}
