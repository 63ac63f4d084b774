//! How far the phone is: witnesses, projects with their backup marks, closing sums.

use crate::StoreError;
use crate::statement::{all, first, id, number, run, sql, stored};
use keyturn_domain::{ProjectId, ScopeId};
use rusqlite::{Connection, Transaction};

/// Remembers a witness; the last eight are kept.
///
/// # Errors
/// [`StoreError`].
pub fn add_witness(tx: &Transaction<'_>, cursor: &[u8]) -> Result<(), StoreError> {
    run(tx, sql!("witness_add"), [cursor])?;
    run(tx, sql!("witness_trim"), ()).map(drop)
}

/// Returns the witnesses, newest first.
///
/// # Errors
/// [`StoreError`].
pub fn witnesses(conn: &Connection) -> Result<Vec<Vec<u8>>, StoreError> {
    all(conn, sql!("witness_list"), (), |row| row.get(0))
}

/// Forgets the witnesses: they name places that are gone.
///
/// # Errors
/// [`StoreError`].
pub fn clear_witnesses(tx: &Transaction<'_>) -> Result<(), StoreError> {
    run(tx, sql!("witness_clear"), ()).map(drop)
}

/// Notes a project.
///
/// # Errors
/// [`StoreError`].
pub fn add_project(tx: &Transaction<'_>, project: ProjectId) -> Result<(), StoreError> {
    run(tx, sql!("project_add"), [project.as_bytes()]).map(drop)
}

/// Returns the projects with their backup marks.
///
/// # Errors
/// [`StoreError`].
pub fn projects(conn: &Connection) -> Result<Vec<(ProjectId, u64)>, StoreError> {
    all(conn, sql!("project_list"), (), |row| {
        Ok((id(row, 0, ProjectId::from_slice)?, number(row, 1)?))
    })
}

/// Sets the backup mark of a project; it may fall.
///
/// # Errors
/// [`StoreError`].
pub fn set_backup(tx: &Transaction<'_>, project: ProjectId, seq: u64) -> Result<(), StoreError> {
    run(tx, sql!("project_set_backup"), (project.as_bytes(), stored(seq))).map(drop)
}

/// Takes all backup marks back: they were of another epoch.
///
/// # Errors
/// [`StoreError`].
pub fn clear_backup(tx: &Transaction<'_>) -> Result<(), StoreError> {
    run(tx, sql!("project_clear_backup"), ()).map(drop)
}

/// Returns the closing sums of the scopes that are held: sixteen bytes per scope. Own work elsewhere is no part of it.
///
/// # Errors
/// [`StoreError`].
pub fn sums(conn: &Connection) -> Result<Vec<(ProjectId, ScopeId, [u8; 16])>, StoreError> {
    all(conn, sql!("sum_list"), (), |row| {
        Ok((
            id(row, 0, ProjectId::from_slice)?,
            id(row, 1, ScopeId::from_slice)?,
            id(row, 2, |b| b.try_into().ok())?,
        ))
    })
}

/// Changes the sum of a scope.
pub(crate) fn add_to_sum(
    tx: &Transaction<'_>,
    project: ProjectId,
    scope: ScopeId,
    change: impl FnOnce(u128) -> u128,
) -> Result<(), StoreError> {
    let key = (project.as_bytes(), scope.as_bytes());
    let sum: Option<[u8; 16]> = first(tx, sql!("sum_get"), key, |row| id(row, 0, |b| b.try_into().ok()))?;
    let sum = change(sum.map_or(0, u128::from_le_bytes)).to_le_bytes();
    run(tx, sql!("sum_set"), (project.as_bytes(), scope.as_bytes(), sum)).map(drop)
}
