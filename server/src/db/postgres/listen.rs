//! What servers on one database tell each other, and the lock by which each shows that it runs.
use sqlx::postgres::{PgListener, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, Row as _};

use super::super::{Db, DbError};
use super::lock::{Class, call};
use crate::db::{Database, migrate};

/// The channel is the database's; whoever speaks names itself and its schema.
const CHANNEL: &str = "keyturn";

/// The line to the other servers on the same database.
pub struct Listener {
    listener: PgListener,
    pool: PgPool,
    schema: String,
}

/// What another server said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Which process.
    pub by: String,
    /// Its words.
    pub words: String,
}

impl Db {
    /// Opens the line to the other servers; `None` where there can be none.
    ///
    /// # Errors
    /// `Newer` when the database was migrated by a newer program meanwhile; then every further transaction is refused
    /// the same way. `Locked` while somebody moves the database; else what keeps it from answering.
    pub async fn listen(&self) -> Result<Option<Listener>, DbError> {
        let Database::Postgres(place) = self.database() else {
            return Ok(None);
        };
        let at = |error: sqlx::Error| DbError::from(error).at(&self.database().as_path());
        let path = place.schema().map(|name| format!("SET search_path = {name}"));
        let options = PgPoolOptions::new()
            .max_connections(2)
            .acquire_timeout(self.wait())
            .after_connect(move |conn, _| {
                let path = path.clone();
                Box::pin(async move {
                    if let Some(path) = path {
                        sqlx::Executor::execute(conn, AssertSqlSafe(path)).await?;
                    }
                    Ok(())
                })
            });
        let pool = options.connect_with(place.own_options()?).await.map_err(at)?;
        let mut listener = PgListener::connect_with(&pool).await.map_err(at)?;
        let lock = call("pg_try_advisory_lock_shared", Class::Servers);
        let sql = format!(
            "SELECT current_schema()::text AS schema, {lock} AS held, \
             (SELECT MAX(version) FROM schema_version) AS version"
        );
        let row = sqlx::query(AssertSqlSafe(sql))
            .fetch_one(&mut listener)
            .await
            .map_err(at)?;
        if !row.try_get::<bool, _>("held").map_err(at)? {
            return Err(DbError::Locked {
                path: self.database().as_path(),
            });
        }
        let found: i64 = row.try_get("version").map_err(at)?;
        self.now_at(found);
        if found > migrate::KNOWN {
            return Err(self.newer(found));
        }
        listener.listen(CHANNEL).await.map_err(at)?;
        let schema = row.try_get("schema").map_err(at)?;
        Ok(Some(Listener { listener, pool, schema }))
    }
}

impl Listener {
    /// Waits for the next words of another server in the same schema.
    ///
    /// # Errors
    /// When the connection ended: what was said meanwhile is lost, and so is the lock. Open another.
    pub async fn next(&mut self) -> Result<Said, DbError> {
        loop {
            self.listener.eager_reconnect(false);
            let Some(told) = self.listener.try_recv().await? else {
                return Err(DbError::Failed("the line to the other servers ended".to_owned()));
            };
            let mut parts = told.payload().splitn(3, ' ');
            if let (Some(schema), Some(by), Some(words)) = (parts.next(), parts.next(), parts.next())
                && schema == self.schema
            {
                return Ok(Said {
                    by: by.to_owned(),
                    words: words.to_owned(),
                });
            }
        }
    }

    /// Says something to every server on the database, this one included.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn say(&self, by: &str, words: &str) -> Result<(), DbError> {
        sqlx::query("SELECT pg_notify($1, $2)")
            .bind(CHANNEL)
            .bind(format!("{} {by} {words}", self.schema))
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
