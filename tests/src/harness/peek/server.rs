//! The server's database.

use super::{all, hashes, open};
use crate::harness::database::{Columns, Kind, ask, on_postgres};
use keyturn_domain::{Document, DocumentId, Hash, ProjectId, ScopeId};
use rusqlite::Connection;
use rusqlite::types::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
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

/// The server's database: each question is asked of what is there now.
pub struct ServerDb(Source);

enum Source {
    File(Connection),
    /// The path at which a file would lie.
    Postgres(PathBuf),
}

impl ServerDb {
    /// Opens it to read.
    #[must_use]
    pub fn open(path: &Path) -> Self {
        Self(if on_postgres() {
            Source::Postgres(path.to_owned())
        } else {
            Source::File(open(path))
        })
    }

    /// Returns the rows that `rest`, a table with what follows it, says.
    fn select(&self, columns: Columns, rest: &str, key: Option<&[u8]>) -> Vec<Line> {
        let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        let sql = format!("SELECT {} FROM {rest}", names.join(", "));
        match &self.0 {
            Source::File(conn) => {
                let read = |row: &rusqlite::Row<'_>| {
                    let values: rusqlite::Result<Vec<Value>> = (0..columns.len()).map(|n| row.get(n)).collect();
                    values.map(Line)
                };
                all(conn, &sql, rusqlite::params_from_iter(key), read)
            }
            // In the order in which rows were written: ctid grows as long as nothing is taken away.
            Source::Postgres(path) => ask(path, sql.replace("rowid", "ctid"), columns, key.map(<[u8]>::to_vec))
                .into_iter()
                .map(Line)
                .collect(),
        }
    }

    /// Returns the documents.
    #[must_use]
    pub fn documents(&self) -> BTreeMap<DocumentId, OnServer> {
        const COLUMNS: Columns = &[
            ("id", Kind::Bytes),
            ("scope", Kind::Bytes),
            ("purged_at", Kind::Int),
            ("heads", Kind::Bytes),
            ("projection", Kind::Bytes),
            ("snapshot", Kind::Bytes),
        ];
        let read = |row: &Line| {
            let on_server = OnServer {
                scope: row.id(1, ScopeId::from_slice),
                purged: row.is_some(2),
                heads: hashes(&row.bytes(3)),
                projection: row.bytes(4),
                snapshot: row.bytes(5),
            };
            (row.id(0, DocumentId::from_slice), on_server)
        };
        self.select(COLUMNS, "documents", None).iter().map(read).collect()
    }

    /// Returns the documents that were purged.
    #[must_use]
    pub fn purged(&self) -> BTreeSet<DocumentId> {
        let rows = self.select(&[("id", Kind::Bytes)], "documents WHERE purged_at IS NOT NULL", None);
        rows.iter().map(|row| row.id(0, DocumentId::from_slice)).collect()
    }

    /// Returns every change: document and hash, seat, mark.
    #[must_use]
    pub fn changes(&self) -> BTreeMap<(DocumentId, Hash), (u64, String)> {
        const COLUMNS: Columns = &[
            ("document", Kind::Bytes),
            ("hash", Kind::Bytes),
            ("seq", Kind::Int),
            ("COALESCE(mark, '') AS mark", Kind::Text),
        ];
        let read = |row: &Line| (row.change(), (row.int(2).unsigned_abs(), row.text(3)));
        self.select(COLUMNS, "changes", None).iter().map(read).collect()
    }

    /// Returns the bytes of a document's changes, as they were received.
    #[must_use]
    pub fn bytes_of(&self, document: DocumentId) -> Vec<Vec<u8>> {
        let rest = "changes WHERE document = $1 ORDER BY seq";
        let rows = self.select(&[("bytes", Kind::Bytes)], rest, Some(document.as_bytes()));
        rows.iter().map(|row| row.bytes(0)).collect()
    }

    /// Returns what is in quarantine: document and hash, code, bytes.
    #[must_use]
    pub fn quarantine(&self) -> BTreeMap<(DocumentId, Hash), (String, Vec<u8>)> {
        const COLUMNS: Columns = &[
            ("document", Kind::Bytes),
            ("hash", Kind::Bytes),
            ("code", Kind::Text),
            ("bytes", Kind::Bytes),
        ];
        let read = |row: &Line| (row.change(), (row.text(2), row.bytes(3)));
        self.select(COLUMNS, "quarantine", None).iter().map(read).collect()
    }

    /// Returns the verdicts on intents, in the order in which they were given.
    #[must_use]
    pub fn intents(&self) -> Vec<Judged> {
        const COLUMNS: Columns = &[("id", Kind::Bytes), ("refused", Kind::Text)];
        let read = |row: &Line| Judged {
            id: row.id(0, |b| Uuid::from_slice(b).ok()),
            refused: row.text(1),
        };
        self.select(COLUMNS, "intents ORDER BY rowid", None)
            .iter()
            .map(read)
            .collect()
    }

    /// Returns the rows that exist: kind and id, scope, body.
    #[must_use]
    pub fn rows(&self) -> BTreeMap<(String, Uuid), (ScopeId, Vec<u8>)> {
        const COLUMNS: Columns = &[
            ("kind", Kind::Text),
            ("id", Kind::Bytes),
            ("scope", Kind::Bytes),
            ("body", Kind::Bytes),
        ];
        let read = |row: &Line| {
            let key = (row.text(0), row.id(1, |b| Uuid::from_slice(b).ok()));
            (key, (row.id(2, ScopeId::from_slice), row.bytes(3)))
        };
        let rows = self.select(COLUMNS, "facts WHERE body IS NOT NULL", None);
        rows.iter().map(read).collect()
    }

    /// Returns the head of the log and the backup mark of a project.
    #[must_use]
    pub fn head(&self, project: ProjectId) -> (u64, u64) {
        const COLUMNS: Columns = &[("seq", Kind::Int), ("backup_seq", Kind::Int)];
        let rows = self.select(COLUMNS, "projects WHERE id = $1", Some(project.as_bytes()));
        rows.first()
            .map(|row| (row.int(0).unsigned_abs(), row.int(1).unsigned_abs()))
            .unwrap_or_default()
    }

    /// Returns how many entries the log of a project has.
    #[must_use]
    pub fn log_length(&self, project: ProjectId) -> u64 {
        let columns: Columns = &[("COUNT(*) AS n", Kind::Int)];
        let rows = self.select(columns, "log WHERE project = $1", Some(project.as_bytes()));
        rows.first().map_or(0, |row| row.int(0).unsigned_abs())
    }
}

/// A row, of either engine.
struct Line(Vec<Value>);

impl Line {
    fn is_some(&self, n: usize) -> bool {
        self.0[n] != Value::Null
    }

    fn int(&self, n: usize) -> i64 {
        match &self.0[n] {
            Value::Integer(value) => *value,
            other => panic!("a number: {other:?}"),
        }
    }

    fn text(&self, n: usize) -> String {
        match &self.0[n] {
            Value::Text(value) => value.clone(),
            other => panic!("a text: {other:?}"),
        }
    }

    fn bytes(&self, n: usize) -> Vec<u8> {
        match &self.0[n] {
            Value::Blob(value) => value.clone(),
            other => panic!("bytes: {other:?}"),
        }
    }

    fn id<T>(&self, n: usize, read: impl Fn(&[u8]) -> Option<T>) -> T {
        read(&self.bytes(n)).expect("an id")
    }

    /// A document and a hash, which stand first.
    fn change(&self) -> (DocumentId, Hash) {
        (self.id(0, DocumentId::from_slice), self.id(1, Hash::from_slice))
    }
}
