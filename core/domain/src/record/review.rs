//! What becomes of an inspection after it was signed: the server's receipt, the review, the lock, and the version that
//! replaces it. None of it amends what was signed (DESIGN 3.2.13).

use super::common::{self, Facts, Who, facts};
use super::scene::{Scene, add};
use super::signature::coverage;
use super::{CommandError, Marks, life};
use crate::document::{Container, Document, Value, Write};
use crate::events::{Life, LifeEvent, Standing};
use crate::ids::{DocumentId, Hash};
use crate::schema::Field;
use std::collections::BTreeSet;

/// States of an inspection that was signed and still counts.
const SIGNED: [&str; 4] = ["signed", "synced", "reviewed", "locked"];

/// The role of what nobody does by hand.
const SYSTEM: &str = "system";

/// The signed inspection that replaces another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Successor {
    /// The record.
    pub record: DocumentId,
    /// The event with which it was signed.
    pub signature: String,
}

/// Says that the server holds what was signed: everything that the signature covers, and the signing itself, has a
/// receipt, and its hash is that of the signature. `received` tells for a record and a change whether the server has
/// it; `at_ms`: when it received the signing, as far as this phone was told.
///
/// # Errors
/// [`CommandError::Missing`] before the server has it all; [`CommandError::Illegal`] where the hash is another, nothing
/// was signed, or nobody but whoever walked did, as in a round.
pub fn countersign(
    scene: &Scene<'_>,
    received: &dyn Fn(DocumentId, &Hash) -> bool,
    at_ms: Option<i64>,
) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("inspection")?;
    let (shown, stands) = (scene.document.as_seen(scene.seen)?, scene.life()?);
    let mut carries = Facts::new();
    if let Some(signed) = signing(&stands) {
        let claimed = signed
            .facts
            .get("manifest")
            .and_then(Value::as_text)
            .unwrap_or_default();
        let covers = coverage(&shown).into_iter().filter(|c| c.sound);
        let mut manifests = covers.filter_map(|c| c.manifest);
        let found = manifests.find(|m| m.hash().to_string() == claimed);
        let own = scene.document.id();
        let listed = found.iter().flat_map(|m| &m.defects);
        let mut needed = found
            .iter()
            .flat_map(|m| m.heads.iter().map(|head| (own, head)))
            .chain(listed.flat_map(|d| d.heads.iter().map(|head| (d.defect, head))))
            .chain([(own, &signed.written.change)]);
        if needed.any(|(record, change)| !received(record, change)) {
            return Err(CommandError::Missing("the server's receipt"));
        }
        add(&mut carries, "manifest", claimed);
        if let Some(manifest) = &found {
            add(&mut carries, "signed_manifest", &manifest.hash().to_string());
        }
    }
    if let Some(at_ms) = at_ms {
        carries.insert("received_at".to_owned(), at_ms.into());
    }
    let system = Who {
        user: scene.who.user,
        role: SYSTEM.to_owned(),
    };
    let event = common::event(scene.document, scene.seen, "sync", carries, &system, scene.stamp)?;
    Ok(vec![event])
}

/// Reviews what the server holds: somebody who inspected none of it, with notes or without.
///
/// # Errors
/// [`CommandError::Illegal`] names what is missing, or the state.
pub fn review(scene: &Scene<'_>, notes: &str) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("inspection")?;
    let inspectors: Vec<String> = inspectors(scene)?.into_iter().collect();
    let mut carries = facts([("inspectors", inspectors.join(" ").into())]);
    add(&mut carries, "notes", notes);
    Ok(vec![scene.event("review", carries)?])
}

/// Locks what was reviewed.
///
/// # Errors
/// [`CommandError::Illegal`].
pub fn lock(scene: &Scene<'_>) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("inspection")?;
    Ok(vec![scene.event("lock", Facts::new())?])
}

/// Says that a newer version, which is signed, counts instead of this one, and why.
///
/// # Errors
/// [`CommandError::Illegal`] without a reason, or not in this state.
pub fn supersede(scene: &Scene<'_>, successor: &Successor, reason: &str) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("inspection")?;
    let mut carries = facts([
        ("successor", successor.record.to_string().into()),
        ("successor_signature", successor.signature.as_str().into()),
    ]);
    add(&mut carries, "reason", reason);
    Ok(vec![scene.event("supersede", carries)?])
}

/// Begins the version that may replace a signed inspection: the same task, kind and checklist, and no answer.
/// Idempotent, and alike on two phones.
///
/// # Errors
/// [`CommandError::Kind`]; [`CommandError::Illegal`] while the other one is not signed, or for a role that inspects nothing.
pub fn begin_version(scene: &Scene<'_>, old: &Document) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("inspection")?;
    let stands = life(old, &Marks::default())?;
    if old.genesis().kind != "inspection" {
        return Err(CommandError::Kind);
    }
    if !SIGNED.contains(&stands.state.as_str()) {
        return Err(CommandError::Illegal {
            state: stands.state,
            code: "state".to_owned(),
            missing: Vec::new(),
        });
    }
    if scene.life()?.state != "draft" {
        return Ok(Vec::new());
    }
    let mut writes = Vec::new();
    for key in ["task", "inspection_kind", "template", "template_version", "layout"] {
        if let Some(value) = Field::read(old, Container::Fields, key).value() {
            writes.push(scene.set(key, value.clone())?);
        }
    }
    writes.push(scene.set("supersedes", old.id().to_string())?);
    writes.push(scene.event("start", Facts::new())?);
    Ok(writes)
}

/// The id of the version that may replace an inspection: the same on every phone.
#[must_use]
pub fn next_version(record: DocumentId) -> DocumentId {
    DocumentId::derive(record.0, "version")
}

/// Returns how a record may replace another: it says so itself, and it is signed.
///
/// # Errors
/// [`CommandError::Kind`] when it is no version of that record; [`CommandError::Missing`] before it is signed.
pub fn successor(document: &Document, of: DocumentId) -> Result<Successor, CommandError> {
    let said = Field::read(document, Container::Fields, "supersedes");
    if document.genesis().kind != "inspection" || said.text() != of.to_string() {
        return Err(CommandError::Kind);
    }
    let stands = life(document, &Marks::default())?;
    let signed = signing(&stands).filter(|_| SIGNED.contains(&stands.state.as_str()));
    Ok(Successor {
        record: document.id(),
        signature: signed
            .ok_or(CommandError::Missing("signature of the new version"))?
            .id
            .clone(),
    })
}

/// The newest signing that counts.
fn signing(life: &Life) -> Option<&LifeEvent> {
    let mut events = life.events.iter().rev();
    events.find(|e| e.event == "sign" && e.standing == Standing::Legal)
}

/// The record that counts instead of this one, if its life says so.
pub(super) fn superseded_by(life: &Life) -> String {
    let mut events = life.events.iter().rev();
    let event = events.find(|e| e.event == "supersede" && e.standing == Standing::Legal);
    let named = event.and_then(|e| e.facts.get("successor")).and_then(Value::as_text);
    named.unwrap_or_default().to_owned()
}

/// Everybody who answered, began or signed, as the reviewer sees it.
fn inspectors(scene: &Scene<'_>) -> Result<BTreeSet<String>, CommandError> {
    let shown = scene.document.as_seen(scene.seen)?;
    let stands = scene.life()?;
    let events = stands.events.iter();
    let mut all: BTreeSet<String> = events
        .filter(|e| ["start", "sign"].contains(&e.event.as_str()))
        .filter_map(|e| e.facts.get("by")?.as_text().map(str::to_owned))
        .collect();
    let answers = shown.scalars(Container::Answers);
    let written = answers.values().flatten().flat_map(|c| &c.by);
    all.extend(written.filter_map(|w| Some(w.author?.user.to_string())));
    Ok(all)
}
