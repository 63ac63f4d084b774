//! Sync: the server's side of the exchange (DESIGN 4 and 7).
//!
//! Each project has a log; entries are pointers, numbered without a gap and chained (`log`). One exchange goes like
//! this (`service`):
//!
//! 1. Did the server go back behind what the phone was given? Then only that is said (`rewind`).
//! 2. The push: sorted by document, the database asked in sets (`gather`), attribution and gate outside of any
//!    transaction (`judge`), then one transaction with versions compared and the counters last (`commit`).
//! 3. Intents, each judged once (`intents`): about rows by the rule that phones know, too (`row_intents`).
//! 4. An audit is answered (`audit`).
//! 5. The pull, in one read transaction: the log after the cursor (`entries`), or present state where the person is
//!    new to a scope (`backfill`), filtered by what the person holds at that moment (`held`).
//!
//! When it goes wrong: a push that lost a race is judged again; a commit whose end is unknown empties the memory of the
//! documents concerned; a snapshot that does not load is made again from its changes; a reply that got lost is asked for
//! again, and the hashes make it the same.

mod admin;
mod api;
mod assign;
mod audit;
mod backfill;
mod cache;
mod commit;
mod contact;
mod cursor;
mod demo;
mod demo_people;
mod demo_task;
pub mod doctor;
mod entries;
mod erase;
mod gather;
mod held;
mod http;
mod intents;
mod judge;
mod log;
mod plan;
mod projected;
mod pull;
mod push;
mod quarantine;
pub(crate) mod rebuild;
mod rewind;
pub(crate) mod rights;
mod row_audit;
mod row_intents;
mod service;

pub use admin::{NewPlace, RowPut, write_grant};
pub(crate) use admin::{add_places_in, put_and_leave};
pub(crate) use api::Made;
pub(crate) use demo::Wanted;
pub use demo::{DemoHome, DemoLoaded, DemoOptions, demo_project};
pub(crate) use erase::subjects_of;
pub(crate) use http::MOST;
pub use http::sync;
pub use intents::{LIFT_MARK, LiftMark};
pub use plan::Planning;
pub(crate) use plan::keep_planned;
pub(crate) use quarantine::Kept;
pub use rights::HAND_IN_MS;
pub use service::{MEMORY_URL, Shared, SyncService, Who};

#[cfg(test)]
mod tests;
