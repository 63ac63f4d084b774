//! What every screen of a record is made of.

use keyturn_domain::record::view::{
    AuthorView, CandidateView, ContestedView, EntryShown, EventView, FactView, FieldView, LifeView, TextView,
};

/// A text in both languages.
#[uniffi::remote(Record)]
pub struct TextView {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// Who wrote something, and when.
#[uniffi::remote(Record)]
pub struct AuthorView {
    /// The person; empty: nobody (a genesis).
    pub user: String,
    /// The phone.
    pub device: String,
    /// The device's time.
    pub at_ms: i64,
    /// When the server received it; none: not yet.
    pub received_ms: Option<i64>,
    /// The change, 64 hexadecimal digits.
    pub change: String,
    /// `late`, `role`, `lifted`, or nothing.
    pub mark: String,
    /// Who handed it in for somebody else, or nothing.
    pub relayed_by: String,
}

/// One side of a contested field.
#[uniffi::remote(Record)]
pub struct CandidateView {
    /// The value.
    pub value: String,
    /// Everybody who wrote it.
    pub by: Vec<AuthorView>,
}

/// A field: what counts meanwhile, and both sides if people disagree.
#[uniffi::remote(Record)]
pub struct FieldView {
    /// What counts; empty: nobody wrote.
    pub value: String,
    /// Who wrote what counts.
    pub by: Vec<AuthorView>,
    /// All sides; empty: not contested.
    pub contested: Vec<CandidateView>,
}

/// A contested field with both sides.
#[uniffi::remote(Record)]
pub struct ContestedView {
    /// `answers/win-03/r03/2/result`.
    pub field: String,
    /// What it is about: the item, the field.
    pub text: TextView,
    /// The room, or nothing.
    pub room: TextView,
    /// What counts meanwhile.
    pub value: String,
    /// All sides.
    pub candidates: Vec<CandidateView>,
}

/// A value with its name.
#[uniffi::remote(Record)]
pub struct FactView {
    /// Its name.
    pub name: String,
    /// The value.
    pub value: String,
}

/// A photo, a remark, a key, a person present.
#[uniffi::remote(Record)]
pub struct EntryShown {
    /// Its key.
    pub key: String,
    /// `photo`, `remark`, `present`, …
    pub kind: String,
    /// Everything else that it says.
    pub facts: Vec<FactView>,
    /// Who made it.
    pub by: AuthorView,
    /// It was taken out of sight.
    pub removed: bool,
}

/// One event of a life.
#[uniffi::remote(Record)]
pub struct EventView {
    /// Its id.
    pub id: String,
    /// What happened.
    pub event: String,
    /// Everything that it carries.
    pub facts: Vec<FactView>,
    /// Who, when.
    pub by: AuthorView,
    /// `legal`, `neutral`, `illegal`, `held_back`, `unknown`.
    pub standing: String,
    /// Of an illegal one: `state`, `role` or the guards that are missing.
    pub missing: Vec<String>,
    /// Events that happened without its author knowing, and the other way round.
    pub concurrent: Vec<String>,
    /// The state after it, as its author saw it.
    pub state: String,
}

/// A life.
#[uniffi::remote(Record)]
pub struct LifeView {
    /// The state that counts.
    pub state: String,
    /// Its name.
    pub text: TextView,
    /// Who is responsible; empty: nobody yet.
    pub person: String,
    /// All states, if people did different things without seeing each other.
    pub contested: Vec<String>,
    /// The events, in the order of the fold.
    pub events: Vec<EventView>,
}
