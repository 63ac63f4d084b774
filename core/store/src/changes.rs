//! Raw changes, and what the server said about each.

use crate::StoreError;
use crate::statement::{all, first, id, maybe_id, number, run, sql, stored};
use keyturn_domain::{DocumentId, Hash, ProjectId, UserId};
use rusqlite::{Connection, Row, Transaction};

/// A change as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredChange {
    /// Its hash.
    pub hash: Hash,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Made on this phone.
    pub own: bool,
    /// Its seat in the log; 0: received at a seat that was not told; none: not received.
    pub received_seq: Option<u64>,
    /// When the server received it.
    pub received_ms: i64,
    /// Who it came from, when the server said so.
    pub from_user: Option<UserId>,
}

/// The mark of a change, or that it was relayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMark {
    /// The change.
    pub hash: Hash,
    /// `late`, `role`, `lifted`, or empty when it was only relayed.
    pub mark: String,
    /// Who it came from, when the server said so.
    pub user: Option<UserId>,
    /// The person whose phone handed it in.
    pub relayed_by: Option<UserId>,
    /// When the server received it; 0: not told.
    pub received_ms: i64,
}

/// Adds a change behind what it builds on; nothing happens when it is there.
///
/// # Errors
/// [`StoreError`].
pub fn insert(tx: &Transaction<'_>, document: DocumentId, change: &StoredChange) -> Result<(), StoreError> {
    let params = (
        document.as_bytes(),
        change.hash.0,
        &change.bytes,
        change.own,
        change.received_seq.map(stored),
        change.received_ms,
        change.from_user.map(|u| *u.as_bytes()),
    );
    run(tx, sql!("change_insert"), params).map(drop)
}

/// Returns a change.
///
/// # Errors
/// [`StoreError`].
pub fn get(conn: &Connection, document: DocumentId, hash: Hash) -> Result<Option<StoredChange>, StoreError> {
    first(conn, sql!("change_get"), (document.as_bytes(), hash.0), stored_change)
}

/// Returns the changes of a document behind `n`, in an order in which each stands behind what it builds on.
///
/// # Errors
/// [`StoreError`].
pub fn after(conn: &Connection, document: DocumentId, n: i64) -> Result<Vec<StoredChange>, StoreError> {
    all(conn, sql!("changes_after"), (document.as_bytes(), n), stored_change)
}

/// Returns the newest change of a document that was made on this phone.
///
/// # Errors
/// [`StoreError`].
pub fn last_own(conn: &Connection, document: DocumentId) -> Result<Option<Hash>, StoreError> {
    first(conn, sql!("change_last_own"), [document.as_bytes()], |row| {
        id(row, 0, Hash::from_slice)
    })
}

/// Remembers that the server has a change.
///
/// # Errors
/// [`StoreError`].
pub fn set_received(
    tx: &Transaction<'_>,
    document: DocumentId,
    hash: Hash,
    seq: u64,
    received_ms: i64,
) -> Result<(), StoreError> {
    let params = (document.as_bytes(), hash.0, stored(seq), received_ms);
    run(tx, sql!("change_received"), params).map(drop)
}

/// Remembers that the server does not have a change any longer.
///
/// # Errors
/// [`StoreError`].
pub fn set_lost(tx: &Transaction<'_>, document: DocumentId, hash: Hash) -> Result<(), StoreError> {
    run(tx, sql!("change_unreceive"), (document.as_bytes(), hash.0)).map(drop)
}

/// Returns the change of a document whose hash begins like this.
///
/// # Errors
/// [`StoreError`].
pub fn by_prefix(conn: &Connection, document: DocumentId, prefix: &[u8]) -> Result<Option<Hash>, StoreError> {
    first(conn, sql!("change_by_prefix"), (document.as_bytes(), prefix), |row| {
        id(row, 0, Hash::from_slice)
    })
}

/// Removes one change.
///
/// # Errors
/// [`StoreError`].
pub fn delete(tx: &Transaction<'_>, document: DocumentId, hash: Hash) -> Result<(), StoreError> {
    run(tx, sql!("change_delete"), (document.as_bytes(), hash.0)).map(drop)
}

/// Returns the received changes of a project above a seat, or whose seat was not told: document, hash, own, seat.
///
/// # Errors
/// [`StoreError`].
pub fn above(
    conn: &Connection,
    project: ProjectId,
    seq: u64,
) -> Result<Vec<(DocumentId, Hash, bool, u64)>, StoreError> {
    all(conn, sql!("changes_above"), (project.as_bytes(), stored(seq)), |row| {
        Ok((
            id(row, 0, DocumentId::from_slice)?,
            id(row, 1, Hash::from_slice)?,
            row.get(2)?,
            number(row, 3)?,
        ))
    })
}

/// Sets the mark of a change; what is not said stays.
///
/// # Errors
/// [`StoreError`].
pub fn set_mark(tx: &Transaction<'_>, document: DocumentId, mark: &StoredMark) -> Result<(), StoreError> {
    let params = (
        document.as_bytes(),
        mark.hash.0,
        &mark.mark,
        mark.user.map(|u| *u.as_bytes()),
        mark.relayed_by.map(|u| *u.as_bytes()),
        mark.received_ms,
    );
    run(tx, sql!("mark_put"), params).map(drop)
}

/// Returns the marks of a document's changes.
///
/// # Errors
/// [`StoreError`].
pub fn marks(conn: &Connection, document: DocumentId) -> Result<Vec<StoredMark>, StoreError> {
    all(conn, sql!("marks_of"), [document.as_bytes()], |row| {
        Ok(StoredMark {
            hash: id(row, 0, Hash::from_slice)?,
            mark: row.get(1)?,
            user: maybe_id(row, 2, UserId::from_slice)?,
            relayed_by: maybe_id(row, 3, UserId::from_slice)?,
            received_ms: row.get(4)?,
        })
    })
}

/// Returns when the server received the changes of a document, as far as this phone was told.
///
/// # Errors
/// [`StoreError`].
pub fn received_at(conn: &Connection, document: DocumentId) -> Result<Vec<(Hash, i64)>, StoreError> {
    all(conn, sql!("changes_received_at"), [document.as_bytes()], |row| {
        Ok((id(row, 0, Hash::from_slice)?, row.get(1)?))
    })
}

/// Returns how many changes wait for a reviewer, of one document or of all.
///
/// # Errors
/// [`StoreError`].
pub fn marked(conn: &Connection, document: Option<DocumentId>) -> Result<u64, StoreError> {
    let key = document.map(|d| *d.as_bytes());
    Ok(first(conn, sql!("marks_count"), [key], |row| number(row, 0))?.unwrap_or(0))
}

/// How many own changes there are, and how far they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Promises {
    /// Saved on this phone.
    pub saved: u64,
    /// Of those, received by the server.
    pub received: u64,
    /// Of those, in backup.
    pub in_backup: u64,
}

/// Returns how far own changes are, of one document or of all.
///
/// # Errors
/// [`StoreError`].
pub fn promises(conn: &Connection, document: Option<DocumentId>) -> Result<Promises, StoreError> {
    let read = |row: &Row<'_>| {
        Ok(Promises {
            saved: number(row, 0)?,
            received: number(row, 1)?,
            in_backup: number(row, 2)?,
        })
    };
    let found = match document {
        Some(document) => first(conn, sql!("promises_of"), [document.as_bytes()], read)?,
        None => first(conn, sql!("promises_all"), (), read)?,
    };
    Ok(found.unwrap_or_default())
}

fn stored_change(row: &Row<'_>) -> rusqlite::Result<StoredChange> {
    Ok(StoredChange {
        hash: id(row, 0, Hash::from_slice)?,
        bytes: row.get(1)?,
        own: row.get(2)?,
        received_seq: row.get::<_, Option<i64>>(3)?.map(|n| u64::try_from(n).unwrap_or(0)),
        received_ms: row.get(4)?,
        from_user: maybe_id(row, 5, UserId::from_slice)?,
    })
}
