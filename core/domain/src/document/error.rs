//! What can go wrong inside one document.

use crate::ids::Hash;

/// Why a document could not be read or written. The document is as it was before.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The bytes are no document, or not one of ours.
    #[error("Document is unreadable: {0}")]
    Unreadable(String),
    /// The screen was drawn from a change that this copy does not hold.
    #[error("Change {0} was seen but is not in this document")]
    UnknownSeen(Hash),
    /// A write names a container that such writes do not go to, or a key that is not of its form.
    #[error("Write is not of our form: {0}")]
    Form(&'static str),
    /// The library refused.
    #[error("The CRDT library refused: {0}")]
    Automerge(#[from] automerge::AutomergeError),
    /// A patch log did not belong to the document; not seen.
    #[error("The CRDT library refused: {0}")]
    PatchLog(#[from] automerge::PatchLogMismatch),
}
