//! The phone's SQLite: one file, one writer, readers as needed.
//!
//! - [`Store`] opens the file, migrates it, hands out transactions ([`Store::write`]) and reads ([`Store::read`]).
//!   Functions that write take `&Transaction`, functions that read take `&Connection`.
//! - One module per table or pair of tables: [`documents`], [`changes`], [`outbox`], [`rows`], [`grants`], [`intents`],
//!   [`quarantine`], [`errands`], [`progress`] (cursor, witnesses, sums, backup marks), [`meta`], [`search`] (the words of
//!   records and their index), [`phrases`].
//!
//! A commit is durable when it returns (WAL, `synchronous=FULL`). A database of a newer version is refused; a damaged
//! one is set aside under another name and never deleted, unless the office has the whole phone erased ([`Store::erase`]);
//! a ballast file gives room to finish on a full disk.

mod ballast;
pub mod changes;
pub mod documents;
mod erase;
pub mod errands;
mod error;
pub mod grants;
pub mod intents;
pub mod meta;
mod migrate;
mod open;
pub mod outbox;
pub mod phrases;
pub mod progress;
pub mod quarantine;
pub mod rows;
pub mod search;
mod statement;
mod store;
mod watch;

#[cfg(test)]
mod tests;

pub use erase::NOTE as ERASED_NOTE;
pub use error::StoreError;
pub use open::{OpenReport, StoreOptions};
pub use rusqlite::{Connection, Transaction};
pub use store::Store;
pub use watch::Watch;
