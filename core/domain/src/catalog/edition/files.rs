//! The files of an edition, in the one form that is hashed, compared and stored.

use std::collections::BTreeMap;

use super::super::Catalog;
use super::super::error::CatalogError;
use super::super::files::{BESIDE, built_in, names};
use crate::ids::Hash;

/// Files that are the program's own: with other states, events would fold differently on another phone; codes that the
/// program itself writes must exist everywhere; the demo project is no project's data.
pub const PROGRAMS_OWN: [&str; 3] = ["answer_codes.csv", "demo_project.json", "state_machines.json"];

/// The largest file, in bytes: a row of the log carries it to every phone.
pub const MOST_FILE_BYTES: usize = 512 * 1024;

/// The most that all files of an edition have together, in bytes.
pub const MOST_BYTES: usize = 2 * 1024 * 1024;

/// A project's own files: without those that are as the built-in ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EditionFiles(BTreeMap<String, String>);

impl EditionFiles {
    /// Takes files by name: as text, without byte order mark, with plain line ends, without those that are as built in.
    ///
    /// # Errors
    /// Every file that no project may have of its own, that nobody reads, or that is too large.
    pub fn new(given: BTreeMap<String, String>) -> Result<Self, Vec<CatalogError>> {
        let (mut own, mut wrong) = (BTreeMap::new(), Vec::new());
        for (name, text) in given {
            let text = plain(&text);
            match built_in(&name) {
                Some(same) if plain(same) == text => {}
                _ if BESIDE.contains(&name.as_str()) => {}
                None => wrong.push(refused(&name, &name, "the name of a data file that projects may have")),
                Some(_) if PROGRAMS_OWN.contains(&name.as_str()) => {
                    let expected = "the file as it is built in, or none: it is the program's own, alike for everybody";
                    wrong.push(refused(&name, "a changed file", expected));
                }
                Some(_) if text.len() > MOST_FILE_BYTES => {
                    let found = format!("{} bytes", text.len());
                    wrong.push(refused(&name, &found, &format!("at most {MOST_FILE_BYTES} bytes")));
                }
                Some(_) => {
                    own.insert(name, text);
                }
            }
        }
        let all: usize = own.values().map(String::len).sum();
        if all > MOST_BYTES {
            let found = format!("{all} bytes");
            wrong.push(refused("*", &found, &format!("at most {MOST_BYTES} bytes together")));
        }
        if wrong.is_empty() { Ok(Self(own)) } else { Err(wrong) }
    }

    /// Takes files as they were stored.
    #[must_use]
    pub const fn stored(own: BTreeMap<String, String>) -> Self {
        Self(own)
    }

    /// Returns the project's own files by name.
    #[must_use]
    pub const fn own(&self) -> &BTreeMap<String, String> {
        &self.0
    }

    /// Returns every file that a project may have of its own: its own, else the built-in one.
    #[must_use]
    pub fn whole(&self) -> BTreeMap<&str, &str> {
        let open = names().filter(|name| !PROGRAMS_OWN.contains(name));
        open.filter_map(|name| Some((name, self.text(name)?))).collect()
    }

    /// Returns a file: the own one, else the built-in one.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).or_else(|| built_in(name))
    }

    /// Reads the data: the own files over the built-in ones.
    ///
    /// # Errors
    /// The first mistake.
    pub fn load(&self) -> Result<Catalog, CatalogError> {
        Catalog::load_edition(&self.0)
    }

    /// Returns the hash of each own file.
    #[must_use]
    pub fn hashes(&self) -> BTreeMap<String, Hash> {
        let hash = |(name, text): (&String, &String)| (name.clone(), Hash::of(text.as_bytes()));
        self.0.iter().map(hash).collect()
    }

    /// Returns what identifies the edition.
    #[must_use]
    pub fn hash(&self) -> Hash {
        hash_of(&self.hashes())
    }
}

/// Returns what identifies an edition, out of the names and hashes of its own files.
#[must_use]
pub(crate) fn hash_of(files: &BTreeMap<String, Hash>) -> Hash {
    let lines: String = files.iter().map(|(name, hash)| format!("{name} {hash}\n")).collect();
    Hash::of(lines.as_bytes())
}

/// Text as it is compared: without byte order mark, lines ended by a line feed alone.
fn plain(text: &str) -> String {
    text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n")
}

fn refused(file: &str, found: &str, expected: &str) -> CatalogError {
    CatalogError {
        file: file.to_owned(),
        line: None,
        column: String::new(),
        value: found.to_owned(),
        expected: expected.to_owned(),
    }
}
