//! The writes of a command: what the facade of a phone does for the same command.

use super::deed::{Agreed, Deed};
use keyturn_domain::record::case::{self, cluster, complaint, desk};
use keyturn_domain::record::defect::{self, Terms};
use keyturn_domain::record::terms::answer_by;
use keyturn_domain::record::{CommandError, Scene, common, duplicates, promises, repair, review};
use keyturn_domain::schema::Field;
use keyturn_domain::{Container, Value, Write};

impl Deed {
    /// Makes the writes of a command on one record alone, or says why not. `terms`: those of a defect today.
    ///
    /// # Errors
    /// As the command itself; [`CommandError::Kind`] for one that writes others, too.
    pub(super) fn writes(&self, scene: &Scene<'_>, terms: &Terms) -> Result<Vec<Write>, CommandError> {
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
                    to: if to.is_empty() {
                        text(scene, "household")
                    } else {
                        to.clone()
                    },
                    source: String::new(),
                };
                promises::make(scene.document, &new, scene.who, scene.stamp).map(one)
            }
            Self::KeepPromise {
                promise,
                record,
                owner_confirmed,
            } => {
                let record = record.map(|record| record.to_string()).unwrap_or_default();
                let proof = [
                    ("proof_record", record.into()),
                    ("owner_confirmed", (*owner_confirmed).into()),
                ];
                let proof = common::facts(proof);
                promises::keep(scene.document, scene.seen, promise, proof, scene.who, scene.stamp).map(one)
            }
            Self::WithdrawPromise {
                promise,
                owner_agreed,
                reason,
            } => of_promise(scene, promise, "withdraw", ("owner_agreed", *owner_agreed), reason),
            Self::GiveUpPromise {
                promise,
                owner_told,
                reason,
            } => of_promise(scene, promise, "give_up", ("owner_told", *owner_told), reason),
            Self::Remark { text } => {
                let facts = common::facts([("about", "".into()), ("text", text.as_str().into())]);
                common::entry("remark", facts, scene.who, scene.stamp).map(one)
            }
            Self::Change { field, value } => case::change(scene, field, value).map(one),
            Self::Rekind { case_kind } => case::rekind(scene, case_kind).map(one),
            Self::Mention { record } => desk::mention(scene, &record.to_string()),
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
                let by = answer_by_ms.or_else(|| answer_by(scene.catalog, &severity(scene), scene.stamp.at_ms));
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
            Self::Investigate {
                person,
                until_ms,
                owner_told,
            } => complaint::investigate(scene, person, *until_ms, *owner_told),
            Self::Judge { verdict, text } => complaint::judge(scene, verdict, text),
            Self::AddOption { text, cost_note } => complaint::add_option(scene, text, cost_note),
            Self::ChooseOption { option } => complaint::choose_option(scene, option),
            Self::Plan {
                plan,
                person,
                date,
                basis,
            } => complaint::plan(scene, &planned(plan, person, date, basis)),
            Self::ReturnWithPlan {
                plan,
                person,
                date,
                basis,
            } => complaint::return_with_plan(scene, &planned(plan, person, date, basis)),
            Self::Act {
                promise_at_ms,
                owner_told,
            } => complaint::act(scene, *promise_at_ms, *owner_told),
            Self::Update { text, way, told_ms } => complaint::update(scene, text, &told(way, *told_ms)),
            Self::Answer { text, way, told_ms } => desk::answer(scene, text, &told(way, *told_ms)),
            Self::AnswerWithoutPlan {
                text,
                basis,
                solved,
                way,
                told_ms,
            } => complaint::answer_without_plan(scene, text, basis, solved, &told(way, *told_ms)),
            Self::ActAgain { reason } => complaint::act_again(scene, reason),
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
            Self::Describe { text } if kind == "defect" => Ok(vec![defect::describe(text)]),
            Self::Severity { severity } if kind == "defect" => defect::regrade(scene, severity, terms),
            Self::Pin { x, y } if kind == "defect" => defect::pin(scene.document, scene.seen, (*x, *y)).map(one),
            Self::Submit { no_photo_reason } if kind == "defect" => {
                let (document, seen) = (scene.document, scene.seen);
                defect::submit(document, seen, no_photo_reason, terms, scene.who, scene.stamp).map(one)
            }
            Self::Accept { promised } => repair::accept(scene, &promised.into()),
            Self::WaiveProtection { reason } => repair::waive(scene, reason),
            Self::StartRepair {} => repair::start(scene),
            Self::FinishRepair { clean } => repair::finish(scene, *clean),
            Self::FixOnSpot {} => repair::fix_on_spot(scene),
            Self::PlanHard { plan, date, promised } => repair::plan_hard(scene, plan, date, &promised.into()),
            Self::ProposeDuplicate { record } => duplicates::propose(scene, &record.to_string()),
            Self::RejectDuplicate { proposal, reason } => duplicates::reject(scene, proposal, reason),
            Self::Review { notes } => review::review(scene, notes),
            Self::Lock {} => review::lock(scene),
            // Of another kind of record; and what writes others, too, goes its own way.
            Self::Describe { .. }
            | Self::Severity { .. }
            | Self::Pin { .. }
            | Self::Submit { .. }
            | Self::HandOnPromises {}
            | Self::Link { .. }
            | Self::Merge { .. }
            | Self::BecomeDefect { .. }
            | Self::ConfirmDuplicate { .. } => Err(CommandError::Kind),
        }
    }
}

impl From<&Agreed> for repair::Promised {
    fn from(agreed: &Agreed) -> Self {
        Self {
            at_ms: agreed.at_ms,
            owner_told: agreed.owner_told,
            owner_agreed: agreed.owner_agreed,
            to: agreed.to.clone(),
        }
    }
}

fn planned(plan: &str, person: &str, date: &str, basis: &str) -> complaint::Plan {
    complaint::Plan {
        plan: plan.to_owned(),
        person: person.to_owned(),
        date: date.to_owned(),
        basis: basis.to_owned(),
    }
}

fn of_promise(
    scene: &Scene<'_>,
    promise: &str,
    event: &str,
    (named, holds): (&str, bool),
    reason: &str,
) -> Result<Vec<Write>, CommandError> {
    let carries = common::facts([(named, holds.into()), ("reason", reason.into())]);
    promises::act(
        scene.document,
        scene.seen,
        promise,
        event,
        carries,
        scene.who,
        scene.stamp,
    )
    .map(one)
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
