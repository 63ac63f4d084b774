//! Commands about rows, made on this phone.

use crate::StoreError;
use crate::statement::{all, id, run, sql};
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

/// Stores the verdict: none, or why it was refused.
///
/// # Errors
/// [`StoreError`].
pub fn settle(tx: &Transaction<'_>, intent: Uuid, refused: Option<&str>) -> Result<(), StoreError> {
    let state = if refused.is_some() { "refused" } else { "done" };
    let params = (intent.as_bytes(), state, refused.unwrap_or_default());
    run(tx, sql!("intent_set"), params).map(drop)
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
    })
}
