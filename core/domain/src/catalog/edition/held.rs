//! The editions that somebody holds, and which of them something is read with.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::{Catalog, CatalogError};
use super::cache::loaded;
use crate::ids::Hash;
use crate::rows::EditionRow;

/// The edition that the program has built in.
pub const BUILT_IN: u32 = 1;

/// The data that something is read with.
#[derive(Debug, Clone)]
pub struct Edition {
    /// Its number.
    pub number: u32,
    /// The data.
    pub catalog: Arc<Catalog>,
    /// Another one was meant, and is not here, not whole, or of a newer program: the newest that can be read stands in.
    pub waiting: bool,
}

/// The published editions of a project, as far as somebody holds them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Editions(BTreeMap<u32, EditionRow>);

impl Editions {
    /// Takes the rows of a project.
    #[must_use]
    pub fn of(rows: impl IntoIterator<Item = EditionRow>) -> Self {
        Self(rows.into_iter().map(|row| (row.number, row)).collect())
    }

    /// Returns the number of the newest one: the project's edition in force.
    #[must_use]
    pub fn newest(&self) -> u32 {
        self.0.keys().next_back().copied().unwrap_or(BUILT_IN).max(BUILT_IN)
    }

    /// Returns those that were published, the oldest first; the built-in one is none of them.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = &EditionRow> {
        self.0.values()
    }

    /// Returns one that was published.
    #[must_use]
    pub fn get(&self, number: u32) -> Option<&EditionRow> {
        self.0.get(&number)
    }

    /// Opens the edition that something pins, or, without a pin, the one in force. What is not here stalls nobody: the
    /// newest that can be read stands in for it, and [`Edition::waiting`] says so. `text` reads a file by its hash.
    ///
    /// # Errors
    /// What `text` returns; a wrong row of the built-in data.
    pub fn open<E: From<CatalogError>>(
        &self,
        pinned: Option<u32>,
        mut text: impl FnMut(Hash) -> Result<Option<String>, E>,
    ) -> Result<Edition, E> {
        // A record of before there were editions pins none, which is the built-in one.
        let meant = pinned.map_or_else(|| self.newest(), |number| number.max(BUILT_IN));
        if meant > BUILT_IN {
            let others = self.0.values().rev().filter(|row| row.number != meant);
            for row in self.0.get(&meant).into_iter().chain(others) {
                if let Some(catalog) = loaded(row.hash, || files(row, &mut text))? {
                    return Ok(Edition {
                        number: row.number,
                        catalog,
                        waiting: row.number != meant,
                    });
                }
            }
        }
        Ok(Edition {
            number: BUILT_IN,
            catalog: Catalog::shared()?,
            waiting: meant != BUILT_IN,
        })
    }
}

/// The files of an edition; none while one of them is missing, or is another.
fn files<E>(
    row: &EditionRow,
    text: &mut impl FnMut(Hash) -> Result<Option<String>, E>,
) -> Result<Option<BTreeMap<String, String>>, E> {
    if !row.is_sound() {
        return Ok(None);
    }
    let mut files = BTreeMap::new();
    for (name, hash) in &row.files {
        match text(*hash)? {
            Some(found) if Hash::of(found.as_bytes()) == *hash => files.insert(name.clone(), found),
            _ => return Ok(None),
        };
    }
    Ok(Some(files))
}
