//! A record as somebody sees it, who that is, and when: what every command of a life needs.

use super::common::{self, Facts, Stamp, Who, life_seen};
use super::promises::{self, NewPromise, Promise};
use super::{CommandError, Marks};
use crate::catalog::{Catalog, Named, PlainCode};
use crate::document::{Container, Document, EntryView, Value, Write};
use crate::events::{Life, LifeEvent, Standing};
use crate::ids::Hash;
use crate::schema::Field;
use std::collections::BTreeSet;

/// What a command is asked on.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The record.
    pub document: &'a Document,
    /// The heads from which the screen was drawn.
    pub seen: &'a [Hash],
    /// The built-in or the project's data.
    pub catalog: &'a Catalog,
    /// Who records.
    pub who: &'a Who,
    /// When, and under which key.
    pub stamp: &'a Stamp,
}

impl Scene<'_> {
    /// Refuses a record of another kind.
    pub(super) fn of_kind(&self, kind: &str) -> Result<(), CommandError> {
        let same = self.document.genesis().kind == kind;
        if same { Ok(()) } else { Err(CommandError::Kind) }
    }

    /// Refuses whoever has another role.
    pub(super) fn only(&self, roles: &[&str]) -> Result<(), CommandError> {
        if roles.contains(&self.who.role.as_str()) {
            Ok(())
        } else {
            Err(CommandError::Role(self.who.role.clone()))
        }
    }

    /// Refuses everybody but the person who is named in the life.
    pub(super) fn named(&self) -> Result<(), CommandError> {
        if self.life()?.person == self.who.user.to_string() {
            Ok(())
        } else {
            Err(CommandError::NotNamed)
        }
    }

    /// The life as the person sees it.
    pub(super) fn life(&self) -> Result<Life, CommandError> {
        life_seen(self.document, self.seen)
    }

    /// Records an event, if it is legal where its author stands.
    pub(super) fn event(&self, name: &str, carries: Facts) -> Result<Write, CommandError> {
        common::event(self.document, self.seen, name, carries, self.who, self.stamp)
    }

    /// Records what moves nothing.
    pub(super) fn neutral(&self, name: &str, carries: Facts) -> Result<Write, CommandError> {
        common::neutral(self.document, self.seen, name, carries, self.who, self.stamp)
    }

    /// Adds an entry.
    pub(super) fn entry(&self, kind: &str, carries: Facts) -> Result<Write, CommandError> {
        common::entry(kind, carries, self.who, self.stamp)
    }

    /// Sets a field of the record.
    pub(super) fn set(&self, key: &str, value: impl Into<Value>) -> Result<Write, CommandError> {
        common::set(self.document, self.seen, Container::Fields, key, value.into())
    }

    /// Sets fields of the record, those that are not empty.
    pub(super) fn set_all(&self, fields: &[(&str, &str)]) -> Result<Vec<Write>, CommandError> {
        let told = fields.iter().filter(|(_, value)| !value.trim().is_empty());
        told.map(|(key, value)| self.set(key, *value)).collect()
    }

    /// Reads a field that a decision rests on: refused while people disagree on it.
    pub(super) fn decided(&self, key: &str) -> Result<String, CommandError> {
        let field = Field::read_seen(self.document, self.seen, Container::Fields, key)?;
        if field.is_contested() {
            return Err(CommandError::Contested(key.to_owned()));
        }
        Ok(field.text().to_owned())
    }

    /// Refuses a code that the group does not hold; nothing is no code.
    pub(super) fn known(&self, group: &str, code: &str) -> Result<(), CommandError> {
        if code.is_empty() {
            Ok(())
        } else {
            common::known(self.catalog, group, code)
        }
    }

    /// Refuses a code that a list of the complaint profiles does not hold; nothing is no code.
    pub(super) fn known_in(&self, list: &[Named<PlainCode>], code: &str) -> Result<(), CommandError> {
        if code.is_empty() || list.iter().any(|known| known.code == *code) {
            Ok(())
        } else {
            Err(CommandError::UnknownCode(code.to_owned()))
        }
    }

    /// The promises that this record's own acceptance made and that are still to be kept.
    pub(super) fn open_promises(&self) -> Result<Vec<Promise>, CommandError> {
        let shown = self.document.as_seen(self.seen)?;
        let mut open = promises::all(&shown, &Marks::default())?;
        open.retain(|p| p.is_open() && p.source == self.document.genesis().kind);
        Ok(open)
    }

    /// Promises a time that the acceptance of the record gave.
    pub(super) fn promise(&self, what: &str, to: &str, due_ms: i64) -> Result<Write, CommandError> {
        let new = NewPromise {
            what: what.to_owned(),
            due_ms,
            to: to.to_owned(),
            ..NewPromise::default()
        };
        promises::make(self.document, &new, self.who, self.stamp)
    }

    /// Keeps what the acceptance of the record promised.
    pub(super) fn keep(&self, proof: &Facts) -> Result<Vec<Write>, CommandError> {
        let (document, seen, who) = (self.document, self.seen, self.who);
        let open = self.open_promises()?.into_iter().enumerate();
        open.map(|(n, promise)| promises::keep(document, seen, &promise.key, proof.clone(), who, &self.stamp_beside(n)))
            .collect()
    }

    /// A key for another event of the same command.
    pub(super) fn stamp_beside(&self, n: usize) -> Stamp {
        Stamp {
            at_ms: self.stamp.at_ms,
            key: format!("{}p{n}", self.stamp.key),
        }
    }

    /// The entries of a kind that nobody took out of sight, as the person sees them.
    pub(super) fn entries(&self, kind: &str) -> Result<Vec<EntryView>, CommandError> {
        let shown = self.document.as_seen(self.seen)?;
        let life = self.life()?;
        let removed: BTreeSet<&str> = with_name(&life, "removed")
            .filter_map(|e| e.facts.get("entry")?.as_text())
            .collect();
        let mut found = shown.entries(Container::Items);
        found.retain(|e| e.text("type") == kind && !removed.contains(e.key.as_str()));
        Ok(found)
    }
}

/// The events of that name that count, in the order of the fold.
pub(super) fn with_name<'a>(life: &'a Life, name: &'a str) -> impl DoubleEndedIterator<Item = &'a LifeEvent> {
    life.events
        .iter()
        .filter(move |e| e.event == name && matches!(e.standing, Standing::Legal | Standing::Neutral))
}

/// Returns a fact that is text, or nothing.
pub(super) fn fact<'a>(event: &'a LifeEvent, name: &str) -> &'a str {
    event.facts.get(name).and_then(Value::as_text).unwrap_or_default()
}

/// Returns a fact that is a whole number.
pub(super) fn fact_int(event: &LifeEvent, name: &str) -> Option<i64> {
    event.facts.get(name).and_then(Value::as_int)
}

/// Copies facts of an event, those that it carries.
pub(super) fn copied(event: Option<&LifeEvent>, names: &[&str]) -> Facts {
    let told = |name: &&str| Some(((*name).to_owned(), event?.facts.get(*name)?.clone()));
    names.iter().filter_map(told).collect()
}

/// Adds words to facts, unless there are none.
pub(super) fn add(carries: &mut Facts, name: &str, words: &str) {
    if !words.trim().is_empty() {
        carries.insert(name.to_owned(), words.into());
    }
}
