//! A transaction that may write and one that only reads, as two types.
use std::ops::{Deref, DerefMut};

use sqlx::Transaction;
use sqlx::{Any, AnyConnection};

use super::{DbError, is_postgres};

/// The only writing transaction there is at this moment. Dropped without `commit`, it is rolled back.
pub struct WriteTx(pub(super) Transaction<'static, Any>);

impl WriteTx {
    /// Commits; when this returns, the changes are on the disk.
    ///
    /// # Errors
    /// `DbError::Full` and others; then nothing was written.
    pub async fn commit(mut self) -> Result<(), DbError> {
        if is_postgres(&self.0) {
            // After a statement that failed, PostgreSQL answers COMMIT by rolling back, and calls that a success.
            sqlx::query("SELECT 1 AS one").execute(&mut *self.0).await?;
        }
        Ok(self.0.commit().await?)
    }
}

/// One consistent view of the database, whatever is written meanwhile.
pub struct ReadTx(pub(super) Transaction<'static, Any>);

impl Deref for WriteTx {
    type Target = AnyConnection;
    fn deref(&self) -> &AnyConnection {
        &self.0
    }
}

impl DerefMut for WriteTx {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.0
    }
}

impl Deref for ReadTx {
    type Target = AnyConnection;
    fn deref(&self) -> &AnyConnection {
        &self.0
    }
}

impl DerefMut for ReadTx {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.0
    }
}
