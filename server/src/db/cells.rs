//! Reading columns; each error names the column.
use sqlx::Row;
use sqlx::any::AnyRow;

use super::DbError;

/// Returns an integer column.
///
/// # Errors
/// `DbError::Shape` when it is missing, NULL or of another type; so in every function here.
pub fn int(row: &AnyRow, column: &str) -> Result<i64, DbError> {
    Ok(row.try_get::<i64, _>(column)?)
}

/// Returns an integer column that may be NULL.
///
/// # Errors
/// See [`int`].
pub fn opt_int(row: &AnyRow, column: &str) -> Result<Option<i64>, DbError> {
    Ok(row.try_get::<Option<i64>, _>(column)?)
}

/// Returns a flag that is stored as 0 or 1.
///
/// # Errors
/// See [`int`].
pub fn flag(row: &AnyRow, column: &str) -> Result<bool, DbError> {
    Ok(int(row, column)? != 0)
}

/// Returns a column of floating point that may be NULL.
///
/// # Errors
/// See [`int`].
pub fn opt_real(row: &AnyRow, column: &str) -> Result<Option<f64>, DbError> {
    Ok(row.try_get::<Option<f64>, _>(column)?)
}

/// Returns a text column.
///
/// # Errors
/// See [`int`].
pub fn text(row: &AnyRow, column: &str) -> Result<String, DbError> {
    Ok(row.try_get::<String, _>(column)?)
}

/// Returns a text column that may be NULL.
///
/// # Errors
/// See [`int`].
pub fn opt_text(row: &AnyRow, column: &str) -> Result<Option<String>, DbError> {
    Ok(row.try_get::<Option<String>, _>(column)?)
}

/// Returns a column of bytes.
///
/// # Errors
/// See [`int`].
pub fn bytes(row: &AnyRow, column: &str) -> Result<Vec<u8>, DbError> {
    Ok(row.try_get::<Vec<u8>, _>(column)?)
}

/// Returns a column of bytes that may be NULL.
///
/// # Errors
/// See [`int`].
pub fn opt_bytes(row: &AnyRow, column: &str) -> Result<Option<Vec<u8>>, DbError> {
    Ok(row.try_get::<Option<Vec<u8>>, _>(column)?)
}

/// Returns a column of exactly N bytes, such as a hash.
///
/// # Errors
/// See [`int`].
pub fn bytes_n<const N: usize>(row: &AnyRow, column: &str) -> Result<[u8; N], DbError> {
    let bytes = row.try_get::<&[u8], _>(column)?;
    bytes.try_into().map_err(|_| wrong_length::<N>(column, bytes.len()))
}

/// Returns an id, made from its 16 bytes by `make`, such as `UserId::from_bytes`.
///
/// # Errors
/// See [`int`].
pub fn id<T>(row: &AnyRow, column: &str, make: fn([u8; 16]) -> T) -> Result<T, DbError> {
    Ok(make(bytes_n::<16>(row, column)?))
}

/// Returns an id that may be NULL.
///
/// # Errors
/// See [`int`].
pub fn opt_id<T>(row: &AnyRow, column: &str, make: fn([u8; 16]) -> T) -> Result<Option<T>, DbError> {
    let Some(bytes) = row.try_get::<Option<&[u8]>, _>(column)? else {
        return Ok(None);
    };
    let array = bytes.try_into().map_err(|_| wrong_length::<16>(column, bytes.len()))?;
    Ok(Some(make(array)))
}

fn wrong_length<const N: usize>(column: &str, found: usize) -> DbError {
    DbError::Shape(format!("column {column} holds {found} bytes, {N} expected"))
}
