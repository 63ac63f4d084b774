//! The server on the wire: one table of routes, a guard before each, one envelope for errors, one line of log.
mod auth;
mod body;
mod guard;
mod health;
mod observe;
mod poke;
mod problem;
mod routes;
mod serve;
mod tls;

pub use body::{JsonBody, RawBody};
pub use guard::{Caller, Owner, Permission};
pub use routes::{Route, routes};
pub use tls::TlsFiles;

pub(crate) use routes::router;
pub(crate) use serve::serve;
pub(crate) use tls::Tls;

#[cfg(test)]
mod tests;
