//! What a call of the server can fail with.
use keyturn_domain::catalog::CatalogError;
use keyturn_domain::record::CommandError;
use keyturn_protocol::Code;
use keyturn_protocol::auth::ProofError;

use crate::db::DbError;

/// Every failure has a stable code; the words are for a person.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The storage failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The request cannot be done, and the code says why.
    #[error("{}{}", code.en(), detail.as_ref().map(|d| format!(": {d}")).unwrap_or_default())]
    Refused {
        /// Why.
        code: Code,
        /// What exactly; holds no personal data.
        detail: Option<String>,
    },
    /// A command that the core refused: nothing was written.
    #[error("{}: {reason} {detail}", Code::WriteRefused.en())]
    Command {
        /// The stable code of the refusal, see docs/errors.md.
        reason: String,
        /// What exactly; holds no personal data.
        detail: String,
    },
    /// The files of an edition have mistakes; these.
    #[error("{}: {}", Code::EditionRefused.en(), .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Mistakes(Vec<CatalogError>),
    /// The record is not what it was when it was read; this is its version now.
    #[error("{}", Code::RecordChanged.en())]
    Changed(String),
    /// Too many requests; another may come after so many seconds.
    #[error("{}", Code::TooManyRequests.en())]
    Later(u64),
    /// The proof lacks a nonce that is valid now; this is one.
    #[error("{}", Code::UseDpopNonce.en())]
    Nonce(String),
    /// A fault of this program; the words go to the log only.
    #[error("{code}: {0}", code = Code::Internal.en())]
    Internal(String),
}

impl Error {
    /// Returns a refusal with what exactly was wrong.
    pub fn refused(code: Code, detail: impl Into<String>) -> Self {
        Self::Refused {
            code,
            detail: Some(detail.into()),
        }
    }

    /// Returns the refusal of a command.
    pub fn reason(reason: &str, detail: &str) -> Self {
        Self::Command {
            reason: reason.to_owned(),
            detail: detail.to_owned(),
        }
    }

    /// Returns the refusal of a command on a record; what only a fault can cause is one.
    pub fn command(error: &CommandError) -> Self {
        match error.code() {
            "document" | "data" => Self::Internal(error.to_string()),
            reason => Self::reason(reason, &error.to_string()),
        }
    }

    /// Returns the stable code.
    pub fn code(&self) -> Code {
        match self {
            Self::Db(error) => error.code(),
            Self::Refused { code, .. } => *code,
            Self::Command { .. } => Code::WriteRefused,
            Self::Mistakes(_) => Code::EditionRefused,
            Self::Changed(_) => Code::RecordChanged,
            Self::Later(_) => Code::TooManyRequests,
            Self::Nonce(_) => Code::UseDpopNonce,
            Self::Internal(_) => Code::Internal,
        }
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Self::Refused { code, detail: None }
    }
}

impl From<ProofError> for Error {
    fn from(error: ProofError) -> Self {
        Self::refused(error.code(), error.to_string())
    }
}
