//! Rows: facts that the server owns, and entries that this version does not know.

use crate::StoreError;
use crate::statement::{all, first, id, number, run, sql, stored};
use keyturn_domain::{ProjectId, ScopeId};
use rusqlite::{Connection, Row as SqlRow, Transaction};
use uuid::Uuid;

/// A row in its present state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The project.
    pub project: ProjectId,
    /// e.g. `home`, `task`, `layout`.
    pub kind: String,
    /// The row.
    pub id: Uuid,
    /// The scope that it is in.
    pub scope: ScopeId,
    /// Its seat in the log.
    pub seq: u64,
    /// CBOR map.
    pub body: Vec<u8>,
}

/// Stores a row, unless a newer state is there.
///
/// # Errors
/// [`StoreError`].
pub fn put(tx: &Transaction<'_>, row: &Row) -> Result<(), StoreError> {
    let params = (
        row.project.as_bytes(),
        &row.kind,
        row.id.as_bytes(),
        row.scope.as_bytes(),
        stored(row.seq),
        &row.body,
    );
    run(tx, sql!("row_put"), params).map(drop)
}

/// Removes a row, unless a newer state is there.
///
/// # Errors
/// [`StoreError`].
pub fn delete(tx: &Transaction<'_>, project: ProjectId, kind: &str, row: Uuid, seq: u64) -> Result<(), StoreError> {
    let params = (project.as_bytes(), kind, row.as_bytes(), stored(seq));
    run(tx, sql!("row_delete"), params).map(drop)
}

/// Removes the rows of a project whose scope the person does not hold any longer.
///
/// # Errors
/// [`StoreError`].
pub fn delete_uncovered(tx: &Transaction<'_>, project: ProjectId) -> Result<usize, StoreError> {
    let public = ScopeId::public_places(project);
    run(
        tx,
        sql!("rows_delete_uncovered"),
        (project.as_bytes(), public.as_bytes()),
    )
}

/// Lowers the seats of a project's rows above `seq` to nothing: the server went back behind them, so that any state
/// that it tells counts. Returns them: kind, row, scope.
///
/// # Errors
/// [`StoreError`].
pub fn doubt_above(
    tx: &Transaction<'_>,
    project: ProjectId,
    seq: u64,
) -> Result<Vec<(String, Uuid, ScopeId)>, StoreError> {
    let params = (project.as_bytes(), stored(seq));
    let above = all(tx, sql!("rows_above"), params, |row| {
        let ids = (
            id(row, 1, |b| Uuid::from_slice(b).ok())?,
            id(row, 2, ScopeId::from_slice)?,
        );
        Ok((row.get(0)?, ids.0, ids.1))
    })?;
    run(tx, sql!("rows_doubt"), params)?;
    Ok(above)
}

/// Returns a row.
///
/// # Errors
/// [`StoreError`].
pub fn get(conn: &Connection, project: ProjectId, kind: &str, row: Uuid) -> Result<Option<Row>, StoreError> {
    first(conn, sql!("row_get"), (project.as_bytes(), kind, row.as_bytes()), read)
}

/// Returns all rows of a kind.
///
/// # Errors
/// [`StoreError`].
pub fn of_kind(conn: &Connection, project: ProjectId, kind: &str) -> Result<Vec<Row>, StoreError> {
    all(conn, sql!("rows_of_kind"), (project.as_bytes(), kind), read)
}

/// Returns the rows of a scope, of one kind or of all (`""`).
///
/// # Errors
/// [`StoreError`].
pub fn of_scope(conn: &Connection, scope: ScopeId, kind: &str) -> Result<Vec<Row>, StoreError> {
    all(conn, sql!("rows_of_scope"), (scope.as_bytes(), kind), read)
}

/// Keeps an entry that this version does not know.
///
/// # Errors
/// [`StoreError`].
pub fn keep_unknown(tx: &Transaction<'_>, project: ProjectId, entry: &[u8]) -> Result<(), StoreError> {
    run(tx, sql!("unknown_put"), (project.as_bytes(), entry)).map(drop)
}

/// Returns the entries that were not known when they came: number, project, CBOR.
///
/// # Errors
/// [`StoreError`].
pub fn unknown(conn: &Connection) -> Result<Vec<(i64, ProjectId, Vec<u8>)>, StoreError> {
    all(conn, sql!("unknown_list"), (), |row| {
        Ok((row.get(0)?, id(row, 1, ProjectId::from_slice)?, row.get(2)?))
    })
}

/// Removes an entry that is understood now.
///
/// # Errors
/// [`StoreError`].
pub fn forget_unknown(tx: &Transaction<'_>, n: i64) -> Result<(), StoreError> {
    run(tx, sql!("unknown_delete"), [n]).map(drop)
}

fn read(row: &SqlRow<'_>) -> rusqlite::Result<Row> {
    Ok(Row {
        project: id(row, 0, ProjectId::from_slice)?,
        kind: row.get(1)?,
        id: id(row, 2, |b| Uuid::from_slice(b).ok())?,
        scope: id(row, 3, ScopeId::from_slice)?,
        seq: number(row, 4)?,
        body: row.get(5)?,
    })
}
