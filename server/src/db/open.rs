//! Opening: lock, pragmas, migrations, one writer, several readers; or the pools of PostgreSQL.
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use sqlx::AnyPool;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, ConnectOptions, Connection, Executor, Transaction};

use super::database::Database;
use super::lock::{LockFile, try_lock};
use super::postgres::{self, Probe, Writing};
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
    /// The server itself: there is one per SQLite file, held by a lock file, and any number on PostgreSQL.
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
    /// How many write at the same time; SQLite has one, whatever stands here.
    pub writers: u32,
    /// Whether every page of a file is checked while opening.
    pub check: bool,
    /// How long a caller waits for a connection, and for a lock.
    pub wait: Duration,
}

impl Default for DbOptions {
    fn default() -> Self {
        Self {
            holder: Holder::Server,
            readers: 4,
            writers: 4,
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
    database: Arc<Database>,
    wait: Duration,
    probe: Arc<Probe>,
    /// The version of the schema, as far as somebody looked again; above ours nothing is touched any more.
    version: Arc<AtomicI64>,
    _lock: Option<Arc<LockFile>>,
}

impl Db {
    /// Opens a database, makes it when missing, and brings it to the schema of this program.
    ///
    /// # Errors
    /// `Locked`, `Newer`, `Older`, `Damaged`, `Unusable`, and of PostgreSQL `Unreachable` and `Refused`, each saying what
    /// to do; the database stays as it was.
    pub async fn open(database: &Database, options: &DbOptions) -> Result<Self, DbError> {
        sqlx::any::install_default_drivers();
        match database {
            Database::File(path) => Self::open_file(path, options).await,
            Database::Postgres(place) => {
                postgres::open(place, &database.as_path(), options).await?;
                let (writer, readers) = postgres::pools(place, options)?;
                Ok(Self {
                    writer,
                    readers,
                    database: Arc::new(database.clone()),
                    wait: options.wait,
                    probe: Arc::default(),
                    version: Arc::new(AtomicI64::new(migrate::KNOWN)),
                    _lock: None,
                })
            }
        }
    }

    async fn open_file(path: &Path, options: &DbOptions) -> Result<Self, DbError> {
        let lock = try_lock(path)?;
        if lock.is_none() && options.holder == Holder::Server {
            return Err(DbError::Locked { path: path.to_owned() });
        }
        let connect = file_options(path, "mode=rwc")?;
        // Outside the pools: a pool tries again and again where a damaged file should be told at once.
        prepare(&connect, path, options.check, lock.is_some())
            .await
            .map_err(|e| e.at(path))?;
        Ok(Self {
            writer: pool(1, options.wait, PRAGMAS.to_owned()).connect_lazy_with(connect.clone()),
            readers: pool(options.readers.max(1), options.wait, format!("{PRAGMAS}{READ_ONLY}"))
                .connect_lazy_with(connect),
            database: Arc::new(Database::from(path)),
            wait: options.wait,
            probe: Arc::default(),
            version: Arc::new(AtomicI64::new(migrate::KNOWN)),
            // A tool lets go of the lock again, or it would keep the server from starting.
            _lock: lock.filter(|_| options.holder == Holder::Server).map(Arc::new),
        })
    }

    /// Begins a transaction in which nobody else writes; waits while another is under way.
    ///
    /// # Errors
    /// `Busy` after the time of `DbOptions::wait`; `Unreachable` where PostgreSQL does not answer.
    pub async fn begin_write(&self) -> Result<WriteTx, DbError> {
        self.begin_writing(Writing::Alone).await
    }

    /// Begins a transaction beside others of this kind, where the engine can. Whatever was read may have been changed by
    /// one of them when it is written: so compare while writing, and lock rows in one order.
    ///
    /// # Errors
    /// As [`Db::begin_write`].
    pub async fn begin_write_beside(&self) -> Result<WriteTx, DbError> {
        self.begin_writing(Writing::Beside).await
    }

    async fn begin_writing(&self, writing: Writing) -> Result<WriteTx, DbError> {
        if !self.is_postgres() {
            return Ok(WriteTx(begin(&self.writer, BEGIN_WRITE).await?));
        }
        self.check_version()?;
        Ok(WriteTx(
            self.patiently(postgres::begin_write(&self.writer, writing)).await?,
        ))
    }

    /// Begins a transaction that sees one state of the database to its end.
    ///
    /// # Errors
    /// `Busy` when no reader becomes free; `Unreachable` where PostgreSQL does not answer.
    pub async fn begin_read(&self) -> Result<ReadTx, DbError> {
        if !self.is_postgres() {
            return Ok(ReadTx(begin(&self.readers, BEGIN_READ).await?));
        }
        self.check_version()?;
        Ok(ReadTx(self.patiently(postgres::begin_read(&self.readers)).await?))
    }

    /// Returns a connection for one single query, which needs no transaction around it.
    ///
    /// # Errors
    /// As [`Db::begin_read`].
    pub async fn reader(&self) -> Result<PoolConnection<Any>, DbError> {
        self.check_version()?;
        let got = async { self.readers.acquire().await.map_err(DbError::from) };
        self.patiently(got).await
    }

    /// Waits no longer than PostgreSQL answers.
    async fn patiently<T>(&self, begun: impl Future<Output = Result<T, DbError>>) -> Result<T, DbError> {
        match &*self.database {
            Database::File(_) => begun.await,
            Database::Postgres(place) => {
                let shown = self.database.as_path();
                self.probe.while_it_answers(place, &shown, begun).await
            }
        }
    }

    fn check_version(&self) -> Result<(), DbError> {
        let found = self.version.load(Ordering::Relaxed);
        if found > migrate::KNOWN {
            Err(self.newer(found))
        } else {
            Ok(())
        }
    }

    /// Remembers which version the schema has now.
    pub(super) fn now_at(&self, version: i64) {
        self.version.store(version, Ordering::Relaxed);
    }

    pub(super) fn newer(&self, found: i64) -> DbError {
        DbError::Newer {
            path: self.database.as_path(),
            found,
            known: migrate::KNOWN,
        }
    }

    /// Returns which database it is.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Returns how long a caller waits.
    pub(super) const fn wait(&self) -> Duration {
        self.wait
    }

    /// Tells whether several servers may share it.
    pub fn is_postgres(&self) -> bool {
        matches!(&*self.database, Database::Postgres(_))
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

    /// Returns the path of the database file; of PostgreSQL, one in the data folder that is not there.
    pub fn path(&self) -> PathBuf {
        self.database.file()
    }

    /// Returns the folder that the database lies in; of PostgreSQL, that of what stands in files.
    pub fn folder(&self) -> PathBuf {
        let path = self.path();
        let absolute = std::path::absolute(&path).unwrap_or(path);
        absolute.parent().map(Path::to_owned).unwrap_or_default()
    }

    /// Returns where its bytes lie on this machine, as far as that can be known: the file; of PostgreSQL on this machine
    /// its data directory, if this user may ask for it, and the folder of files beside it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn places(&self) -> Result<Vec<PathBuf>, DbError> {
        if !self.is_postgres() {
            return Ok(vec![self.path()]);
        }
        let mut places = vec![self.folder()];
        let asked = sqlx::query("SELECT current_setting('data_directory', true) AS place")
            .fetch_one(&mut *self.reader().await?)
            .await;
        // Without the right to ask (pg_read_all_settings) it is not known.
        if let Ok(row) = asked
            && let Some(place) = super::opt_text(&row, "place")?.map(PathBuf::from)
            && place.exists()
        {
            places.push(place);
        }
        Ok(places)
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
pub(super) fn file_options(path: &Path, how: &str) -> Result<AnyConnectOptions, DbError> {
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
