//! Published editions of a project's data (`catalog::edition`): which there are, and their files.
//!
//! Files stand apart, under their hashes: one that two editions share travels once. An edition whose files are not all
//! here waits.

use super::{Rest, kind, row_id};
use crate::catalog::edition::hash_of;
use crate::ids::{Hash, ProjectId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A published edition. Never changed afterwards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EditionRow {
    /// Its number, from 2; 1 is what the program has built in.
    pub number: u32,
    /// What identifies it: a hash over the names and hashes of its files.
    pub hash: Hash,
    /// The project's own files, each with the hash of its text; the others are built in.
    pub files: BTreeMap<String, Hash>,
    /// When it was published.
    pub published_ms: i64,
    /// Why there is it, in the words of whoever published it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// What a newer version knows.
    #[serde(flatten)]
    pub rest: Rest,
}

impl EditionRow {
    /// Returns the id of its row.
    #[must_use]
    pub fn id_of(project: ProjectId, number: u32) -> Uuid {
        row_id(project, kind::EDITION, &number.to_string())
    }

    /// Tells whether it is what its hash says.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        hash_of(&self.files) == self.hash
    }
}

/// A file of one or more editions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EditionFileRow {
    /// Its name.
    pub name: String,
    /// Its text.
    pub text: String,
    /// What a newer version knows.
    #[serde(flatten)]
    pub rest: Rest,
}

impl EditionFileRow {
    /// Returns the id of the row of a file.
    #[must_use]
    pub fn id_of(project: ProjectId, hash: Hash) -> Uuid {
        row_id(project, kind::EDITION_FILE, &hash.to_string())
    }
}
