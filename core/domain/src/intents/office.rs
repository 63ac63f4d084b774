//! Appointments, decisions at the gate, and what was settled about a collision.

use super::person::scope_of;
use super::{Asked, Present, Refusal, RowChange};
use crate::ids::{DocumentId, PlaceId, UserId};
use crate::rows::{AppointmentRow, MilestoneRow, Rest, RiskDecisionRow, TaskRow, kind};
use crate::rules::risk::{self, Decision, Refused};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The longest that an appointment may last.
const LONGEST_MS: i64 = 24 * 60 * 60 * 1_000;
/// How many factors a decision may list.
const MOST_FACTORS: usize = 100;

/// A time booked, moved or called off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AppointmentPut {
    /// UUIDv7, made by the phone.
    pub id: Uuid,
    /// Where.
    pub home: PlaceId,
    /// With which household.
    pub household: Uuid,
    /// With whom of it, if said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Uuid>,
    /// What for: a task kind.
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
    /// The begin that its author saw, when it moves or ends an appointment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was_from_ms: Option<i64>,
    /// Called off, and why (group `called_off`); empty: it holds.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cancelled: String,
}

impl AppointmentPut {
    pub(super) fn apply(&self, asked: &Asked<'_>, present: &Present) -> Result<Vec<RowChange>, Refusal> {
        asked.known("task_kind", &self.purpose)?;
        if !self.cancelled.is_empty() {
            // A code: words about a household would stand here unsealed.
            asked.known("called_off", &self.cancelled)?;
        }
        scope_of(present, self.household, self.home)?;
        let length = self.to_ms.saturating_sub(self.from_ms);
        if !(1..=LONGEST_MS).contains(&length) {
            return Err(Refusal::Missing("time"));
        }
        let after = AppointmentRow {
            home: self.home,
            household: self.household,
            person: self.person,
            purpose: self.purpose.clone(),
            record: self.record,
            from_ms: self.from_ms,
            to_ms: self.to_ms,
            by: self.by,
            cancelled: self.cancelled.clone(),
            rest: Rest::new(),
        };
        if let Some((before, _)) = present.get::<AppointmentRow>(kind::APPOINTMENT, self.id) {
            if (AppointmentRow {
                rest: before.rest.clone(),
                ..after.clone()
            }) == before
            {
                return Ok(Vec::new());
            }
            if self.was_from_ms != Some(before.from_ms) || !before.cancelled.is_empty() {
                return Err(Refusal::Collides);
            }
        }
        let mut others = present
            .of_kind::<AppointmentRow>(kind::APPOINTMENT)
            .filter(|(id, ..)| *id != self.id);
        if others.any(|(_, other, _)| other.collides(&after)) {
            return Err(Refusal::Collides);
        }
        Ok(vec![RowChange::put(kind::APPOINTMENT, self.id, asked.scope, &after)?])
    }
}

/// A manager opens the gate of a home or building, or keeps it shut; nobody opens what is stopped.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RiskDecide {
    /// UUIDv7, made by whoever decides.
    pub id: Uuid,
    /// The home or building.
    pub subject: Uuid,
    /// Handed over; else stopped.
    pub open: bool,
    /// Why.
    pub reason: String,
    /// The score that was seen.
    pub score: i64,
    /// The band that was seen.
    pub band: String,
    /// The factors that were seen, each with its count.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub factors: BTreeMap<String, i64>,
    /// When, by this device.
    pub at_ms: i64,
}

impl RiskDecide {
    pub(super) fn apply(&self, asked: &Asked<'_>, present: &Present) -> Result<Vec<RowChange>, Refusal> {
        if self.factors.len() > MOST_FACTORS {
            return Err(Refusal::TooLarge);
        }
        let row = self.row(asked.who.user);
        let rules = &asked.catalog.delivery_risk;
        risk::decide(rules, &Decision::of(rules, &row), &asked.who.role).map_err(|refused| match refused {
            Refused::Role => Refusal::Role,
            Refused::Reason => Refusal::Missing("reason"),
            Refused::Stop => Refusal::Illegal,
        })?;
        if present.0.contains_key(&self.id) {
            return Ok(Vec::new());
        }
        Ok(vec![RowChange::put(kind::RISK_DECISION, self.id, asked.scope, &row)?])
    }

    /// Returns the row that it becomes.
    #[must_use]
    pub fn row(&self, by: UserId) -> RiskDecisionRow {
        RiskDecisionRow {
            subject: self.subject,
            open: self.open,
            reason: self.reason.clone(),
            score: self.score,
            band: self.band.clone(),
            factors: self.factors.clone(),
            by,
            at_ms: self.at_ms,
            rest: Rest::new(),
        }
    }
}

/// A day of the journey is learnt, or learnt anew: tasks count from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MilestoneSet {
    /// The home; none: something of the project, a batch or a route.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<PlaceId>,
    /// The event, as task rules name it.
    pub event: String,
    /// The home, household, batch, project, route or case that it happened to.
    pub subject: Uuid,
    /// Which one, where an event happens more than once; empty otherwise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub occurrence: String,
    /// The day, in the project's time zone.
    pub day: NaiveDate,
    /// The day on which it no longer holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// The day that its author saw; none: it was not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<NaiveDate>,
}

impl MilestoneSet {
    /// Returns the row as it shall be.
    pub(super) fn row(&self) -> MilestoneRow {
        MilestoneRow {
            event: self.event.clone(),
            subject: self.subject,
            occurrence: self.occurrence.clone(),
            day: self.day,
            until: self.until,
            rest: Rest::new(),
        }
    }

    pub(super) fn apply(&self, asked: &Asked<'_>, present: &Present) -> Result<Vec<RowChange>, Refusal> {
        if self.place.is_none() {
            asked.is_one_of(&["reviewer", "manager"])?;
        }
        if self.event.trim().is_empty() || self.event.len() > 64 || self.occurrence.len() > 64 {
            return Err(Refusal::Missing("event"));
        }
        let mut rules = asked.catalog.task_rules.values();
        if !rules.any(|rule| rule.events().any(|trigger| trigger.event == *self.event)) {
            return Err(Refusal::UnknownCode);
        }
        let row = self.row();
        let id = row.id(asked.project);
        let before = present.get::<MilestoneRow>(kind::MILESTONE, id).map(|(row, _)| row);
        if before
            .as_ref()
            .is_some_and(|b| (b.day, b.until) == (row.day, row.until))
        {
            return Ok(Vec::new());
        }
        if before.map(|b| b.day) != self.was {
            return Err(Refusal::Collides);
        }
        Ok(vec![RowChange::put(kind::MILESTONE, id, asked.scope, &row)?])
    }
}

/// Somebody has decided what a collision was about, by another intent or by leaving it as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CollisionSettle {
    /// The home.
    pub home: PlaceId,
    /// The task that the collision opened.
    pub task: Uuid,
}

impl CollisionSettle {
    pub(super) fn apply(&self, present: &Present) -> Result<Vec<RowChange>, Refusal> {
        if present.has_ended(self.task) {
            return Ok(Vec::new());
        }
        let (task, scope) = present.get::<TaskRow>(kind::TASK, self.task).ok_or(Refusal::Unknown)?;
        if task.kind != super::COLLISION {
            return Err(Refusal::Unknown);
        }
        Ok(vec![RowChange::end(kind::TASK, self.task, scope)])
    }
}
