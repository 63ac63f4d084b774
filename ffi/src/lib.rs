//! The facade of [`keyturn_client`] for Kotlin and Swift.
//!
//! Every exported object wraps one object of the client, every method is one call and `?`; a branch belongs below.
//! Types that cross are the client's own, described to the bindings where they stand here as `remote`; ids and hashes
//! cross as text. Errors carry what the app can do and a stable code; nobody reads their words.

mod cases;
mod client;
mod complaints;
mod defects;
mod error;
mod ids;
mod inspections;
mod milestones;
mod notices;
mod observe;
mod people;
mod places;
mod promises;
mod repairs;
mod search;
mod session;
mod sync;
mod tasks;
mod times;
mod views;
mod visits;

pub use cases::Cases;
pub use client::{Keyturn, OpenOptions};
pub use defects::Defects;
pub use error::CoreError;
pub use inspections::Inspections;
pub use milestones::Milestones;
pub use notices::Notices;
pub use observe::{Observer, Subscription};
pub use people::People;
pub use places::Places;
pub use promises::Promises;
pub use search::Search;
pub use session::Session;
pub use sync::{StepReport, Sync};
pub use tasks::Tasks;
pub use visits::Visits;

uniffi::setup_scaffolding!();

/// Returns the version of the core.
#[must_use]
#[uniffi::export]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
