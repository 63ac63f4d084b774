//! Promises: what is due today, at a home, for a person; kept with a proof, moved with the owner's agreement.

use super::context::calendar;
use super::lists::{place_name, projection};
use super::record::{Asking, command, genesis_of, parse, recorded, recording, seen};
use super::views::Recorded;
use crate::records::edition;
use crate::{Client, ClientError};
use keyturn_domain::record::common::{Facts, facts};
use keyturn_domain::record::promises::{self, Postponed};
use keyturn_domain::record::view::{PromiseShown, TextView};
use keyturn_domain::record::{CommandError, Scene, life};
use keyturn_domain::{DocumentId, PlaceId, Write};
use keyturn_store::documents::{self, ListedDocument};
use keyturn_store::{Connection, progress};
use std::collections::BTreeMap;

/// A promise to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewPromise {
    /// What is promised.
    pub what: String,
    /// Who keeps it, by user id; empty: the person who makes it.
    pub person: String,
    /// By when, in milliseconds.
    pub due_ms: i64,
    /// To whom: the id of a household or a person; empty: the household of the record.
    pub to: String,
    /// What it came out of; empty: the kind of the record.
    pub source: String,
}

/// What shows that a promise was kept; one of them is enough.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewProof {
    /// Hash of a photo, or nothing.
    pub photo: String,
    /// A record, or nothing.
    pub record: String,
    /// The owner said so.
    pub owner_confirmed: bool,
}

/// A promise in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PromiseCard {
    /// The record in which it was made.
    pub record: String,
    /// Its kind.
    pub record_kind: String,
    /// The place.
    pub place: String,
    /// Unit number, or the name of a public place.
    pub place_name: TextView,
    /// Its key in the record.
    pub key: String,
    /// What is promised, as it stands in the record: words, or a code.
    pub what: String,
    /// What is promised: the name of the code, or the words as they are.
    pub text: TextView,
    /// Who keeps it.
    pub person: String,
    /// To whom.
    pub to: String,
    /// The time that was promised first.
    pub first_due_ms: i64,
    /// The time that counts.
    pub due_ms: i64,
    /// When it was kept.
    pub kept_ms: Option<i64>,
    /// `made`, `moved`, `overdue`, `kept`, …
    pub state: String,
    /// The record that goes on with it, after its own has ended; empty: none does.
    pub goes_on: String,
    /// It is open in a record that ended in favour of another, and is to be handed on ([`Promises::hand_on`]).
    pub left_behind: bool,
}

impl PromiseCard {
    /// Tells whether it still has to be kept.
    pub(super) fn is_open(&self) -> bool {
        ["made", "moved", "overdue"].contains(&self.state.as_str())
    }
}

/// Lists and commands of promises.
#[derive(Clone)]
pub struct Promises(pub(crate) Client);

impl Promises {
    /// Lists every promise on this phone that is due today, in its project's time zone, or overdue; the oldest first.
    ///
    /// # Errors
    /// `data` when a project names no time zone, or a storage error.
    pub fn today(&self) -> Result<Vec<PromiseCard>, ClientError> {
        let now_ms = self.0.inner.now_ms();
        self.0.look(|conn| {
            let mut ends = BTreeMap::new();
            for (project, _) in progress::projects(conn)? {
                let calendar = calendar(conn, project)?;
                ends.insert(project, calendar.end_of(calendar.day_of(now_ms)));
            }
            let latest = ends.values().copied().max().unwrap_or(now_ms);
            let mut listed = documents::with_promises(conn, latest)?;
            listed.retain(|d| ends.contains_key(&d.genesis.project));
            let project_of: BTreeMap<String, i64> = listed
                .iter()
                .filter_map(|d| Some((d.genesis.document.to_string(), *ends.get(&d.genesis.project)?)))
                .collect();
            let mut cards = cards_of(conn, &listed, now_ms)?;
            cards.retain(|card| card.is_open() && project_of.get(&card.record).is_some_and(|end| card.due_ms <= *end));
            Ok(cards)
        })
    }

    /// Lists the promises of a home, those that are open first, each part by its time.
    ///
    /// # Errors
    /// A storage error.
    pub fn of_home(&self, place: &str) -> Result<Vec<PromiseCard>, ClientError> {
        let (place, now_ms): (PlaceId, i64) = (parse(place, "place")?, self.0.inner.now_ms());
        self.0.look(|conn| {
            let listed = documents::at_place(conn, place)?;
            let mut cards = cards_of(conn, &listed, now_ms)?;
            cards.sort_by_key(|card| !card.is_open());
            Ok(cards)
        })
    }

    /// Lists the open promises that a person keeps, the next due first.
    ///
    /// # Errors
    /// A storage error.
    pub fn of_person(&self, user: &str) -> Result<Vec<PromiseCard>, ClientError> {
        let now_ms = self.0.inner.now_ms();
        self.0.look(|conn| {
            let listed = documents::with_promises(conn, i64::MAX)?;
            let mut cards = cards_of(conn, &listed, now_ms)?;
            cards.retain(|card| card.person == user && card.is_open());
            Ok(cards)
        })
    }

    /// Shows the promises of a record with everything that became of them.
    ///
    /// # Errors
    /// `unknown_record`.
    pub fn of_record(&self, record: &str) -> Result<Vec<PromiseShown>, ClientError> {
        let (genesis, now_ms) = (genesis_of(&self.0, record)?, self.0.inner.now_ms());
        let edition = self.0.edition_of(&genesis)?;
        let shown = self.0.opened(genesis.document, |document, marks| {
            promises::shown(document, &edition.catalog, marks, now_ms)
        })?;
        Ok(shown.ok_or_else(|| ClientError::refused("unknown_record"))??)
    }

    /// Promises something in a record.
    ///
    /// # Errors
    /// `missing` without words, `bad_value` for a time that has passed.
    pub fn make(&self, record: &str, heads: &[String], new: &NewPromise) -> Result<Recorded, ClientError> {
        self.on(record, heads, |s| {
            let household =
                keyturn_domain::schema::Field::read(s.document, keyturn_domain::Container::Fields, "household");
            let to = if new.to.is_empty() { household.text() } else { &new.to };
            let promise = promises::NewPromise {
                what: new.what.clone(),
                person: new.person.clone(),
                due_ms: new.due_ms,
                to: to.to_owned(),
                source: new.source.clone(),
            };
            promises::make(s.document, &promise, s.who, s.stamp)
        })
    }

    /// Records that a promise was kept; after its time it is kept late.
    ///
    /// # Errors
    /// `illegal` without a proof, `unknown_entry`.
    pub fn keep(&self, record: &str, heads: &[String], key: &str, proof: &NewProof) -> Result<Recorded, ClientError> {
        let carries = facts([
            ("proof_photo", proof.photo.as_str().into()),
            ("proof_record", proof.record.as_str().into()),
            ("owner_confirmed", proof.owner_confirmed.into()),
        ]);
        self.on(record, heads, |s| {
            promises::keep(s.document, s.seen, key, carries, s.who, s.stamp)
        })
    }

    /// Moves the time of a promise.
    ///
    /// # Errors
    /// `illegal` without the owner's agreement or a reason, `bad_value` for a time that has passed.
    pub fn postpone(
        &self,
        record: &str,
        heads: &[String],
        key: &str,
        due_ms: i64,
        owner_agreed: bool,
        reason: &str,
    ) -> Result<Recorded, ClientError> {
        let to = Postponed {
            due_ms,
            owner_agreed,
            reason: reason.to_owned(),
        };
        self.on(record, heads, |s| {
            promises::postpone(s.document, s.seen, key, &to, s.who, s.stamp)
        })
    }

    /// Takes a promise back, which a manager does when the owner agreed.
    ///
    /// # Errors
    /// `illegal` with what is missing.
    pub fn withdraw(
        &self,
        record: &str,
        heads: &[String],
        key: &str,
        owner_agreed: bool,
        reason: &str,
    ) -> Result<Recorded, ClientError> {
        let carries = facts([("owner_agreed", owner_agreed.into()), ("reason", reason.into())]);
        self.act(record, heads, key, "withdraw", carries)
    }

    /// Says that an overdue promise will not be kept, which a manager tells the owner.
    ///
    /// # Errors
    /// `illegal` with what is missing.
    pub fn give_up(
        &self,
        record: &str,
        heads: &[String],
        key: &str,
        owner_told: bool,
        reason: &str,
    ) -> Result<Recorded, ClientError> {
        let carries = facts([("owner_told", owner_told.into()), ("reason", reason.into())]);
        self.act(record, heads, key, "give_up", carries)
    }

    /// Hands what is still open in a record that ended in favour of another on to that one: both or neither. For what
    /// stayed open because the other one was not on the phone of whoever decided.
    ///
    /// # Errors
    /// `unknown_record` while this phone does not have the other one either, `missing` when nothing is open, `illegal`.
    pub fn hand_on(&self, record: &str, heads: &[String]) -> Result<Recorded, ClientError> {
        let id: DocumentId = parse(record, "record")?;
        let target = self.0.opened(id, |document, marks| {
            Ok::<_, CommandError>(promises::goes_on_in(&life(document, marks)?))
        })?;
        let target = target.ok_or_else(|| ClientError::refused("unknown_record"))??;
        let target = target.ok_or_else(|| ClientError::refused("illegal"))?;
        let here = target
            .parse()
            .ok()
            .map(|other| self.0.records().has(other))
            .transpose()?;
        if here != Some(true) {
            return Err(ClientError::refused("unknown_record"));
        }
        hand_over(&self.0, record, heads, &target, |s, _| promises::hand_on(s, &target))
    }

    fn act(
        &self,
        record: &str,
        heads: &[String],
        key: &str,
        event: &str,
        carries: Facts,
    ) -> Result<Recorded, ClientError> {
        self.on(record, heads, |s| {
            promises::act(s.document, s.seen, key, event, carries, s.who, s.stamp)
        })
    }

    fn on(
        &self,
        record: &str,
        heads: &[String],
        make: impl FnOnce(&Scene<'_>) -> Result<Write, CommandError>,
    ) -> Result<Recorded, ClientError> {
        let genesis = genesis_of(&self.0, record)?;
        let edition = self.0.edition_of(&genesis)?;
        command(&self.0, &genesis, false, &seen(heads)?, |ask: &Asking<'_>| {
            Ok(vec![make(&ask.scene(&edition.catalog))?])
        })
    }
}

/// Ends a record in favour of another: what was promised in it goes on there, in the same step. Where this phone does not
/// have the other one, promises stay open in the record that ends, and in the lists.
pub(super) fn hand_over(
    client: &Client,
    record: &str,
    heads: &[String],
    target: &str,
    end: impl FnOnce(&Scene<'_>, bool) -> Result<Vec<Write>, CommandError>,
) -> Result<Recorded, ClientError> {
    let (id, seen) = (parse(record, "record")?, seen(heads)?);
    let other = match target.parse::<DocumentId>() {
        Ok(other) if other != id => client.records().listed(other)?.map(|listed| listed.genesis),
        _ => None,
    };
    let open = client.looked(id, |document| promises::open(document, &seen))?;
    let open = open.ok_or_else(|| ClientError::refused("unknown_record"))??;
    let mut recordings = vec![recording(client, id, Some(seen), |s| end(s, other.is_some()))?];
    if let Some(other) = other.filter(|_| !open.is_empty()) {
        let taken = |s: &Scene<'_>| promises::take_over(&other.kind, id, &open, s.who, s.stamp);
        recordings.push(recording(client, other.document, None, taken)?);
    }
    let saved = client.records().record_all(recordings)?;
    let first = saved.first().ok_or_else(|| ClientError::refused("unknown_record"))?;
    Ok(recorded(first, &[]))
}

/// All promises of these records, the next due first.
pub(super) fn cards_of(
    conn: &Connection,
    listed: &[ListedDocument],
    now_ms: i64,
) -> Result<Vec<PromiseCard>, ClientError> {
    let mut cards = Vec::new();
    for document in listed {
        let genesis = &document.genesis;
        let shown = projection(document);
        let edition = edition(conn, genesis.project, Some(shown.edition))?;
        let ended = promises::ENDED_FOR_ANOTHER.contains(&shown.state.as_str());
        for promise in shown.promises {
            let left_behind = ended && promise.is_open();
            cards.push(PromiseCard {
                record: genesis.document.to_string(),
                record_kind: genesis.kind.clone(),
                place: genesis.place.to_string(),
                place_name: place_name(conn, genesis.project, genesis.place)?,
                state: promise.state_at(now_ms).to_owned(),
                key: promise.key,
                text: promises::text(&edition.catalog, &promise.what),
                what: promise.what,
                person: promise.person,
                to: promise.to,
                first_due_ms: promise.first_due_ms,
                due_ms: promise.due_ms,
                kept_ms: promise.kept_ms,
                left_behind,
                goes_on: promise.goes_on,
            });
        }
    }
    cards.sort_by(|a, b| (a.due_ms, &a.record, &a.key).cmp(&(b.due_ms, &b.record, &b.key)));
    Ok(cards)
}
