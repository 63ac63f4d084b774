//! What cases take and give back. Owned, plain types: they cross the FFI as they are.

use super::views::PromiseView;
use keyturn_domain::record::view::TextView;
use serde::{Deserialize, Serialize};

/// A report for an owner: where, what kind, what they said, who called. Everything else may come later.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TellingView {
    /// `phone`, `visit`, `desk`, `message`, `email`, `letter`.
    pub way: String,
    /// When; none: now.
    pub at_ms: Option<i64>,
}

/// What sorting a complaint says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
