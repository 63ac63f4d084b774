//! A visit as one screen.

use crate::record::view::{AuthorView, ContestedView, EntryShown, FieldView, LifeView, PromiseShown, TextView};
use serde::{Deserialize, Serialize};

/// A line of the script.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LineView {
    /// The part.
    pub part: String,
    /// `always`, `satisfied`, `not_satisfied`.
    pub when: String,
    /// What to say.
    pub text: TextView,
    /// It is to be said here: always, or because of what the survey shows.
    pub applies: bool,
    /// `done`, `skipped`, or nothing yet.
    pub said: FieldView,
}

/// A part of the script.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ScriptPartView {
    /// Its code.
    pub part: String,
    /// Its name.
    pub text: TextView,
    /// Its lines.
    pub lines: Vec<LineView>,
}

/// One thing to choose, or one end of a scale.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChoiceView {
    /// What is stored.
    pub code: String,
    /// What is shown.
    pub text: TextView,
}

/// The second question in the same place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FollowUpView {
    /// How it is answered.
    pub scale: String,
    /// What may be chosen.
    pub choices: Vec<ChoiceView>,
    /// The answer brings it up.
    pub asked: bool,
    /// What was answered.
    pub answer: FieldView,
}

/// A question of the survey with its answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SurveyQuestionView {
    /// Its code.
    pub question: String,
    /// What is asked.
    pub text: TextView,
    /// `S5`, `E5`, `R10`, `YN`, `MC`, `TXT`, `number`.
    pub scale: String,
    /// What may be chosen, or the labels of the scale.
    pub choices: Vec<ChoiceView>,
    /// How many choices at most; none: no limit.
    pub max_choices: Option<u32>,
    /// The event after which it is asked.
    pub asked_after: String,
    /// What was answered: codes with `|` between.
    pub answer: FieldView,
    /// It was skipped on purpose, and not answered.
    pub skipped: bool,
    /// The second question.
    pub follow_up: Option<FollowUpView>,
    /// A remark may be added.
    pub allow_text: bool,
    /// The remark.
    pub remark: FieldView,
}

/// The survey of a visit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SurveyView {
    /// Its code; empty: nothing is asked.
    pub survey: String,
    /// Its name.
    pub text: TextView,
    /// The kind of satisfaction that it reports to.
    pub family: String,
    /// At most five questions.
    pub first: Vec<SurveyQuestionView>,
    /// The rest.
    pub more: Vec<SurveyQuestionView>,
    /// `satisfied`, `not_satisfied`, or nothing yet.
    pub mood: String,
}

/// Something that owners care about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TagView {
    /// Its code.
    pub tag: String,
    /// Its words.
    pub text: TextView,
    /// The entry that notes it; empty: not noted.
    pub entry: String,
}

/// A record that came out of the visit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RequestView {
    /// The record.
    pub record: String,
    /// `defect`, or the kind of the case.
    pub kind: String,
    /// Who recorded it, when.
    pub by: AuthorView,
}

/// When somebody is expected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AppointmentView {
    /// The time, in milliseconds.
    pub time_ms: i64,
    /// The owner asked for this time.
    pub owner_asked: bool,
}

/// A visit as one screen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VisitView {
    /// The record.
    pub record: String,
    /// The place.
    pub place: String,
    /// What this screen was drawn from; every command brings it back.
    pub seen: Vec<String>,
    /// The edition of the project's data that it was begun with.
    pub edition: u32,
    /// That edition is not here yet: another one gives the words, and what it does not know is shown by its codes.
    pub edition_waiting: bool,
    /// Where it stands.
    pub life: LifeView,
    /// The task.
    pub task: FieldView,
    /// The rule that opened the task.
    pub rule: FieldView,
    /// The script.
    pub script: FieldView,
    /// The step of the journey.
    pub step: FieldView,
    /// The household.
    pub household: FieldView,
    /// Group `survey_mode`.
    pub survey_mode: FieldView,
    /// Group `contact_way`.
    pub way: FieldView,
    /// Who was met.
    pub met: FieldView,
    /// Since when, in milliseconds.
    pub started_at: FieldView,
    /// Until when.
    pub ended_at: FieldView,
    /// What came of it.
    pub result: FieldView,
    /// What happens next.
    pub next_step: FieldView,
    /// Who asked.
    pub interviewer: FieldView,
    /// All whom the survey rates.
    pub rated: FieldView,
    /// The booked time, while it is booked.
    pub appointment: Option<AppointmentView>,
    /// Failed tries to reach somebody.
    pub tries: u32,
    /// The script, part by part.
    pub parts: Vec<ScriptPartView>,
    /// The survey.
    pub survey: SurveyView,
    /// What owners care about at this step, and whatever else was noted.
    pub tags: Vec<TagView>,
    /// Defects and cases that came out of it.
    pub requests: Vec<RequestView>,
    /// What was promised, the next due first.
    pub promises: Vec<PromiseShown>,
    /// Keys of open promises that were not read back.
    pub unread: Vec<String>,
    /// Fields that must be filled before the end.
    pub required: Vec<String>,
    /// What people disagree on.
    pub contested: Vec<ContestedView>,
    /// Photos, remarks, tries.
    pub entries: Vec<EntryShown>,
}
