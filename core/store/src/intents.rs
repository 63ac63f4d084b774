//! Commands about rows, made on this phone.

use crate::StoreError;
use crate::statement::{all, id, run, sql, stored};
use keyturn_domain::ProjectId;
use rusqlite::{Connection, Row, Transaction};
use uuid::Uuid;

/// A command about a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredIntent {
    /// UUIDv7.
    pub id: Uuid,
    /// The project.
    pub project: ProjectId,
    /// What is to be done.
    pub kind: String,
    /// CBOR, by kind.
    pub payload: Vec<u8>,
    /// Device time.
    pub at_ms: i64,
    /// `queued`, `done` or `refused`.
    pub state: String,
    /// Why it was refused.
    pub code: String,
    /// The row with the key of whom it is about.
    pub subject_key: Option<Uuid>,
}

/// Queues an intent; nothing happens when it is there.
///
/// # Errors
/// [`StoreError`].
pub fn insert(tx: &Transaction<'_>, intent: &StoredIntent) -> Result<(), StoreError> {
    let params = (
        intent.id.as_bytes(),
        intent.project.as_bytes(),
        &intent.kind,
        &intent.payload,
        intent.at_ms,
        intent.subject_key.as_ref().map(Uuid::as_bytes),
    );
    run(tx, sql!("intent_insert"), params).map(drop)
}

/// Returns up to `most` intents that are to be sent.
///
/// # Errors
/// [`StoreError`].
pub fn queued(conn: &Connection, most: u32) -> Result<Vec<StoredIntent>, StoreError> {
    all(conn, sql!("intents_queued"), [most], read)
}

/// Returns all intents.
///
/// # Errors
/// [`StoreError`].
pub fn every(conn: &Connection) -> Result<Vec<StoredIntent>, StoreError> {
    all(conn, sql!("intents_all"), (), read)
}

/// Stores the verdict: none, or why it was refused; and the seat at which a backup covers it.
///
/// # Errors
/// [`StoreError`].
pub fn settle(tx: &Transaction<'_>, intent: Uuid, refused: Option<&str>, seq: u64) -> Result<(), StoreError> {
    if refused == Some("erased") {
        return delete(tx, intent);
    }
    let state = if refused.is_some() { "refused" } else { "done" };
    let params = (intent.as_bytes(), state, refused.unwrap_or_default(), stored(seq));
    run(tx, sql!("intent_set"), params).map(drop)
}

/// Forgets an intent: somebody has read why it was refused.
///
/// # Errors
/// [`StoreError`].
pub fn delete(tx: &Transaction<'_>, intent: Uuid) -> Result<(), StoreError> {
    run(tx, sql!("intent_delete"), [intent.as_bytes()]).map(drop)
}

/// Forgets what was done and is in backup.
///
/// # Errors
/// [`StoreError`].
pub fn prune(tx: &Transaction<'_>, project: ProjectId, backup: u64) -> Result<(), StoreError> {
    run(tx, sql!("intents_prune"), (project.as_bytes(), stored(backup))).map(drop)
}

/// Queues again what was done above `fork`, or opened a task for the office there: the server went back behind it.
///
/// # Errors
/// [`StoreError`].
pub fn queue_again(tx: &Transaction<'_>, project: ProjectId, fork: u64) -> Result<(), StoreError> {
    run(tx, sql!("intents_again"), (project.as_bytes(), stored(fork))).map(drop)
}

/// Forgets what was said about somebody whose key has ended.
///
/// # Errors
/// [`StoreError`].
pub fn forget_subject(tx: &Transaction<'_>, subject_key: Uuid) -> Result<(), StoreError> {
    run(tx, sql!("intents_forget"), [subject_key.as_bytes()]).map(drop)
}

/// Forgets what was done about those of whom this phone holds nothing any more.
///
/// # Errors
/// [`StoreError`].
pub fn forget_uncovered(tx: &Transaction<'_>, project: ProjectId) -> Result<(), StoreError> {
    run(tx, sql!("intents_uncovered"), [project.as_bytes()]).map(drop)
}

fn read(row: &Row<'_>) -> rusqlite::Result<StoredIntent> {
    Ok(StoredIntent {
        id: id(row, 0, |b| Uuid::from_slice(b).ok())?,
        project: id(row, 1, ProjectId::from_slice)?,
        kind: row.get(2)?,
        payload: row.get(3)?,
        at_ms: row.get(4)?,
        state: row.get(5)?,
        code: row.get(6)?,
        subject_key: match row.get_ref(7)? {
            rusqlite::types::ValueRef::Null => None,
            _ => Some(id(row, 7, |b| Uuid::from_slice(b).ok())?),
        },
    })
}
