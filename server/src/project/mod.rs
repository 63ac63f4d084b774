//! A project in and out: tables that people fill in, and back again (docs/import.md).
//!
//! 1. `tables` says once which tables and columns there are; `form` how a cell is written.
//! 2. `input` reads a folder of CSV or one JSON file into typed rows, and finds every mistake in them.
//! 3. `present` reads what the server holds; `build` makes the rows that shall be, out of both.
//! 4. `diff` says what that changes; `import` writes it in one transaction, or only tells.
//! 5. `export` writes the same tables, and on request everything: records, changes, rows, with a list of hashes that
//!    `verify` reads back.

mod build;
mod column;
mod diff;
mod export;
mod form;
mod grants;
mod import;
mod input;
mod list;
mod present;
mod problem;
mod report;
mod row;
pub mod tables;
#[cfg(test)]
mod tests;

pub(crate) use build::handover_task;
pub use export::{Exported, Verified, What, verify};
pub(crate) use grants::{Stored, asked};
pub use import::{ImportError, Projects};
pub(crate) use input::decode::decode;
pub use input::{Input, read, read_with};
pub use list::Listed;
pub use problem::{MOST as MOST_PROBLEMS, Problem, Problems};
pub use report::{Changed, Counted, FieldChange, Report};
