//! A phone's database.

use super::{Content, all, hashes, id, open};
use keyturn_domain::document::Genesis;
use keyturn_domain::{Document, DocumentId, Hash, PlaceId, ProjectId, ScopeId, Write};
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use uuid::Uuid;

/// A command that a phone could not hand in, or has not yet.
#[derive(Clone, Debug)]
pub struct Refused {
    /// The record.
    pub document: DocumentId,
    /// The change.
    pub hash: Hash,
    /// `queued`, `held` or `stuck`.
    pub state: String,
    /// Why.
    pub code: String,
    /// What it was to record.
    pub writes: Vec<Write>,
}

/// An intent on the phone that made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What is to be done.
    pub kind: String,
    /// CBOR, by kind.
    pub payload: Vec<u8>,
    /// `queued`, `done` or `refused`.
    pub state: String,
    /// Why it was refused.
    pub code: String,
}

/// A document as a phone holds it.
#[derive(Clone, Debug)]
pub struct OnPhone {
    /// What it is.
    pub genesis: Genesis,
    /// Its scope.
    pub scope: ScopeId,
    /// Only own work that is not handed in remains.
    pub husk: bool,
    /// The heads.
    pub heads: Vec<Hash>,
    /// The projection.
    pub projection: Vec<u8>,
}

/// A phone's database.
pub struct PhoneDb(Connection);

impl PhoneDb {
    /// Opens it to read.
    #[must_use]
    pub fn open(path: &Path) -> Self {
        Self(open(path))
    }

    /// Returns the documents.
    #[must_use]
    pub fn documents(&self) -> BTreeMap<DocumentId, OnPhone> {
        let sql = "SELECT id, project, place, kind, scope, husk, heads, COALESCE(projection, x'') FROM documents";
        let read = |row: &rusqlite::Row<'_>| {
            let document = id(row, 0, DocumentId::from_slice);
            let genesis = Genesis {
                document,
                project: id(row, 1, ProjectId::from_slice),
                place: id(row, 2, PlaceId::from_slice),
                kind: row.get(3)?,
            };
            let on_phone = OnPhone {
                genesis,
                scope: id(row, 4, ScopeId::from_slice),
                husk: row.get(5)?,
                heads: hashes(&row.get::<_, Vec<u8>>(6)?),
                projection: row.get(7)?,
            };
            Ok((document, on_phone))
        };
        all(&self.0, sql, (), read).into_iter().collect()
    }

    /// Returns the documents as the app would load them, whatever state they are in; those that do not load are left
    /// out, and found by others.
    #[must_use]
    pub fn content(&self, document: &OnPhone) -> Option<Content> {
        self.document(document).map(|open| Content::of(&open))
    }

    fn document(&self, document: &OnPhone) -> Option<Document> {
        let key = document.genesis.document.as_bytes();
        let cached = all(
            &self.0,
            "SELECT snapshot, snapshot_n FROM documents WHERE id = ?1",
            [key],
            |row| Ok((row.get::<_, Option<Vec<u8>>>(0)?, row.get::<_, i64>(1)?)),
        );
        let (snapshot, n) = cached.into_iter().next()?;
        let sql = "SELECT bytes FROM changes WHERE document = ?1 AND n > ?2 ORDER BY n";
        let changes: Vec<Vec<u8>> = all(&self.0, sql, (key, n), |row| row.get(0));
        let changes = changes.iter().map(Vec::as_slice);
        Document::restore(&document.genesis, snapshot.as_deref(), changes).ok()
    }

    /// Returns the hashes and bytes of the changes of a document that were made on this phone.
    #[must_use]
    pub fn own_changes(&self, document: DocumentId) -> BTreeSet<Hash> {
        let sql = "SELECT hash FROM changes WHERE document = ?1 AND own = 1";
        let found = all(&self.0, sql, [document.as_bytes()], |row| {
            Ok(id(row, 0, Hash::from_slice))
        });
        found.into_iter().collect()
    }

    /// Counts the changes of a document, its first one apart, those in its snapshot included.
    #[must_use]
    pub fn count_changes(&self, document: DocumentId) -> usize {
        let Some(stored) = self.documents().remove(&document) else {
            return 0;
        };
        let changes = self.document(&stored).map_or(0, |open| open.changes_since(&[]).len());
        changes.saturating_sub(1)
    }

    /// Returns what the phone says that the server received: document, change, seat.
    #[must_use]
    pub fn received(&self) -> Vec<(DocumentId, Hash, u64)> {
        let sql = "SELECT document, hash, received_seq FROM changes WHERE received_seq IS NOT NULL";
        all(&self.0, sql, (), |row| {
            let seq: i64 = row.get(2)?;
            Ok((
                id(row, 0, DocumentId::from_slice),
                id(row, 1, Hash::from_slice),
                seq.unsigned_abs(),
            ))
        })
    }

    /// Returns the backup marks that the phone was told.
    #[must_use]
    pub fn backup(&self) -> BTreeMap<ProjectId, u64> {
        let sql = "SELECT id, backup_seq FROM projects";
        let read =
            |row: &rusqlite::Row<'_>| Ok((id(row, 0, ProjectId::from_slice), row.get::<_, i64>(1)?.unsigned_abs()));
        all(&self.0, sql, (), read).into_iter().collect()
    }

    /// Returns the commands that the server does not have.
    #[must_use]
    pub fn open_commands(&self) -> Vec<Refused> {
        let sql = "SELECT document, hash, state, code, writes FROM outbox WHERE state <> 'received' ORDER BY n";
        all(&self.0, sql, (), |row| {
            let writes: Vec<u8> = row.get(4)?;
            Ok(Refused {
                document: id(row, 0, DocumentId::from_slice),
                hash: id(row, 1, Hash::from_slice),
                state: row.get(2)?,
                code: row.get(3)?,
                writes: ciborium::from_reader(writes.as_slice()).unwrap_or_default(),
            })
        })
    }

    /// Returns the rows: kind and id, scope, body.
    #[must_use]
    pub fn rows(&self) -> BTreeMap<(String, Uuid), (ScopeId, Vec<u8>)> {
        let sql = "SELECT kind, id, scope, body FROM rows";
        let read = |row: &rusqlite::Row<'_>| {
            let key = (row.get::<_, String>(0)?, id(row, 1, |b| Uuid::from_slice(b).ok()));
            Ok((key, (id(row, 2, ScopeId::from_slice), row.get(3)?)))
        };
        all(&self.0, sql, (), read).into_iter().collect()
    }

    /// Returns the intents that were made here.
    #[must_use]
    pub fn intents(&self) -> BTreeMap<Uuid, Wanted> {
        let sql = "SELECT id, kind, payload, state, code FROM intents";
        let read = |row: &rusqlite::Row<'_>| {
            let wanted = Wanted {
                kind: row.get(1)?,
                payload: row.get(2)?,
                state: row.get(3)?,
                code: row.get(4)?,
            };
            Ok((id(row, 0, |b| Uuid::from_slice(b).ok()), wanted))
        };
        all(&self.0, sql, (), read).into_iter().collect()
    }

    /// Returns the marks: document and change.
    #[must_use]
    pub fn marks(&self) -> BTreeMap<(DocumentId, Hash), String> {
        let sql = "SELECT document, hash, mark FROM marks WHERE mark <> ''";
        let read = |row: &rusqlite::Row<'_>| {
            let key = (id(row, 0, DocumentId::from_slice), id(row, 1, Hash::from_slice));
            Ok((key, row.get(2)?))
        };
        all(&self.0, sql, (), read).into_iter().collect()
    }

    /// Returns what did not pass the gate of the phone: document, change, reason.
    #[must_use]
    pub fn quarantine(&self) -> Vec<(DocumentId, Hash, String)> {
        all(&self.0, "SELECT document, hash, reason FROM quarantine", (), |row| {
            Ok((
                id(row, 0, DocumentId::from_slice),
                id(row, 1, Hash::from_slice),
                row.get(2)?,
            ))
        })
    }

    /// Counts how often something was noted, by key of the single values.
    #[must_use]
    pub fn number(&self, key: &str) -> i64 {
        let found: Vec<Vec<u8>> = all(&self.0, "SELECT value FROM meta WHERE key = ?1", [key], |row| {
            row.get(0)
        });
        let bytes = found.into_iter().next().and_then(|b| b.try_into().ok());
        bytes.map_or(0, i64::from_be_bytes)
    }
}
