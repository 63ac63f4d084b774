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
    /// The persons of a home's household, by the ids of their rows.
    Household {
        /// The home.
        place: String,
    },
    /// Begins a visit that nobody planned.
    BeginVisit {
        /// The home.
        place: String,
        /// The script.
        script: String,
        /// The survey.
        survey: String,
    },
    /// Shows a visit.
    OpenVisit {
        /// The record.
        record: String,
    },
    /// Records something in a visit.
    Visit {
        /// The record.
        record: String,
        /// What the screen was drawn from.
        seen: Vec<String>,
        /// What.
        #[serde(flatten)]
        talk: Talk,
    },
    /// Reports for an owner.
    Report {
        /// The home.
        place: String,
        /// Kind of the case.
        kind: String,
        /// The owner's words.
        words: String,
        /// Who called: the id of a person's row.
        person: String,
    },
    /// Shows a case.
    OpenCase {
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

/// Something that happens in a visit.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "talk", rename_all = "snake_case")]
pub enum Talk {
    /// The talk begins, at a time that the owner asked for.
    Arrive {
        /// Who was met.
        met: String,
    },
    /// A line of the script was said.
    Say {
        /// The part.
        part: String,
        /// When it is said.
        when: String,
    },
    /// A question of the survey was answered.
    Answer {
        /// The question.
        question: String,
        /// The answer.
        value: String,
    },
    /// A question was skipped on purpose.
    Skip {
        /// The question.
        question: String,
    },
    /// Something was promised.
    Promise {
        /// What.
        what: String,
        /// In so many milliseconds from now.
        within_ms: i64,
    },
    /// What was promised was read back.
    ReadBack,
    /// The visit ends.
    Finish {
        /// What came of it.
        result: String,
        /// What happens next.
        next_step: String,
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
