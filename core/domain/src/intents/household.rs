//! Households: what is said of all, and who comes after whom.

use super::person::{Seen, scope_of};
use super::{Asked, Present, PresentRow, Refusal, RowChange};
use crate::catalog::Lang;
use crate::ids::{PlaceId, ScopeId, UserId};
use crate::rows::{AppointmentRow, ContactRow, HouseholdRow, PersonRow, Quiet, Rest, SubjectKeyRow, kind};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Something else about a household. What is none stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HouseholdChange {
    /// The household.
    pub household: Uuid,
    /// The home.
    pub home: PlaceId,
    /// The language it is written to in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Lang>,
    /// The quiet hours of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet: Option<Seen<Vec<Quiet>>>,
    /// Who looks after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ambassador: Option<UserId>,
}

impl HouseholdChange {
    pub(super) fn apply(&self, asked: &Asked<'_>, present: &Present) -> Result<Vec<RowChange>, Refusal> {
        let scope = scope_of(present, self.household, self.home)?;
        let (before, _) = present
            .get::<HouseholdRow>(kind::HOUSEHOLD, self.household)
            .ok_or(Refusal::Unknown)?;
        let mut after = before.clone();
        if let Some(language) = self.language {
            after.language = language;
        }
        if let Some(ambassador) = self.ambassador {
            asked.is_one_of(&["reviewer", "manager"])?;
            after.ambassador = Some(ambassador);
        }
        if let Some(quiet) = self.quiet.as_ref().filter(|q| q.to != after.quiet) {
            if after.quiet != quiet.was.clone().unwrap_or_default() {
                return Err(Refusal::Collides);
            }
            after.quiet.clone_from(&quiet.to);
        }
        if after == before {
            return Ok(Vec::new());
        }
        Ok(vec![RowChange::put(kind::HOUSEHOLD, self.household, scope, &after)?])
    }
}

/// A household leaves. Its file goes to the office; the next one begins empty, the records of the home stay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MoveOut {
    /// The home.
    pub home: PlaceId,
    /// Who leaves.
    pub household: Uuid,
    /// The day, in the project's time zone: `2027-03-01`.
    pub day: String,
    /// Who comes, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<NextHousehold>,
}

/// The household that comes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NextHousehold {
    /// UUIDv7, made by the phone.
    pub id: Uuid,
    /// Its code.
    pub code: String,
    /// The language it is written to in.
    pub language: Lang,
}

impl MoveOut {
    pub(super) fn apply(&self, asked: &Asked<'_>, present: &Present) -> Result<Vec<RowChange>, Refusal> {
        if self.day.parse::<chrono::NaiveDate>().is_err() {
            return Err(Refusal::Missing("day"));
        }
        if self
            .next
            .as_ref()
            .is_some_and(|next| next.code.trim().is_empty() || next.code.len() > 64)
        {
            return Err(Refusal::Missing("code"));
        }
        scope_of(present, self.household, self.home)?;
        let (mut leaving, _) = present
            .get::<HouseholdRow>(kind::HOUSEHOLD, self.household)
            .ok_or(Refusal::Unknown)?;
        if !leaving.moved_out.is_empty() {
            // The same once more is done; another day, or another that comes, is for the office.
            let known = self.next.as_ref().is_none_or(|next| present.0.contains_key(&next.id));
            return if known && leaving.moved_out == self.day {
                Ok(Vec::new())
            } else {
                Err(Refusal::Collides)
            };
        }
        leaving.moved_out.clone_from(&self.day);
        // The office keeps the file; whoever holds only the home loses it, and with the keys what they sealed.
        let office = ScopeId::project(asked.project);
        let mut changes = vec![RowChange::put(kind::HOUSEHOLD, self.household, office, &leaving)?];
        changes.extend(file_of(present, self.household).into_iter().map(|(id, row)| RowChange {
            id,
            kind: row.kind.clone(),
            scope: office,
            body: row.body.clone(),
        }));
        if let Some(next) = &self.next {
            if present.0.contains_key(&next.id) {
                return Err(Refusal::Collides);
            }
            let household = HouseholdRow {
                home: self.home,
                code: next.code.clone(),
                language: next.language,
                ambassador: leaving.ambassador,
                quiet: Vec::new(),
                moved_out: String::new(),
                rest: Rest::new(),
            };
            changes.push(RowChange::put(kind::HOUSEHOLD, next.id, asked.scope, &household)?);
        }
        Ok(changes)
    }
}

/// A household moves into a home in which nobody lives, e.g. whose buyer was not known when the last one left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MoveIn {
    /// The home.
    pub home: PlaceId,
    /// Who comes.
    pub household: NextHousehold,
    /// Who looks after it; none: whoever says so, if that is an ambassador.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ambassador: Option<UserId>,
}

impl MoveIn {
    pub(super) fn apply(&self, asked: &Asked<'_>, present: &Present) -> Result<Vec<RowChange>, Refusal> {
        let coming = &self.household;
        if coming.code.trim().is_empty() || coming.code.len() > 64 {
            return Err(Refusal::Missing("code"));
        }
        if self.ambassador.is_some() {
            asked.is_one_of(&["reviewer", "manager"])?;
        }
        let here = |row: &HouseholdRow| row.home == self.home;
        if let Some((known, _)) = present.get::<HouseholdRow>(kind::HOUSEHOLD, coming.id) {
            return if here(&known) {
                Ok(Vec::new())
            } else {
                Err(Refusal::Collides)
            };
        }
        let mut living = present.of_kind::<HouseholdRow>(kind::HOUSEHOLD);
        if living.any(|(_, row, _)| here(&row) && row.moved_out.is_empty()) {
            return Err(Refusal::Collides);
        }
        let own = (asked.who.role == "ambassador").then_some(asked.who.user);
        let row = HouseholdRow {
            home: self.home,
            code: coming.code.clone(),
            language: coming.language,
            ambassador: self.ambassador.or(own),
            quiet: Vec::new(),
            moved_out: String::new(),
            rest: Rest::new(),
        };
        Ok(vec![RowChange::put(kind::HOUSEHOLD, coming.id, asked.scope, &row)?])
    }
}

/// Returns what a household takes with it: its persons, the contacts with them, the times agreed, the keys of all.
fn file_of(present: &Present, household: Uuid) -> Vec<(Uuid, &PresentRow)> {
    let persons = present
        .of_kind::<PersonRow>(kind::PERSON)
        .filter(|(_, row, _)| row.household == household);
    let mut ids: Vec<Uuid> = persons.map(|(id, ..)| id).collect();
    let keys: Vec<Uuid> = ids
        .iter()
        .chain([&household])
        .map(|subject| SubjectKeyRow::id_of(*subject))
        .collect();
    let contacts = present
        .of_kind::<ContactRow>(kind::CONTACT)
        .filter(|(_, row, _)| row.household == household);
    ids.extend(contacts.map(|(id, ..)| id));
    let agreed = present
        .of_kind::<AppointmentRow>(kind::APPOINTMENT)
        .filter(|(_, row, _)| row.household == household);
    ids.extend(agreed.map(|(id, ..)| id));
    ids.extend(keys);
    let there = |id| present.0.get(&id).filter(|row| row.body.is_some()).map(|row| (id, row));
    ids.into_iter().filter_map(there).collect()
}
