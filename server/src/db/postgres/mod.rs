//! What is PostgreSQL's own: how sessions are set, which locks hold what, and the schema as its catalogue tells it.
//!
//! Writers take an advisory lock for the time of their transaction. Nearly all take it alone, so they see what a writer
//! of SQLite sees: nobody else writes meanwhile. A push takes it together with other pushes ([`Writing::Beside`]): it
//! compares versions, and locks rows, in one order.
mod catalogue;
mod jobs;
mod listen;
mod lock;
mod probe;
mod session;

#[cfg(test)]
mod tests;

pub(super) use catalogue::schema_of;
pub use jobs::{Job, JobName};
pub use listen::{Listener, Said};
pub(super) use lock::Writing;
pub(super) use probe::Probe;
pub(super) use session::{begin_read, begin_write, open, pools};
