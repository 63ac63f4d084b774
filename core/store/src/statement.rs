//! Statements stand in `.sql` files; they are prepared once per connection and named in errors.

use crate::StoreError;
use rusqlite::{Connection, Params, Row};

/// A statement and its name.
#[derive(Clone, Copy)]
pub(crate) struct Sql {
    pub(crate) name: &'static str,
    pub(crate) text: &'static str,
}

/// Names the statement of a `.sql` file.
macro_rules! sql {
    ($name:literal) => {
        $crate::statement::Sql {
            name: $name,
            text: include_str!(concat!("sql/", $name, ".sql")),
        }
    };
}
pub(crate) use sql;

/// Runs a statement that returns nothing; says how many rows it changed.
pub(crate) fn run(conn: &Connection, sql: Sql, params: impl Params) -> Result<usize, StoreError> {
    conn.prepare_cached(sql.text)
        .and_then(|mut statement| statement.execute(params))
        .map_err(|e| StoreError::of(sql.name, e))
}

/// Returns the rows of a statement.
pub(crate) fn all<T>(
    conn: &Connection,
    sql: Sql,
    params: impl Params,
    mut read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, StoreError> {
    let collect = || -> rusqlite::Result<Vec<T>> {
        let mut statement = conn.prepare_cached(sql.text)?;
        let rows = statement.query_map(params, |row| read(row))?;
        rows.collect()
    };
    collect().map_err(|e| StoreError::of(sql.name, e))
}

/// Returns the first row of a statement, if there is one.
pub(crate) fn first<T>(
    conn: &Connection,
    sql: Sql,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>, StoreError> {
    use rusqlite::OptionalExtension;
    conn.prepare_cached(sql.text)
        .and_then(|mut statement| statement.query_row(params, read).optional())
        .map_err(|e| StoreError::of(sql.name, e))
}

/// Reads sixteen bytes as an id.
pub(crate) fn id<T>(row: &Row<'_>, column: usize, read: impl FnOnce(&[u8]) -> Option<T>) -> rusqlite::Result<T> {
    let bytes = row.get_ref(column)?.as_blob().map_err(|e| wrong(column, e))?;
    read(bytes).ok_or_else(|| wrong(column, rusqlite::types::FromSqlError::InvalidType))
}

/// Reads sixteen bytes as an id, or nothing.
pub(crate) fn maybe_id<T>(
    row: &Row<'_>,
    column: usize,
    read: impl FnOnce(&[u8]) -> Option<T>,
) -> rusqlite::Result<Option<T>> {
    let bytes = row.get_ref(column)?.as_blob_or_null().map_err(|e| wrong(column, e))?;
    Ok(bytes.and_then(read))
}

/// Reads a number that is never negative.
pub(crate) fn number(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
}

/// Returns the number as SQLite stores it.
pub(crate) fn stored(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn wrong(column: usize, error: rusqlite::types::FromSqlError) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Blob, Box::new(error))
}

/// Writes hashes one behind the other.
pub(crate) fn join(hashes: &[keyturn_domain::Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|h| h.0).collect()
}

/// Reads hashes that stand one behind the other.
pub(crate) fn split(bytes: &[u8]) -> Vec<keyturn_domain::Hash> {
    bytes
        .chunks_exact(32)
        .filter_map(keyturn_domain::Hash::from_slice)
        .collect()
}
