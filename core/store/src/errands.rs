//! What the next exchanges must carry.

use crate::StoreError;
use crate::statement::{all, id, join, number, run, split, sql};
use keyturn_domain::{DocumentId, Hash, ProjectId, ScopeId};
use rusqlite::{Connection, Transaction};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A kind of errand about one document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Errand {
    /// Ask for the document whole.
    Need,
    /// Tell the server its heads: it may have lost some of it.
    Audit,
}

impl Errand {
    const fn name(self) -> &'static str {
        match self {
            Self::Need => "need",
            Self::Audit => "audit",
        }
    }
}

/// Notes an errand about a document.
///
/// # Errors
/// [`StoreError`].
pub fn add(tx: &Transaction<'_>, errand: Errand, document: DocumentId) -> Result<(), StoreError> {
    run(tx, sql!("errand_put"), (errand.name(), document.as_bytes(), [0u8; 0])).map(drop)
}

/// Removes an errand that is done.
///
/// # Errors
/// [`StoreError`].
pub fn done(tx: &Transaction<'_>, errand: Errand, document: DocumentId) -> Result<(), StoreError> {
    run(tx, sql!("errand_delete"), (errand.name(), document.as_bytes())).map(drop)
}

/// Returns up to `most` documents of a kind of errand.
///
/// # Errors
/// [`StoreError`].
pub fn documents(conn: &Connection, errand: Errand, most: u32) -> Result<Vec<DocumentId>, StoreError> {
    all(conn, sql!("errand_list"), (errand.name(), most), |row| {
        id(row, 0, DocumentId::from_slice)
    })
}

/// Notes that the server asks for what it lacks of a document.
///
/// # Errors
/// [`StoreError`].
pub fn add_want(tx: &Transaction<'_>, document: DocumentId, have: &[Hash]) -> Result<(), StoreError> {
    run(tx, sql!("errand_put"), ("want", document.as_bytes(), join(have))).map(drop)
}

/// Removes a want that was answered.
///
/// # Errors
/// [`StoreError`].
pub fn done_want(tx: &Transaction<'_>, document: DocumentId) -> Result<(), StoreError> {
    run(tx, sql!("errand_delete"), ("want", document.as_bytes())).map(drop)
}

/// Removes all wants.
///
/// # Errors
/// [`StoreError`].
pub fn drop_wants(tx: &Transaction<'_>) -> Result<(), StoreError> {
    run(tx, sql!("errand_drop_wants"), ()).map(drop)
}

/// Returns up to `most` wants: document, and the heads that the server has.
///
/// # Errors
/// [`StoreError`].
pub fn wants(conn: &Connection, most: u32) -> Result<Vec<(DocumentId, Vec<Hash>)>, StoreError> {
    all(conn, sql!("errand_list"), ("want", most), |row| {
        Ok((id(row, 0, DocumentId::from_slice)?, split(&row.get::<_, Vec<u8>>(1)?)))
    })
}

/// Notes that all documents of a scope are to be listed.
///
/// # Errors
/// [`StoreError`].
pub fn add_scope(tx: &Transaction<'_>, project: ProjectId, scope: ScopeId) -> Result<(), StoreError> {
    run(tx, sql!("errand_put"), ("scope", scope.as_bytes(), project.as_bytes())).map(drop)
}

/// Removes a scope that was listed.
///
/// # Errors
/// [`StoreError`].
pub fn done_scope(tx: &Transaction<'_>, scope: ScopeId) -> Result<(), StoreError> {
    run(tx, sql!("errand_delete"), ("scope", scope.as_bytes())).map(drop)
}

/// Returns up to `most` scopes to be listed.
///
/// # Errors
/// [`StoreError`].
pub fn scopes(conn: &Connection, most: u32) -> Result<Vec<(ProjectId, ScopeId)>, StoreError> {
    all(conn, sql!("errand_list"), ("scope", most), |row| {
        Ok((id(row, 1, ProjectId::from_slice)?, id(row, 0, ScopeId::from_slice)?))
    })
}

/// Notes that the present state of a row is to be asked for.
///
/// # Errors
/// [`StoreError`].
pub fn add_row(
    tx: &Transaction<'_>,
    project: ProjectId,
    kind: &str,
    row: Uuid,
    scope: ScopeId,
) -> Result<(), StoreError> {
    let body = [project.as_bytes().as_slice(), scope.as_bytes(), kind.as_bytes()].concat();
    run(tx, sql!("errand_put"), ("row", row.as_bytes(), body)).map(drop)
}

/// Removes a row that was asked for.
///
/// # Errors
/// [`StoreError`].
pub fn done_row(tx: &Transaction<'_>, row: Uuid) -> Result<(), StoreError> {
    run(tx, sql!("errand_delete"), ("row", row.as_bytes())).map(drop)
}

/// Returns up to `most` rows to be asked for: project, kind, row, scope.
///
/// # Errors
/// [`StoreError`].
pub fn rows(conn: &Connection, most: u32) -> Result<Vec<(ProjectId, String, Uuid, ScopeId)>, StoreError> {
    let found = all(conn, sql!("errand_list"), ("row", most), |row| {
        Ok((id(row, 0, |b| Uuid::from_slice(b).ok())?, row.get::<_, Vec<u8>>(1)?))
    })?;
    let read = |(row, body): (Uuid, Vec<u8>)| {
        let (project, rest) = body.split_at_checked(16)?;
        let (scope, kind) = rest.split_at_checked(16)?;
        let kind = String::from_utf8(kind.to_vec()).ok()?;
        Some((ProjectId::from_slice(project)?, kind, row, ScopeId::from_slice(scope)?))
    };
    Ok(found.into_iter().filter_map(read).collect())
}

/// Returns how many errands there are of each kind.
///
/// # Errors
/// [`StoreError`].
pub fn counts(conn: &Connection) -> Result<BTreeMap<String, u64>, StoreError> {
    let found = all(conn, sql!("errand_counts"), (), |row| {
        Ok((row.get(0)?, number(row, 1)?))
    })?;
    Ok(found.into_iter().collect())
}
