//! The end of a visit: everything that its report must have, promises read back, and nobody asked about themselves.

use super::{everybody, life::number, talk};
use crate::document::{Container, Value, Write};
use crate::record::CommandError;
use crate::record::common::facts;
use crate::record::scene::Scene;
use std::collections::BTreeSet;

/// The kind of paper whose required fields a visit must fill.
const REPORT: &str = "visit_report";

/// How a visit ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ending {
    /// What came of it, in the words of the person who was there.
    pub result: String,
    /// What happens next.
    pub next_step: String,
    /// All whom the survey rates, by user id, as far as this phone knows.
    pub rated: BTreeSet<String>,
}

/// Finishes the visit; the event carries what its guards ask for, so that nobody judges it differently later.
///
/// # Errors
/// [`CommandError::Missing`] while promises were not read back; [`CommandError::Illegal`] with `required_fields` or
/// `interviewer_not_rated`; [`CommandError::Contested`].
pub fn finish(scene: &Scene<'_>, ending: &Ending) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("visit")?;
    if !talk::unread(scene)?.is_empty() {
        return Err(CommandError::Missing("promises read back"));
    }
    let mut writes = scene.set_all(&[("result", &ending.result), ("next_step", &ending.next_step)])?;
    writes.push(scene.set("ended_at", scene.stamp.at_ms)?);
    let written: BTreeSet<&str> = writes.iter().filter_map(key_of).collect();
    let mut open = required(scene)?;
    open.retain(|field| !written.contains(field.as_str()));
    let mut asked = everybody(scene, "interviewer")?;
    asked.insert(scene.who.user.to_string());
    let mut rated = everybody(scene, "rated")?;
    rated.extend(ending.rated.iter().cloned());
    let list = |of: BTreeSet<String>| Value::from(of.into_iter().collect::<Vec<_>>().join(" "));
    let carries = facts([
        ("required_open", number(open.len())),
        ("missing_fields", open.join(" ").into()),
        ("interviewer", list(asked)),
        ("rated", list(rated)),
    ]);
    writes.push(scene.event("finish", carries)?);
    Ok(writes)
}

/// The fields that the report must have and that nobody filled yet, as the person sees it.
pub(super) fn required(scene: &Scene<'_>) -> Result<Vec<String>, CommandError> {
    let kind = scene.catalog.document_kinds.get(REPORT);
    let mut open = Vec::new();
    for field in kind.into_iter().flat_map(|kind| &kind.required) {
        let sides = scene.document.candidates_seen(scene.seen, Container::Fields, field)?;
        let empty =
            |value: &Value| *value == Value::Nothing(()) || value.as_text().is_some_and(|t| t.trim().is_empty());
        if sides.iter().all(|side| empty(&side.value)) {
            open.push(field.clone());
        }
    }
    Ok(open)
}

fn key_of(write: &Write) -> Option<&str> {
    match write {
        Write::Put { key, .. } => Some(key),
        _ => None,
    }
}
