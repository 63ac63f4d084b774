//! Copies of the database: one that is made while people write, and one that is only read.
use std::path::Path;

use sqlx::{AnyConnection, ConnectOptions, Connection, Executor};

use super::open::file_options;
use super::{Db, DbError};

/// Sixteen megabytes of pages, whatever the size of the file.
const READING: &str = "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000; PRAGMA query_only = ON;";

impl Db {
    /// Writes one consistent state of the database into a new file, without keeping anybody from writing. Nothing is
    /// synced to the disk yet.
    ///
    /// # Errors
    /// `Full` when there is no room; a file by half may be left.
    pub async fn copy_into(&self, to: &Path) -> Result<(), DbError> {
        let name = to.to_str().ok_or_else(|| DbError::Unusable {
            path: to.to_owned(),
            detail: "the path is not UTF-8".to_owned(),
        })?;
        // A connection of its own: the readers of the pool may not write, also not elsewhere.
        let mut conn = file_options(&self.path(), "mode=rw")?.connect().await?;
        let done = sqlx::query("VACUUM INTO $1")
            .bind(name.to_owned())
            .execute(&mut conn)
            .await;
        conn.close().await?;
        done.map_err(|error| DbError::from(error).at(to))?;
        Ok(())
    }

    /// Gives back the room of what was deleted, so that none of it is left in the file. PostgreSQL does so by itself.
    ///
    /// # Errors
    /// What the database says; then everything is as it was.
    pub async fn vacuum(&self) -> Result<(), DbError> {
        if self.is_postgres() {
            return Ok(());
        }
        let mut conn = file_options(&self.path(), "mode=rw")?.connect().await?;
        let done = conn
            .execute(sqlx::raw_sql("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);"))
            .await;
        conn.close().await?;
        done?;
        Ok(())
    }
}

/// Writes what the log holds back into the main file, as far as readers let it, and empties the log. PostgreSQL has a log
/// of its own, which is the business of whoever runs it.
///
/// # Errors
/// What the database says.
pub async fn checkpoint(db: &Db) -> Result<(), DbError> {
    if db.is_postgres() {
        return Ok(());
    }
    let mut conn = file_options(&db.path(), "mode=rw")?.connect().await?;
    let done = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
        .fetch_all(&mut conn)
        .await;
    conn.close().await?;
    done?;
    Ok(())
}

/// Opens a file that nobody writes, such as a backup; not a byte of it changes.
///
/// # Errors
/// `Unusable`, `Damaged`.
pub async fn open_copy(path: &Path) -> Result<AnyConnection, DbError> {
    sqlx::any::install_default_drivers();
    let at = |error: sqlx::Error| DbError::from(error).at(path);
    let mut conn = file_options(path, "mode=ro&immutable=true")?
        .connect()
        .await
        .map_err(at)?;
    conn.execute(sqlx::raw_sql(READING)).await.map_err(at)?;
    Ok(conn)
}
