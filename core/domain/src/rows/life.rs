//! The life of a row: events in the order in which the server received them, judged by a machine.
//!
//! Unlike in a document nobody can be concurrent here; an event that is not legal is refused, and its author told.

use crate::catalog::{Illegal, Machine};
use crate::document::{EntryView, Value, Written};
use crate::events::guards_met;
use crate::ids::{Hash, UserId};
use crate::record::Who;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What an event carries: flags, whole numbers and text, as in a document.
pub type Facts = BTreeMap<String, Value>;

/// One event of a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowEvent {
    /// What happened.
    pub event: String,
    /// Who said so.
    pub by: UserId,
    /// In which role.
    pub role: String,
    /// When, by the device of whoever said so.
    pub at_ms: i64,
    /// When the server received it: the order.
    pub received_ms: i64,
    /// What it carries for its guards.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: Facts,
}

impl RowEvent {
    /// Makes an event that `who` claims for `at_ms`.
    #[must_use]
    pub fn new(event: &str, facts: Facts, who: &Who, at_ms: i64, received_ms: i64) -> Self {
        Self {
            event: event.to_owned(),
            by: who.user,
            role: who.role.clone(),
            at_ms,
            received_ms,
            facts,
        }
    }

    /// Returns the state after this event.
    ///
    /// # Errors
    /// Why it is illegal there.
    pub fn after<'m>(&self, machine: &'m Machine, state: &str) -> Result<&'m str, Illegal> {
        let transition = machine.find(state, &self.event).ok_or(Illegal::State)?;
        let met = guards_met(transition, &self.as_entry());
        let to = machine.transition(state, &self.event, &self.role, &met)?;
        Ok(to.as_str())
    }

    /// Tells whether it is the same event of the same person, received once more.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        (&self.event, self.by, self.at_ms, &self.facts) == (&other.event, other.by, other.at_ms, &other.facts)
    }

    /// Returns a fact that is a whole number.
    #[must_use]
    pub fn int(&self, fact: &str) -> Option<i64> {
        self.facts.get(fact).and_then(Value::as_int)
    }

    fn as_entry(&self) -> EntryView {
        let mut fields = self.facts.clone();
        fields.insert("by".into(), self.by.to_string().into());
        fields.insert("role".into(), self.role.as_str().into());
        EntryView {
            key: String::new(),
            fields,
            made: Written {
                author: None,
                at_ms: self.at_ms,
                change: Hash::default(),
            },
        }
    }
}

/// Where a row stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowLife {
    /// The state.
    pub state: String,
    /// The event that led there and when it was claimed; none: nothing happened yet.
    pub last: Option<(String, i64)>,
}

impl RowLife {
    /// A life before any event.
    #[must_use]
    pub fn begin(machine: &Machine) -> Self {
        Self {
            state: machine.initial.as_str().to_owned(),
            last: None,
        }
    }

    /// Moves on by one event.
    ///
    /// # Errors
    /// Why it is illegal; then nothing has moved.
    pub fn take(&mut self, machine: &Machine, event: &RowEvent) -> Result<(), Illegal> {
        event.after(machine, &self.state)?.clone_into(&mut self.state);
        self.last = Some((event.event.clone(), event.at_ms));
        Ok(())
    }
}
