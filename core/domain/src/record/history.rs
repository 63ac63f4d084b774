//! What happened to a record, as figures need it: a short list that travels with the projection.

use crate::document::{Author, Container, Document, EntryView, Value};
use crate::events::{Life, LifeEvent, Standing};
use crate::ids::{Hash, UserId};
use crate::schema::last_part;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a fact of an event stands in the history.
#[derive(Clone, Copy)]
enum Kept {
    /// As it is: a code, an id, a time.
    Whole,
    /// That it is there: a hash, words of somebody.
    Present,
}

/// The facts that figures, due dates and the timeline need. Words of a person stay in the document.
const KEPT: &[(&str, Kept)] = &[
    ("clean", Kept::Whole),
    ("clean_photo", Kept::Present),
    ("owner_agreed", Kept::Whole),
    ("owner_confirmed", Kept::Whole),
    ("points_missing", Kept::Whole),
    ("promise_at", Kept::Whole),
    ("promise", Kept::Whole),
    ("protection_photo", Kept::Present),
    ("reason", Kept::Present),
    ("reason_code", Kept::Whole),
    ("record", Kept::Whole),
    ("refusal", Kept::Present),
    ("result", Kept::Whole),
    ("root_cause", Kept::Whole),
    ("target", Kept::Whole),
    ("told_at", Kept::Whole),
    ("until", Kept::Whole),
    ("verdict", Kept::Whole),
    ("waived_by", Kept::Present),
];

/// What says nothing that a figure counts.
const LEFT_OUT: &[&str] = &["checked", "settled", "removed", "terms"];

/// One event that counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Step {
    /// What happened.
    #[serde(rename = "e")]
    pub event: String,
    /// The device's time; shown and counted, never used to decide what is legal.
    #[serde(rename = "t")]
    pub at_ms: i64,
    /// Who did it; none: the system.
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    /// Whom it named.
    #[serde(rename = "p", default, skip_serializing_if = "String::is_empty")]
    pub person: String,
    /// The few facts that figures need, as text.
    #[serde(rename = "f", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, String>,
}

impl Step {
    /// Returns a fact, or nothing.
    #[must_use]
    pub fn fact(&self, name: &str) -> &str {
        self.facts.get(name).map_or("", String::as_str)
    }

    /// Returns a fact that is a time.
    #[must_use]
    pub fn time(&self, name: &str) -> Option<i64> {
        self.fact(name).parse().ok()
    }

    /// Tells whether a fact is there and not `false`.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        !matches!(self.fact(name), "" | "false")
    }

    fn of(event: &LifeEvent) -> Self {
        let text = |name: &str| event.facts.get(name).and_then(Value::as_text).unwrap_or_default();
        let kept = KEPT.iter().filter_map(|(name, how)| {
            let value = told(event.facts.get(*name)?, *how)?;
            Some(((*name).to_owned(), value))
        });
        Self {
            event: event.event.clone(),
            at_ms: event.written.at_ms,
            by: text("by").parse().ok(),
            person: text("person").to_owned(),
            facts: kept.collect(),
        }
    }
}

/// Returns the legal and the neutral events of a life, in the order of the fold.
pub(super) fn history(life: &Life) -> Vec<Step> {
    life.events
        .iter()
        .filter(|e| matches!(e.standing, Standing::Legal | Standing::Neutral))
        .filter(|e| !LEFT_OUT.contains(&e.event.as_str()))
        .map(Step::of)
        .collect()
}

fn told(value: &Value, how: Kept) -> Option<String> {
    let whole = match value {
        Value::Text(text) => text.trim().to_owned(),
        Value::Int(n) => n.to_string(),
        Value::Bool(yes) => yes.to_string(),
        Value::Bytes(_) => "true".to_owned(),
        _ => return None,
    };
    match how {
        _ if whole.is_empty() => None,
        Kept::Whole => Some(whole),
        Kept::Present => Some("true".to_owned()),
    }
}

/// The longest time between two answers that is told apart: an hour, beyond which somebody was away.
const LONGEST: i64 = 3_600;

/// Seconds between one answer and the next of the same person, and how often: what it takes to answer one item.
///
/// Answers given with the rest of a room end a span and have none of their own.
pub(super) fn pace(document: &Document) -> BTreeMap<u32, u32> {
    let mut taps: BTreeMap<(Option<Author>, i64, Hash), bool> = BTreeMap::new();
    for (key, candidates) in document.scalars(Container::Answers) {
        if last_part(&key) != "result" {
            continue;
        }
        for candidate in candidates {
            let single = candidate.value.as_text() != Some("ok_bulk");
            for written in candidate.by {
                taps.insert((written.author, written.at_ms, written.change), single);
            }
        }
    }
    let mut spans = BTreeMap::new();
    for (((author, from, _), _), ((next, to, _), single)) in taps.iter().zip(taps.iter().skip(1)) {
        if author == next && *single {
            let seconds = (to.saturating_sub(*from) / 1_000).clamp(0, LONGEST);
            *spans.entry(u32::try_from(seconds).unwrap_or_default()).or_default() += 1;
        }
    }
    spans
}

/// Returns what a case's reporter was told on the way, as steps: the entry holds when.
pub(super) fn told_on_the_way<'a>(entries: impl Iterator<Item = &'a EntryView>) -> Vec<Step> {
    let step = |entry: &EntryView| Step {
        event: "update".to_owned(),
        at_ms: entry.int("told_at").unwrap_or(entry.made.at_ms),
        by: entry.text("by").parse().ok(),
        ..Step::default()
    };
    entries.filter(|e| e.text("type") == "update").map(step).collect()
}
