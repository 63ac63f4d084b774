//! The data files: which there are, and their built-in text.

use std::collections::BTreeMap;

use super::error::{CatalogError, Result};

macro_rules! built_in {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../data/", $name)))),*]
    };
}

/// What is read here.
const READ: &[(&str, &str)] = built_in![
    "answer_codes.csv",
    "checklist_readings.csv",
    "checklists.csv",
    "complaint_profiles.json",
    "defect_catalogue.csv",
    "delivery_risk.json",
    "demo_project.json",
    "demonstrations.csv",
    "document_kinds.csv",
    "event_prep.csv",
    "focus_tags.csv",
    "journey_steps.csv",
    "kpis.json",
    "moments.csv",
    "patrols.json",
    "rooms.csv",
    "state_machines.json",
    "surveys.csv",
    "task_rules.csv",
    "template_subsets.json",
    "tolerances.csv",
    "tools.csv",
    "trades.csv",
    "visit_scripts.csv",
    "warranty_rules.json",
];

/// What lies in the same folder for others: the rest of the domain data.
pub(super) const BESIDE: &[&str] = &["vectors.json"];

/// The names of the files that are read, in order.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    READ.iter().map(|(name, _)| *name)
}

/// Returns the built-in text of a file.
pub(super) fn built_in(name: &str) -> Option<&'static str> {
    READ.iter().find(|(other, _)| *other == name).map(|(_, text)| *text)
}

/// The files to read: those of a user, and the built-in ones for the rest.
pub(super) struct Files<'a> {
    own: &'a BTreeMap<String, String>,
}

impl<'a> Files<'a> {
    /// Takes a user's files. A table under a name that nobody reads is refused: it would be ignored without a word.
    pub(super) fn new(own: &'a BTreeMap<String, String>) -> Result<Self> {
        let data = |name: &&String| name.ends_with(".csv") || name.ends_with(".json");
        let known = |name: &str| built_in(name).is_some() || BESIDE.contains(&name);
        match own.keys().filter(data).find(|name| !known(name)) {
            None => Ok(Self { own }),
            Some(name) => Err(CatalogError {
                file: name.clone(),
                line: None,
                column: String::new(),
                value: name.clone(),
                expected: "the name of a data file".to_owned(),
            }),
        }
    }

    /// Returns the text of a file without byte order mark.
    pub(super) fn text(&self, name: &str) -> Result<&'a str> {
        let text = self.own.get(name).map(String::as_str).or_else(|| built_in(name));
        let text = text.ok_or_else(|| CatalogError {
            file: name.to_owned(),
            line: None,
            column: String::new(),
            value: String::new(),
            expected: "this file".to_owned(),
        })?;
        Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
    }
}
