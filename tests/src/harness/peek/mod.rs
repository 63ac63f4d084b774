//! What databases hold, read beside the code that wrote them.

mod phone;
mod server;

pub use phone::{OnPhone, PhoneDb, Refused, Wanted};
pub use server::{Judged, OnServer, ServerDb};

use keyturn_domain::{Container, Document, Hash, UserId, Value, Write};
use rusqlite::{Connection, OpenFlags};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

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
