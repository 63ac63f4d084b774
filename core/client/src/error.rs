//! Errors as an app needs them: what to do, and a stable code. No personal data.

use keyturn_domain::{DocumentError, DocumentId};
use keyturn_protocol::auth::ProofError;
use keyturn_protocol::{ApiError, codec::CodecError};
use keyturn_store::StoreError;

/// Why a call did not do what it should. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nobody is enrolled on this phone.
    #[error("Nobody is enrolled on this phone")]
    NotEnrolled,
    /// The device was withdrawn: what is queued is handed in, nothing new is recorded.
    #[error("This device was withdrawn")]
    Revoked,
    /// The document is not on this phone, or not any longer.
    #[error("Document {0} is not on this phone")]
    UnknownDocument(DocumentId),
    /// What the server sent of the document did not pass the gate, or its bytes do not load.
    #[error("Document {document} is not readable: {code}")]
    Unreadable {
        /// The document.
        document: DocumentId,
        /// The stable code of the refusal.
        code: String,
    },
    /// A command was refused; the code says why.
    #[error("Command was refused: {0}")]
    Refused(String),
    /// A command of a record was refused; nothing was written.
    #[error(transparent)]
    Command(#[from] keyturn_domain::record::CommandError),
    /// What the app handed over is not of its form: an id, a key, a list of heads.
    #[error("Input {0} is not of its form")]
    Input(&'static str),
    /// The built-in data have a wrong row.
    #[error("Built-in data are wrong: {0}")]
    Data(String),
    /// The document refused the write.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server or the way to it.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The device key did not sign.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// Something stored could not be written or read as a message.
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// A file could not be used, e.g. that of the device key.
    #[error("File {path} could not be used: {source}")]
    File {
        /// The file.
        path: std::path::PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another thread panicked while it held the client.
    #[error("Client was left by a failed thread")]
    Poisoned,
}

/// What an app can do about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Try again later; nobody has to do anything.
    Retry,
    /// Enrol this phone.
    Enrol,
    /// Make room on the disk.
    MakeRoom,
    /// Draw the screen anew and let the person decide again.
    Redraw,
    /// Update the app.
    Update,
    /// Show the code; nothing helps by itself.
    Show,
}

impl From<keyturn_domain::catalog::CatalogError> for ClientError {
    fn from(error: keyturn_domain::catalog::CatalogError) -> Self {
        Self::Data(error.to_string())
    }
}

impl ClientError {
    /// Returns the stable code, see docs/errors.md.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::NotEnrolled => "not_enrolled",
            Self::Revoked => "revoked",
            Self::UnknownDocument(_) => "document_unknown",
            Self::Unreadable { .. } => "document_unreadable",
            Self::Refused(code) => code,
            Self::Command(e) => e.code(),
            Self::Input(_) => "bad_input",
            Self::Data(_) => "data",
            Self::Document(DocumentError::UnknownSeen(_)) => "seen_unknown",
            Self::Document(_) => "write_refused",
            Self::Store(e) => e.code(),
            Self::Api(e) => e.code(),
            Self::Proof(e) => e.code().as_str(),
            Self::Codec(e) => e.code(),
            Self::File { source, .. } if source.kind() == std::io::ErrorKind::StorageFull => "disk_full",
            Self::File { .. } | Self::Poisoned => "client_unusable",
        }
    }

    /// A refusal with a code.
    pub(crate) fn refused(code: &str) -> Self {
        Self::Refused(code.to_owned())
    }

    /// Returns what is missing for a refused event: the guards, by code.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        match self {
            Self::Command(keyturn_domain::record::CommandError::Illegal { missing, .. }) => missing.clone(),
            _ => Vec::new(),
        }
    }

    /// Returns what an app can do.
    #[must_use]
    pub fn action(&self) -> Action {
        match self {
            Self::NotEnrolled => Action::Enrol,
            Self::Store(StoreError::DiskFull) => Action::MakeRoom,
            Self::Store(StoreError::Newer { .. }) => Action::Update,
            Self::Store(StoreError::Locked(_)) => Action::Retry,
            Self::Document(DocumentError::UnknownSeen(_)) => Action::Redraw,
            Self::Command(e) if ["stale_screen", "contested", "not_contested"].contains(&e.code()) => Action::Redraw,
            Self::Api(e) if e.is_passing() => Action::Retry,
            Self::Api(e) if e.code() == "protocol_unknown" => Action::Update,
            Self::Api(e) if e.code() == "device_unknown" => Action::Enrol,
            _ => Action::Show,
        }
    }
}
