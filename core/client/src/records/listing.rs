//! What lists show of a record: our own projection, or the server's until the record is first opened.

use crate::ClientError;
use keyturn_domain::record::titles::{TITLES_FORM, words};
use keyturn_domain::record::{Marks, PROJECTION_FORM, Projection};
use keyturn_domain::search::SEARCH_FORM;
use keyturn_domain::{Document, DocumentId, ProjectId};
use keyturn_store::documents::Listing;
use keyturn_store::{Connection, StoreError, changes};

/// The version of the code that makes projections, and the words that search looks in.
pub(crate) const PROJECTED_BY: i64 =
    ((PROJECTION_FORM as i64) << 32) | ((TITLES_FORM as i64) << 16) | (SEARCH_FORM as i64);

/// Computes the listing of a document.
pub(crate) fn listing(conn: &Connection, document: &Document, marks: &Marks) -> Result<Listing, ClientError> {
    let projection = Projection::of(document, marks);
    let bytes = projection.to_bytes();
    row(conn, document.genesis().project, &projection, bytes)
}

/// Reads a projection that the server made; one of another form is made again here.
pub(crate) fn listing_of(conn: &Connection, project: ProjectId, bytes: &[u8]) -> Result<Listing, ClientError> {
    match Projection::from_bytes(bytes) {
        Some(projection) => row(conn, project, &projection, bytes.to_vec()),
        None => Ok(Listing::default()),
    }
}

fn row(conn: &Connection, project: ProjectId, projection: &Projection, bytes: Vec<u8>) -> Result<Listing, ClientError> {
    let edition = super::edition(conn, project, Some(projection.edition))?;
    Ok(Listing {
        projection: bytes,
        projected_by: PROJECTED_BY,
        task: projection.task,
        state: projection.state.clone(),
        contested: u32::try_from(projection.contested.len()).unwrap_or(u32::MAX),
        updated_ms: projection.updated_ms,
        search: words(&edition.catalog, projection),
        edition_waits: edition.waiting,
        promise_ms: projection
            .promises
            .iter()
            .filter(|p| p.is_open())
            .map(|p| p.due_ms)
            .min(),
    })
}

/// Returns what the server said about the changes of a document.
pub(crate) fn marks_of(conn: &Connection, document: DocumentId) -> Result<Marks, StoreError> {
    let mut marks = Marks::default();
    for stored in changes::marks(conn, document)? {
        if !stored.mark.is_empty() {
            marks.marks.insert(stored.hash, stored.mark);
        }
        if let Some(by) = stored.relayed_by {
            marks.relayed.insert(stored.hash, by);
        }
        if stored.received_ms > 0 {
            marks.received.insert(stored.hash, stored.received_ms);
        }
    }
    Ok(marks)
}
