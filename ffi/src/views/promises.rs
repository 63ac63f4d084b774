//! Promises, in a list and with everything that became of them.

use keyturn_client::facade::{NewPromise, NewProof, PromiseCard};
use keyturn_domain::record::view::{AuthorView, LifeView, MoveShown, PromiseShown, TextView};

/// Another time that was asked for.
#[uniffi::remote(Record)]
pub struct MoveShown {
    /// The new time.
    pub due_ms: i64,
    /// The owner agreed to it.
    pub owner_agreed: bool,
    /// Why.
    pub reason: String,
    /// It was legal where its author stood.
    pub counts: bool,
}

/// A promise and what became of it.
#[uniffi::remote(Record)]
pub struct PromiseShown {
    /// The record in which it was made.
    pub record: String,
    /// Its key there.
    pub key: String,
    /// What is promised, as it stands in the record: words, or a code.
    pub what: String,
    /// What is promised: the name of the code, or the words as they are.
    pub text: TextView,
    /// Who keeps it.
    pub person: String,
    /// To whom.
    pub to: String,
    /// What it came out of.
    pub source: String,
    /// Who made it, when.
    pub by: AuthorView,
    /// The time that was promised first.
    pub first_due_ms: i64,
    /// The time that counts.
    pub due_ms: i64,
    /// When it was kept.
    pub kept_ms: Option<i64>,
    /// Every other time that was asked for.
    pub moves: Vec<MoveShown>,
    /// The promise that it was in a record that ended: record and key; empty: it was made here.
    pub from: String,
    /// The record that goes on with it, after its own has ended; empty: none does.
    pub goes_on: String,
    /// Where it stands; `overdue` as soon as its time has passed.
    pub life: LifeView,
}

/// A promise to be made.
#[uniffi::remote(Record)]
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
#[uniffi::remote(Record)]
pub struct NewProof {
    /// Hash of a photo, or nothing.
    pub photo: String,
    /// A record, or nothing.
    pub record: String,
    /// The owner said so.
    pub owner_confirmed: bool,
}

/// A promise in a list.
#[uniffi::remote(Record)]
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
    /// It is open in a record that ended in favour of another, and is to be handed on.
    pub left_behind: bool,
}
