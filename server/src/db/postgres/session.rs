//! Opening a PostgreSQL database, and beginning transactions in it.
use std::path::Path;
use std::time::Duration;

use sqlx::any::AnyPoolOptions;
use sqlx::{
    Any, AnyConnection, AnyPool, AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, Transaction,
};

use super::super::database::Postgres;
use super::super::{DbError, DbOptions, Holder, migrate, opt_text, text};
use super::lock::{self, Class, Writing};

/// READ COMMITTED: after waiting for a lock or a row, a writer sees what the one before committed. Where that is not
/// enough, it is alone ([`Writing`]).
const BEGIN_WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
/// One state of the database to the end, as a reader of SQLite has it.
const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Statements longer than this have gone wrong; a reader may be an export.
const WRITES_WITHIN_MS: u64 = 120_000;
const READS_WITHIN_MS: u64 = 1_800_000;
/// Who holds a transaction so long without a word is gone; others wait for a writer's.
const WRITER_SILENT_MS: u64 = 60_000;
const READER_SILENT_MS: u64 = 600_000;
/// How long a server may take to answer the first word.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// A connection that nobody used for so long is closed.
const IDLE: Duration = Duration::from_secs(600);
/// The oldest that is tested.
const OLDEST: i64 = 150_000;

/// Returns the pools of writers and of readers. No connection is made yet.
pub(in super::super) fn pools(place: &Postgres, options: &DbOptions) -> Result<(AnyPool, AnyPool), DbError> {
    let connect = place.connect_options()?;
    let writers = pool(options.writers, place, options, false).connect_lazy_with(connect.clone());
    let readers = pool(options.readers, place, options, true).connect_lazy_with(connect);
    Ok((writers, readers))
}

fn pool(connections: u32, place: &Postgres, options: &DbOptions, reads: bool) -> AnyPoolOptions {
    let settings = settings(place, options.wait, reads);
    AnyPoolOptions::new()
        .max_connections(connections.max(1))
        .acquire_timeout(options.wait)
        .idle_timeout(IDLE)
        .max_lifetime(None)
        // One word more per transaction; a server that was restarted meanwhile is found out before, not within.
        .test_before_acquire(true)
        .after_connect(move |conn, _| {
            let settings = AssertSqlSafe(settings.clone());
            Box::pin(async move {
                conn.execute(sqlx::raw_sql(settings)).await?;
                Ok(())
            })
        })
}

/// Returns what every session is told first; of numbers and a checked name only.
fn settings(place: &Postgres, wait: Duration, reads: bool) -> String {
    let (within, silent) = if reads {
        (READS_WITHIN_MS, READER_SILENT_MS)
    } else {
        (WRITES_WITHIN_MS, WRITER_SILENT_MS)
    };
    let path = place
        .schema()
        .map(|name| format!("SET search_path = {name};"))
        .unwrap_or_default();
    // A commit that is not on the disk is none, whatever the cluster's own settings say. Keepalives: the locks of a
    // machine that lost its power are free after two minutes and a half, not after two hours.
    format!(
        "SET client_min_messages = warning; {path} SET statement_timeout = {within}; SET lock_timeout = {}; \
         SET idle_in_transaction_session_timeout = {silent}; \
         SET tcp_keepalives_idle = 60; SET tcp_keepalives_interval = 10; \
         SET default_transaction_read_only = {}; \
         SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
        wait.as_millis().max(1),
        if reads { "on" } else { "off" },
    )
}

/// Connects once, outside of any pool, with the settings of a writer.
///
/// # Errors
/// `Unreachable`, `Refused`, which name the database.
pub(in super::super) async fn connect(
    place: &Postgres,
    shown: &Path,
    wait: Duration,
) -> Result<AnyConnection, DbError> {
    let options = place.connect_options()?;
    let connected = tokio::time::timeout(CONNECT_WITHIN.min(wait), options.connect()).await;
    let mut conn = match connected {
        Ok(conn) => conn.map_err(|e| DbError::from(e).at(shown))?,
        Err(_) => {
            return Err(DbError::Unreachable {
                path: shown.to_owned(),
                detail: "no answer".to_owned(),
            });
        }
    };
    let settings = settings(place, wait, false);
    conn.execute(sqlx::raw_sql(AssertSqlSafe(settings)))
        .await
        .map_err(|e| DbError::from(e).at(shown))?;
    Ok(conn)
}

/// Checks the database and brings it to this program's schema, or leaves it as it is.
pub(in super::super) async fn open(place: &Postgres, shown: &Path, options: &DbOptions) -> Result<(), DbError> {
    let mut conn = connect(place, shown, options.wait).await?;
    let done = check_and_migrate(&mut conn, place, shown, options.holder).await;
    // What was committed is committed, however the connection ends.
    let _ = conn.close().await;
    done.map_err(|e| e.at(shown))
}

async fn check_and_migrate(
    conn: &mut AnyConnection,
    place: &Postgres,
    shown: &Path,
    holder: Holder,
) -> Result<(), DbError> {
    let unusable = |detail: String| DbError::Unusable {
        path: shown.to_owned(),
        detail,
    };
    let sql = "SELECT current_setting('server_version_num')::bigint AS version, \
               current_setting('server_encoding') AS encoding, current_setting('fsync') AS fsync, \
               current_setting('full_page_writes') AS pages";
    let row = sqlx::query(sql).fetch_one(&mut *conn).await?;
    let version = super::super::int(&row, "version")?;
    if version < OLDEST {
        return Err(unusable(format!(
            "PostgreSQL {} is too old, 15 at least",
            version / 10_000
        )));
    }
    if text(&row, "encoding")? != "UTF8" {
        return Err(unusable("its encoding is not UTF8".to_owned()));
    }
    if holder == Holder::Server && (text(&row, "fsync")? != "on" || text(&row, "pages")? != "on") {
        tracing::warn!(
            database = %shown.display(),
            "fsync or full_page_writes is off: what is acknowledged may be lost when the machine of the database fails"
        );
    }
    if let Some(name) = place.schema() {
        let there = sqlx::query("SELECT 1 AS one FROM pg_namespace WHERE nspname = $1")
            .bind(name.to_owned())
            .fetch_optional(&mut *conn)
            .await?;
        if there.is_none() {
            let made = conn
                .execute(sqlx::raw_sql(AssertSqlSafe(format!(
                    "CREATE SCHEMA IF NOT EXISTS {name}"
                ))))
                .await;
            // Two at once: one of them made it.
            if let Err(error) = made.map_err(DbError::from)
                && !matches!(error, DbError::Constraint(_))
            {
                return Err(error);
            }
        }
    }
    let row = sqlx::query("SELECT current_schema()::text AS schema")
        .fetch_one(&mut *conn)
        .await?;
    if opt_text(&row, "schema")?.is_none() {
        return Err(unusable("no schema of its search_path is there".to_owned()));
    }
    let mut tx = conn.begin_with(BEGIN_WRITE).await?;
    lock::take(&mut tx, "pg_advisory_xact_lock", Class::Schema).await?;
    let found = migrate::version(&mut tx).await?;
    let server = holder == Holder::Server;
    if found < migrate::KNOWN && !lock::try_take(&mut tx, "pg_try_advisory_xact_lock", Class::Servers).await? {
        return Err(DbError::Older {
            path: shown.to_owned(),
            found,
        });
    }
    // Not shared while somebody moves the database.
    if server && !lock::try_take(&mut tx, "pg_try_advisory_xact_lock_shared", Class::Servers).await? {
        return Err(DbError::Locked { path: shown.to_owned() });
    }
    if found < migrate::KNOWN {
        sqlx::raw_sql("SET LOCAL statement_timeout = 0")
            .execute(&mut *tx)
            .await?;
    }
    migrate::run(&mut tx, shown).await?;
    Ok(tx.commit().await?)
}

/// Begins a transaction that writes.
pub(in super::super) async fn begin_write(
    pool: &AnyPool,
    writing: Writing,
) -> Result<Transaction<'static, Any>, DbError> {
    let mut tx = pool.begin_with(BEGIN_WRITE).await?;
    lock::as_writer(&mut tx, writing).await?;
    Ok(tx)
}

/// Begins a transaction that reads.
pub(in super::super) async fn begin_read(pool: &AnyPool) -> Result<Transaction<'static, Any>, DbError> {
    Ok(pool.begin_with(BEGIN_READ).await?)
}
