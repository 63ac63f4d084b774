//! What may be recorded in an inspection.

use super::common::{self, Facts, Stamp, Who, facts, known};
use super::signature::Manifest;
use super::{CommandError, Marks, Place, show_answers};
use crate::catalog::{AnswerKey, BulkOk, BulkScope, Catalog, Input, ResultCode, bulk_ok};
use crate::document::{Container, Document, Value, Write};
use crate::ids::Hash;
use crate::rows::TaskRow;
use crate::schema::Field;

/// Begins the record of a task: what the task pins is copied into it, and the life starts.
///
/// Idempotent: a record that has begun takes nothing again.
///
/// # Errors
/// [`CommandError::Kind`] when the record is no inspection; [`CommandError::Illegal`] for a role that inspects nothing.
pub fn start(
    document: &Document,
    seen: &[Hash],
    task: &TaskRow,
    layout: &str,
    inspection_kind: &str,
    who: &Who,
    stamp: &Stamp,
) -> Result<Vec<Write>, CommandError> {
    if document.genesis().kind != "inspection" {
        return Err(CommandError::Kind);
    }
    if super::life(&*document.as_seen(seen)?, &Marks::default())?.state != "draft" {
        return Ok(Vec::new());
    }
    let mut writes = Vec::new();
    for (key, value) in [
        ("task", Value::from(task.id.to_string())),
        ("inspection_kind", inspection_kind.into()),
        ("template", task.template.as_str().into()),
        ("template_version", i64::from(task.template_version).into()),
        ("layout", layout.into()),
    ] {
        writes.push(common::set(document, seen, Container::Fields, key, value)?);
    }
    writes.push(common::event(document, seen, "start", Facts::new(), who, stamp)?);
    Ok(writes)
}

/// Answers one question, one by one. `reason` is needed for what was not inspected, and words for the reason `other`.
///
/// # Errors
/// [`CommandError::UnknownQuestion`], [`CommandError::Contested`], [`CommandError::Missing`],
/// [`CommandError::UnknownCode`]; `ok_bulk` is not an answer that a person gives.
pub fn answer(
    document: &Document,
    seen: &[Hash],
    place: &Place<'_>,
    key: &AnswerKey,
    result: &ResultCode,
    reason: Option<(&str, &str)>,
) -> Result<Vec<Write>, CommandError> {
    asked(place, key)?;
    if matches!(result, ResultCode::OkBulk | ResultCode::Unknown(_)) {
        return Err(CommandError::UnknownCode(result.as_str().to_owned()));
    }
    let mut writes = vec![common::set(
        document,
        seen,
        Container::Answers,
        &format!("{key}/result"),
        result.as_str().into(),
    )?];
    if *result == ResultCode::NotInspected {
        let (code, words) = reason.ok_or(CommandError::Missing("reason"))?;
        known(place.catalog, "not_inspected_reason", code)?;
        if code == "other" && words.trim().is_empty() {
            return Err(CommandError::Missing("words for the reason"));
        }
        writes.push(common::set(
            document,
            seen,
            Container::Answers,
            &format!("{key}/reason"),
            code.into(),
        )?);
        if !words.trim().is_empty() {
            writes.push(common::set(
                document,
                seen,
                Container::Answers,
                &format!("{key}/reason_text"),
                words.into(),
            )?);
        }
    }
    Ok(writes)
}

/// Enters one reading; `n` counts from 1. None clears it.
///
/// # Errors
/// [`CommandError::UnknownQuestion`] for a reading that the item does not have, [`CommandError::Value`] for a number
/// that is not finite, [`CommandError::Contested`].
pub fn reading(
    document: &Document,
    seen: &[Hash],
    place: &Place<'_>,
    key: &AnswerKey,
    code: &str,
    n: u32,
    value: Option<f64>,
) -> Result<Vec<Write>, CommandError> {
    let question = asked(place, key)?;
    let spec = question
        .item
        .readings()
        .iter()
        .find(|r| r.code == *code && r.formula.is_none());
    if spec.is_none_or(|spec| n == 0 || n > spec.count) {
        return Err(CommandError::UnknownQuestion(format!("{key}/reading.{code}.{n}")));
    }
    if value.is_some_and(|x| !x.is_finite()) {
        return Err(CommandError::Value("reading"));
    }
    let value = value.map_or(Value::Nothing(()), Value::Float);
    Ok(vec![common::set(
        document,
        seen,
        Container::Answers,
        &format!("{key}/reading.{code}.{n}"),
        value,
    )?])
}

/// "The rest of this room is fine": never over a must-test item, never over an answer that `seen` shows.
///
/// # Errors
/// [`CommandError::Document`] when `seen` is not part of the document.
pub fn rest_is_fine(
    document: &Document,
    seen: &[Hash],
    place: &Place<'_>,
    scope: &BulkScope,
) -> Result<(Vec<Write>, BulkOk), CommandError> {
    let shown = document.as_seen(seen)?;
    let answers = show_answers::Answers::counting(&shown);
    let outcome = bulk_ok(&place.questions.asked, scope, |key| answers.is_answered(key));
    let put = |key: &AnswerKey| Write::Put {
        container: Container::Answers,
        key: format!("{key}/result"),
        value: ResultCode::OkBulk.as_str().into(),
    };
    Ok((outcome.write.iter().map(put).collect(), outcome))
}

/// Records who was there: the id of a person's row, never a name.
///
/// # Errors
/// [`CommandError::UnknownCode`] when the relation is not known.
pub fn present(
    catalog: &Catalog,
    person: &str,
    relation: &str,
    who: &Who,
    stamp: &Stamp,
) -> Result<Write, CommandError> {
    known(catalog, "relation", relation)?;
    common::entry(
        "present",
        facts([("person", person.into()), ("relation", relation.into())]),
        who,
        stamp,
    )
}

/// Records that something was shown to the owner.
///
/// # Errors
/// [`CommandError::UnknownCode`] when nothing of that code is shown at handovers.
pub fn demonstrated(catalog: &Catalog, code: &str, who: &Who, stamp: &Stamp) -> Result<Write, CommandError> {
    if !catalog.demonstrations.iter().any(|d| d.code == *code) {
        return Err(CommandError::UnknownCode(code.to_owned()));
    }
    common::entry("demonstration", facts([("code", code.into())]), who, stamp)
}

/// Records keys handed over or the state of a meter: what, how much.
///
/// # Errors
/// [`CommandError::Value`] for anything but `key` and `meter`, or a number that is not finite.
pub fn count(kind: &str, what: &str, value: f64, who: &Who, stamp: &Stamp) -> Result<Write, CommandError> {
    if !["key", "meter"].contains(&kind) || !value.is_finite() {
        return Err(CommandError::Value("count"));
    }
    common::entry(
        kind,
        facts([("what", what.into()), ("value", value.into())]),
        who,
        stamp,
    )
}

/// Links a defect that was found here to the question where it was found.
///
/// # Errors
/// None that its parts do not have.
pub fn link_defect(defect: crate::DocumentId, key: &str, who: &Who, stamp: &Stamp) -> Result<Write, CommandError> {
    common::entry(
        "defect",
        facts([("defect", defect.to_string().into()), ("question", key.into())]),
        who,
        stamp,
    )
}

/// How a handover was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signing {
    /// By a hand: the hash of the image, and whose person row.
    Signed {
        /// SHA-256 of the image, which is an erasable photo of its own kind.
        image: Hash,
        /// The person.
        person: String,
    },
    /// Not signed, and why.
    Refused {
        /// The reason, in the owner's words.
        reason: String,
    },
}

/// Signs what `manifest` lists, or records that it was not signed; both move the life on.
///
/// # Errors
/// [`CommandError::Illegal`] names what is missing: must-test items, reasons.
pub fn sign(
    document: &Document,
    seen: &[Hash],
    place: &Place<'_>,
    how: &Signing,
    manifest: &Manifest,
    who: &Who,
    stamp: &Stamp,
) -> Result<Vec<Write>, CommandError> {
    let shown = document.as_seen(seen)?;
    let progress = show_answers::Answers::counting(&shown).progress(place.questions);
    let mut carries = facts([
        ("must_test_open", i64::from(progress.must_test_open).into()),
        ("without_reason", i64::from(progress.without_reason).into()),
        ("manifest", manifest.hash().to_string().into()),
    ]);
    if super::round::is_round(&shown, place.catalog) {
        carries.extend(super::round::facts_of_round(&progress, how));
    }
    let mut fields = manifest.facts()?;
    match how {
        Signing::Signed { image, person } => {
            carries.insert("signature".into(), stamp.key.as_str().into());
            fields.insert("image".into(), Value::Bytes(image.0.to_vec()));
            fields.insert("person".into(), person.as_str().into());
        }
        Signing::Refused { reason } if !reason.trim().is_empty() => {
            carries.insert("refusal".into(), reason.as_str().into());
            fields.insert("refusal".into(), reason.as_str().into());
        }
        Signing::Refused { .. } => return Err(CommandError::Missing("reason")),
    }
    fields.insert("type".into(), "signature".into());
    fields.insert("by".into(), who.user.to_string().into());
    fields.insert("at".into(), stamp.at_ms.into());
    let event = common::event(document, seen, "sign", carries, who, stamp)?;
    Ok(vec![
        Write::Entry {
            container: Container::Signatures,
            key: stamp.key.clone(),
            fields,
        },
        event,
    ])
}

fn asked<'a>(place: &'a Place<'_>, key: &AnswerKey) -> Result<&'a crate::catalog::Question, CommandError> {
    let found = place.questions.get(key);
    found.ok_or_else(|| CommandError::UnknownQuestion(key.to_string()))
}

/// Tells whether a reading belongs to a meter, whose state is the answer.
pub(super) fn is_meter(question: &crate::catalog::Question) -> bool {
    matches!(question.item.input, Input::Reading(_))
}

/// Reads the result of a question as it counts.
#[must_use]
pub fn result(document: &Document, key: &AnswerKey) -> Field {
    Field::read(document, Container::Answers, &format!("{key}/result"))
}
