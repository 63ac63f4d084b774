//! The end of a round: nobody signs for it, and points that nobody looked at are counted. A manager reads the log of the
//! day, remarks on it and leaves a stamp. Which inspections are rounds, the data say (`patrols.json`).

use super::common::{self, Facts, Stamp, Who, facts};
use super::inspection::Signing;
use super::show_answers::Answers;
use super::view::ProgressView;
use super::{CommandError, Place};
use crate::catalog::Catalog;
use crate::document::{Container, Document, Write};
use crate::ids::Hash;
use crate::schema::Field;

/// Tells whether an inspection ends as a round does, by its kind.
#[must_use]
pub fn is_round(document: &Document, catalog: &Catalog) -> bool {
    let kind = Field::read(document, Container::Fields, "inspection_kind");
    catalog.patrols.is_round(kind.text())
}

/// Counts the points of a round that have no answer.
#[must_use]
pub fn points_missing(document: &Document, place: &Place<'_>) -> u32 {
    missing(&Answers::counting(document).progress(place.questions))
}

fn missing(progress: &ProgressView) -> u32 {
    progress.asked.saturating_sub(progress.answered)
}

/// What figures ask of a round, when it is signed like any other inspection: an excuse is its reason.
pub(super) fn facts_of_round(progress: &ProgressView, how: &Signing) -> Facts {
    let mut carries = facts([("points_missing", i64::from(missing(progress)).into())]);
    if let Signing::Refused { reason } = how {
        carries.insert("reason".into(), reason.as_str().into());
    }
    carries
}

/// Ends a round. `reason`: why it was not on time, or not whole.
///
/// # Errors
/// [`CommandError::Kind`] when it is no round; [`CommandError::Illegal`] while a point that must be tested has no answer,
/// or one has no reason.
pub fn end(
    document: &Document,
    seen: &[Hash],
    place: &Place<'_>,
    reason: &str,
    who: &Who,
    stamp: &Stamp,
) -> Result<Write, CommandError> {
    let shown = document.as_seen(seen)?;
    if !is_round(&shown, place.catalog) {
        return Err(CommandError::Kind);
    }
    let progress = Answers::counting(&shown).progress(place.questions);
    let mut carries = facts([
        ("must_test_open", i64::from(progress.must_test_open).into()),
        ("without_reason", i64::from(progress.without_reason).into()),
        ("points_missing", i64::from(points_missing(&shown, place)).into()),
        // Whoever walked answers for it.
        ("signature", who.user.to_string().into()),
    ]);
    if !reason.trim().is_empty() {
        carries.insert("reason".into(), reason.into());
    }
    common::event(document, seen, "sign", carries, who, stamp)
}

/// Leaves the stamp of a manager who read the log of the round.
///
/// # Errors
/// [`CommandError::Role`] for anybody else.
pub fn read(document: &Document, seen: &[Hash], who: &Who, stamp: &Stamp) -> Result<Write, CommandError> {
    if who.role != "manager" {
        return Err(CommandError::Role(who.role.clone()));
    }
    common::neutral(document, seen, "read", facts([]), who, stamp)
}
