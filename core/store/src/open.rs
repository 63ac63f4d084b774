//! Opening: lock, pragmas, migrations; a damaged file is set aside.

use crate::{StoreError, migrate};
use rusqlite::{Connection, OpenFlags};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

/// WAL with FULL: a commit is on the disk when it returns. The rest keeps memory small and reads quick.
const PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; \
                       PRAGMA cache_size = -8000; PRAGMA wal_autocheckpoint = 1000; PRAGMA secure_delete = FAST;";

/// How to open a database.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// The file.
    pub path: PathBuf,
    /// How many bytes the ballast file takes; 0: none.
    pub ballast: u64,
    /// The time, for the name of a file that is set aside.
    pub now_ms: i64,
}

impl StoreOptions {
    /// The usual ones: 8 MB of ballast.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, now_ms: i64) -> Self {
        Self {
            path: path.into(),
            ballast: 8_000_000,
            now_ms,
        }
    }
}

/// What was found when the database was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenReport {
    /// The file was damaged: it is here now, and a new one was begun. Nothing of it was deleted.
    pub set_aside: Option<PathBuf>,
    /// The file was new.
    pub created: bool,
}

/// Held as long as the database is open; the system lets go of it when the process dies, however it dies.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "held, never read")] File);

/// Takes the lock beside the database.
pub(crate) fn lock(path: &Path) -> Result<Lock, StoreError> {
    let beside = beside(path, "lock");
    let file = File::options().create(true).truncate(false).write(true).open(&beside);
    let file = file.map_err(|source| file_error(&beside, source))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked(path.to_owned())),
        Err(TryLockError::Error(source)) => Err(file_error(&beside, source)),
    }
}

/// Opens the writer, migrating or setting aside as needed.
pub(crate) fn prepare(options: &StoreOptions) -> Result<(Connection, OpenReport), StoreError> {
    let path = &options.path;
    drop(crate::erase::finish(path)?);
    let created = !path.exists();
    let suspect = beside(path, "suspect");
    let opened = writer(path).and_then(|mut conn| {
        if suspect.exists() {
            check(&conn)?;
        }
        migrate::run(&mut conn)?;
        Ok(conn)
    });
    let done = |conn, set_aside| {
        if suspect.exists() {
            std::fs::remove_file(&suspect).map_err(|source| file_error(&suspect, source))?;
        }
        Ok((conn, OpenReport { set_aside, created }))
    };
    match opened {
        Ok(conn) => done(conn, None),
        Err(StoreError::Damaged(_)) => {
            let to = set_aside(path, options.now_ms)?;
            let mut conn = writer(path)?;
            migrate::run(&mut conn)?;
            done(conn, Some(to))
        }
        Err(e) => Err(e),
    }
}

/// Remembers that SQLite found damage, so that the next opening looks at every page.
pub(crate) fn suspect(path: &Path) {
    // Without room or rights for the note, the damage is found again by the next read.
    let _ = File::create(beside(path, "suspect"));
}

/// Opens a connection that writes.
pub(crate) fn writer(path: &Path) -> Result<Connection, StoreError> {
    let conn = Connection::open(path).map_err(|e| StoreError::of("open", e))?;
    conn.set_prepared_statement_cache_capacity(128);
    conn.execute_batch(PRAGMAS).map_err(|e| StoreError::of("pragmas", e))?;
    Ok(conn)
}

/// Opens a connection that only reads.
pub(crate) fn reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags).map_err(|e| StoreError::of("open", e))?;
    conn.set_prepared_statement_cache_capacity(64);
    Ok(conn)
}

/// Looks at every page.
pub(crate) fn check(conn: &Connection) -> Result<(), StoreError> {
    let verdict: String = conn
        .query_row("PRAGMA quick_check(1)", (), |row| row.get(0))
        .map_err(|e| StoreError::of("quick_check", e))?;
    if verdict == "ok" {
        Ok(())
    } else {
        Err(StoreError::Damaged(verdict))
    }
}

/// Renames the database and its companions; returns the new name.
fn set_aside(path: &Path, now_ms: i64) -> Result<PathBuf, StoreError> {
    let name = |n: u32| beside(path, &format!("damaged-{}", now_ms.saturating_add(i64::from(n))));
    let to = (0..1_000)
        .map(name)
        .find(|p| !p.exists())
        .unwrap_or_else(|| name(1_000));
    for (from, to) in [
        (path.to_owned(), to.clone()),
        (with_suffix(path, "-wal"), with_suffix(&to, "-wal")),
        (with_suffix(path, "-shm"), with_suffix(&to, "-shm")),
    ] {
        if from.exists() {
            std::fs::rename(&from, &to).map_err(|source| file_error(&from, source))?;
        }
    }
    Ok(to)
}

/// Returns the path of a file beside the database.
pub(crate) fn beside(path: &Path, what: &str) -> PathBuf {
    with_suffix(path, &format!(".{what}"))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

pub(crate) fn file_error(path: &Path, source: std::io::Error) -> StoreError {
    if source.kind() == std::io::ErrorKind::StorageFull {
        return StoreError::DiskFull;
    }
    StoreError::File {
        path: path.to_owned(),
        source,
    }
}
