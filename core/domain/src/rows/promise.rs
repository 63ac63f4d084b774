//! What was promised in sales: an item of the handover checklist of that home until it is kept.

use super::{Rest, RowEvent};
use crate::catalog::{Illegal, Machine, Text};
use crate::ids::PlaceId;
use serde::{Deserialize, Serialize};

/// Something promised to the buyer of a home.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SalesPromiseRow {
    /// The home.
    pub home: PlaceId,
    /// What.
    pub text: Text,
    /// The end of the day by which it was promised first.
    pub first_due_ms: i64,
    /// What happened to it since.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<RowEvent>,
    /// What a newer version knows.
    #[serde(flatten)]
    pub rest: Rest,
}

/// Where a promise stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromiseStand {
    /// The state by machine `promise`.
    pub state: String,
    /// The date that counts: the first one, or one to which the owner agreed.
    pub due_ms: i64,
}

impl SalesPromiseRow {
    /// Folds its life; a read at `now_ms` shows what has fallen due without anybody saying so.
    #[must_use]
    pub fn stand(&self, machine: &Machine, now_ms: i64) -> PromiseStand {
        let mut stand = PromiseStand {
            state: machine.initial.as_str().to_owned(),
            due_ms: self.first_due_ms,
        };
        for event in &self.events {
            // What was stored was legal then; what a newer machine does not know moves nothing.
            let _ = stand.take(machine, event);
        }
        stand.fall_due(machine, now_ms);
        stand
    }
}

impl PromiseStand {
    /// Moves on by one event.
    ///
    /// # Errors
    /// Why it is illegal; then nothing has moved.
    pub fn take(&mut self, machine: &Machine, event: &RowEvent) -> Result<(), Illegal> {
        let mut next = self.clone();
        next.fall_due(machine, event.at_ms);
        next.state = event.after(machine, &next.state)?.to_owned();
        if let Some(due) = event.facts.get("due").and_then(crate::Value::as_int) {
            next.due_ms = due;
        }
        *self = next;
        Ok(())
    }

    /// Being overdue is a fact of time, not somebody's event.
    fn fall_due(&mut self, machine: &Machine, at_ms: i64) {
        let falls = machine.find(&self.state, "fall_due").and_then(|t| t.to.as_ref());
        if let Some(to) = falls.filter(|_| at_ms > self.due_ms) {
            to.as_str().clone_into(&mut self.state);
        }
    }
}
