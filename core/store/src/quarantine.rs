//! Bytes that did not pass the gate of this phone.

use crate::StoreError;
use crate::statement::{all, first, id, run, sql};
use keyturn_domain::{DocumentId, Hash};
use rusqlite::{Connection, Transaction};

/// One refused change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The document that it was sent for.
    pub document: DocumentId,
    /// Its hash, or that of the bytes when they are no change.
    pub hash: Hash,
    /// What arrived.
    pub bytes: Vec<u8>,
    /// The stable code of the refusal.
    pub reason: String,
    /// Device time.
    pub at_ms: i64,
}

/// Keeps refused bytes, once each.
///
/// # Errors
/// [`StoreError`].
pub fn put(tx: &Transaction<'_>, refused: &Refused) -> Result<(), StoreError> {
    let params = (
        refused.document.as_bytes(),
        refused.hash.0,
        &refused.bytes,
        &refused.reason,
        refused.at_ms,
    );
    run(tx, sql!("quarantine_put"), params).map(drop)
}

/// Returns all of it.
///
/// # Errors
/// [`StoreError`].
pub fn every(conn: &Connection) -> Result<Vec<Refused>, StoreError> {
    all(conn, sql!("quarantine_list"), (), |row| {
        Ok(Refused {
            document: id(row, 0, DocumentId::from_slice)?,
            hash: id(row, 1, Hash::from_slice)?,
            bytes: row.get(2)?,
            reason: row.get(3)?,
            at_ms: row.get(4)?,
        })
    })
}

/// Tells whether these bytes were refused before.
///
/// # Errors
/// [`StoreError`].
pub fn has(conn: &Connection, document: DocumentId, hash: Hash) -> Result<bool, StoreError> {
    let found = first(conn, sql!("quarantine_has"), (document.as_bytes(), hash.0), |_| Ok(()))?;
    Ok(found.is_some())
}
