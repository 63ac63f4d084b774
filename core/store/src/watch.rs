//! Whoever is asked before each transaction of the writer and told after it.

use crate::StoreError;
use rusqlite::{Connection, Transaction};
use std::sync::Arc;

/// Stands beside the writer. Tests let a phone die between two writes with it, or its disk run full; an app has none.
///
/// An error at any point is what [`crate::Store::write`] returns; before the commit it means that nothing was written.
pub trait Watch: Send + Sync {
    /// A transaction is about to begin.
    ///
    /// # Errors
    /// Whatever the writer shall fail with.
    fn begins(&self, conn: &Connection) -> Result<(), StoreError>;

    /// All of it was written, and is about to be committed.
    ///
    /// # Errors
    /// Whatever the writer shall fail with; the transaction is rolled back.
    fn commits(&self, tx: &Transaction<'_>) -> Result<(), StoreError>;

    /// It is durable.
    ///
    /// # Errors
    /// Whatever the writer shall fail with; the transaction stays.
    fn committed(&self) -> Result<(), StoreError>;
}

/// The watch of a store, if it has one.
#[derive(Clone, Default)]
pub(crate) struct Watched(pub(crate) Option<Arc<dyn Watch>>);

impl Watched {
    pub(crate) fn ask(&self, question: impl FnOnce(&dyn Watch) -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.0.as_deref().map_or(Ok(()), question)
    }
}

impl std::fmt::Debug for Watched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "watched" } else { "not watched" })
    }
}
