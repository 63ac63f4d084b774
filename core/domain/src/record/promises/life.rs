//! A promise as the events of its record tell it, and the time.

use crate::catalog::{Catalog, Machine};
use crate::document::{Container, Document, EntryView, Value, Written};
use crate::events::{Life, LifeEvent, PROMISE_PREFIX, Standing, fold_with_time};
use crate::record::show::Shown;
use crate::record::view::{MoveShown, PromiseShown, TextView};
use crate::record::{CommandError, Marks};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The system's event that time alone makes.
const FALL_DUE: &str = "fall_due";

/// A promise and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Promise {
    /// The key of its entry.
    pub key: String,
    /// What is promised.
    pub what: String,
    /// Who keeps it.
    pub person: String,
    /// To whom.
    pub to: String,
    /// What it came out of.
    pub source: String,
    /// The promise that it was in a record that ended: record and key; empty: it was made here.
    pub from: String,
    /// Who made it, when.
    pub made: Written,
    /// The time that was promised first.
    pub first_due_ms: i64,
    /// The time that counts: the first one, or that of the newest move to which the owner agreed.
    pub due_ms: i64,
    /// When it was kept.
    pub kept_ms: Option<i64>,
    /// Its life, as far as events tell; [`Promise::state_at`] knows the time too.
    pub life: Life,
}

/// A promise as lists need it; it travels with the projection of its record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProjectedPromise {
    /// The key of its entry.
    pub key: String,
    /// What is promised.
    pub what: String,
    /// Who keeps it.
    pub person: String,
    /// To whom.
    pub to: String,
    /// The time that counts.
    pub due_ms: i64,
    /// The time that was promised first.
    pub first_due_ms: i64,
    /// When it was kept.
    pub kept_ms: Option<i64>,
    /// What it came out of.
    pub source: String,
    /// Its state, as far as events tell.
    pub state: String,
    /// The record that goes on with it, after its own has ended; empty: none does.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub goes_on: String,
}

impl ProjectedPromise {
    /// Returns the state at a time: a promise whose time has passed is overdue.
    #[must_use]
    pub fn state_at(&self, now_ms: i64) -> &str {
        state_at(&self.state, self.due_ms, now_ms)
    }

    /// Tells whether it still has to be kept.
    #[must_use]
    pub fn is_open(&self) -> bool {
        is_open(&self.state)
    }
}

impl From<&Promise> for ProjectedPromise {
    fn from(promise: &Promise) -> Self {
        Self {
            key: promise.key.clone(),
            what: promise.what.clone(),
            person: promise.person.clone(),
            to: promise.to.clone(),
            due_ms: promise.due_ms,
            first_due_ms: promise.first_due_ms,
            kept_ms: promise.kept_ms,
            source: promise.source.clone(),
            state: promise.life.state.clone(),
            goes_on: promise.goes_on().to_owned(),
        }
    }
}

impl Promise {
    /// Returns the state at a time: a promise whose time has passed is overdue.
    #[must_use]
    pub fn state_at(&self, now_ms: i64) -> &str {
        state_at(&self.life.state, self.due_ms, now_ms)
    }

    /// Tells whether it still has to be kept.
    #[must_use]
    pub fn is_open(&self) -> bool {
        is_open(&self.life.state)
    }

    /// Returns the record that goes on with it, after its own has ended; empty: none does.
    #[must_use]
    pub fn goes_on(&self) -> &str {
        let ended = |e: &&LifeEvent| e.event == "release" && e.standing == Standing::Legal;
        let named = self.life.events.iter().find(ended).and_then(|e| e.facts.get("goes_on"));
        named.and_then(Value::as_text).unwrap_or_default()
    }

    /// Reads an entry and the events that name it.
    pub(super) fn of(entry: EntryView, events: Vec<EntryView>, marks: &Marks) -> Result<Self, CommandError> {
        let first_due_ms = entry.int("due").unwrap_or_default();
        let overdue = |event: &EntryView, before: &[&EntryView]| {
            let at = event.int("at").unwrap_or(event.made.at_ms);
            (at > counted_due(first_due_ms, before)).then_some(FALL_DUE)
        };
        let life = fold_with_time(machine()?, events, &|change| marks.holds_back(change), &overdue);
        let legal: Vec<&LifeEvent> = life.events.iter().filter(|e| e.standing == Standing::Legal).collect();
        let views: Vec<EntryView> = legal.iter().map(|e| view_of(e)).collect();
        let kept = legal.iter().find(|e| ["keep", "keep_late"].contains(&e.event.as_str()));
        Ok(Self {
            key: entry.key.clone(),
            what: entry.text("what").to_owned(),
            person: entry.text("person").to_owned(),
            to: entry.text("to").to_owned(),
            source: entry.text("source").to_owned(),
            from: entry.text("from").to_owned(),
            first_due_ms,
            due_ms: counted_due(first_due_ms, &views.iter().collect::<Vec<_>>()),
            kept_ms: kept.map(|e| e.facts.get("at").and_then(Value::as_int).unwrap_or(e.written.at_ms)),
            made: entry.made,
            life,
        })
    }

    /// Returns the promise as a screen shows it.
    fn shown(
        &self,
        document: &Document,
        catalog: &Catalog,
        shown: &Shown<'_>,
        now_ms: i64,
    ) -> Result<PromiseShown, CommandError> {
        let moved = |e: &&LifeEvent| e.event == "move";
        let fact = |e: &LifeEvent, name: &str| e.facts.get(name).cloned();
        let moves = self.life.events.iter().filter(moved).map(|e| MoveShown {
            due_ms: fact(e, "due").and_then(|v| v.as_int()).unwrap_or_default(),
            owner_agreed: fact(e, "owner_agreed") == Some(Value::Bool(true)),
            reason: fact(e, "reason").map(|v| v.to_string()).unwrap_or_default(),
            counts: e.standing == Standing::Legal,
        });
        let mut life = shown.life_of(machine()?, &self.life);
        self.state_at(now_ms).clone_into(&mut life.state);
        life.text = machine()?
            .state(&life.state)
            .map(|s| (&s.text).into())
            .unwrap_or_default();
        Ok(PromiseShown {
            record: document.id().to_string(),
            key: self.key.clone(),
            what: self.what.clone(),
            text: text(catalog, &self.what),
            person: self.person.clone(),
            to: self.to.clone(),
            source: self.source.clone(),
            from: self.from.clone(),
            goes_on: self.goes_on().to_owned(),
            by: shown.author(&self.made),
            first_due_ms: self.first_due_ms,
            due_ms: self.due_ms,
            kept_ms: self.kept_ms,
            moves: moves.collect(),
            life,
        })
    }
}

/// Returns what is promised in both languages: whoever takes over a defect promises its code, which has a name; free
/// words are the same in both.
#[must_use]
pub fn text(catalog: &Catalog, what: &str) -> TextView {
    let defect = catalog.defects.get(what).map(|defect| &defect.text);
    // A case of which nobody wrote down the words is promised as such.
    let known = defect.or_else(|| catalog.machines.get(what).map(|machine| &machine.text));
    known.map_or_else(|| TextView::alike(what), TextView::from)
}

/// Returns one promise of a record.
///
/// # Errors
/// [`CommandError::UnknownEntry`].
pub fn find(document: &Document, key: &str, marks: &Marks) -> Result<Promise, CommandError> {
    let events = events_of(key, &document.entries(Container::Events));
    Promise::of(entry(document, key)?, events, marks)
}

/// Returns all promises of a record, by key.
///
/// # Errors
/// [`CommandError::Data`] when the data have a wrong row.
pub fn all(document: &Document, marks: &Marks) -> Result<Vec<Promise>, CommandError> {
    among(&document.entries(Container::Items), document, marks)
}

/// Returns all promises among the items of a record, which are at hand already.
pub(in crate::record) fn among(
    items: &[EntryView],
    document: &Document,
    marks: &Marks,
) -> Result<Vec<Promise>, CommandError> {
    let mut made = items.iter().filter(|e| is_promise(e)).cloned().peekable();
    if made.peek().is_none() {
        return Ok(Vec::new());
    }
    let events = document.entries(Container::Events);
    let one = |entry: EntryView| {
        let its = events_of(&entry.key, &events);
        Promise::of(entry, its, marks)
    };
    made.map(one).collect()
}

/// Returns all promises of a record as a screen shows them at a time, the next due first.
///
/// # Errors
/// As [`all`].
pub fn shown(
    document: &Document,
    catalog: &Catalog,
    marks: &Marks,
    now_ms: i64,
) -> Result<Vec<PromiseShown>, CommandError> {
    let with = Shown { marks };
    let mut promises = all(document, marks)?;
    promises.sort_by(|a, b| (a.due_ms, &a.key).cmp(&(b.due_ms, &b.key)));
    let all = promises.iter();
    all.map(|p| p.shown(document, catalog, &with, now_ms)).collect()
}

/// The machine of promises.
fn machine() -> Result<&'static Machine, CommandError> {
    Catalog::built_in()?.machines.get("promise").ok_or(CommandError::Kind)
}

fn is_open(state: &str) -> bool {
    ["made", "moved"].contains(&state)
}

fn state_at(state: &str, due_ms: i64, now_ms: i64) -> &str {
    if is_open(state) && now_ms > due_ms {
        "overdue"
    } else {
        state
    }
}

pub(in crate::record) fn is_promise(entry: &EntryView) -> bool {
    entry.text("type") == "promise"
}

pub(super) fn entry(document: &Document, key: &str) -> Result<EntryView, CommandError> {
    let found = document.entry(Container::Items, key).filter(is_promise);
    found.ok_or_else(|| CommandError::UnknownEntry(key.to_owned()))
}

/// The due time that counts after these legal events: of two moves that did not see each other, the earlier one.
fn counted_due(first: i64, legal: &[&EntryView]) -> i64 {
    let moves = || legal.iter().filter(|e| e.text("type") == "move");
    let replaced: BTreeSet<&str> = moves().flat_map(|e| e.text("after").split_whitespace()).collect();
    let newest = moves().filter(|e| !replaced.contains(e.key.as_str()));
    newest.filter_map(|e| e.int("due")).min().unwrap_or(first)
}

fn view_of(event: &LifeEvent) -> EntryView {
    EntryView {
        key: event.id.clone(),
        fields: event.facts.clone(),
        made: event.written.clone(),
    }
}

/// The events of one promise, under the names of its machine. What an author saw of it through other events of the
/// record is named directly: `after` holds every event of this promise that came before.
pub(super) fn events_of(key: &str, all: &[EntryView]) -> Vec<EntryView> {
    let by_id: BTreeMap<&str, &EntryView> = all.iter().map(|e| (e.key.as_str(), e)).collect();
    let its = |e: &EntryView| e.text("promise") == key && e.text("type").starts_with(PROMISE_PREFIX);
    let mut found = Vec::new();
    for event in all.iter().filter(|e| its(e)) {
        let mut before = BTreeSet::new();
        let mut visited = BTreeSet::new();
        let mut open: Vec<&str> = event.text("after").split_whitespace().collect();
        while let Some(id) = open.pop() {
            let Some(earlier) = by_id.get(id).filter(|_| visited.insert(id)) else {
                continue;
            };
            if its(earlier) && id != event.key {
                before.insert(id);
            }
            open.extend(earlier.text("after").split_whitespace());
        }
        let mut fields = event.fields.clone();
        let name = event.text("type");
        let name = name.strip_prefix(PROMISE_PREFIX).unwrap_or(name);
        fields.insert("type".to_owned(), name.into());
        let after: Vec<&str> = before.into_iter().collect();
        fields.insert("after".to_owned(), after.join(" ").into());
        found.push(EntryView {
            fields,
            ..event.clone()
        });
    }
    found
}
