//! Editions of a project's data: imported as a draft, compared with what is in force, published for good.
//!
//! - `read`: which edition something is read with, for everything else of the server.
//! - `draft`: what was imported and not published; it never reaches a phone.
//! - `office`: import, compare, publish, discard, list.
//! - [`api`]: the same for other systems.
//!
//! Published editions are rows of the project (`rows::EditionRow`), so that phones, backups, exports and `doctor` treat them
//! as they treat every row. See docs/adr/0016.

pub mod api;
mod draft;
mod folder;
mod office;
mod read;
#[cfg(test)]
mod tests;

pub(crate) use folder::{is_table, text as text_of};
pub use folder::{read_folder, write_folder};
pub(crate) use office::row_puts;
pub use office::{Chosen, Compared, EditionError, EditionShown, EditionState, Imported, ProjectEditions, Published};
pub(crate) use read::{Every, Shelf, edition, files_of};
