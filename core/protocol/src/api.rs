//! The seam between phone and server: the HTTP client and the server's service are two implementations of one trait,
//! so that a missing endpoint does not compile, and the simulator can join the two in memory.

use crate::auth::{EnrolReply, EnrolRequest, TokenReply};
use crate::{SyncReply, SyncRequest};
use async_trait::async_trait;

/// What a phone asks of a server.
#[async_trait]
pub trait SyncApi: Send + Sync {
    /// Binds this phone's key to the person for whom the code was made; a code serves once.
    ///
    /// # Errors
    /// [`ApiError`]; a wrong, used or expired code each has its own.
    async fn enrol(&self, request: EnrolRequest) -> Result<EnrolReply, ApiError>;

    /// Gives a token for twelve hours to the holder of the device key.
    ///
    /// The first call of a day is answered `use_dpop_nonce` with a nonce; the proof is then made again with it.
    ///
    /// # Errors
    /// [`ApiError`]; [`ApiError::Nonce`] carries the nonce to use.
    async fn token(&self, proof: &str) -> Result<TokenReply, ApiError>;

    /// Makes one exchange. Idempotent by hashes; its reply may be lost at any point.
    ///
    /// # Errors
    /// [`ApiError`]; what was accepted before the error stays accepted.
    async fn sync(&self, token: &str, request: SyncRequest) -> Result<SyncReply, ApiError>;
}

/// Why a call did not succeed. The app branches on the kind and shows words for the code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// No answer: no network, cut, timed out. Try again later.
    #[error("No answer from the server: {0}")]
    Offline(String),
    /// Something else answered, e.g. the login page of a hotel's network.
    #[error("Another than our server answered (captive portal)")]
    CaptivePortal,
    /// The server answered with a problem and its stable code.
    #[error("Server refused with {status} {code}")]
    Problem {
        /// HTTP status.
        status: u16,
        /// Stable code, see docs/errors.md.
        code: String,
        /// Not before this many seconds.
        retry_after_s: Option<u64>,
    },
    /// The proof must carry this nonce.
    #[error("Proof must carry the server's nonce")]
    Nonce(String),
    /// The answer was not of the protocol.
    #[error("Answer is not of the protocol: {0}")]
    Protocol(String),
}

impl ApiError {
    /// A problem with a code.
    #[must_use]
    pub fn problem(status: u16, code: &str) -> Self {
        Self::Problem {
            status,
            code: code.to_owned(),
            retry_after_s: None,
        }
    }

    /// Returns the stable code.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Offline(_) => "offline",
            Self::CaptivePortal => "captive_portal",
            Self::Problem { code, .. } => code,
            Self::Nonce(_) => "use_dpop_nonce",
            Self::Protocol(_) => "protocol",
        }
    }

    /// Tells whether the same call may succeed later without anybody doing anything.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Offline(_) | Self::CaptivePortal | Self::Nonce(_) => true,
            Self::Problem { status, .. } => *status >= 500 || *status == 429,
            Self::Protocol(_) => false,
        }
    }
}
