//! The server on the wire: one table of routes, a guard before each, one envelope for errors, one line of log.
mod auth;
mod body;
mod conditional;
mod describe;
mod guard;
mod health;
mod idempotent;
mod limit;
mod observe;
mod openapi;
mod origin;
mod poke;
mod problem;
mod routes;
mod serve;
mod table;
mod tls;

pub use body::{JsonBody, RawBody};
pub use describe::{About, Media, Shape};
pub use guard::{Caller, Owner, Permission};
pub use idempotent::{IfMatch, RequestKey};
pub use limit::{API_PER_MINUTE, LOGINS_PER_MINUTE, Limits};
pub use origin::{Net, Origin, Proxies};
pub use routes::Route;
pub use table::routes;
pub use tls::TlsFiles;

pub(crate) use routes::router;
pub(crate) use serve::serve;
pub(crate) use tls::Tls;

#[cfg(test)]
mod tests;
