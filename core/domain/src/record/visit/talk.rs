//! What is said along the script, what mattered to the owner, what was asked for, and what was promised read back.

use super::text_of;
use crate::document::{Container, Write};
use crate::ids::DocumentId;
use crate::record::common::facts;
use crate::record::promises::{self, Promise};
use crate::record::scene::{Scene, fact, with_name};
use crate::record::{CommandError, Marks, common};
use std::collections::BTreeSet;

/// The event that says which promises were read back.
pub(super) const READ_BACK: &str = "promise_read_back";

/// Ticks a line of the script: said, or skipped on purpose.
///
/// # Errors
/// [`CommandError::UnknownQuestion`] when the script has no such line, [`CommandError::Contested`].
pub fn say(scene: &Scene<'_>, part: &str, when: &str, said: bool) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("visit")?;
    let script = text_of(scene, Container::Fields, "script")?;
    let line = scene
        .catalog
        .scripts
        .get(script.as_str())
        .and_then(|s| s.line(part, when));
    let key = format!("script/{part}/{when}");
    if line.is_none() {
        return Err(CommandError::UnknownQuestion(key));
    }
    let value = if said { "done" } else { "skipped" };
    Ok(vec![common::set(
        scene.document,
        scene.seen,
        Container::Answers,
        &key,
        value.into(),
    )?])
}

/// Notes what the owner cares about: a tag instead of typing. The same tag twice is one.
///
/// # Errors
/// [`CommandError::UnknownCode`].
pub fn tag(scene: &Scene<'_>, code: &str) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("visit")?;
    if !scene.catalog.focus_tags.iter().any(|tag| tag.code == *code) {
        return Err(CommandError::UnknownCode(code.to_owned()));
    }
    if scene.entries("tag")?.iter().any(|entry| entry.text("tag") == code) {
        return Ok(Vec::new());
    }
    Ok(vec![scene.entry("tag", facts([("tag", code.into())]))?])
}

/// Links a record that came out of this visit: a defect, or a case of some kind.
///
/// # Errors
/// [`CommandError::UnknownCode`] for another kind.
pub fn request(scene: &Scene<'_>, record: DocumentId, kind: &str) -> Result<Write, CommandError> {
    scene.of_kind("visit")?;
    if kind != "defect" {
        scene.known("case_kind", kind)?;
    }
    scene.entry(
        "request",
        facts([("record", record.to_string().into()), ("kind", kind.into())]),
    )
}

/// Reads the open promises of this visit back to the owner; every promise made afterwards must be read back again.
///
/// # Errors
/// [`CommandError::Missing`] when there is nothing to read back.
pub fn read_back(scene: &Scene<'_>) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("visit")?;
    let keys: Vec<String> = open_promises(scene)?.into_iter().map(|p| p.key).collect();
    if keys.is_empty() {
        return Err(CommandError::Missing("promises"));
    }
    Ok(vec![
        scene.neutral(READ_BACK, facts([("promises", keys.join(" ").into())]))?,
    ])
}

/// The open promises of this visit that were not read back, as the person sees it.
pub(super) fn unread(scene: &Scene<'_>) -> Result<Vec<String>, CommandError> {
    let life = scene.life()?;
    let read: BTreeSet<&str> = with_name(&life, READ_BACK)
        .flat_map(|e| fact(e, "promises").split_whitespace())
        .collect();
    let open = open_promises(scene)?.into_iter().map(|p| p.key);
    Ok(open.filter(|key| !read.contains(key.as_str())).collect())
}

fn open_promises(scene: &Scene<'_>) -> Result<Vec<Promise>, CommandError> {
    let mut all = promises::all(&*scene.document.as_seen(scene.seen)?, &Marks::default())?;
    all.retain(Promise::is_open);
    Ok(all)
}
