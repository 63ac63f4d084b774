//! What became of a task that produces no record: a bulletin, a notice, a plan.

use super::{Asked, Present, Refusal, RowChange};
use crate::ids::PlaceId;
use crate::rows::{TaskClosed, TaskRow, kind};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The most characters of a reason.
const LONGEST: usize = 500;

/// Somebody says what became of a task without a record, or takes it back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskClose {
    /// The task.
    pub task: Uuid,
    /// Where it is; for a task of the whole project the scope of the public places.
    pub place: PlaceId,
    /// What became of it (group `task_outcome`); empty: it is open again.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub outcome: String,
    /// Why it was not done, or is open again.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// What its author saw; empty: it was open.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub was: String,
    /// When, by this device.
    pub at_ms: i64,
}

impl TaskClose {
    pub(super) fn apply(&self, asked: &Asked<'_>, present: &Present) -> Result<Vec<RowChange>, Refusal> {
        if !self.outcome.is_empty() {
            asked.known("task_outcome", &self.outcome)?;
        }
        if self.outcome != "done" && self.reason.trim().is_empty() {
            return Err(Refusal::Missing("reason"));
        }
        if self.reason.chars().count() > LONGEST {
            return Err(Refusal::TooLarge);
        }
        let (mut task, scope) = present.get::<TaskRow>(kind::TASK, self.task).ok_or(Refusal::Unknown)?;
        // A record tells its own state, and a collision is settled.
        if !task.is_told() {
            return Err(Refusal::Illegal);
        }
        let named = task.role.is_empty() || task.role == asked.who.role;
        if !named {
            asked.is_one_of(&["reviewer", "manager"])?;
        }
        if task.outcome() == self.outcome {
            return Ok(Vec::new());
        }
        if task.outcome() != self.was {
            return Err(Refusal::Collides);
        }
        task.closed = (!self.outcome.is_empty()).then(|| TaskClosed {
            outcome: self.outcome.clone(),
            reason: self.reason.clone(),
            by: asked.who.user,
            at_ms: self.at_ms,
        });
        Ok(vec![RowChange::put(kind::TASK, self.task, scope, &task)?])
    }
}
