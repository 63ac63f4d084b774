//! What may be done about a promise.

use super::life::{Promise, entry, events_of, find};
use crate::document::{Container, Document, EntryView, Value, Write, Written};
use crate::events::{PROMISE_PREFIX, Standing};
use crate::ids::Hash;
use crate::record::common::{self, Facts, Stamp, Who, facts};
use crate::record::{CommandError, Marks};

/// A promise to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewPromise {
    /// What is promised.
    pub what: String,
    /// Who keeps it; empty: the person who makes it.
    pub person: String,
    /// By when, in milliseconds.
    pub due_ms: i64,
    /// To whom: the id of a household or a person.
    pub to: String,
    /// What it came out of; empty: the kind of the record.
    pub source: String,
}

/// Makes a promise.
///
/// # Errors
/// [`CommandError::Missing`] without words, [`CommandError::Value`] for a time that has passed.
pub fn make(document: &Document, new: &NewPromise, who: &Who, stamp: &Stamp) -> Result<Write, CommandError> {
    if new.what.trim().is_empty() {
        return Err(CommandError::Missing("words"));
    }
    if new.due_ms <= stamp.at_ms {
        return Err(CommandError::Value("due"));
    }
    let or = |given: &str, else_: &str| Value::from(if given.is_empty() { else_ } else { given });
    let carries = facts([
        ("what", new.what.as_str().into()),
        ("person", or(&new.person, &who.user.to_string())),
        ("due", new.due_ms.into()),
        ("to", new.to.as_str().into()),
        ("source", or(&new.source, &document.genesis().kind)),
    ]);
    common::entry("promise", carries, who, stamp)
}

/// Records that a promise was kept; the proof is a photo, a record, or the owner's word. After its time it is kept late.
///
/// # Errors
/// As [`act`].
pub fn keep(
    document: &Document,
    seen: &[Hash],
    key: &str,
    proof: Facts,
    who: &Who,
    stamp: &Stamp,
) -> Result<Write, CommandError> {
    let promise = find(&*document.as_seen(seen)?, key, &Marks::default())?;
    let late = promise.state_at(stamp.at_ms) == "overdue";
    act(
        document,
        seen,
        key,
        if late { "keep_late" } else { "keep" },
        proof,
        who,
        stamp,
    )
}

/// Moves the time of a promise; it counts only when the owner agreed.
///
/// # Errors
/// [`CommandError::Value`] for a time that has passed, and as [`act`].
pub fn postpone(
    document: &Document,
    seen: &[Hash],
    key: &str,
    to: &Postponed,
    who: &Who,
    stamp: &Stamp,
) -> Result<Write, CommandError> {
    if to.due_ms <= stamp.at_ms {
        return Err(CommandError::Value("due"));
    }
    let carries = facts([
        ("due", to.due_ms.into()),
        ("owner_agreed", to.owner_agreed.into()),
        ("reason", to.reason.as_str().into()),
    ]);
    act(document, seen, key, "move", carries, who, stamp)
}

/// Another time for a promise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Postponed {
    /// The new time, in milliseconds.
    pub due_ms: i64,
    /// The owner agreed to it.
    pub owner_agreed: bool,
    /// Why.
    pub reason: String,
}

/// Records an event of a promise, if it is legal where its author stands: `keep`, `keep_late`, `move`, `give_up`,
/// `withdraw`.
///
/// # Errors
/// [`CommandError::UnknownEntry`]; [`CommandError::Illegal`] names the state and the guards that are missing.
pub fn act(
    document: &Document,
    seen: &[Hash],
    key: &str,
    event: &str,
    mut carries: Facts,
    who: &Who,
    stamp: &Stamp,
) -> Result<Write, CommandError> {
    carries.insert("promise".to_owned(), key.into());
    let name = format!("{PROMISE_PREFIX}{event}");
    let write = common::neutral(document, seen, &name, carries, who, stamp)?;
    let Write::Entry { fields, .. } = &write else {
        return Err(CommandError::Kind);
    };
    let candidate = EntryView {
        key: stamp.key.clone(),
        fields: fields.clone(),
        made: Written {
            author: None,
            at_ms: stamp.at_ms,
            change: Hash::default(),
        },
    };
    let shown = document.as_seen(seen)?;
    let mut all = shown.entries(Container::Events);
    all.push(candidate);
    let entry = entry(&shown, key)?;
    let promise = Promise::of(entry, events_of(key, &all), &Marks::default())?;
    let judged = promise.life.events.iter().find(|e| e.id == stamp.key);
    match judged.map(|e| &e.standing) {
        Some(Standing::Legal) => Ok(write),
        Some(Standing::Illegal { code, missing }) => Err(CommandError::Illegal {
            state: promise.state_at(stamp.at_ms).to_owned(),
            code: code.clone(),
            missing: missing.clone(),
        }),
        _ => Err(CommandError::Illegal {
            state: promise.state_at(stamp.at_ms).to_owned(),
            code: "state".to_owned(),
            missing: Vec::new(),
        }),
    }
}
