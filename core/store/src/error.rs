//! What can go wrong in the phone's database. Whatever it is, the data stays as it was.

use std::cell::Cell;
use std::path::PathBuf;

thread_local! {
    /// Damage was seen by a statement of the transaction that this thread runs. The error itself may come back as
    /// another type, out of which nobody can tell.
    static DAMAGE: Cell<bool> = const { Cell::new(false) };
}

/// Why a database could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process has the database open.
    #[error("Database {0} is open in another process")]
    Locked(PathBuf),
    /// The database was written by a newer version of this app.
    #[error("Database is of version {found}, this app knows {known}")]
    Newer {
        /// The version of the file.
        found: i64,
        /// The newest version that this app knows.
        known: i64,
    },
    /// The disk is full; nothing was changed.
    #[error("Disk is full")]
    DiskFull,
    /// The database is damaged; it is set aside when it is opened next.
    #[error("Database is damaged: {0}")]
    Damaged(String),
    /// A row does not hold what its column promises.
    #[error("Stored {0} is not readable")]
    Broken(&'static str),
    /// A file beside the database could not be used.
    #[error("File {path} could not be used: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another thread panicked while it held the database.
    #[error("Database was left by a failed thread")]
    Poisoned,
    /// A statement failed.
    #[error("Statement {name} failed: {source}")]
    Statement {
        /// Which one.
        name: &'static str,
        /// What SQLite said.
        source: rusqlite::Error,
    },
}

impl StoreError {
    /// Returns the stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Locked(_) => "store_locked",
            Self::Newer { .. } => "store_newer",
            Self::DiskFull => "disk_full",
            Self::Damaged(_) => "store_damaged",
            Self::Broken(_) | Self::File { .. } | Self::Poisoned | Self::Statement { .. } => "store_unusable",
        }
    }

    /// Turns an error of SQLite into the one that says what to do.
    pub(crate) fn of(name: &'static str, source: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match source.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                DAMAGE.set(true);
                Self::Damaged(source.to_string())
            }
            _ => Self::Statement { name, source },
        }
    }

    /// Tells whether this thread saw damage since it was last asked.
    pub(crate) fn take_damage() -> bool {
        DAMAGE.take()
    }
}
