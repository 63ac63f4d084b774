//! Sync, storage, API.
//!
//! - [`Server`]: open, serve, and what the command line calls.
//! - [`db`]: one SQL text for two engines; one writer, many readers, migrations.
//! - [`auth`]: enrolment, tokens, logins.
//! - [`users`]: people, roles, devices.
//! - [`sync`]: the exchange with phones: log, push, pull.
//! - [`project`]: a project in and out, as tables.
//! - [`editions`]: checklists, catalogue and rules of a project, version by version.
//! - [`audit`]: who did what, chained.
//! - [`backup`]: backups, verified before they count; restore; erasing that no restore forgets.
//! - [`objects`]: files by name in a bucket or a folder.
//! - [`transfer`]: a whole server from one database to another.
//! - [`http`]: the table of routes, guards, the error envelope, logs.
//! - `metrics`: what is counted for whoever watches.

pub mod audit;
pub mod auth;
pub mod backup;
pub mod db;
pub mod editions;
mod error;
pub mod http;
mod metrics;
pub mod objects;
pub mod planted;
mod pokes;
pub mod project;
pub mod records;
mod server;
mod state;
pub mod sync;
mod system;
#[cfg(test)]
mod testing;
pub mod transfer;
pub mod users;

/// The target of spans that are for a collector of traces, and for no line of the log.
pub const TRACE_TARGET: &str = "keyturn::trace";

pub use error::Error;
pub use server::{Server, ServerConfig, bind};
pub use state::AppState;
pub use system::{SystemClock, SystemIds};
pub use {keyturn_domain as domain, keyturn_protocol as protocol};
