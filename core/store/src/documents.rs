//! Records: what they are, their cached snapshot, and what lists show of them.

use crate::statement::{all, first, id, join, maybe_id, number, run, split, sql, stored};
use crate::{StoreError, phrases, progress, search};
use keyturn_domain::document::Genesis;
use keyturn_domain::{DocumentId, Hash, PlaceId, ProjectId, ScopeId, TaskId};
use rusqlite::{Connection, Row, Transaction};

/// A document as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDocument {
    /// What it is.
    pub genesis: Genesis,
    /// The scope that it is in.
    pub scope: ScopeId,
    /// The scope was lost: only own work that is not handed in yet remains.
    pub husk: bool,
    /// The bytes were judged here; false for a server's snapshot that was never opened.
    pub checked: bool,
    /// Bytes of the document as far as `snapshot_n`.
    pub snapshot: Option<Vec<u8>>,
    /// The snapshot holds every change up to this one.
    pub snapshot_n: i64,
    /// The heads here.
    pub heads: Vec<Hash>,
    /// The heads of what the server holds.
    pub server_heads: Vec<Hash>,
    /// The highest seat of one of its changes.
    pub server_seq: u64,
}

/// What lists show of a document, from its projection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// CBOR of the projection.
    pub projection: Vec<u8>,
    /// The version of the code that made it.
    pub projected_by: i64,
    /// The task that it answers, if any.
    pub task: Option<TaskId>,
    /// The state of the record.
    pub state: String,
    /// How many of its fields are contested.
    pub contested: u32,
    /// The newest device time in it.
    pub updated_ms: i64,
    /// What search looks in: a name or a remark a line.
    pub search: String,
    /// When the next open promise in it is due, if there is one.
    pub promise_ms: Option<i64>,
    /// The edition that it was begun with is not here: another one gave the words that search looks in.
    pub edition_waits: bool,
}

/// A document in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedDocument {
    /// What it is.
    pub genesis: Genesis,
    /// The scope that it is in.
    pub scope: ScopeId,
    /// The bytes were judged here.
    pub checked: bool,
    /// The task that it answers, if any.
    pub task: Option<TaskId>,
    /// The state of the record.
    pub state: String,
    /// How many of its fields are contested.
    pub contested: u32,
    /// The newest device time in it.
    pub updated_ms: i64,
    /// CBOR of the projection; empty before there is one.
    pub projection: Vec<u8>,
}

/// Returns a document.
///
/// # Errors
/// [`StoreError`].
pub fn get(conn: &Connection, document: DocumentId) -> Result<Option<StoredDocument>, StoreError> {
    first(conn, sql!("document_get"), [document.as_bytes()], |row| {
        Ok(StoredDocument {
            genesis: genesis(row)?,
            scope: id(row, 4, ScopeId::from_slice)?,
            husk: row.get(5)?,
            checked: row.get(6)?,
            snapshot: row.get(7)?,
            snapshot_n: row.get(8)?,
            heads: split(&row.get::<_, Vec<u8>>(9)?),
            server_heads: split(&row.get::<_, Vec<u8>>(10)?),
            server_seq: number(row, 11)?,
        })
    })
}

/// Adds a document without content; it must not be there.
///
/// # Errors
/// [`StoreError`].
pub fn insert(tx: &Transaction<'_>, genesis: &Genesis, scope: ScopeId) -> Result<(), StoreError> {
    let params = (
        genesis.document.as_bytes(),
        genesis.project.as_bytes(),
        genesis.place.as_bytes(),
        &genesis.kind,
        scope.as_bytes(),
    );
    run(tx, sql!("document_insert"), params).map(drop)
}

/// Sets the heads after an own change.
///
/// # Errors
/// [`StoreError`].
pub fn set_heads(tx: &Transaction<'_>, document: DocumentId, heads: &[Hash]) -> Result<(), StoreError> {
    run(tx, sql!("document_set_heads"), (document.as_bytes(), join(heads))).map(drop)
}

/// A snapshot to be stored.
#[derive(Clone, Copy, Debug)]
pub struct Snapshot<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// Their heads.
    pub heads: &'a [Hash],
    /// Judged here.
    pub checked: bool,
    /// The scope of the document.
    pub scope: ScopeId,
}

/// Replaces the content of a document; the bytes hold every change that is stored now.
///
/// # Errors
/// [`StoreError`].
pub fn set_snapshot(tx: &Transaction<'_>, document: DocumentId, new: Snapshot<'_>) -> Result<(), StoreError> {
    let params = (
        document.as_bytes(),
        new.bytes,
        join(new.heads),
        new.checked,
        new.scope.as_bytes(),
    );
    run(tx, sql!("document_set_snapshot"), params).map(drop)
}

/// Writes the cache anew, if the document still has these heads.
///
/// # Errors
/// [`StoreError`].
pub fn cache(tx: &Transaction<'_>, document: DocumentId, bytes: &[u8], heads: &[Hash]) -> Result<(), StoreError> {
    run(tx, sql!("document_cache"), (document.as_bytes(), bytes, join(heads))).map(drop)
}

/// Sets what lists show, and what search finds.
///
/// # Errors
/// [`StoreError`].
pub fn set_listing(tx: &Transaction<'_>, document: DocumentId, listing: &Listing) -> Result<(), StoreError> {
    let params = (
        document.as_bytes(),
        &listing.projection,
        listing.projected_by,
        listing.task.map(|t| *t.as_bytes()),
        &listing.state,
        listing.contested,
        listing.updated_ms,
        listing.promise_ms,
        listing.edition_waits,
    );
    run(tx, sql!("document_set_projection"), params)?;
    search::keep(tx, document, &listing.search, listing.updated_ms)
}

/// Sets what the server holds of a document, and keeps the closing sum of its scope.
///
/// `summand` belongs to `heads`; the caller computes it, because only the protocol knows how.
///
/// # Errors
/// [`StoreError`].
pub fn set_server(
    tx: &Transaction<'_>,
    document: DocumentId,
    heads: &[Hash],
    seq: u64,
    summand: Option<[u8; 16]>,
) -> Result<(), StoreError> {
    drop_summand(tx, document)?;
    let params = (document.as_bytes(), join(heads), stored(seq), summand);
    run(tx, sql!("document_set_server"), params)?;
    if let (Some(new), Some((project, scope, _))) = (summand, summand_of(tx, document)?) {
        progress::add_to_sum(tx, project, scope, |sum| sum.wrapping_add(u128::from_le_bytes(new)))?;
    }
    Ok(())
}

/// Takes everything but own work that is not handed in: the scope was lost.
///
/// # Errors
/// [`StoreError`].
pub fn make_husk(tx: &Transaction<'_>, document: DocumentId) -> Result<(), StoreError> {
    drop_summand(tx, document)?;
    search::remove(tx, document)?;
    phrases::remove(tx, document)?;
    let key = [document.as_bytes()];
    run(tx, sql!("changes_delete_foreign"), key)?;
    run(tx, sql!("outbox_delete_received_of"), key)?;
    run(tx, sql!("marks_delete"), key)?;
    run(tx, sql!("quarantine_delete_of"), key)?;
    run(tx, sql!("document_husk"), key).map(drop)
}

/// Forgets a document altogether, outbox included.
///
/// # Errors
/// [`StoreError`].
pub fn forget(tx: &Transaction<'_>, document: DocumentId) -> Result<(), StoreError> {
    drop_summand(tx, document)?;
    search::remove(tx, document)?;
    phrases::remove(tx, document)?;
    let key = [document.as_bytes()];
    for sql in [
        sql!("changes_delete"),
        sql!("outbox_delete_of"),
        sql!("marks_delete"),
        sql!("quarantine_delete_of"),
        sql!("errand_delete_of"),
        sql!("document_delete"),
    ] {
        run(tx, sql, key)?;
    }
    Ok(())
}

/// Lowers the highest seat of every document of a project to `seq`: what was above is gone on the server.
///
/// # Errors
/// [`StoreError`].
pub fn clamp_seq(tx: &Transaction<'_>, project: ProjectId, seq: u64) -> Result<(), StoreError> {
    run(tx, sql!("document_clamp_seq"), (project.as_bytes(), stored(seq))).map(drop)
}

/// Returns the documents of a project whose scope the person does not hold any longer.
///
/// # Errors
/// [`StoreError`].
pub fn uncovered(conn: &Connection, project: ProjectId) -> Result<Vec<DocumentId>, StoreError> {
    let public = ScopeId::public_places(project);
    ids(
        conn,
        sql!("document_uncovered"),
        (project.as_bytes(), public.as_bytes()),
    )
}

/// Returns the husks whose work is handed in.
///
/// # Errors
/// [`StoreError`].
pub fn done_husks(conn: &Connection) -> Result<Vec<DocumentId>, StoreError> {
    ids(conn, sql!("document_done_husks"), ())
}

/// Returns the documents of a project with a change above a seat.
///
/// # Errors
/// [`StoreError`].
pub fn above(conn: &Connection, project: ProjectId, seq: u64) -> Result<Vec<DocumentId>, StoreError> {
    ids(conn, sql!("document_above"), (project.as_bytes(), stored(seq)))
}

/// Returns all documents.
///
/// # Errors
/// [`StoreError`].
pub fn every(conn: &Connection) -> Result<Vec<DocumentId>, StoreError> {
    ids(conn, sql!("document_all"), ())
}

/// Returns up to `most` documents that came from the server and were not judged yet, newest first.
///
/// # Errors
/// [`StoreError`].
pub fn unchecked(conn: &Connection, most: u32) -> Result<Vec<DocumentId>, StoreError> {
    ids(conn, sql!("documents_unchecked"), [most])
}

/// Returns up to `most` documents whose projection was made by older code, newest first.
///
/// # Errors
/// [`StoreError`].
pub fn projected_before(conn: &Connection, version: i64, most: u32) -> Result<Vec<DocumentId>, StoreError> {
    ids(conn, sql!("documents_old_projection"), (version, most))
}

/// Lets those be projected again whose edition was not here: one came.
///
/// # Errors
/// [`StoreError`].
pub fn edition_came(tx: &Transaction<'_>) -> Result<usize, StoreError> {
    run(tx, sql!("documents_edition_came"), ())
}

/// Returns the documents of a scope with what the server holds of each.
///
/// # Errors
/// [`StoreError`].
pub fn of_scope(
    conn: &Connection,
    project: ProjectId,
    scope: ScopeId,
) -> Result<Vec<(Genesis, Vec<Hash>)>, StoreError> {
    let params = (project.as_bytes(), scope.as_bytes());
    all(conn, sql!("document_of_scope"), params, |row| {
        Ok((genesis(row)?, split(&row.get::<_, Vec<u8>>(4)?)))
    })
}

/// Returns a document as lists show it.
///
/// # Errors
/// [`StoreError`].
pub fn listed(conn: &Connection, document: DocumentId) -> Result<Option<ListedDocument>, StoreError> {
    first(conn, sql!("document_listed"), [document.as_bytes()], listed_row)
}

/// Returns the documents about a place, by kind.
///
/// # Errors
/// [`StoreError`].
pub fn at_place(conn: &Connection, place: PlaceId) -> Result<Vec<ListedDocument>, StoreError> {
    all(conn, sql!("documents_at_place"), [place.as_bytes()], listed_row)
}

/// Returns the documents with an open promise that is due until `until_ms`, the next due first.
///
/// # Errors
/// [`StoreError`].
pub fn with_promises(conn: &Connection, until_ms: i64) -> Result<Vec<ListedDocument>, StoreError> {
    all(conn, sql!("documents_with_promises"), [until_ms], listed_row)
}

/// Returns the documents of a project, of one kind or of all (`""`).
///
/// # Errors
/// [`StoreError`].
pub fn of_project(conn: &Connection, project: ProjectId, kind: &str) -> Result<Vec<ListedDocument>, StoreError> {
    all(
        conn,
        sql!("documents_of_project"),
        (project.as_bytes(), kind),
        listed_row,
    )
}

fn ids(
    conn: &Connection,
    sql: crate::statement::Sql,
    params: impl rusqlite::Params,
) -> Result<Vec<DocumentId>, StoreError> {
    all(conn, sql, params, |row| id(row, 0, DocumentId::from_slice))
}

fn drop_summand(tx: &Transaction<'_>, document: DocumentId) -> Result<(), StoreError> {
    if let Some((project, scope, Some(old))) = summand_of(tx, document)? {
        progress::add_to_sum(tx, project, scope, |sum| sum.wrapping_sub(u128::from_le_bytes(old)))?;
    }
    Ok(())
}

type Summand = (ProjectId, ScopeId, Option<[u8; 16]>);

fn summand_of(tx: &Transaction<'_>, document: DocumentId) -> Result<Option<Summand>, StoreError> {
    first(tx, sql!("document_summand"), [document.as_bytes()], |row| {
        Ok((
            id(row, 0, ProjectId::from_slice)?,
            id(row, 1, ScopeId::from_slice)?,
            maybe_id(row, 2, |b| b.try_into().ok())?,
        ))
    })
}

fn genesis(row: &Row<'_>) -> rusqlite::Result<Genesis> {
    Ok(Genesis {
        document: id(row, 0, DocumentId::from_slice)?,
        project: id(row, 1, ProjectId::from_slice)?,
        place: id(row, 2, PlaceId::from_slice)?,
        kind: row.get(3)?,
    })
}

fn listed_row(row: &Row<'_>) -> rusqlite::Result<ListedDocument> {
    Ok(ListedDocument {
        genesis: genesis(row)?,
        scope: id(row, 4, ScopeId::from_slice)?,
        checked: row.get(5)?,
        task: maybe_id(row, 6, TaskId::from_slice)?,
        state: row.get(7)?,
        contested: row.get(8)?,
        updated_ms: row.get(9)?,
        projection: row.get::<_, Option<Vec<u8>>>(10)?.unwrap_or_default(),
    })
}
