//! Opening: lock, pragmas, migrations, one writer, several readers.
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::AnyPool;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, ConnectOptions, Connection, Executor, Transaction};

use super::lock::{LockFile, try_lock};
use super::{DbError, ReadTx, WriteTx, migrate};

/// WAL with FULL: a commit is on the disk when it returns.
const PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                       PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000; PRAGMA secure_delete = FAST;";
/// A plain BEGIN that reads first and writes later fails under load; this one takes the lock at once.
const BEGIN_WRITE: &str = "BEGIN IMMEDIATE";
const BEGIN_READ: &str = "BEGIN";
const READ_ONLY: &str = "PRAGMA query_only = ON;";

/// Who opens the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// The server itself: there is one per database, held by a lock file.
    Server,
    /// A command beside it (`keyturn user …`), which may run while the server does.
    Tool,
}

/// How to open a database.
#[derive(Debug, Clone)]
pub struct DbOptions {
    /// Who opens it.
    pub holder: Holder,
    /// How many connections read at the same time.
    pub readers: u32,
    /// Whether every page is checked while opening.
    pub check: bool,
    /// How long a caller waits for a connection.
    pub wait: Duration,
}

impl Default for DbOptions {
    fn default() -> Self {
        Self {
            holder: Holder::Server,
            readers: 4,
            check: true,
            wait: Duration::from_secs(30),
        }
    }
}

/// The open database; clones share it.
#[derive(Debug, Clone)]
pub struct Db {
    writer: AnyPool,
    readers: AnyPool,
    path: Arc<PathBuf>,
    _lock: Option<Arc<LockFile>>,
}

impl Db {
    /// Opens `path`, creates it when missing, and brings it to the schema of this program.
    ///
    /// # Errors
    /// `Locked`, `Newer`, `Older`, `Damaged`, `Unusable`, each saying what to do; the file stays as it was.
    pub async fn open(path: &Path, options: &DbOptions) -> Result<Self, DbError> {
        sqlx::any::install_default_drivers();
        let lock = try_lock(path)?;
        if lock.is_none() && options.holder == Holder::Server {
            return Err(DbError::Locked { path: path.to_owned() });
        }
        let connect = connect_options(path, "mode=rwc")?;
        // Outside the pools: a pool tries again and again where a damaged file should be told at once.
        prepare(&connect, path, options.check, lock.is_some())
            .await
            .map_err(|e| e.at(path))?;
        Ok(Self {
            writer: pool(1, options.wait, PRAGMAS.to_owned()).connect_lazy_with(connect.clone()),
            readers: pool(options.readers.max(1), options.wait, format!("{PRAGMAS}{READ_ONLY}"))
                .connect_lazy_with(connect),
            path: Arc::new(path.to_owned()),
            // A tool lets go of the lock again, or it would keep the server from starting.
            _lock: lock.filter(|_| options.holder == Holder::Server).map(Arc::new),
        })
    }

    /// Begins the one writing transaction; waits while another is under way.
    ///
    /// # Errors
    /// `Busy` after the time of `DbOptions::wait`.
    pub async fn begin_write(&self) -> Result<WriteTx, DbError> {
        Ok(WriteTx(begin(&self.writer, BEGIN_WRITE).await?))
    }

    /// Begins a transaction that sees one state of the database to its end.
    ///
    /// # Errors
    /// `Busy` when no reader becomes free.
    pub async fn begin_read(&self) -> Result<ReadTx, DbError> {
        Ok(ReadTx(begin(&self.readers, BEGIN_READ).await?))
    }

    /// Returns a connection for one single query, which needs no transaction around it.
    ///
    /// # Errors
    /// `Busy` when no reader becomes free.
    pub async fn reader(&self) -> Result<PoolConnection<Any>, DbError> {
        Ok(self.readers.acquire().await?)
    }

    /// Returns the version of the SQLite library.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn library_version(&self) -> Result<(i64, i64, i64), DbError> {
        migrate::library_version(&mut *self.begin_read().await?).await
    }

    /// Answers when both a writer and a reader answer; for the readiness check.
    ///
    /// # Errors
    /// Whatever keeps one of them from answering.
    pub async fn ping(&self) -> Result<(), DbError> {
        let mut read = self.begin_read().await?;
        sqlx::query("SELECT version FROM schema_version")
            .fetch_optional(&mut *read)
            .await?;
        Ok(())
    }

    /// Returns the path of the database file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the folder that the database lies in.
    pub fn folder(&self) -> PathBuf {
        let absolute = std::path::absolute(&*self.path).unwrap_or_else(|_| self.path.to_path_buf());
        absolute.parent().map(Path::to_owned).unwrap_or_default()
    }

    /// Writes what the log holds back into the main file and closes every connection. Safe to call twice.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Checks the file and brings it to this program's schema, or leaves it as it is.
async fn prepare(connect: &AnyConnectOptions, path: &Path, check: bool, may_migrate: bool) -> Result<(), DbError> {
    let mut conn = connect.connect().await?;
    let done = check_and_migrate(&mut conn, path, check, may_migrate).await;
    conn.close().await?;
    done
}

async fn check_and_migrate(
    conn: &mut AnyConnection,
    path: &Path,
    check: bool,
    may_migrate: bool,
) -> Result<(), DbError> {
    conn.execute(sqlx::raw_sql(PRAGMAS)).await?;
    let mut tx = conn.begin_with(BEGIN_WRITE).await?;
    if check {
        let row = sqlx::query("PRAGMA quick_check(1)").fetch_one(&mut *tx).await?;
        let said: String = sqlx::Row::try_get(&row, 0)?;
        if said != "ok" {
            return Err(DbError::Damaged {
                path: path.to_owned(),
                detail: said,
            });
        }
    }
    let found = migrate::version(&mut tx).await?;
    if found < migrate::KNOWN && !may_migrate {
        return Err(DbError::Older {
            path: path.to_owned(),
            found,
        });
    }
    migrate::run(&mut tx, path).await?;
    Ok(tx.commit().await?)
}

/// Begins on a connection of `pool`. On a full disk SQLite rolls back by itself; sqlx, which then cannot, counts a
/// transaction that is none and refuses every further one. Such a connection is replaced.
async fn begin(pool: &AnyPool, statement: &'static str) -> Result<Transaction<'static, Any>, DbError> {
    for _ in 0..pool.options().get_max_connections() {
        match pool.begin_with(statement).await {
            Err(sqlx::Error::InvalidSavePointStatement) => pool.acquire().await?.close().await?,
            other => return Ok(other?),
        }
    }
    Ok(pool.begin_with(statement).await?)
}

fn pool(connections: u32, wait: Duration, pragmas: String) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(wait)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .after_connect(move |conn, _| {
            let pragmas = sqlx::AssertSqlSafe(pragmas.clone());
            Box::pin(async move {
                conn.execute(sqlx::raw_sql(pragmas)).await?;
                Ok(())
            })
        })
}

/// Returns how to connect to a file; `how` are SQLite's parameters.
pub(super) fn connect_options(path: &Path, how: &str) -> Result<AnyConnectOptions, DbError> {
    let unusable = |detail: &str| DbError::Unusable {
        path: path.to_owned(),
        detail: detail.to_owned(),
    };
    let absolute = std::path::absolute(path).map_err(|e| unusable(&e.to_string()))?;
    let name = absolute.to_str().ok_or_else(|| unusable("the path is not UTF-8"))?;
    let mut url = String::from("sqlite://");
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            write!(url, "%{byte:02X}").map_err(|e| unusable(&e.to_string()))?;
        }
    }
    url.push('?');
    url.push_str(how);
    let options = AnyConnectOptions::from_str(&url).map_err(|e| unusable(&e.to_string()))?;
    Ok(options.disable_statement_logging())
}
