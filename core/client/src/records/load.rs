//! From the database to an open document. A server's snapshot that was never opened passes the gate first.

use crate::ClientError;
use keyturn_domain::Document;
use keyturn_domain::gate::{MergeEngine, open_snapshot};
use keyturn_store::documents::StoredDocument;
use keyturn_store::{Connection, StoreError, changes};

/// Why a stored document did not open.
pub(crate) enum LoadError {
    /// The gate refused a server's snapshot.
    Refused(String),
    /// Bytes that this phone itself wrote do not load.
    Unreadable(String),
    /// The database.
    Store(StoreError),
}

impl From<StoreError> for LoadError {
    fn from(e: StoreError) -> Self {
        Self::Store(e)
    }
}

impl LoadError {
    pub(crate) fn of(self, document: keyturn_domain::DocumentId) -> ClientError {
        match self {
            Self::Refused(code) => ClientError::Unreadable { document, code },
            Self::Unreadable(_) => ClientError::Unreadable {
                document,
                code: "unreadable".to_owned(),
            },
            Self::Store(e) => e.into(),
        }
    }
}

/// Opens a stored document: snapshot and later changes; when the cache does not load, all changes from the genesis.
pub(crate) fn load(conn: &Connection, gate: &dyn MergeEngine, stored: &StoredDocument) -> Result<Document, LoadError> {
    let genesis = &stored.genesis;
    if !stored.checked {
        let bytes = stored.snapshot.as_deref().unwrap_or_default();
        return open_snapshot(gate, genesis, bytes).map_err(|refusal| LoadError::Refused(refusal.code.to_string()));
    }
    let restore = |snapshot: Option<&[u8]>, after: i64| -> Result<Document, LoadError> {
        let changes = changes::after(conn, genesis.document, after)?;
        let bytes = changes.iter().map(|c| c.bytes.as_slice());
        let document = Document::restore(genesis, snapshot, bytes);
        let document = document.map_err(|e| LoadError::Unreadable(e.to_string()))?;
        if document.heads() == stored.heads {
            Ok(document)
        } else {
            Err(LoadError::Unreadable(
                "The heads are not those that were stored".to_owned(),
            ))
        }
    };
    match restore(stored.snapshot.as_deref(), stored.snapshot_n) {
        Err(LoadError::Unreadable(why)) => {
            tracing::warn!(document = %genesis.document, why, "A cached document does not load, it is made again");
            restore(None, 0)
        }
        other => other,
    }
}
