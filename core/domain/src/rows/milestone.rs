//! Milestones: what happened, or is planned, on a day. Task rules count from them.

use super::Rest;
use crate::ids::ProjectId;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An event of the journey on its day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MilestoneRow {
    /// `handover`, `moved_in` … (`task_rules.csv`, the events of the triggers).
    pub event: String,
    /// The home, household, batch, project, route or case that it happened to.
    pub subject: Uuid,
    /// Which one, where an event happens more than once to a subject: the record that tells of it; empty otherwise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub occurrence: String,
    /// The day, in the project's time zone.
    pub day: NaiveDate,
    /// The day on which it no longer holds: a permit that ended, a route given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// What a newer version knows.
    #[serde(flatten)]
    pub rest: Rest,
}

impl MilestoneRow {
    /// Returns the id of its row: a day that is learnt anew replaces the one known before.
    #[must_use]
    pub fn id(&self, project: ProjectId) -> Uuid {
        let code = format!("{}:{}:{}", self.event, self.subject, self.occurrence);
        super::row_id(project, super::kind::MILESTONE, &code)
    }
}
