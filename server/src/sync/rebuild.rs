//! A document out of its changes, when its snapshot does not load.

use keyturn_domain::Document;
use keyturn_domain::document::Genesis;
use keyturn_domain::gate::Batch;

use super::service::Shared;
use crate::Error;
use crate::db::{AnyConnection, DbError, bytes};

/// Applies every stored change again; each passed the gate when it came.
///
/// # Errors
/// When the database fails, or not even the genesis can be made.
pub(crate) async fn rebuild(conn: &mut AnyConnection, shared: &Shared, genesis: &Genesis) -> Result<Document, Error> {
    let rows = sqlx::query("SELECT bytes FROM changes WHERE document = $1 ORDER BY seq")
        .bind(genesis.document.as_bytes().to_vec())
        .fetch_all(conn)
        .await
        .map_err(DbError::from)?;
    let changes: Vec<Vec<u8>> = rows.iter().map(|row| bytes(row, "bytes")).collect::<Result<_, _>>()?;
    let begun = Document::begin(genesis).map_err(|e| Error::Internal(e.to_string()))?;
    let slices: Vec<&[u8]> = changes.iter().map(Vec::as_slice).collect();
    let outcome = shared.engine.admit(Batch {
        genesis,
        current: Some(&begun),
        changes: &slices,
    });
    Ok(outcome.document.unwrap_or(begun))
}
