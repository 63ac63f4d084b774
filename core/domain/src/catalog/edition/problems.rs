//! Everything that is wrong with an edition: loading names the first mistake; here its row is left out, and the rest is
//! read again.

use std::collections::{BTreeMap, BTreeSet};

use super::super::Catalog;
use super::super::error::CatalogError;
use super::super::files::built_in;
use super::files::EditionFiles;
use crate::rows::ProjectRow;

/// The most mistakes that are told at once.
pub const MOST: usize = 50;

/// Returns the mistakes of an edition, up to [`MOST`]; none: it can be published. What is wrong only because a wrong row
/// is missing is not told.
#[must_use]
pub fn problems(files: &EditionFiles) -> Vec<CatalogError> {
    let (mut found, mut left_out) = (Vec::new(), BTreeSet::new());
    let mut own = files.own().clone();
    if look(&mut own, &mut found, &mut left_out) {
        return found;
    }
    // A file that is no table cannot be read in part: what comes after it is looked at without the files that are wrong.
    let wrong: BTreeSet<String> = found.iter().map(|error: &CatalogError| error.file.clone()).collect();
    own = files.own().clone();
    for file in wrong {
        left_out.extend(own.remove(&file).iter().flat_map(|text| words(text)));
    }
    look(&mut own, &mut found, &mut left_out);
    found
}

/// Reads again and again without what was wrong, as far as that goes; tells whether it went to the end.
fn look(own: &mut BTreeMap<String, String>, found: &mut Vec<CatalogError>, left_out: &mut BTreeSet<String>) -> bool {
    while found.len() < MOST {
        let Err(error) = Catalog::load_edition(own) else {
            return true;
        };
        if !follows(&error, left_out) && !found.contains(&error) {
            found.push(error.clone());
        }
        if !leave_out(own, &error, left_out) {
            return false;
        }
    }
    true
}

/// Tells whether an error names something that was left out.
fn follows(error: &CatalogError, left_out: &BTreeSet<String>) -> bool {
    let mut named = error
        .value
        .split('|')
        .flat_map(|part| [part, part.rsplit(':').next().unwrap_or(part)]);
    named.any(|code| left_out.contains(code))
}

/// Takes the wrong row out of its table; of any other file the whole, so that the built-in one is read instead. Returns
/// whether that changed something.
fn leave_out(own: &mut BTreeMap<String, String>, error: &CatalogError, left_out: &mut BTreeSet<String>) -> bool {
    let file = &error.file;
    let given = own.get(file).cloned();
    let Some(text) = given.clone().or_else(|| built_in(file).map(str::to_owned)) else {
        return false;
    };
    let row = error.line.filter(|line| *line > 1 && file.ends_with(".csv"));
    if let Some((rest, cells)) = row.and_then(|line| without_row(&text, line)) {
        left_out.extend(cells);
        own.insert(file.clone(), rest);
        return true;
    }
    if given.is_none() {
        return false;
    }
    own.remove(file);
    left_out.extend(words(&text));
    true
}

/// The table without the row that begins on a line, with as many lines as before; and the cells of the row.
fn without_row(text: &str, line: u64) -> Option<(String, Vec<String>)> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    reader.headers().ok()?;
    let mut rows = reader.records();
    let record = loop {
        let record = rows.next()?.ok()?;
        if record.position().is_some_and(|at| at.line() == line) {
            break record;
        }
    };
    let from = usize::try_from(record.position()?.byte()).ok()?;
    let to = usize::try_from(rows.reader().position().byte()).ok()?;
    let (before, row, after) = (text.get(..from)?, text.get(from..to)?, text.get(to..)?);
    let lines = "\n".repeat(row.matches('\n').count());
    let cells = record.iter().filter(|cell| !cell.is_empty()).map(str::to_owned);
    Some((format!("{before}{lines}{after}"), cells.collect()))
}

/// Everything in a file that may be a code.
fn words(text: &str) -> BTreeSet<String> {
    let apart = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
    text.split(apart)
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Returns what a project needs that an edition lacks: what its settings name, and the kinds of its rooms and places.
#[must_use]
pub fn fits<'a>(
    catalog: &Catalog,
    project: &ProjectRow,
    room_kinds: impl IntoIterator<Item = &'a str>,
) -> Vec<CatalogError> {
    let mut wrong = Vec::new();
    let mut need = |there: bool, file: &str, column: &str, value: &str| {
        if !there && !value.is_empty() {
            wrong.push(CatalogError {
                file: file.to_owned(),
                line: None,
                column: column.to_owned(),
                value: String::new(),
                expected: format!("{value}, which the project names"),
            });
        }
    };
    let settings = &project.settings;
    let template = &project.template;
    need(
        catalog.templates.contains_key(template.as_str()),
        "checklists.csv",
        "template_id",
        template,
    );
    let ruleset = &project.tolerance_ruleset;
    let limits = catalog.tolerances.choose(ruleset, project.tolerance_grade);
    need(limits.is_some(), "tolerances.csv", "ruleset", ruleset);
    let profile = &settings.complaint_profile;
    need(
        catalog.complaints.profile(profile).is_some(),
        "complaint_profiles.json",
        "profiles",
        profile,
    );
    let profile = &settings.warranty_profile;
    need(
        catalog.warranty.profile(profile).is_some(),
        "warranty_rules.json",
        "profiles",
        profile,
    );
    for clause in &settings.contract_clauses {
        let there = catalog
            .warranty
            .clauses
            .iter()
            .any(|known| known.code == *clause.as_str());
        need(there, "warranty_rules.json", "contract_clauses_example.clauses", clause);
    }
    for season in settings.seasons.keys() {
        let there = catalog
            .warranty
            .seasons
            .iter()
            .any(|known| known.code == *season.as_str());
        need(there, "warranty_rules.json", "season_rules.example_seasons", season);
    }
    for kind in room_kinds.into_iter().collect::<BTreeSet<_>>() {
        need(catalog.rooms.get(kind).is_some(), "rooms.csv", "room_code", kind);
    }
    wrong
}
