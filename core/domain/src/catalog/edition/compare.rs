//! What differs between two editions, row by row and field by field.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::super::files::names;
use super::files::EditionFiles;
use super::flat::{Flat, flat};

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "DifferenceKind"))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// Some of its fields are others.
    Changed,
    /// The rows stand in another order.
    Reordered,
}

/// A row that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Difference {
    /// The file.
    pub file: String,
    /// The codes of the row, `/` between them; empty: a JSON file, or the order of a table.
    pub row: String,
    /// What became of it.
    pub kind: Kind,
    /// The fields that differ; of a row that came or went those that say something.
    pub fields: Vec<FieldDifference>,
}

/// A field that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FieldDifference {
    /// The column, or the path in a JSON file.
    pub field: String,
    /// What stood there; none: it was not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// What stands there; none: it is not there any longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
}

/// Compares two editions, file by file.
#[must_use]
pub fn compare(before: &EditionFiles, after: &EditionFiles) -> Vec<Difference> {
    let mut all = Vec::new();
    for file in names() {
        let (Some(old), Some(new)) = (before.text(file), after.text(file)) else {
            continue;
        };
        if old != new {
            rows(file, &flat(file, old), &flat(file, new), &mut all);
        }
    }
    all
}

fn rows(file: &str, old: &Flat, new: &Flat, all: &mut Vec<Difference>) {
    let mut tell = |row: &str, kind, fields| {
        all.push(Difference {
            file: file.to_owned(),
            row: row.to_owned(),
            kind,
            fields,
        });
    };
    let nothing = BTreeMap::new();
    for key in &old.order {
        if !new.rows.contains_key(key) {
            tell(
                key,
                Kind::Removed,
                fields(old.rows.get(key).unwrap_or(&nothing), &nothing),
            );
        }
    }
    for key in &new.order {
        let now = new.rows.get(key).unwrap_or(&nothing);
        match old.rows.get(key) {
            None => tell(key, Kind::Added, fields(&nothing, now)),
            Some(then) if then != now => tell(key, Kind::Changed, fields(then, now)),
            Some(_) => {}
        }
    }
    let stay = |flat: &Flat, other: &Flat| -> Vec<String> {
        flat.order
            .iter()
            .filter(|key| other.rows.contains_key(*key))
            .cloned()
            .collect()
    };
    if stay(old, new) != stay(new, old) {
        tell("", Kind::Reordered, Vec::new());
    }
}

/// The fields that differ. A cell that is empty says nothing, and one that is not there neither.
fn fields(old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) -> Vec<FieldDifference> {
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let differs = |name: &String| {
        let (old, new) = (old.get(name), new.get(name));
        let says = |text: Option<&String>| text.map(String::as_str).unwrap_or_default().to_owned();
        (says(old) != says(new)).then(|| FieldDifference {
            field: name.clone(),
            old: old.cloned(),
            new: new.cloned(),
        })
    };
    names.into_iter().filter_map(differs).collect()
}
