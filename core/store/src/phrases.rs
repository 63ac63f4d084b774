//! Ready words that were used on this phone.

use crate::StoreError;
use crate::statement::{all, number, run, sql};
use keyturn_domain::DocumentId;
use rusqlite::{Connection, Transaction};

/// A phrase and how often it was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedPhrase {
    /// The words, as they were written.
    pub phrase: String,
    /// What they were about: a building part, or the kind of the record.
    pub part: String,
    /// In how many records.
    pub records: u64,
    /// When last, device time.
    pub at_ms: i64,
}

/// Remembers that a phrase was used in a record; once per record, however often it is written there.
///
/// # Errors
/// [`StoreError`].
pub fn note(
    tx: &Transaction<'_>,
    document: DocumentId,
    phrase: &str,
    part: &str,
    at_ms: i64,
) -> Result<(), StoreError> {
    run(tx, sql!("phrase_put"), (document.as_bytes(), phrase, part, at_ms)).map(drop)
}

/// Returns every phrase that was used here.
///
/// # Errors
/// [`StoreError`].
pub fn used(conn: &Connection) -> Result<Vec<UsedPhrase>, StoreError> {
    all(conn, sql!("phrases_used"), (), |row| {
        Ok(UsedPhrase {
            phrase: row.get(0)?,
            part: row.get(1)?,
            records: number(row, 2)?,
            at_ms: row.get(3)?,
        })
    })
}

/// Forgets what was used in a record.
pub(crate) fn remove(tx: &Transaction<'_>, document: DocumentId) -> Result<(), StoreError> {
    run(tx, sql!("phrases_delete"), [document.as_bytes()]).map(drop)
}
