//! What may be done to a record through the API: the commands that phones know, by name.

use keyturn_domain::catalog::Catalog;
use keyturn_domain::record::case::{cluster, complaint, desk};
use keyturn_domain::record::terms::answer_by;
use keyturn_domain::record::{CommandError, Scene, common, promises, repair};
use keyturn_domain::schema::Field;
use keyturn_domain::{Container, Value, Write};
use schemars::JsonSchema;
use serde::Deserialize;

/// A command on a record. What is left out is empty.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Deed {
    /// Settles a contested field: this value counts.
    Settle {
        /// As the record names it: `answers/win-03/r03/2/result`.
        field: String,
        /// One of the candidates, or another value.
        value: String,
    },
    /// Promises something.
    Promise {
        /// What.
        what: String,
        /// By when, in milliseconds.
        due_ms: i64,
        /// Who keeps it: a user; empty: whoever the token is of.
        #[serde(default)]
        person: String,
        /// To whom: a household or person.
        #[serde(default)]
        to: String,
    },
    /// Says that a promise was kept.
    KeepPromise {
        /// Its key in the record.
        promise: String,
    },
    /// Asks for another time; it counts only when the owner agreed.
    MovePromise {
        /// Its key in the record.
        promise: String,
        /// The new time, in milliseconds.
        due_ms: i64,
        /// The owner agreed.
        owner_agreed: bool,
        /// Why.
        reason: String,
    },
    /// Names the person who takes care of a case, or of a defect.
    Dispatch {
        /// A user.
        person: String,
        /// Until when they answer, in milliseconds; none: as its severity asks.
        answer_by_ms: Option<i64>,
    },
    /// Takes a case over, with a time that the owner was told.
    Acknowledge {
        /// The time, in milliseconds.
        promise_at_ms: i64,
        /// The owner was told.
        owner_told: bool,
    },
    /// Gives a case or a defect back.
    ReturnToDispatch {
        /// Why.
        reason: String,
    },
    /// Sorts a complaint.
    Triage {
        /// Group `complaint_category`.
        category: String,
        /// Words for the category `other`.
        #[serde(default)]
        category_text: String,
        /// Group `urgency`.
        urgency: String,
        /// Group `department`.
        department: String,
        /// Who is in charge: a user.
        #[serde(default)]
        person: String,
    },
    /// Judges a complaint, with words that its owner will read.
    Judge {
        /// Group `verdict`.
        verdict: String,
        /// The words.
        text: String,
    },
    /// Writes down what could be done.
    AddOption {
        /// What.
        text: String,
        /// What it costs.
        #[serde(default)]
        cost_note: String,
    },
    /// A manager chooses what is done.
    ChooseOption {
        /// The key of the option.
        option: String,
    },
    /// Plans it.
    Plan {
        /// What will be done.
        plan: String,
        /// Who does it: a user.
        person: String,
        /// The day, `2026-12-04`.
        date: String,
        /// Law, contract, standard or code that it rests on.
        basis: String,
    },
    /// Begins to act on a complaint.
    Act {
        /// The time that was promised, in milliseconds.
        promise_at_ms: i64,
        /// The owner was told.
        owner_told: bool,
    },
    /// Tells the owner how it stands.
    Update {
        /// What they were told.
        text: String,
        /// How (group `contact_way`).
        way: String,
        /// When, in milliseconds; none: now.
        told_ms: Option<i64>,
    },
    /// Answers a case.
    Answer {
        /// What the owner was told.
        text: String,
        /// How (group `contact_way`).
        way: String,
        /// When, in milliseconds; none: now.
        told_ms: Option<i64>,
    },
    /// Asks the owner again after the answer.
    Revisit {
        /// What they say.
        result: String,
        /// In their words.
        #[serde(default)]
        words: String,
        /// How (group `contact_way`).
        way: String,
        /// When, in milliseconds; none: now.
        told_ms: Option<i64>,
    },
    /// Passes a complaint on to somebody higher.
    Escalate {
        /// To whom: a role of the project.
        receiver: String,
        /// Who that is: a user.
        person: String,
        /// Why.
        reason: String,
    },
    /// Closes a case.
    Close {
        /// Of a complaint: group `root_cause`.
        #[serde(default)]
        root_cause: String,
        /// Of a complaint whose owner is not satisfied: why it is closed.
        #[serde(default)]
        reason: String,
    },
    /// Opens a case or a defect again.
    Reopen {
        /// Group `reopen_reason`.
        reason_code: String,
        /// In words.
        #[serde(default)]
        reason: String,
    },
    /// The owner withdraws a complaint.
    Withdraw {
        /// Why.
        reason: String,
    },
    /// Says that a case belongs to no cluster.
    RejectCluster {
        /// Why.
        reason: String,
    },
    /// Names another engineer for a defect.
    Reassign {
        /// A user.
        person: String,
        /// Why.
        reason: String,
        /// The owner was told.
        owner_told: bool,
    },
    /// Verifies a repair: somebody else than whoever made it, or the owner.
    Verify {
        /// The owner confirmed it.
        owner_confirmed: bool,
    },
    /// Finds that a repair is none.
    RejectRepair {
        /// Why.
        reason: String,
    },
    /// Says that a defect is hard to repair.
    MarkHard {
        /// Why.
        reason: String,
        /// The owner was told.
        owner_told: bool,
    },
    /// Leaves a defect as it is, with the owner's consent.
    AcceptAsIs {
        /// Why.
        reason: String,
        /// The owner agreed.
        owner_agreed: bool,
    },
    /// Says that a defect is none.
    CancelDefect {
        /// Why.
        reason: String,
        /// The owner was told.
        owner_told: bool,
    },
}

impl Deed {
    /// Makes the writes, or says why not.
    ///
    /// # Errors
    /// As the command itself.
    pub(super) fn writes(&self, scene: &Scene<'_>, catalog: &Catalog) -> Result<Vec<Write>, CommandError> {
        let kind = scene.document.genesis().kind.as_str();
        let told = |way: &str, told_ms: Option<i64>| desk::Told {
            way: way.to_owned(),
            at_ms: told_ms.unwrap_or(scene.stamp.at_ms),
        };
        match self {
            Self::Settle { field, value } => settle(scene, field, value),
            Self::Promise {
                what,
                due_ms,
                person,
                to,
            } => {
                let new = promises::NewPromise {
                    what: what.clone(),
                    person: person.clone(),
                    due_ms: *due_ms,
                    to: to.clone(),
                    source: String::new(),
                };
                promises::make(scene.document, &new, scene.who, scene.stamp).map(one)
            }
            Self::KeepPromise { promise } => promises::keep(
                scene.document,
                scene.seen,
                promise,
                common::Facts::new(),
                scene.who,
                scene.stamp,
            )
            .map(one),
            Self::MovePromise {
                promise,
                due_ms,
                owner_agreed,
                reason,
            } => {
                let to = promises::Postponed {
                    due_ms: *due_ms,
                    owner_agreed: *owner_agreed,
                    reason: reason.clone(),
                };
                promises::postpone(scene.document, scene.seen, promise, &to, scene.who, scene.stamp).map(one)
            }
            Self::Dispatch { person, .. } if kind == "defect" => repair::assign(scene, person),
            Self::Dispatch { person, answer_by_ms } => {
                let by = answer_by_ms.or_else(|| answer_by(catalog, &severity(scene), scene.stamp.at_ms));
                desk::dispatch(scene, person, by)
            }
            Self::Acknowledge {
                promise_at_ms,
                owner_told,
            } => desk::acknowledge(scene, *promise_at_ms, *owner_told),
            Self::ReturnToDispatch { reason } if kind == "defect" => repair::return_to_dispatch(scene, reason),
            Self::ReturnToDispatch { reason } => desk::return_to_dispatch(scene, reason),
            Self::Triage {
                category,
                category_text,
                urgency,
                department,
                person,
            } => {
                let sorted = complaint::Triage {
                    category: category.clone(),
                    category_text: category_text.clone(),
                    urgency: urgency.clone(),
                    department: department.clone(),
                    person: person.clone(),
                };
                complaint::triage(scene, &sorted)
            }
            Self::Judge { verdict, text } => complaint::judge(scene, verdict, text),
            Self::AddOption { text, cost_note } => complaint::add_option(scene, text, cost_note),
            Self::ChooseOption { option } => complaint::choose_option(scene, option),
            Self::Plan {
                plan,
                person,
                date,
                basis,
            } => {
                let plan = complaint::Plan {
                    plan: plan.clone(),
                    person: person.clone(),
                    date: date.clone(),
                    basis: basis.clone(),
                };
                complaint::plan(scene, &plan)
            }
            Self::Act {
                promise_at_ms,
                owner_told,
            } => complaint::act(scene, *promise_at_ms, *owner_told),
            Self::Update { text, way, told_ms } => complaint::update(scene, text, &told(way, *told_ms)),
            Self::Answer { text, way, told_ms } => desk::answer(scene, text, &told(way, *told_ms)),
            Self::Revisit {
                result,
                words,
                way,
                told_ms,
            } => complaint::revisit(scene, result, words, &told(way, *told_ms)),
            Self::Escalate {
                receiver,
                person,
                reason,
            } => complaint::escalate(scene, receiver, person, reason),
            Self::Close { root_cause, reason } if text(scene, "case_kind") == "complaint" => {
                complaint::close(scene, root_cause, reason)
            }
            Self::Close { .. } => desk::close(scene),
            Self::Reopen { reason_code, reason } if kind == "defect" => repair::reopen(scene, reason_code, reason),
            Self::Reopen { reason_code, reason } => desk::reopen(scene, reason_code, reason),
            Self::Withdraw { reason } => complaint::withdraw(scene, reason),
            Self::RejectCluster { reason } => cluster::reject(scene, reason),
            Self::Reassign {
                person,
                reason,
                owner_told,
            } => repair::reassign(scene, person, reason, *owner_told),
            Self::Verify { owner_confirmed } => repair::verify(scene, *owner_confirmed),
            Self::RejectRepair { reason } => repair::reject(scene, reason),
            Self::MarkHard { reason, owner_told } => repair::mark_hard(scene, reason, *owner_told),
            Self::AcceptAsIs { reason, owner_agreed } => repair::accept_as_is(scene, reason, *owner_agreed),
            Self::CancelDefect { reason, owner_told } => repair::cancel(scene, reason, *owner_told),
        }
    }
}

fn one(write: Write) -> Vec<Write> {
    vec![write]
}

fn text(scene: &Scene<'_>, key: &str) -> String {
    Field::read(scene.document, Container::Fields, key).text().to_owned()
}

/// Danger is treated like the worst defect.
fn severity(scene: &Scene<'_>) -> String {
    if text(scene, "urgency") == "safety" {
        "A".to_owned()
    } else {
        text(scene, "severity")
    }
}

fn settle(scene: &Scene<'_>, field: &str, value: &str) -> Result<Vec<Write>, CommandError> {
    let (container, key) = field.split_once('/').ok_or(CommandError::Value("field"))?;
    let container = Container::of_name(container).filter(|c| c.is_flat());
    let container = container.ok_or(CommandError::Value("field"))?;
    // The decision is one of the candidates, with its own type, or words.
    let candidates = scene.document.candidates_seen(scene.seen, container, key)?;
    let chosen = candidates.into_iter().map(|c| c.value).find(|v| v.to_string() == value);
    let value = chosen.unwrap_or_else(|| value.parse().map_or_else(|_| Value::from(value), Value::Float));
    common::settle(
        scene.document,
        scene.seen,
        container,
        key,
        value,
        scene.who,
        scene.stamp,
    )
}
