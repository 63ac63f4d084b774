//! Cases as a screen, a list and what their commands take.

use keyturn_client::facade::{
    CaseCard, CaseDue, ClockView, ClusterDecision, ClusterView, NewCase, PlanView, PromiseView, TellingView, TriageView,
};
use keyturn_domain::record::case::{CaseView, OptionView, ToldView};
use keyturn_domain::record::view::{AuthorView, ContestedView, EntryShown, FieldView, LifeView, TextView};

/// A report for an owner: where, what kind, what they said, who called. Everything else may come later.
#[uniffi::remote(Record)]
pub struct NewCase {
    /// A place, or the number of a home (`3-2-1201`), also one that this phone does not hold.
    pub place: String,
    /// `enquiry`, `repair`, `complaint`, `suggestion`, `praise`, `help`.
    pub kind: String,
    /// What they said, in their words.
    pub words: String,
    /// Who called: the id of a person, never a name; empty: nobody knows.
    pub person: String,
    /// Owner, family, tenant … or nothing.
    pub relation: String,
    /// The household, or nothing.
    pub household: String,
    /// How it reached us, or nothing.
    pub channel: String,
    /// When it reached us; none: now.
    pub received_ms: Option<i64>,
    /// What it is about, or nothing.
    pub category: String,
    /// `normal`, `urgent`, `safety`, or nothing.
    pub urgency: String,
    /// Severity of a defect that is reported, or nothing.
    pub severity: String,
    /// The room, or nothing.
    pub room: String,
    /// The ready phrase that was tapped, or nothing.
    pub phrase: String,
    /// What they want, or nothing.
    pub wanted_outcome: String,
}

/// How and when an owner was told something.
#[uniffi::remote(Record)]
pub struct TellingView {
    /// `phone`, `visit`, `desk`, `message`, `email`, `letter`.
    pub way: String,
    /// When; none: now.
    pub at_ms: Option<i64>,
}

/// What sorting a complaint says.
#[uniffi::remote(Record)]
pub struct TriageView {
    /// What it is about.
    pub category: String,
    /// Words for the category `other`.
    pub category_text: String,
    /// How urgent it is.
    pub urgency: String,
    /// Who answers for it.
    pub department: String,
    /// Who is in charge, or nothing.
    pub person: String,
}

/// What will be done about a complaint.
#[uniffi::remote(Record)]
pub struct PlanView {
    /// What will be done.
    pub plan: String,
    /// Who does it.
    pub person: String,
    /// The day, `2026-12-04`.
    pub date: String,
    /// Law, contract, standard or code that it rests on.
    pub basis: String,
}

/// A case in a list.
#[uniffi::remote(Record)]
pub struct CaseCard {
    /// The record.
    pub record: String,
    /// The place.
    pub place: String,
    /// Unit number, or the name of a public place; empty: not known here.
    pub place_name: TextView,
    /// Its kind.
    pub kind: String,
    /// The name of its kind.
    pub text: TextView,
    /// What it is about.
    pub category: String,
    /// How urgent it is.
    pub urgency: String,
    /// Who answers for it.
    pub department: String,
    /// State.
    pub state: String,
    /// Who takes care of it; empty: nobody yet.
    pub person: String,
    /// Who called: the id of a person.
    pub caller: String,
    /// When it reached us.
    pub received_ms: i64,
    /// What is due next, if the record knows.
    pub due_ms: Option<i64>,
    /// That time has passed.
    pub overdue: bool,
    /// The step of its clock that is due next; empty: none waits.
    pub next_step: String,
    /// The last moment of that step.
    pub next_step_ms: Option<i64>,
    /// Until when the owner is told how it stands; none: it is at its end.
    pub next_update_ms: Option<i64>,
    /// The revisit after the answer.
    pub revisit_by_ms: Option<i64>,
    /// Its cluster, or nothing.
    pub cluster: String,
    /// Single, cluster, major, or nothing.
    pub scale: String,
    /// Fields on which people disagree.
    pub contested: u32,
    /// The newest device time in it.
    pub updated_ms: i64,
    /// How far the own work on it is.
    pub promise: PromiseView,
}

/// Something of a case that is due today, or was before.
#[uniffi::remote(Record)]
pub struct CaseDue {
    /// The case.
    pub case: CaseCard,
    /// `update`, `revisit`, `promised`, or the step of its clock.
    pub what: String,
    /// Its words.
    pub text: TextView,
    /// Its last moment.
    pub due_ms: i64,
    /// That time has passed.
    pub overdue: bool,
}

/// Cases that may have, or have, one cause.
#[uniffi::remote(Record)]
pub struct ClusterView {
    /// Its first case; empty: it is proposed, and nobody has decided.
    pub cluster: String,
    /// A person must decide: it is proposed, or another case came.
    pub proposed: bool,
    /// The building, or the public place.
    pub building: String,
    /// Its name.
    pub building_text: TextView,
    /// What they are about.
    pub category: String,
    /// Its name.
    pub text: TextView,
    /// `cluster` or `major`; empty: nobody has decided.
    pub scale: String,
    /// Who leads a major one.
    pub commander: String,
    /// The cases, the earliest first.
    pub cases: Vec<String>,
    /// How many homes.
    pub homes: u32,
    /// The heads of all its cases, for the decision.
    pub seen: Vec<String>,
}

/// A person's decision that cases are one matter.
#[uniffi::remote(Record)]
pub struct ClusterDecision {
    /// The cases.
    pub cases: Vec<String>,
    /// `cluster` or `major`.
    pub scale: String,
    /// The one person who leads a major one.
    pub commander: String,
    /// What everybody says about a major one.
    pub agreed_text: String,
    /// Why.
    pub reason: String,
    /// The heads from which the screen was drawn, of all cases.
    pub seen: Vec<String>,
}

/// A way out that was listed.
#[uniffi::remote(Record)]
pub struct OptionView {
    /// Its key.
    pub key: String,
    /// What would be done.
    pub text: String,
    /// What it would cost.
    pub cost_note: String,
    /// Who listed it.
    pub by: AuthorView,
    /// A manager chose it.
    pub chosen: bool,
}

/// Once the owner was told how far it is.
#[uniffi::remote(Record)]
pub struct ToldView {
    /// What they were told.
    pub text: String,
    /// How.
    pub way: String,
    /// When.
    pub told_ms: i64,
    /// Who told them.
    pub by: AuthorView,
}

/// A case as one screen.
#[uniffi::remote(Record)]
pub struct CaseView {
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
    /// `case` or `complaint`: the machine that it follows.
    pub machine: String,
    /// Its kind.
    pub case_kind: FieldView,
    /// The name of its kind.
    pub text: TextView,
    /// What was said, in the words of who called.
    pub words: String,
    /// Who called: the id of a person.
    pub person: FieldView,
    /// Owner, family, tenant …
    pub relation: FieldView,
    /// The household.
    pub household: FieldView,
    /// How it reached us.
    pub channel: FieldView,
    /// When it reached us.
    pub received_ms: Option<i64>,
    /// What it is about.
    pub category: FieldView,
    /// How urgent it is.
    pub urgency: FieldView,
    /// Single, cluster, major.
    pub scale: FieldView,
    /// Who answers for it.
    pub department: FieldView,
    /// What they want.
    pub wanted_outcome: FieldView,
    /// Severity of a defect that was reported.
    pub severity: FieldView,
    /// The room.
    pub room: FieldView,
    /// The ready phrase that was tapped.
    pub phrase: FieldView,
    /// Founded, partly, not founded.
    pub verdict: FieldView,
    /// What caused it.
    pub root_cause: FieldView,
    /// The cluster that it belongs to: the record of its first case.
    pub cluster: FieldView,
    /// Who leads a major one; stands in its first case.
    pub commander: FieldView,
    /// What everybody says about a major one; stands in its first case.
    pub agreed_text: FieldView,
    /// The answer.
    pub answer: String,
    /// The ways out, in the order of their keys.
    pub options: Vec<OptionView>,
    /// When the owner was told how far it is, the newest last.
    pub updates: Vec<ToldView>,
    /// To whom it was dispatched, the newest last.
    pub dispatched: Vec<String>,
    /// The time that the owner was last promised.
    pub promised_ms: Option<i64>,
    /// Until when it is looked into, as the owner was told.
    pub until_ms: Option<i64>,
    /// The level that it was handed up to; 0: none.
    pub level: i64,
    /// Records that it is linked with.
    pub links: Vec<String>,
    /// Its deadlines and when the owner hears next; none: not known without the project's settings.
    pub clock: Option<ClockView>,
    /// Where it stands.
    pub life: LifeView,
    /// What people disagree on.
    pub contested: Vec<ContestedView>,
    /// Photos, remarks.
    pub entries: Vec<EntryShown>,
}
