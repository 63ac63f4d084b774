//! Files by name, in a bucket that speaks S3 or in a folder: where second copies of backups lie, and photos will.
//!
//! Names are like `keyturn-1a2b3c4d-20301215T020000Z/manifest.json`: parts of letters, digits, `-`, `_` and `.`. An
//! object is whole or not there, and nothing is renamed: whoever writes several that belong together writes the one last
//! by which the others are found. What was written is read back by whoever relies on it ([`Objects::hash_of`]).
//!
//! Requests that fail in passing are tried again for some seconds by the library; longer is the business of a job that
//! knows what it waits for.

mod failed;
mod place;
mod store;

pub use place::{Bucket, Keys, Place};
pub use store::Objects;

use serde::{Deserialize, Serialize};

/// A file by length and hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredFile {
    /// How long it is.
    pub bytes: u64,
    /// SHA-256, in hex.
    pub sha256: String,
}
