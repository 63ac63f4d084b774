//! Dispatched, acknowledged, answered, closed: what is done about every kind of case, complaints included where their
//! machine knows the event.

use crate::document::{Container, Value, Write};
use crate::record::common::facts;
use crate::record::promises;
use crate::record::scene::{Scene, add, copied, fact, with_name};
use crate::record::{CommandError, machine_of};
use crate::schema::Field;

/// How and when somebody was told something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// `phone`, `visit` … (`answer_codes.csv`, group `contact_way`).
    pub way: String,
    /// When, in milliseconds.
    pub at_ms: i64,
}

/// Names the person who takes care of it.
///
/// # Errors
/// [`CommandError::Illegal`] when nobody is named, or not in this state.
pub fn dispatch(scene: &Scene<'_>, person: &str, answer_by_ms: Option<i64>) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("case")?;
    let mut carries = facts([("person", person.into())]);
    if let Some(at) = answer_by_ms {
        carries.insert("contact_by".to_owned(), at.into());
    }
    Ok(vec![scene.event("dispatch", carries)?])
}

/// Takes it over: the dispatch counts when the person named answers with a time that the owner was told.
///
/// # Errors
/// [`CommandError::NotNamed`] for anybody else, [`CommandError::Illegal`] when the owner was not told.
pub fn acknowledge(scene: &Scene<'_>, promise_at_ms: i64, owner_told: bool) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("case")?;
    scene.named()?;
    let carries = facts([("promise_at", promise_at_ms.into()), ("owner_told", owner_told.into())]);
    Ok(vec![
        scene.event("acknowledge", carries)?,
        promise(scene, promise_at_ms)?,
    ])
}

/// Gives it back, with the reason.
///
/// # Errors
/// [`CommandError::NotNamed`], [`CommandError::Illegal`] without a reason.
pub fn return_to_dispatch(scene: &Scene<'_>, reason: &str) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("case")?;
    scene.named()?;
    Ok(vec![
        scene.event("return_to_dispatch", facts([("reason", reason.into())]))?,
    ])
}

/// Answers: the words stand in the record, and the owner was told. A complaint's answer carries its verdict.
///
/// # Errors
/// [`CommandError::Missing`] without words, [`CommandError::UnknownCode`] for a way that is none,
/// [`CommandError::Contested`] while the verdict is.
pub fn answer(scene: &Scene<'_>, text: &str, told: &Told) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("case")?;
    let mut carries = told_facts(scene, told)?;
    if is_complaint(scene)? {
        carries.extend(super::complaint::verdict(scene)?);
    }
    let mut writes = vec![answer_text(text)?, scene.event("answer", carries)?];
    writes.extend(kept(scene)?);
    Ok(writes)
}

/// Closes a case that was answered.
///
/// # Errors
/// [`CommandError::Illegal`] before the owner was told the result.
pub fn close(scene: &Scene<'_>) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("case")?;
    let life = scene.life()?;
    let carries = copied(with_name(&life, "answer").next_back(), &["told_way", "told_at"]);
    Ok(vec![scene.event("close", carries)?])
}

/// Says which record goes on with the matter: a defect, a complaint, another case. `hand_over`: what was promised ends
/// here too, because the other record takes it over; otherwise it stays open.
///
/// # Errors
/// [`CommandError::Illegal`] when nothing is named, or a reason is asked for.
pub fn link(scene: &Scene<'_>, record: &str, reason: &str, hand_over: bool) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("case")?;
    let mut carries = facts([("linked", record.into())]);
    add(&mut carries, "reason", reason);
    let mut writes = vec![scene.event("link", carries)?, linked(scene, record)?];
    if hand_over {
        writes.extend(promises::release(scene, "linked", record, reason)?);
    }
    Ok(writes)
}

/// Mentions another record without handing the matter over to it.
///
/// # Errors
/// [`CommandError::Missing`] when none is named.
pub fn mention(scene: &Scene<'_>, record: &str) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("case")?;
    Ok(vec![linked(scene, record)?])
}

/// Merges it into another case about the same issue; both histories stay. `hand_over` as in [`link`].
///
/// # Errors
/// [`CommandError::Value`] for itself, [`CommandError::Illegal`] when none is named.
pub fn merge(scene: &Scene<'_>, target: &str, reason: &str, hand_over: bool) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("case")?;
    if target == scene.document.id().to_string() {
        return Err(CommandError::Value("target"));
    }
    let mut carries = facts([("target", target.into())]);
    add(&mut carries, "reason", reason);
    let mut writes = vec![scene.event("merge", carries)?, linked(scene, target)?];
    if hand_over {
        writes.extend(promises::release(scene, "merged", target, reason)?);
    }
    Ok(writes)
}

/// Opens it again: a code, and words where the code says `other`.
///
/// # Errors
/// [`CommandError::UnknownCode`], [`CommandError::Illegal`].
pub fn reopen(scene: &Scene<'_>, reason_code: &str, reason: &str) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("case")?;
    scene.known("reopen_reason", reason_code)?;
    let mut carries = facts([("reason_code", reason_code.into())]);
    add(&mut carries, "reason", reason);
    Ok(vec![scene.event("reopen", carries)?])
}

/// The time that the owner was told is a promise: what they asked for, in their words, until then.
pub(super) fn promise(scene: &Scene<'_>, due_ms: i64) -> Result<Write, CommandError> {
    let shown = scene.document.as_seen(scene.seen)?;
    let entries = scene.entries("remark")?;
    let said = entries.iter().find(|e| e.text("kind") == "words");
    let what = said.map_or("case", |e| e.text("text"));
    let to = ["person", "household"].map(|key| Field::read(&shown, Container::Fields, key).text().to_owned());
    let to = to.iter().find(|id| !id.is_empty()).map_or("", String::as_str);
    scene.promise(what, to, due_ms)
}

/// Telling the result keeps what was promised; the record is the proof.
pub(super) fn kept(scene: &Scene<'_>) -> Result<Vec<Write>, CommandError> {
    let proof = facts([("proof_record", scene.document.id().to_string().into())]);
    scene.keep(&proof)
}

pub(super) fn is_complaint(scene: &Scene<'_>) -> Result<bool, CommandError> {
    let shown = scene.document.as_seen(scene.seen)?;
    Ok(machine_of(&shown)?.code == *"complaint")
}

pub(super) fn told_facts(scene: &Scene<'_>, told: &Told) -> Result<crate::record::common::Facts, CommandError> {
    scene.known("contact_way", &told.way)?;
    Ok(facts([
        ("told_way", told.way.as_str().into()),
        ("told_at", told.at_ms.into()),
    ]))
}

pub(super) fn answer_text(text: &str) -> Result<Write, CommandError> {
    if text.trim().is_empty() {
        return Err(CommandError::Missing("words"));
    }
    Ok(Write::Prose {
        name: "answer".to_owned(),
        text: text.to_owned(),
    })
}

fn linked(scene: &Scene<'_>, record: &str) -> Result<Write, CommandError> {
    if record.is_empty() {
        return Err(CommandError::Missing("record"));
    }
    scene.entry("linked", facts([("record", Value::from(record))]))
}

/// Tells how often it was dispatched: to whom and what came of it, the newest last.
pub(super) fn dispatched(life: &crate::events::Life) -> impl Iterator<Item = &str> {
    with_name(life, "dispatch").map(|e| fact(e, "person"))
}
