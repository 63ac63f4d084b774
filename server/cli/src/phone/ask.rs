//! The line protocol of a phone process.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One question.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Ask {
    /// Binds the phone to the person of a code.
    Enrol {
        /// The code.
        code: String,
        /// How the phone is called in lists.
        name: String,
    },
    /// Exchanges until there is no more.
    Sync,
    /// How far all work is.
    Status,
    /// The person's tasks.
    Tasks,
    /// Everybody who works here.
    People,
    /// The buildings.
    Buildings,
    /// A home with its records.
    Home {
        /// The home.
        place: String,
    },
    /// Begins the record of a task.
    Begin {
        /// The task.
        task: String,
    },
    /// Shows an inspection.
    Open {
        /// The record.
        record: String,
    },
    /// Shows a defect.
    OpenDefect {
        /// The record.
        record: String,
    },
    /// Records something in an inspection.
    Record {
        /// The record.
        record: String,
        /// What the screen was drawn from.
        seen: Vec<String>,
        /// What.
        #[serde(flatten)]
        work: Work,
    },
}

/// Something to record.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "work", rename_all = "snake_case")]
pub enum Work {
    /// An answer.
    Answer {
        /// The question.
        question: String,
        /// The result.
        result: String,
        /// Why it was not inspected.
        #[serde(default)]
        reason: String,
    },
    /// A reading.
    Reading {
        /// The question.
        question: String,
        /// Its number field.
        reading: String,
        /// Which of several.
        n: u32,
        /// The number.
        value: f64,
    },
    /// "The rest of this room is fine."
    Rest {
        /// The room.
        room: String,
    },
    /// A photo is mentioned.
    Photo {
        /// SHA-256 of the original.
        hash: String,
        /// Its kind.
        kind: String,
        /// What it is about.
        about: String,
        /// When it was taken.
        taken_ms: i64,
    },
    /// A remark.
    Remark {
        /// What it is about.
        about: String,
        /// The words.
        text: String,
    },
    /// A defect, found in this inspection.
    Defect {
        /// Where.
        place: String,
        /// The question that it answers.
        question: String,
        /// Catalogue code.
        code: String,
        /// Room.
        room: String,
        /// Words.
        description: String,
    },
    /// A decision about a contested field.
    Settle {
        /// The field.
        field: String,
        /// The value.
        value: String,
    },
    /// The owner signs.
    Sign {
        /// SHA-256 of the image of the signature.
        image: String,
        /// The person's row.
        person: String,
    },
}

/// What a sync did.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Synced {
    /// Exchanges.
    pub exchanges: u64,
    /// Changes sent.
    pub sent: u64,
    /// Of those, received.
    pub received: u64,
    /// Of those, refused.
    pub refused: u64,
    /// Entries that arrived.
    pub entries: u64,
    /// The closing sums agreed.
    pub agreed: Option<bool>,
}

/// One answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// It was done; this came of it.
    Ok(Value),
    /// It was not done.
    Error {
        /// The stable code.
        code: String,
        /// What exactly.
        detail: String,
    },
}

impl Reply {
    /// An answer that says why not.
    pub fn error(code: &str, detail: &str) -> Self {
        Self::Error {
            code: code.to_owned(),
            detail: detail.to_owned(),
        }
    }
}
