//! The life of what was promised in sales.

use super::{Asked, Present, Refusal, RowChange};
use crate::ids::PlaceId;
use crate::rows::{Facts, RowEvent, SalesPromiseRow, kind};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Something happened to a sales promise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PromiseEvent {
    /// The promise.
    pub promise: Uuid,
    /// Its home.
    pub home: PlaceId,
    /// The event of machine `promise`.
    pub event: String,
    /// What it carries for its guards; `due` is the date of a move.
    #[serde(default, skip_serializing_if = "Facts::is_empty")]
    pub facts: Facts,
    /// When, by this device.
    pub at_ms: i64,
}

impl PromiseEvent {
    pub(super) fn apply(&self, asked: &Asked<'_>, present: &Present) -> Result<Vec<RowChange>, Refusal> {
        let (mut row, scope) = present
            .get::<SalesPromiseRow>(kind::SALES_PROMISE, self.promise)
            .ok_or(Refusal::Unknown)?;
        let event = RowEvent::new(&self.event, self.facts.clone(), asked.who, self.at_ms, asked.now_ms);
        if row.events.iter().any(|known| known.says_the_same(&event)) {
            return Ok(Vec::new());
        }
        if self.event == "move" && event.int("due").is_none() {
            return Err(Refusal::Missing("due"));
        }
        let machine = asked.machine("promise")?;
        row.stand(machine, self.at_ms).take(machine, &event)?;
        row.events.push(event);
        Ok(vec![RowChange::put(kind::SALES_PROMISE, self.promise, scope, &row)?])
    }
}
