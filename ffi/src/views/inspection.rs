//! An inspection as one screen.

use keyturn_domain::record::view::{
    AbsentView, AuthorView, ContestedView, EntryShown, FieldView, InspectionView, LifeView, OtherAnswerView,
    ProgressView, QuestionView, ReadingView, RoomView, SignatureView, TextView, VerdictView,
};

/// A number field of a question.
#[uniffi::remote(Record)]
pub struct ReadingView {
    /// Its code inside the item.
    pub code: String,
    /// Which of several; counts from 1. 0: computed.
    pub n: u32,
    /// Its name.
    pub text: TextView,
    /// Its unit.
    pub unit: String,
    /// What was entered or computed.
    pub field: FieldView,
}

/// What a limit says of the readings of a question.
#[uniffi::remote(Record)]
pub struct VerdictView {
    /// The number field.
    pub reading: String,
    /// The rule.
    pub rule: String,
    /// `ok`, `defect`, or why nothing can be said: `no_reading`, `no_design_value`, `not_a_number`, `no_value`, `no_rule`.
    pub verdict: String,
    /// What was compared with the limit.
    pub value: Option<f64>,
    /// How many readings are still to be entered.
    pub missing: u32,
}

/// One question with its answer.
#[uniffi::remote(Record)]
pub struct QuestionView {
    /// `win-03/r03/2`.
    pub key: String,
    /// The item.
    pub item: String,
    /// Which window or door of the room.
    pub n: u32,
    /// The section.
    pub section: String,
    /// What is looked at.
    pub text: TextView,
    /// How.
    pub method: TextView,
    /// When it is in order.
    pub ok_when: TextView,
    /// `result`, `number`, `reading`, `photo`.
    pub input: String,
    /// Must be tested on its own.
    pub must_test: bool,
    /// Needs a photo.
    pub photo_required: bool,
    /// Offered first when there is a defect.
    pub default_defects: Vec<String>,
    /// The answer.
    pub result: FieldView,
    /// Why it was not inspected.
    pub reason: FieldView,
    /// The words for the reason `other`.
    pub reason_text: FieldView,
    /// Its number fields.
    pub readings: Vec<ReadingView>,
    /// What the limits say.
    pub verdicts: Vec<VerdictView>,
    /// Nobody has answered it yet.
    pub open: bool,
    /// It was accepted with the rest of the room, and the reading that it asks for was not taken.
    pub bulk_without_reading: bool,
    /// Photos, remarks and linked defects that are about it.
    pub entries: u32,
}

/// How far an inspection has come.
#[uniffi::remote(Record)]
pub struct ProgressView {
    /// Questions that this place has.
    pub asked: u32,
    /// Of them answered.
    pub answered: u32,
    /// Must-test questions without an answer of their own.
    pub must_test_open: u32,
    /// Answers that say defect.
    pub defects: u32,
    /// Fields on which people disagree.
    pub contested: u32,
    /// Not inspected, and no reason.
    pub without_reason: u32,
}

/// A room, or the home as a whole.
#[uniffi::remote(Record)]
pub struct RoomView {
    /// Its code; `home` for what is asked once.
    pub room: String,
    /// Its name.
    pub text: TextView,
    /// Its questions, in the order of the checklist.
    pub questions: Vec<QuestionView>,
    /// How far it has come.
    pub progress: ProgressView,
}

/// An item that this home does not have.
#[uniffi::remote(Record)]
pub struct AbsentView {
    /// `win-03/r03/2`.
    pub key: String,
    /// What would be looked at.
    pub text: TextView,
}

/// An answer to a question that this data does not ask: kept, and shown by its codes.
#[uniffi::remote(Record)]
pub struct OtherAnswerView {
    /// `win-03/r03/2`.
    pub key: String,
    /// `result`, `reason`, `reading.width.1`.
    pub name: String,
    /// What was answered.
    pub field: FieldView,
}

/// A signature and what it covers.
#[uniffi::remote(Record)]
pub struct SignatureView {
    /// Its key.
    pub key: String,
    /// Who let sign.
    pub by: AuthorView,
    /// The person who signed, or nothing.
    pub person: String,
    /// Why it was refused, or nothing.
    pub refusal: String,
    /// Hash over everything that was signed.
    pub manifest: String,
    /// The hash is right and everything signed is here.
    pub sound: bool,
    /// How many changes it does not cover.
    pub not_covered: Vec<AuthorView>,
    /// How many defects were listed.
    pub defects: u32,
}

/// An inspection as one screen.
#[uniffi::remote(Record)]
pub struct InspectionView {
    /// The record.
    pub record: String,
    /// The place.
    pub place: String,
    /// The task.
    pub task: String,
    /// The template that is pinned.
    pub template: String,
    /// Kind of inspection: `handover`, `patrol`, …
    pub inspection_kind: String,
    /// It ends as a round does: whoever walked answers for it, and no owner signs.
    pub is_round: bool,
    /// The inspection that it is a new version of; empty: none.
    pub supersedes: String,
    /// The new version that counts instead of it; empty: none.
    pub superseded_by: String,
    /// What this screen was drawn from; every command brings it back.
    pub seen: Vec<String>,
    /// The edition of the project's data that it was begun with.
    pub edition: u32,
    /// That edition is not here yet: another one gives the words, and what it does not know is shown by its codes.
    pub edition_waiting: bool,
    /// Where it stands.
    pub life: LifeView,
    /// How far it has come.
    pub progress: ProgressView,
    /// By room.
    pub rooms: Vec<RoomView>,
    /// Not in this home.
    pub absent: Vec<AbsentView>,
    /// Answers to questions that nobody asks here: of an edition that is not here, of a layout that changed.
    pub others: Vec<OtherAnswerView>,
    /// What people disagree on.
    pub contested: Vec<ContestedView>,
    /// Photos, remarks, keys, meters, persons present.
    pub entries: Vec<EntryShown>,
    /// Signatures.
    pub signatures: Vec<SignatureView>,
}
