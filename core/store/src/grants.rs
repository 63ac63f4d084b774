//! What the person may read and write.

use crate::StoreError;
use crate::statement::{all, first, id, number, run, sql, stored};
use keyturn_domain::{ProjectId, ScopeId};
use rusqlite::{Connection, Transaction};

/// A scope that the person holds in a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredGrant {
    /// The project.
    pub project: ProjectId,
    /// The scope; that of the project covers all of it.
    pub scope: ScopeId,
    /// The role.
    pub role: String,
    /// False: to read only.
    pub write: bool,
    /// Its seat in the log.
    pub seq: u64,
}

/// Stores a grant.
///
/// # Errors
/// [`StoreError`].
pub fn put(tx: &Transaction<'_>, grant: &StoredGrant) -> Result<(), StoreError> {
    let params = (
        grant.project.as_bytes(),
        grant.scope.as_bytes(),
        &grant.role,
        grant.write,
        stored(grant.seq),
    );
    run(tx, sql!("grant_put"), params).map(drop)
}

/// Removes a grant that stood before `seq`.
///
/// # Errors
/// [`StoreError`].
pub fn delete(
    tx: &Transaction<'_>,
    project: ProjectId,
    scope: ScopeId,
    role: &str,
    seq: u64,
) -> Result<(), StoreError> {
    let params = (project.as_bytes(), scope.as_bytes(), role, stored(seq));
    run(tx, sql!("grant_delete"), params).map(drop)
}

/// Lets the grants of a project above a seat lapse: the server lost them.
///
/// # Errors
/// [`StoreError`].
pub fn lapse_above(tx: &Transaction<'_>, project: ProjectId, seq: u64) -> Result<(), StoreError> {
    run(tx, sql!("grants_lapse"), (project.as_bytes(), stored(seq))).map(drop)
}

/// Removes the grants that lapsed and were not given again; tells how many there were.
///
/// # Errors
/// [`StoreError`].
pub fn end_lapsed(tx: &Transaction<'_>) -> Result<usize, StoreError> {
    run(tx, sql!("grants_end_lapsed"), ())
}

/// Tells whether a scope is covered by a grant that did not lapse.
///
/// # Errors
/// [`StoreError`].
pub fn covers(conn: &Connection, project: ProjectId, scope: ScopeId) -> Result<bool, StoreError> {
    let key = (project.as_bytes(), scope.as_bytes());
    Ok(first(conn, sql!("grant_covers"), key, |_| Ok(()))?.is_some())
}

/// Returns all grants.
///
/// # Errors
/// [`StoreError`].
pub fn every(conn: &Connection) -> Result<Vec<StoredGrant>, StoreError> {
    all(conn, sql!("grant_list"), (), |row| {
        Ok(StoredGrant {
            project: id(row, 0, ProjectId::from_slice)?,
            scope: id(row, 1, ScopeId::from_slice)?,
            role: row.get(2)?,
            write: row.get(3)?,
            seq: number(row, 4)?,
        })
    })
}
