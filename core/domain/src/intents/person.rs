//! Persons, and the log of contacts with them.

use super::{Asked, Present, Refusal, RowChange};
use crate::ids::{DocumentId, PlaceId, ScopeId};
use crate::rows::{ContactRow, HouseholdRow, PersonRow, Quiet, Rest, SubjectKeyRow, kind};
use crate::sealed::{Sealed, SubjectKey};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How many persons one household may have: what a stranger can send is bounded.
const MOST_PERSONS: usize = 200;
/// How many quiet hours somebody may name.
const MOST_QUIET: usize = 16;

/// A key that the phone made for a subject that had none.
pub type NewKey = SubjectKey;

/// A new person. Id and key are the phone's, so that it works without a signal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonPut {
    /// UUIDv7, made by the phone.
    pub id: Uuid,
    /// The home.
    pub home: PlaceId,
    /// The household; none: whichever lives there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub household: Option<Uuid>,
    /// Owner, tenant … (group `relation`).
    pub relation: String,
    /// The preferred way (group `contact_way`); empty: not said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub way: String,
    /// When this person does not want to be called.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quiet: Vec<Quiet>,
    /// The key that sealed what follows.
    pub key: NewKey,
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Sealed>,
    /// Telephone and e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Sealed>,
}

impl PersonPut {
    pub(super) fn apply(&self, asked: &Asked<'_>, present: &Present) -> Result<Vec<RowChange>, Refusal> {
        asked.known("relation", &self.relation)?;
        known_way(asked, &self.way)?;
        bounded(&self.quiet, [&self.name, &self.contact])?;
        let key_id = SubjectKeyRow::id_of(self.id);
        if present.has_ended(key_id) {
            return Err(Refusal::Erased);
        }
        if present.0.contains_key(&self.id) {
            // The same intent once more, or an id of somebody else: nothing is overwritten.
            return Ok(Vec::new());
        }
        let household = match self.household {
            Some(named) => named,
            None => living(present).ok_or(Refusal::Unknown)?,
        };
        let scope = scope_of(present, household, self.home)?;
        if present.of_kind::<PersonRow>(kind::PERSON).count() >= MOST_PERSONS {
            return Err(Refusal::TooLarge);
        }
        let person = PersonRow {
            household,
            relation: self.relation.clone(),
            way: self.way.clone(),
            quiet: self.quiet.clone(),
            name: self.name.clone(),
            contact: self.contact.clone(),
            left: false,
            rest: Rest::new(),
        };
        Ok(vec![
            key_row(self.id, &self.key, scope)?,
            RowChange::put(kind::PERSON, self.id, scope, &person)?,
        ])
    }
}

/// What its author saw of a box, and what it shall be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seen<T> {
    /// What was there; none: nothing, or not for whoever asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<T>,
    /// What shall be there.
    pub to: T,
}

/// Something else about a person. What is none stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PersonChange {
    /// The person.
    pub id: Uuid,
    /// The home.
    pub home: PlaceId,
    /// The household.
    pub household: Uuid,
    /// A key, when this person had none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<NewKey>,
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Seen<Sealed>>,
    /// Telephone and e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Seen<Sealed>>,
    /// The relation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<Seen<String>>,
    /// The preferred way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way: Option<Seen<String>>,
    /// The quiet hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet: Option<Seen<Vec<Quiet>>>,
    /// Left the household, or was entered twice.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub left: bool,
}

impl PersonChange {
    pub(super) fn apply(&self, asked: &Asked<'_>, present: &Present) -> Result<Vec<RowChange>, Refusal> {
        if let Some(relation) = &self.relation {
            asked.known("relation", &relation.to)?;
        }
        if let Some(way) = &self.way {
            known_way(asked, &way.to)?;
        }
        let quiet = self.quiet.as_ref().map(|q| q.to.as_slice()).unwrap_or_default();
        let boxes = [&self.name, &self.contact].map(|seen| seen.as_ref().map(|s| s.to.clone()));
        bounded(quiet, [&boxes[0], &boxes[1]])?;
        let scope = scope_of(present, self.household, self.home)?;
        let (before, _) = present
            .get::<PersonRow>(kind::PERSON, self.id)
            .ok_or(Refusal::Unknown)?;
        if before.household != self.household {
            return Err(Refusal::Unknown);
        }
        let mut changes = Vec::new();
        if boxes.iter().any(Option::is_some) {
            changes.extend(bring_key(present, self.id, self.key.as_ref(), scope)?);
        }
        let mut after = before.clone();
        settle_box(&mut after.name, self.name.as_ref())?;
        settle_box(&mut after.contact, self.contact.as_ref())?;
        settle(&mut after.relation, self.relation.as_ref())?;
        settle(&mut after.way, self.way.as_ref())?;
        settle(&mut after.quiet, self.quiet.as_ref())?;
        after.left |= self.left;
        if after != before {
            changes.push(RowChange::put(kind::PERSON, self.id, scope, &after)?);
        }
        Ok(changes)
    }
}

/// A contact that took place. Its row has the id that the phone made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContactLog {
    /// UUIDv7, made by the phone.
    pub id: Uuid,
    /// The home.
    pub home: PlaceId,
    /// With which household.
    pub household: Uuid,
    /// With whom of it, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Uuid>,
    /// How (group `contact_way`).
    pub way: String,
    /// They came to us.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub incoming: bool,
    /// Whether somebody was reached.
    pub reached: bool,
    /// When, by this device.
    pub at_ms: i64,
    /// When they want to be called again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again_ms: Option<i64>,
    /// The record that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<DocumentId>,
    /// Why it could not wait for the end of quiet hours: list and code, `severity/A`; empty: no danger.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub danger: String,
    /// A key, when the subject had none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<NewKey>,
    /// What was said, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<Sealed>,
}

impl ContactLog {
    pub(super) fn apply(&self, asked: &Asked<'_>, present: &Present) -> Result<Vec<RowChange>, Refusal> {
        asked.known("contact_way", &self.way)?;
        let (group, code) = self.danger.split_once('/').unwrap_or_default();
        let quiet_hours = &asked.catalog.complaints.quiet_hours;
        if !self.danger.is_empty() && !quiet_hours.is_exempt(group, code) {
            return Err(Refusal::UnknownCode);
        }
        bounded(&[], [&self.words, &None])?;
        if present.0.contains_key(&self.id) {
            return Ok(Vec::new());
        }
        let scope = scope_of(present, self.household, self.home)?;
        if let Some(person) = self.person {
            let (found, _) = present.get::<PersonRow>(kind::PERSON, person).ok_or(Refusal::Unknown)?;
            if found.household != self.household {
                return Err(Refusal::Unknown);
            }
        }
        let contact = ContactRow {
            household: self.household,
            person: self.person,
            way: self.way.clone(),
            incoming: self.incoming,
            reached: self.reached,
            at_ms: self.at_ms,
            again_ms: self.again_ms,
            by: asked.who.user,
            record: self.record,
            danger: self.danger.clone(),
            words: self.words.clone(),
            rest: Rest::new(),
        };
        let mut changes = Vec::new();
        if self.words.is_some() {
            changes.extend(bring_key(present, contact.subject(), self.key.as_ref(), scope)?);
        }
        changes.push(RowChange::put(kind::CONTACT, self.id, scope, &contact)?);
        Ok(changes)
    }
}

/// Returns the household that lives in the home whose rows these are.
pub(super) fn living(present: &Present) -> Option<Uuid> {
    let mut households = present.of_kind::<HouseholdRow>(kind::HOUSEHOLD);
    households
        .find(|(_, row, _)| row.moved_out.is_empty())
        .map(|(id, ..)| id)
}

/// Returns the scope of a household's file, if it lives or lived in this home: whoever holds one home must not reach
/// into another.
pub(super) fn scope_of(present: &Present, household: Uuid, home: PlaceId) -> Result<ScopeId, Refusal> {
    let found = present.get::<HouseholdRow>(kind::HOUSEHOLD, household);
    found
        .filter(|(row, _)| row.home == home)
        .map(|(_, scope)| scope)
        .ok_or(Refusal::Unknown)
}

/// Takes a new key for a subject that has none; two keys for one subject collide.
fn bring_key(
    present: &Present,
    subject: Uuid,
    brought: Option<&NewKey>,
    scope: ScopeId,
) -> Result<Option<RowChange>, Refusal> {
    let id = SubjectKeyRow::id_of(subject);
    if present.has_ended(id) {
        return Err(Refusal::Erased);
    }
    match (present.get::<SubjectKeyRow>(kind::SUBJECT_KEY, id), brought) {
        (Some(_), None) => Ok(None),
        (Some((row, _)), Some(key)) if row.key == *key => Ok(None),
        (Some(_), Some(_)) => Err(Refusal::Collides),
        (None, Some(key)) => Ok(Some(key_row(subject, key, scope)?)),
        (None, None) => Err(Refusal::Missing("key")),
    }
}

fn key_row(subject: Uuid, key: &SubjectKey, scope: ScopeId) -> Result<RowChange, Refusal> {
    let row = SubjectKeyRow {
        subject,
        key: key.clone(),
        rest: Rest::new(),
    };
    RowChange::put(kind::SUBJECT_KEY, SubjectKeyRow::id_of(subject), scope, &row)
}

fn settle<T: Clone + PartialEq + Default>(field: &mut T, change: Option<&Seen<T>>) -> Result<(), Refusal> {
    let Some(change) = change else { return Ok(()) };
    if *field != change.to {
        if *field != change.was.clone().unwrap_or_default() {
            return Err(Refusal::Collides);
        }
        change.to.clone_into(field);
    }
    Ok(())
}

fn settle_box(field: &mut Option<Sealed>, change: Option<&Seen<Sealed>>) -> Result<(), Refusal> {
    let as_option = change.map(|seen| Seen {
        was: Some(seen.was.clone()),
        to: Some(seen.to.clone()),
    });
    settle(field, as_option.as_ref())
}

fn known_way(asked: &Asked<'_>, way: &str) -> Result<(), Refusal> {
    if way.is_empty() {
        Ok(())
    } else {
        asked.known("contact_way", way)
    }
}

fn bounded(quiet: &[Quiet], boxes: [&Option<Sealed>; 2]) -> Result<(), Refusal> {
    if quiet.len() > MOST_QUIET || boxes.into_iter().flatten().any(|sealed| !sealed.is_plausible()) {
        return Err(Refusal::TooLarge);
    }
    Ok(())
}
