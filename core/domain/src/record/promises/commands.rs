//! What may be done about a promise.

use super::life::{Promise, entry, events_of, find};
use crate::document::{Container, Document, EntryView, Value, Write, Written};
use crate::events::{Life, PROMISE_PREFIX, Standing};
use crate::ids::{DocumentId, Hash};
use crate::record::common::{self, Facts, Stamp, Who, facts};
use crate::record::{CommandError, Marks, Scene};

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

/// States in which a record has ended in favour of another.
pub const ENDED_FOR_ANOTHER: [&str; 3] = ["linked", "merged", "duplicate"];

/// Returns the record that goes on with a matter which ended in favour of it.
#[must_use]
pub fn goes_on_in(life: &Life) -> Option<String> {
    if !ENDED_FOR_ANOTHER.contains(&life.state.as_str()) {
        return None;
    }
    let ends = [("link", "linked"), ("merge", "target"), ("confirm_duplicate", "target")];
    let mut events = life.events.iter().rev().filter(|e| e.standing == Standing::Legal);
    events.find_map(|e| {
        let (_, named) = ends.iter().find(|(event, _)| *event == e.event)?;
        Some(e.facts.get(*named)?.as_text()?.to_owned())
    })
}

/// Ends what is open in a record that ended in favour of another while that one was not at hand; the other one takes it
/// over in the same step ([`take_over`]).
///
/// # Errors
/// [`CommandError::Missing`] when nothing is open; [`CommandError::Illegal`] while the record has not ended so, and as
/// [`act`].
pub fn hand_on(scene: &Scene<'_>, goes_on: &str) -> Result<Vec<Write>, CommandError> {
    let life = scene.life()?;
    if goes_on_in(&life).is_none_or(|target| target != goes_on) {
        return Err(CommandError::Illegal {
            state: life.state,
            code: "state".to_owned(),
            missing: Vec::new(),
        });
    }
    let ended = release(scene, &life.state, goes_on, "")?;
    if ended.is_empty() {
        return Err(CommandError::Missing("promises"));
    }
    Ok(ended)
}

/// Ends every open promise of a record that ends itself. `goes_on`: the record that goes on with the matter, and with the
/// promise ([`take_over`]); empty: none does.
///
/// # Errors
/// As [`act`].
pub(in crate::record) fn release(
    scene: &Scene<'_>,
    ended: &str,
    goes_on: &str,
    reason: &str,
) -> Result<Vec<Write>, CommandError> {
    let why = if reason.trim().is_empty() { ended } else { reason };
    let mut carries = facts([("ended", ended.into()), ("reason", why.into())]);
    if !goes_on.is_empty() {
        carries.insert("goes_on".to_owned(), goes_on.into());
    }
    let open = open(scene.document, scene.seen)?;
    let end = |(n, promise): (usize, &Promise)| {
        let (carries, stamp) = (carries.clone(), scene.stamp_beside(n));
        act(
            scene.document,
            scene.seen,
            &promise.key,
            "release",
            carries,
            scene.who,
            &stamp,
        )
    };
    open.iter().enumerate().map(end).collect()
}

/// Returns the promises that still have to be kept, as the author of a screen saw them.
///
/// # Errors
/// [`CommandError::Document`] when `seen` is not part of the document.
pub fn open(document: &Document, seen: &[Hash]) -> Result<Vec<Promise>, CommandError> {
    let shown = document.as_seen(seen)?;
    let mut open = super::life::all(&shown, &Marks::default())?;
    open.retain(Promise::is_open);
    Ok(open)
}

/// Makes promises of a record that ends those of the one that goes on: what, by whom, until when and to whom stay, and
/// each names the promise that it was, whose history stays where it is. A time that has passed stays passed.
///
/// # Errors
/// None that its parts do not have.
pub fn take_over(
    into: &str,
    from: DocumentId,
    promises: &[Promise],
    who: &Who,
    stamp: &Stamp,
) -> Result<Vec<Write>, CommandError> {
    let taken = promises.iter().enumerate().map(|(n, promise)| {
        let carries = facts([
            ("what", promise.what.as_str().into()),
            ("person", promise.person.as_str().into()),
            ("due", promise.due_ms.into()),
            ("to", promise.to.as_str().into()),
            ("source", into.into()),
            ("from", format!("{from}/{}", promise.key).into()),
        ]);
        let stamp = Stamp {
            at_ms: stamp.at_ms,
            key: format!("{}t{n}", stamp.key),
        };
        common::entry("promise", carries, who, &stamp)
    });
    taken.collect()
}

/// Records an event of a promise, if it is legal where its author stands: `keep`, `keep_late`, `move`, `give_up`,
/// `withdraw`, `release`.
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
