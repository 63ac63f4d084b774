//! Jobs that one of several servers does: it holds a lock as long as its connection lives.
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};

use super::super::{Db, DbError, expected_tables};
use super::lock::{self, Class};
use super::session::connect;
use crate::db::Database;

/// What must not be done twice at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobName {
    /// Opening tasks.
    Planning,
    /// Backups by the clock.
    Backups,
    /// One backup, by the clock or by hand.
    OneBackup,
    /// Writing down who was erased, in lists outside of the database.
    Erasing,
}

/// The right to do a job, until it is dropped or its connection ends. SQLite has one server, which does everything.
pub struct Job {
    held: Option<AnyConnection>,
}

impl Db {
    /// Takes a job, unless another server has it.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn job(&self, name: JobName) -> Result<Option<Job>, DbError> {
        let Database::Postgres(place) = self.database() else {
            return Ok(Some(Job { held: None }));
        };
        let mut conn = connect(place, &self.database().as_path(), self.wait()).await?;
        let class = Class::Job(match name {
            JobName::Planning => 0,
            JobName::Backups => 1,
            JobName::OneBackup => 2,
            JobName::Erasing => 3,
        });
        if lock::try_take(&mut conn, "pg_try_advisory_lock", class).await? {
            return Ok(Some(Job { held: Some(conn) }));
        }
        conn.close().await?;
        Ok(None)
    }
}

impl Db {
    /// Keeps every server away from a PostgreSQL database, as long as the answer lives; a file has a lock of its own.
    ///
    /// # Errors
    /// `Locked` when a server runs on it.
    pub async fn alone(&self) -> Result<Job, DbError> {
        let Database::Postgres(place) = self.database() else {
            return Ok(Job { held: None });
        };
        let mut conn = connect(place, &self.database().as_path(), self.wait()).await?;
        if lock::try_take(&mut conn, "pg_try_advisory_lock", Class::Servers).await? {
            return Ok(Job { held: Some(conn) });
        }
        conn.close().await?;
        Err(DbError::Locked {
            path: self.database().as_path(),
        })
    }

    /// Lets PostgreSQL look at what it was given at once, so that it finds its way in it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn tidy(&self) -> Result<(), DbError> {
        if let Database::Postgres(place) = self.database() {
            let mut conn = connect(place, &self.database().as_path(), self.wait()).await?;
            let tables = expected_tables().await?;
            // Ours alone: there may be other schemas beside.
            let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
            let sql = format!("SET statement_timeout = 0; ANALYZE {}", names.join(", "));
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut conn).await?;
            conn.close().await?;
        }
        Ok(())
    }
}

impl Job {
    /// Tells whether the job is still this server's: a database that was restarted gives it to whoever asks first.
    pub async fn is_held(&mut self) -> bool {
        match &mut self.held {
            Some(conn) => conn.ping().await.is_ok(),
            None => true,
        }
    }
}
