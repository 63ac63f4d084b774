//! From files to typed rows: a folder of CSV or one JSON file. Every mistake is found, not only the first.

pub(crate) mod decode;
mod folder;
mod json;
mod table;

use keyturn_domain::catalog::Catalog;
use keyturn_domain::catalog::edition::{BUILT_IN, EditionFiles};
use std::collections::BTreeMap;
use std::path::Path;

use super::problem::{Problems, words};
use super::row::{In, Table};

/// Where the files of editions lie.
pub(super) const EDITIONS: &str = "editions";
/// The most bytes of one file.
pub const LARGEST: u64 = 64 << 20;
/// The most rows of one table.
pub const MOST_ROWS: usize = 100_000;

/// What a person gave, read.
#[derive(Debug, Default)]
pub struct Input {
    pub(super) tables: BTreeMap<&'static str, Table>,
    /// The files of drawings that lie beside the tables, by name.
    pub(super) drawings: BTreeMap<String, Drawing>,
    /// The own files of the editions that the tables name, by number and name.
    pub(super) editions: BTreeMap<u32, BTreeMap<String, String>>,
    /// What is wrong with it.
    pub problems: Problems,
}

/// A drawing that lies beside the tables.
#[derive(Debug)]
pub(super) struct Drawing {
    pub(super) sha256: keyturn_domain::Hash,
    /// What its first bytes say; none: no drawing that is known.
    pub(super) media: Option<&'static str>,
}

/// A row as text, before its cells are read.
pub(super) struct Raw {
    line: u64,
    cells: Vec<String>,
}

impl Input {
    /// The number of the newest edition that comes along; none: the built-in one.
    pub(super) fn newest_edition(&self) -> u32 {
        self.rows("editions")
            .map(|row| row.small("number"))
            .max()
            .unwrap_or(BUILT_IN)
    }

    /// The code of the project, if it is told.
    pub(super) fn project_code(&self) -> Option<&str> {
        self.rows("project").map(|row| row.str("code")).next()
    }

    /// The data of the newest edition that comes along: what the tables name may stand only there.
    fn data(&self) -> Option<Catalog> {
        let newest = self.editions.get(&self.newest_edition())?;
        EditionFiles::new(newest.clone()).ok()?.load().ok()
    }

    pub(super) fn table(&self, name: &str) -> Option<&Table> {
        self.tables.get(name)
    }

    pub(super) fn rows(&self, name: &str) -> impl Iterator<Item = In<'_>> {
        self.tables.get(name).into_iter().flat_map(Table::rows)
    }

    /// Returns how many rows each table has.
    #[must_use]
    pub fn counts(&self) -> Vec<(&'static str, usize)> {
        let known = super::tables::TABLES.iter().filter_map(|def| self.tables.get(def.name));
        known.map(|table| (table.def.name, table.rows.len())).collect()
    }
}

/// Reads a folder of CSV or one JSON file. What is wrong stands in the result.
#[must_use]
pub fn read(path: &Path, catalog: &Catalog) -> Input {
    let input = read_with(path, catalog);
    match input.data() {
        Some(own) => read_with(path, &own),
        None => input,
    }
}

/// Reads a folder or file with these data, whatever editions come along.
#[must_use]
pub fn read_with(path: &Path, catalog: &Catalog) -> Input {
    let mut input = Input::default();
    let name = path.display().to_string();
    match std::fs::metadata(path) {
        Ok(found) if found.is_dir() => folder::read(path, catalog, &mut input),
        Ok(found) if found.is_file() => {
            if let Some(bytes) = folder::bytes(path, &name, &mut input.problems) {
                let file = path.file_name().map(|f| f.to_string_lossy().into_owned());
                json::read(&file.unwrap_or(name), &bytes, catalog, &mut input);
                let beside = path.parent().unwrap_or(Path::new("."));
                folder::drawings(beside, &mut input);
                folder::editions(beside, &mut input);
            }
        }
        found => {
            let why = found.err().map(|error| error.to_string());
            let expected = words(
                "一个 CSV 文件夹，或一个 JSON 文件",
                "a folder of CSV files, or a JSON file",
            );
            let value = why.map_or_else(|| name.clone(), |why| format!("{name}: {why}"));
            input.problems.of_file(&name, Some(&value), expected);
        }
    }
    let project = input.table("project").map_or(0, |table| table.rows.len());
    if project != 1 && input.problems.is_empty() {
        let file = input
            .table("project")
            .map_or("project.csv", |table| table.file.as_str())
            .to_owned();
        let expected = words("恰好一行的 project 表", "a table `project` of exactly one row");
        input.problems.of_file(&file, Some(&project.to_string()), expected);
    }
    input
}
