//! What the office fixes: appointments, and decisions at the gate of delivery risk.

use super::Rest;
use crate::ids::{DocumentId, PlaceId, UserId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A time that was agreed with a household.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AppointmentRow {
    /// Where.
    pub home: PlaceId,
    /// With which household.
    pub household: Uuid,
    /// With whom of it, if said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Uuid>,
    /// What for: a task kind (`answer_codes.csv`).
    pub purpose: String,
    /// The record that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<DocumentId>,
    /// Begin.
    pub from_ms: i64,
    /// End.
    pub to_ms: i64,
    /// Who comes.
    pub by: UserId,
    /// Called off, and why; empty: it holds.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cancelled: String,
    /// What a newer version knows.
    #[serde(flatten)]
    pub rest: Rest,
}

impl AppointmentRow {
    /// Tells whether both claim the same minutes of one household.
    #[must_use]
    pub fn collides(&self, other: &Self) -> bool {
        let hold = self.cancelled.is_empty() && other.cancelled.is_empty();
        hold && self.household == other.household && self.from_ms < other.to_ms && other.from_ms < self.to_ms
    }
}

/// A manager's decision about a home or building at the gate, with what was known then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RiskDecisionRow {
    /// The home or building.
    pub subject: Uuid,
    /// Handed over; else stopped.
    pub open: bool,
    /// Why.
    pub reason: String,
    /// The score then.
    pub score: i64,
    /// The band then.
    pub band: String,
    /// The factors then, each with its count.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub factors: BTreeMap<String, i64>,
    /// Who decided.
    pub by: UserId,
    /// When, by the device of whoever decided.
    pub at_ms: i64,
    /// What a newer version knows.
    #[serde(flatten)]
    pub rest: Rest,
}
