//! Who lives in a home. Names, numbers and words are sealed, each kind of reader with a box of its own.

use super::{Rest, kind};
use crate::catalog::Lang;
use crate::ids::{DocumentId, PlaceId, UserId};
use crate::sealed::{Label, NotSealed, Sealed, SubjectKey};
use chrono::NaiveTime;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A time of the day in which somebody does not want to be called: from, to; it may pass midnight.
pub type Quiet = (NaiveTime, NaiveTime);

/// Reads two times of the day as they are typed, `21:00` and `08:00`.
#[must_use]
pub fn quiet_of(from: &str, to: &str) -> Option<Quiet> {
    let time = |text| NaiveTime::parse_from_str(text, "%H:%M").ok();
    Some((time(from)?, time(to)?))
}

/// Writes two times of the day as they are typed.
#[must_use]
pub fn quiet_text((from, to): &Quiet) -> (String, String) {
    (from.format("%H:%M").to_string(), to.format("%H:%M").to_string())
}

/// A household: those who live in a home from one day to another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HouseholdRow {
    /// Its home.
    pub home: PlaceId,
    /// Its code, e.g. `hh0001`.
    pub code: String,
    /// The language it is written to in.
    pub language: Lang,
    /// The ambassador who looks after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ambassador: Option<UserId>,
    /// When none of it wants to be called.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quiet: Vec<Quiet>,
    /// The day on which it moved out, `2027-03-01`; empty: it lives there.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub moved_out: String,
    /// What a newer version knows.
    #[serde(flatten)]
    pub rest: Rest,
}

/// A person of a household, or somebody who called on its behalf.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonRow {
    /// The household.
    pub household: Uuid,
    /// Owner, tenant … (`answer_codes.csv`, group `relation`).
    pub relation: String,
    /// The preferred way (group `contact_way`); empty: not said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub way: String,
    /// When this person does not want to be called, beside the quiet hours of the household.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quiet: Vec<Quiet>,
    /// The name: [`PersonName`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Sealed>,
    /// Telephone and e-mail: [`Reach`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Sealed>,
    /// Does not belong to the household any longer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub left: bool,
    /// What a newer version knows.
    #[serde(flatten)]
    pub rest: Rest,
}

/// What the box `name` of a person holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonName {
    /// As the person writes it.
    pub name: String,
    /// In Latin letters, if that is different.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub latin: String,
}

/// What the box `contact` of a person holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// Telephone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub phone: String,
    /// E-mail.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub email: String,
}

impl PersonRow {
    /// The place of the box `name` of a person.
    #[must_use]
    pub const fn name_label(person: Uuid) -> Label<'static> {
        Label {
            kind: kind::PERSON,
            id: person,
            field: "name",
        }
    }

    /// The place of the box `contact` of a person.
    #[must_use]
    pub const fn contact_label(person: Uuid) -> Label<'static> {
        Label {
            kind: kind::PERSON,
            id: person,
            field: "contact",
        }
    }

    /// Opens the name; `None` when there is none or the key is another.
    #[must_use]
    pub fn open_name(&self, person: Uuid, key: &SubjectKey) -> Option<PersonName> {
        key.open(Self::name_label(person), self.name.as_ref()?)
    }

    /// Opens telephone and e-mail; `None` when the row was cut, or there are none.
    #[must_use]
    pub fn open_contact(&self, person: Uuid, key: &SubjectKey) -> Option<Reach> {
        key.open(Self::contact_label(person), self.contact.as_ref()?)
    }
}

/// The key of a subject, in a row of its own: where the row ends, what it sealed cannot be read any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SubjectKeyRow {
    /// The person or household.
    pub subject: Uuid,
    /// The key.
    pub key: SubjectKey,
    /// What a newer version knows.
    #[serde(flatten)]
    pub rest: Rest,
}

impl SubjectKeyRow {
    /// Returns the id of the row that holds the key of a subject.
    #[must_use]
    pub fn id_of(subject: Uuid) -> Uuid {
        Uuid::new_v5(&subject, b"subject_key")
    }
}

/// One contact with a household: a call, a message, a talk at the desk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContactRow {
    /// The household.
    pub household: Uuid,
    /// With whom, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Uuid>,
    /// How (group `contact_way`).
    pub way: String,
    /// They came to us; else we went to them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub incoming: bool,
    /// Whether somebody was reached. "Call me at six" reaches: it is no failed try.
    pub reached: bool,
    /// When, by the device of whoever logged it.
    pub at_ms: i64,
    /// When they want to be called again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again_ms: Option<i64>,
    /// Who of us.
    pub by: UserId,
    /// The record that it belongs to: a case, a visit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<DocumentId>,
    /// Why it could not wait for the end of quiet hours: list and code, `severity/A`; empty: no danger.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub danger: String,
    /// What was said, in words, sealed with the key of the person, else of the household.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<Sealed>,
    /// What a newer version knows.
    #[serde(flatten)]
    pub rest: Rest,
}

impl ContactRow {
    /// Returns whose key seals the words.
    #[must_use]
    pub fn subject(&self) -> Uuid {
        self.person.unwrap_or(self.household)
    }

    /// Seals words for a contact.
    ///
    /// # Errors
    /// [`NotSealed`] when they are too long.
    pub fn seal_words(contact: Uuid, key: &SubjectKey, words: &str) -> Result<Sealed, NotSealed> {
        key.seal(Self::label(contact), &words)
    }

    /// Opens the words; `None` when there are none or the key is another.
    #[must_use]
    pub fn open_words(&self, contact: Uuid, key: &SubjectKey) -> Option<String> {
        key.open(Self::label(contact), self.words.as_ref()?)
    }

    const fn label(contact: Uuid) -> Label<'static> {
        Label {
            kind: kind::CONTACT,
            id: contact,
            field: "words",
        }
    }
}
