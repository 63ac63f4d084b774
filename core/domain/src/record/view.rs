//! What one screen, one API answer or one page of a report needs of a record. Owned, plain types: they cross the FFI
//! and the wire as they are. Ids are text, times milliseconds, nothing is a sentence.

use crate::catalog::Text;
use serde::{Deserialize, Serialize};

/// A text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TextView {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl TextView {
    /// A text that is the same in both languages, as a number or a person's own words.
    #[must_use]
    pub fn alike(text: &str) -> Self {
        Self {
            zh: text.to_owned(),
            en: text.to_owned(),
        }
    }
}

impl From<&Text> for TextView {
    fn from(text: &Text) -> Self {
        Self {
            zh: text.zh.clone(),
            en: text.en.clone(),
        }
    }
}

/// Who wrote something, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CandidateView {
    /// The value.
    pub value: String,
    /// Everybody who wrote it.
    pub by: Vec<AuthorView>,
}

/// A field: what counts meanwhile, and both sides if people disagree.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FieldView {
    /// What counts; empty: nobody wrote.
    pub value: String,
    /// Who wrote what counts.
    pub by: Vec<AuthorView>,
    /// All sides; empty: not contested.
    pub contested: Vec<CandidateView>,
}

/// A number field of a question.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AbsentView {
    /// `win-03/r03/2`.
    pub key: String,
    /// What would be looked at.
    pub text: TextView,
}

/// An answer to a question that this data does not ask: kept, and shown by its codes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OtherAnswerView {
    /// `win-03/r03/2`.
    pub key: String,
    /// `result`, `reason`, `reading.width.1`.
    pub name: String,
    /// What was answered.
    pub field: FieldView,
}

/// A value with its name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FactView {
    /// Its name.
    pub name: String,
    /// The value.
    pub value: String,
}

/// A photo, a remark, a key, a person present.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

/// A contested field with both sides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

/// A signature and what it covers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

/// Another time that was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

/// An inspection as one screen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

/// A defect as one screen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DefectView {
    /// The record.
    pub record: String,
    /// The place.
    pub place: String,
    /// What this screen was drawn from.
    pub seen: Vec<String>,
    /// The edition of the project's data that it was begun with.
    pub edition: u32,
    /// That edition is not here yet: another one gives the words, and what it does not know is shown by its codes.
    pub edition_waiting: bool,
    /// Catalogue code.
    pub code: FieldView,
    /// Its name in the catalogue.
    pub text: TextView,
    /// Severity.
    pub severity: FieldView,
    /// Room.
    pub room: FieldView,
    /// Pin on the plan: `x,y` in parts per 10,000.
    pub pin: FieldView,
    /// The words of those on site.
    pub description: String,
    /// The inspection in which it was found, or nothing.
    pub inspection: String,
    /// The question that it answers, or nothing.
    pub question: String,
    /// The building part.
    pub part: String,
    /// The defect that goes on instead of this one, or nothing.
    pub duplicate_of: FieldView,
    /// Its repair.
    pub repair: super::RepairView,
    /// Where it stands.
    pub life: LifeView,
    /// What people disagree on.
    pub contested: Vec<ContestedView>,
    /// Photos, remarks.
    pub entries: Vec<EntryShown>,
}
