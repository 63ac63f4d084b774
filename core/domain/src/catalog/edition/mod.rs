//! Editions: the data of a project, version by version.
//!
//! Edition 1 is what the program has built in. A later one is a project's own files over the built-in ones, checked,
//! published, and never changed afterwards; its identity is the hash of its files. A record pins the edition that it was
//! begun with, so that one published later changes nothing in it.
//!
//! - [`EditionFiles`]: the files, in the one form that is hashed and compared.
//! - [`problems`]: everything that is wrong with them, as far as it can be named.
//! - [`compare`]: what differs between two of them, field by field.
//! - [`Editions`]: those that somebody holds, and which of them something is read with.

mod cache;
mod compare;
mod files;
mod flat;
mod held;
mod problems;
#[cfg(test)]
mod tests;

pub use compare::{Difference, FieldDifference, Kind, compare};
pub(crate) use files::hash_of;
pub use files::{EditionFiles, MOST_BYTES, MOST_FILE_BYTES, PROGRAMS_OWN};
pub use held::{BUILT_IN, Edition, Editions};
pub use problems::{MOST as MOST_PROBLEMS, fits, problems};
