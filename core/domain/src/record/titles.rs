//! The names of what a record is about, in both languages: what lists call it, and what search finds it by.

use super::Projection;
use crate::catalog::{Catalog, Text};

/// The version of what is looked up here: raised when names of the built-in data change, so that the words of records
/// are made again.
pub const TITLES_FORM: u16 = 2;

/// Returns what a record is called; `None` when this version does not know its code.
#[must_use]
pub fn title<'a>(catalog: &'a Catalog, shown: &Projection) -> Option<&'a Text> {
    let code = shown.what.as_str();
    let named = |group, code: &str| catalog.codes.get(group, code).map(|c| &c.text);
    match shown.kind.as_str() {
        "defect" => catalog.defects.get(code).map(|d| &d.text),
        "inspection" => match catalog.templates.get(code).and_then(|t| t.text.as_ref()) {
            None => named("inspection_kind", &shown.inspection_kind),
            found => found,
        },
        "case" => named("case_kind", &shown.matter.case_kind),
        "visit" => {
            let rule = catalog.task_rules.get(code)?;
            named("task_kind", rule.kind.as_str())
        }
        _ => None,
    }
}

/// Returns every name by which a record is found.
#[must_use]
pub fn names<'a>(catalog: &'a Catalog, shown: &Projection) -> Vec<&'a Text> {
    let mut names: Vec<&Text> = title(catalog, shown).into_iter().collect();
    if shown.kind == "defect" {
        names.extend(catalog.defects.get(shown.what.as_str()).map(|d| &d.part_text));
    }
    let category = &shown.matter.category;
    names.extend(catalog.codes.get("complaint_category", category).map(|c| &c.text));
    let tags = catalog
        .focus_tags
        .iter()
        .filter(|t| shown.tags.contains(t.code.as_str()));
    names.extend(tags.map(|t| &t.text));
    names
}

/// Returns what search looks in: names in both languages, as the record's edition has them, then what people wrote.
#[must_use]
pub fn words(catalog: &Catalog, shown: &Projection) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for name in names(catalog, shown) {
        lines.extend([name.zh.as_str(), name.en.as_str()]);
    }
    let room = room_mark(&shown.room);
    if !room.is_empty() {
        lines.push(&room);
    }
    lines.push(&shown.search);
    lines.join("\n")
}

/// Returns the word by which records of a room are found: its code in characters that nobody types, so that `02` does
/// not find every second room. Its name stands in the layout, which may be known later than the record.
#[must_use]
pub fn room_mark(code: &str) -> String {
    let private = |c: char| char::from_u32(0xe000 + u32::from(c)).filter(|_| c.is_ascii());
    code.chars().map(|c| private(c).unwrap_or(c)).collect()
}
