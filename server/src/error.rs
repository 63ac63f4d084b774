//! What a call of the server can fail with.
use keyturn_protocol::auth::ProofError;
use keyturn_protocol::{ApiError, Code};

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
    /// The proof lacks a nonce that is valid now; this is one.
    #[error("{}", Code::UseDpopNonce.en())]
    Nonce(String),
    /// The clock of the device is far off; this is the server's, in milliseconds.
    #[error("{}", Code::ClockOff.en())]
    ClockOff(i64),
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

    /// Returns the stable code.
    pub fn code(&self) -> Code {
        match self {
            Self::Db(error) => error.code(),
            Self::Refused { code, .. } => *code,
            Self::Nonce(_) => Code::UseDpopNonce,
            Self::ClockOff(_) => Code::ClockOff,
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

/// As a phone sees it, whether HTTP is between the two or not.
impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        match error {
            Error::Nonce(nonce) => Self::Nonce(nonce),
            other => Self::problem(other.code().status(), other.code().as_str()),
        }
    }
}
