//! What a backup says of itself: sums and counts, no personal data.

use super::files::failed;
use crate::Error;
pub use crate::objects::StoredFile;
use crate::sync::doctor::Facts;
use keyturn_protocol::Code;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::Path;

/// The name of the manifest in a backup.
pub const MANIFEST: &str = "manifest.json";
/// The database, as it is and encrypted.
pub(super) const DATABASE: &str = "keyturn.db";
pub(super) const ENCRYPTED: &str = "keyturn.db.age";
/// Counts the forms of manifests.
const FORM: u32 = 1;
/// No manifest of ours is longer.
pub(super) const MOST: u64 = 16 << 20;

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The form of this file.
    pub form: u32,
    /// The version of the program that made it.
    pub program: String,
    /// When it was made, by the server's clock.
    pub made_at: i64,
    /// Whether `stored` is encrypted.
    pub encrypted: bool,
    /// The file as it lies in the backup.
    pub stored: StoredFile,
    /// The database before it was encrypted.
    pub database: StoredFile,
    /// How many people had been erased.
    pub erased: usize,
    /// Server, schema, epoch, projects with seat, chain and sum, rows of each table.
    pub facts: Facts,
}

impl Manifest {
    pub(super) fn new(made_at: i64, encrypted: bool, files: [StoredFile; 2], erased: usize, facts: Facts) -> Self {
        let [stored, database] = files;
        Self {
            form: FORM,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            made_at,
            encrypted,
            stored,
            database,
            erased,
            facts,
        }
    }

    /// Reads the manifest of a backup.
    ///
    /// # Errors
    /// `not_found` when there is none, `db_newer` for a later form, `backup_damaged`.
    pub fn read(backup: &Path) -> Result<Self, Error> {
        let path = backup.join(MANIFEST);
        let damaged = |detail: String| Error::refused(Code::BackupDamaged, format!("{}: {detail}", path.display()));
        match std::fs::metadata(&path) {
            Ok(meta) if meta.len() > MOST => return Err(damaged("too long".into())),
            Ok(_) => {}
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                return Err(Error::refused(Code::NotFound, path.display().to_string()));
            }
            Err(e) => return Err(failed(&path, &e)),
        }
        let bytes = std::fs::read(&path).map_err(|e| failed(&path, &e))?;
        Self::parse(&bytes, &path.display().to_string())
    }

    /// Reads a manifest that lies at `shown`.
    pub(super) fn parse(bytes: &[u8], shown: &str) -> Result<Self, Error> {
        let damaged = |detail: String| Error::refused(Code::BackupDamaged, format!("{shown}: {detail}"));
        let value: serde_json::Value = serde_json::from_slice(bytes).map_err(|e| damaged(e.to_string()))?;
        let form = value.get("form").and_then(serde_json::Value::as_u64);
        if form.is_some_and(|form| form > u64::from(FORM)) {
            return Err(Error::refused(Code::DbNewer, shown));
        }
        serde_json::from_value(value).map_err(|e| damaged(e.to_string()))
    }

    /// The name of the database's file in the backup.
    pub(super) const fn file(&self) -> &'static str {
        if self.encrypted { ENCRYPTED } else { DATABASE }
    }

    /// Says where what was read differs from what was written.
    pub(super) fn differs_from(&self, found: &Facts) -> Option<String> {
        let projects = |facts: &Facts| {
            let one = |p: &crate::sync::doctor::ProjectFacts| (p.id, p.seq, p.chain.clone(), p.sum.clone());
            facts.projects.iter().map(one).collect::<Vec<_>>()
        };
        if self.facts.server != found.server || self.facts.epoch != found.epoch {
            return Some("another server or epoch".to_owned());
        }
        if projects(&self.facts) != projects(found) || self.facts.heads_sum != found.heads_sum {
            return Some("another state of its projects".to_owned());
        }
        let differs = |(table, n): &(&String, &u64)| found.rows.get(*table).is_some_and(|now| now != *n);
        let (table, n) = self.facts.rows.iter().find(differs)?;
        Some(format!("{table}: {n} rows expected"))
    }
}
