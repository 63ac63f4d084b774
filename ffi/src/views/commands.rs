//! What commands take and give back.

use keyturn_client::facade::{BulkOutcome, LineageView, NewDefect, NewPhoto, Recorded};

/// A command is durable.
#[uniffi::remote(Record)]
pub struct Recorded {
    /// The record.
    pub record: String,
    /// What the next command may bring back as `seen`: what was seen before, and this.
    pub seen: Vec<String>,
    /// The change; empty: there was nothing to change.
    pub change: String,
}

/// What "the rest of this room is fine" did.
#[uniffi::remote(Record)]
pub struct BulkOutcome {
    /// The command.
    pub recorded: Recorded,
    /// How many questions were answered by it.
    pub answered: u32,
    /// Must-test questions that stay open.
    pub still_open: Vec<String>,
}

/// One value that a field once had.
#[uniffi::remote(Record)]
pub struct LineageView {
    /// The value.
    pub value: String,
    /// The person.
    pub user: String,
    /// Device time.
    pub at_ms: i64,
    /// The change.
    pub change: String,
    /// The changes whose values it replaced.
    pub replaced: Vec<String>,
    /// One of the values that the field has now.
    pub current: bool,
}

/// A photo that the core has taken in: what the document says of it.
#[uniffi::remote(Record)]
pub struct NewPhoto {
    /// SHA-256 of the original.
    pub hash: String,
    /// `finding`, `overview`, `before`, `after`, `protection`, `clean`, `reading`, `paper`.
    pub kind: String,
    /// What it is about: the key of a question, or nothing.
    pub about: String,
    /// Claimed time of the shot.
    pub taken_ms: i64,
}

/// What is known when a defect is recorded; only place and code are needed.
#[uniffi::remote(Record)]
pub struct NewDefect {
    /// Where.
    pub place: String,
    /// Catalogue code.
    pub code: String,
    /// Severity; empty: that of the catalogue.
    pub severity: String,
    /// Code of the room, or `home`.
    pub room: String,
    /// Words.
    pub description: String,
    /// The inspection in which it was found, or nothing; it then lists the defect.
    pub inspection: String,
    /// The question that it answers, or nothing.
    pub question: String,
    /// Where on the plan, in parts per 10,000: both or none.
    pub pin: Vec<i64>,
}
