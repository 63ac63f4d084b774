//! "Another server has it open": an exclusive lock on a file beside the database, for the life of the process.
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use super::DbError;

/// Held as long as the database is open; the system lets go of it when the process dies, however it dies.
#[derive(Debug)]
pub(super) struct LockFile {
    _file: File,
}

/// Takes the lock beside `database`, or returns `None` when another process has it.
pub(super) fn try_lock(database: &Path) -> Result<Option<LockFile>, DbError> {
    let path = lock_path(database);
    let unusable = |e: std::io::Error| DbError::Unusable {
        path: path.clone(),
        detail: e.to_string(),
    };
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(unusable)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(LockFile { _file: file })),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(e)) => Err(unusable(e)),
    }
}

/// Whether a server has this database open.
///
/// # Errors
/// `Unusable`.
pub fn is_locked(database: &Path) -> Result<bool, DbError> {
    if !lock_path(database).exists() {
        return Ok(false);
    }
    Ok(try_lock(database)?.is_none())
}

fn lock_path(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}
