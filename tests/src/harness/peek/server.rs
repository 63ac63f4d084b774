//! The server's database.

use super::{all, hashes, id, open};
use keyturn_domain::{Document, DocumentId, Hash, ProjectId, ScopeId};
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use uuid::Uuid;

/// A document as the server holds it.
#[derive(Clone, Debug)]
pub struct OnServer {
    /// Its scope.
    pub scope: ScopeId,
    /// It was purged.
    pub purged: bool,
    /// The heads.
    pub heads: Vec<Hash>,
    /// The projection.
    pub projection: Vec<u8>,
    snapshot: Vec<u8>,
}

impl OnServer {
    /// Opens it.
    ///
    /// # Errors
    /// Why it does not load.
    pub fn open(&self) -> Result<Document, String> {
        Document::load(&self.snapshot).map_err(|e| e.to_string())
    }
}

/// The server's verdict on an intent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The intent.
    pub id: Uuid,
    /// Why it was refused; empty: it was done.
    pub refused: String,
}

/// The server's database.
pub struct ServerDb(Connection);

impl ServerDb {
    /// Opens it to read.
    #[must_use]
    pub fn open(path: &Path) -> Self {
        Self(crate::harness::database::mirror(path).unwrap_or_else(|| open(path)))
    }

    /// Returns the documents.
    #[must_use]
    pub fn documents(&self) -> BTreeMap<DocumentId, OnServer> {
        let sql = "SELECT id, scope, purged_at, heads, projection, snapshot FROM documents";
        let read = |row: &rusqlite::Row<'_>| {
            let on_server = OnServer {
                scope: id(row, 1, ScopeId::from_slice),
                purged: row.get::<_, Option<i64>>(2)?.is_some(),
                heads: hashes(&row.get::<_, Vec<u8>>(3)?),
                projection: row.get(4)?,
                snapshot: row.get(5)?,
            };
            Ok((id(row, 0, DocumentId::from_slice), on_server))
        };
        all(&self.0, sql, (), read).into_iter().collect()
    }

    /// Returns the documents that were purged.
    #[must_use]
    pub fn purged(&self) -> BTreeSet<DocumentId> {
        let sql = "SELECT id FROM documents WHERE purged_at IS NOT NULL";
        let read = |row: &rusqlite::Row<'_>| Ok(id(row, 0, DocumentId::from_slice));
        all(&self.0, sql, (), read).into_iter().collect()
    }

    /// Returns every change: document and hash, seat, mark.
    #[must_use]
    pub fn changes(&self) -> BTreeMap<(DocumentId, Hash), (u64, String)> {
        let sql = "SELECT document, hash, seq, COALESCE(mark, '') FROM changes";
        let read = |row: &rusqlite::Row<'_>| {
            let key = (id(row, 0, DocumentId::from_slice), id(row, 1, Hash::from_slice));
            Ok((key, (row.get::<_, i64>(2)?.unsigned_abs(), row.get(3)?)))
        };
        all(&self.0, sql, (), read).into_iter().collect()
    }

    /// Returns the bytes of a document's changes, as they were received.
    #[must_use]
    pub fn bytes_of(&self, document: DocumentId) -> Vec<Vec<u8>> {
        let sql = "SELECT bytes FROM changes WHERE document = ?1 ORDER BY seq";
        all(&self.0, sql, [document.as_bytes()], |row| row.get(0))
    }

    /// Returns what is in quarantine: document and hash, code, bytes.
    #[must_use]
    pub fn quarantine(&self) -> BTreeMap<(DocumentId, Hash), (String, Vec<u8>)> {
        let sql = "SELECT document, hash, code, bytes FROM quarantine";
        let read = |row: &rusqlite::Row<'_>| {
            let key = (id(row, 0, DocumentId::from_slice), id(row, 1, Hash::from_slice));
            Ok((key, (row.get(2)?, row.get(3)?)))
        };
        all(&self.0, sql, (), read).into_iter().collect()
    }

    /// Returns the verdicts on intents, in the order in which they were given.
    #[must_use]
    pub fn intents(&self) -> Vec<Judged> {
        all(&self.0, "SELECT id, refused FROM intents ORDER BY rowid", (), |row| {
            Ok(Judged {
                id: id(row, 0, |b| Uuid::from_slice(b).ok()),
                refused: row.get(1)?,
            })
        })
    }

    /// Returns the rows that exist: kind and id, scope, body.
    #[must_use]
    pub fn rows(&self) -> BTreeMap<(String, Uuid), (ScopeId, Vec<u8>)> {
        let sql = "SELECT kind, id, scope, body FROM facts WHERE body IS NOT NULL";
        let read = |row: &rusqlite::Row<'_>| {
            let key = (row.get::<_, String>(0)?, id(row, 1, |b| Uuid::from_slice(b).ok()));
            Ok((key, (id(row, 2, ScopeId::from_slice), row.get(3)?)))
        };
        all(&self.0, sql, (), read).into_iter().collect()
    }

    /// Returns the head of the log and the backup mark of a project.
    #[must_use]
    pub fn head(&self, project: ProjectId) -> (u64, u64) {
        let sql = "SELECT seq, backup_seq FROM projects WHERE id = ?1";
        let read = |row: &rusqlite::Row<'_>| {
            Ok((
                row.get::<_, i64>(0)?.unsigned_abs(),
                row.get::<_, i64>(1)?.unsigned_abs(),
            ))
        };
        all(&self.0, sql, [project.as_bytes()], read)
            .into_iter()
            .next()
            .unwrap_or_default()
    }

    /// Returns how many entries the log of a project has.
    #[must_use]
    pub fn log_length(&self, project: ProjectId) -> u64 {
        let sql = "SELECT COUNT(*) FROM log WHERE project = ?1";
        let found: Vec<i64> = all(&self.0, sql, [project.as_bytes()], |row| row.get(0));
        found.into_iter().next().unwrap_or(0).unsigned_abs()
    }
}
