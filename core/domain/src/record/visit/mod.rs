//! Visits and calls: booked with the owner, held along a script, with a short survey, and finished with what was
//! promised read back.
//!
//! - [`life`]: from planned to done: booked, arrived, missed, called again at six.
//! - [`talk`]: what is said, asked, heard and asked for.
//! - [`answers`]: the survey.
//! - [`finish`]: what must be there before the end.

pub mod answers;
pub mod finish;
pub mod life;
mod mood;
mod rated;
mod show;
pub mod talk;
pub mod view;

pub use mood::{Mood, mood};
pub use rated::rated;
pub use show::visit_view;

use super::CommandError;
use super::scene::Scene;
use crate::document::{Candidate, Container, Document, Value};
use crate::schema::{Field, Policy};
use std::collections::{BTreeMap, BTreeSet};

/// Everybody whom a field of persons names, on all its sides: a list with spaces between.
fn everybody(scene: &Scene<'_>, key: &str) -> Result<BTreeSet<String>, CommandError> {
    let sides = scene.document.candidates_seen(scene.seen, Container::Fields, key)?;
    let named = |side: &Candidate| -> Vec<String> {
        let text = side.value.as_text().unwrap_or_default();
        text.split_whitespace().map(str::to_owned).collect()
    };
    Ok(sides.iter().flat_map(named).collect())
}

/// The text of a field as the person sees it.
fn text_of(scene: &Scene<'_>, container: Container, key: &str) -> Result<String, CommandError> {
    let field = Field::read_seen(scene.document, scene.seen, container, key)?;
    Ok(field.text().to_owned())
}

/// What a survey was answered, by question, as it counts. What was skipped or cleared is not there.
#[must_use]
pub fn survey_answers(document: &Document) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (key, candidates) in document.values(Container::Answers) {
        let Some(question) = key.strip_prefix("survey/").filter(|rest| !rest.contains('/')) else {
            continue;
        };
        let field = Field::resolve(Policy::SortsLast, candidates);
        if let Some(value) = field.value().filter(|value| **value != Value::Nothing(())) {
            found.insert(question.to_owned(), value.to_string());
        }
    }
    found
}

/// The answers and lines of the script on which people disagree.
pub(super) fn contested_answers(document: &Document) -> impl Iterator<Item = String> {
    let all = document.values(Container::Answers).into_iter();
    all.filter(|(_, candidates)| Field::resolve(Policy::SortsLast, candidates.clone()).is_contested())
        .map(|(key, _)| key)
}
