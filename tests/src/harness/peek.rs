//! What databases hold, read beside the code that wrote them.

use keyturn_domain::document::Genesis;
use keyturn_domain::{Container, Document, DocumentId, Hash, PlaceId, ProjectId, ScopeId, UserId, Value, Write};
use rusqlite::{Connection, OpenFlags};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use uuid::Uuid;

/// A value that somebody once wrote into a field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Put {
    /// The field.
    pub key: String,
    /// The value, as text.
    pub value: String,
    /// Who, as the change claims.
    pub user: UserId,
}

/// What a document says, in a form that is compared with what people recorded.
#[derive(Clone, Debug, Default)]
pub struct Content {
    /// Every value that any field ever got.
    pub puts: BTreeSet<Put>,
    /// The entries of every container.
    pub entries: BTreeMap<(Container, String), BTreeMap<String, Value>>,
    /// The texts, joined.
    pub prose: String,
}

impl Content {
    /// Reads a document.
    #[must_use]
    pub fn of(document: &Document) -> Self {
        let mut content = Self::default();
        for change in document.automerge().get_changes(&[]) {
            let author = document.written(&change.hash().into()).and_then(|w| w.author);
            let user = author.map(|a| a.user).unwrap_or_default();
            content.puts.extend(puts(&change, user));
        }
        for container in Container::ALL.into_iter().filter(|c| c.holds_entries()) {
            for entry in document.entries(container) {
                content.entries.insert((container, entry.key), entry.fields);
            }
        }
        content.prose = format!("{}{}", document.prose("description"), document.prose("answer"));
        content
    }

    /// Tells whether somebody's write is part of it.
    #[must_use]
    pub fn holds(&self, write: &Write, user: UserId) -> bool {
        let put = |key: &str, value: &Value| {
            let (key, value) = (key.to_owned(), value.to_string());
            self.puts.contains(&Put { key, value, user })
        };
        match write {
            Write::Put { key, value, .. } => put(key, value),
            Write::PutIn { field, value, .. } => put(field, value),
            Write::Entry { container, key, fields } => {
                let found = self.entries.get(&(*container, key.clone()));
                found.is_some_and(|there| fields.iter().all(|(name, value)| there.get(name) == Some(value)))
            }
            // What was typed is marked with a word of its own, at the end.
            Write::Prose { text, .. } => text
                .split(' ')
                .next_back()
                .is_some_and(|word| self.prose.contains(word)),
        }
    }
}

/// Returns what a change puts into maps.
fn puts(change: &automerge::Change, user: UserId) -> Vec<Put> {
    use automerge::legacy::{Key, OpType};
    let operations = change.decode().operations.into_iter();
    let put = |op: automerge::legacy::Op| match (op.key, op.action) {
        (Key::Map(key), OpType::Put(value)) => Some(Put {
            key: key.to_string(),
            value: Value::from(&value).to_string(),
            user,
        }),
        _ => None,
    };
    operations.filter_map(put).collect()
}

fn open(path: &Path) -> Connection {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags).expect("a database");
    conn.set_prepared_statement_cache_capacity(32);
    conn
}

fn all<T>(
    conn: &Connection,
    sql: &str,
    params: impl rusqlite::Params,
    read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
) -> Vec<T> {
    let mut statement = conn.prepare_cached(sql).expect("a statement");
    let rows = statement.query_map(params, read).expect("rows");
    rows.collect::<Result<_, _>>().expect("rows of that shape")
}

fn id<T>(row: &rusqlite::Row<'_>, n: usize, read: impl Fn(&[u8]) -> Option<T>) -> T {
    let bytes: Vec<u8> = row.get(n).expect("bytes");
    read(&bytes).expect("an id")
}

fn hashes(bytes: &[u8]) -> Vec<Hash> {
    bytes.chunks(32).filter_map(Hash::from_slice).collect()
}

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

/// The server's database.
pub struct ServerDb(Connection);

impl ServerDb {
    /// Opens it to read.
    #[must_use]
    pub fn open(path: &Path) -> Self {
        Self(open(path))
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
