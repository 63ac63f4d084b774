//! Single values by key.

use crate::StoreError;
use crate::statement::{first, run, sql};
use rusqlite::{Connection, Transaction};

/// Returns the value of a key.
///
/// # Errors
/// [`StoreError`].
pub fn get(conn: &Connection, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
    first(conn, sql!("meta_get"), [key], |row| row.get(0))
}

/// Sets the value of a key.
///
/// # Errors
/// [`StoreError`].
pub fn set(tx: &Transaction<'_>, key: &str, value: &[u8]) -> Result<(), StoreError> {
    run(tx, sql!("meta_set"), (key, value)).map(drop)
}

/// Forgets a key.
///
/// # Errors
/// [`StoreError`].
pub fn delete(tx: &Transaction<'_>, key: &str) -> Result<(), StoreError> {
    run(tx, sql!("meta_delete"), [key]).map(drop)
}

/// Returns a number, 0 when it was never set.
///
/// # Errors
/// [`StoreError`].
pub fn number(conn: &Connection, key: &str) -> Result<i64, StoreError> {
    let bytes = get(conn, key)?;
    Ok(bytes.and_then(|b| b.try_into().ok()).map_or(0, i64::from_be_bytes))
}

/// Sets a number.
///
/// # Errors
/// [`StoreError`].
pub fn set_number(tx: &Transaction<'_>, key: &str, value: i64) -> Result<(), StoreError> {
    set(tx, key, &value.to_be_bytes())
}

/// Adds to a number.
///
/// # Errors
/// [`StoreError`].
pub fn add(tx: &Transaction<'_>, key: &str, n: i64) -> Result<(), StoreError> {
    let value = number(tx, key)?;
    set_number(tx, key, value.saturating_add(n))
}
