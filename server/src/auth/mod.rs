//! Who calls: enrolment by a one-time code, tokens for a proof of the device key, logins looked up at every request.
mod enrol;
mod login;
mod nonce;
mod secret;
mod token;

pub use enrol::enrol;
pub use login::{Login, Logins, TokenKind};
pub use nonce::NONCE_LIFE_MS;
pub use secret::{Secret, code_hash};
pub use token::{TOKEN_LIFE_MS, addresses, token};

pub(crate) use login::moved;
pub(crate) use token::{NewToken, insert as insert_token};

#[cfg(test)]
mod tests;
