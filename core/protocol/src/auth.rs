//! How a phone says who it is: enrolment binds its key to a person, a proof of that key gives a token.
//!
//! The proof is a DPoP proof (RFC 9449): a JWT, signed with ES256, that names method and address of the request and
//! carries a nonce of the server. Both sides share this code; time and randomness are parameters.

mod key;
mod messages;
mod proof;

pub use key::{DeviceKey, DeviceSigner};
pub use messages::{EnrolReply, EnrolRequest, TokenReply};
pub use proof::{DpopProof, ProofClaims, ProofError, TOKEN_METHOD, TOKEN_PATH};
