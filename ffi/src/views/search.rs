//! What search finds, and the life of a place.

use keyturn_client::facade::{PhraseView, SearchHit, SearchView, TimelineEntry, TimelineView};
use keyturn_domain::record::view::TextView;

/// Something that was found.
#[uniffi::remote(Record)]
pub struct SearchHit {
    /// `building`, `home`, `place`, `person`, or the kind of a record.
    pub kind: String,
    /// The building, place, person or record.
    pub id: String,
    /// What it is called; empty: a code that this version does not know.
    pub name: TextView,
    /// Where: the place itself, the home of a person, the place of a record.
    pub place: String,
    /// Its unit number, or the name of a public place.
    pub place_name: TextView,
    /// The line of a record in which it was found, as it was written; empty: its name says it.
    pub line: String,
    /// State of a record; `left` for a person who does not live there any longer.
    pub state: String,
    /// The newest device time in a record.
    pub updated_ms: i64,
    /// A person who was entered or changed on this phone, which waits for the server.
    pub pending: bool,
}

/// A ready phrase.
#[uniffi::remote(Record)]
pub struct PhraseView {
    /// The words; one's own in both fields as they were written.
    pub text: TextView,
    /// What it is about: a building part, a step of the journey, or the kind of a record.
    pub part: String,
    /// Its defect or tag; empty: one's own words.
    pub code: String,
    /// In how many records this phone used it.
    pub uses: u64,
}

/// What a search found.
#[uniffi::remote(Record)]
pub struct SearchView {
    /// Places, people and records, the best first.
    pub hits: Vec<SearchHit>,
    /// A few ready phrases.
    pub phrases: Vec<PhraseView>,
}

/// One thing in the life of a place.
#[uniffi::remote(Record)]
pub struct TimelineEntry {
    /// `contact`, `promise`, `sales_promise`, `appointment`, `notice`, or the kind of a record.
    pub kind: String,
    /// The record, the row, or the key of a promise in its record.
    pub id: String,
    /// The record to open; empty: there is none.
    pub record: String,
    /// When: of a record its newest change, of a promise the day of keeping or due, of an appointment its begin.
    pub at_ms: i64,
    /// What it is.
    pub title: TextView,
    /// Words that belong to it; personal ones are opened here and stand nowhere else.
    pub line: String,
    /// Its state; of a contact `reached` or `not_reached`, of an appointment `agreed` or `cancelled`.
    pub state: String,
    /// The newest thing that happened to a record; empty: nothing did.
    pub event: String,
    /// Who of us: did that, keeps the promise, comes.
    pub user: String,
    /// When something is due: a promise, a call, a record's next step.
    pub due_ms: Option<i64>,
    /// Was said on this phone and waits for the server.
    pub pending: bool,
}

/// The life of a place.
#[uniffi::remote(Record)]
pub struct TimelineView {
    /// The place.
    pub place: String,
    /// Unit number, or the name of a public place.
    pub place_name: TextView,
    /// The last time somebody of us and of the household spoke; none that this phone knows of.
    pub last_contact: Option<TimelineEntry>,
    /// Everything, the newest first.
    pub entries: Vec<TimelineEntry>,
}
