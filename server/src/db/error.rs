//! What can go wrong below a query, each with its own code and words that say what to do.
use std::path::PathBuf;

use keyturn_protocol::Code;
use sqlx::Error as Sqlx;

/// A failure of the storage. `code()` is stable; the words are for the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// Another server process holds the lock file beside the database.
    #[error("{path} is open in another server; stop that one first, or give this one another data folder")]
    Locked {
        /// The database.
        path: PathBuf,
    },
    /// The database was written by a newer version of this program.
    #[error(
        "{path} has schema version {found}, this program knows up to {known}; start the newer program, or restore a backup made by this one"
    )]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The highest version this program knows.
        known: i64,
    },
    /// The database is older than this program, and a server that knows the old version has it open.
    #[error(
        "{path} has schema version {found} and is open in an older server; restart that server with this program first"
    )]
    Older {
        /// The database.
        path: PathBuf,
        /// Its version.
        found: i64,
    },
    /// The file is no database, or its pages contradict each other.
    #[error(
        "{path} is damaged ({detail}); it was left as it is: move it aside, keep it, and restore the newest backup"
    )]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What SQLite said.
        detail: String,
    },
    /// The path cannot be used at all.
    #[error("{path} cannot be opened: {detail}; check that the folder exists and that this user may write there")]
    Unusable {
        /// The database.
        path: PathBuf,
        /// What the system said.
        detail: String,
    },
    /// The disk is full.
    #[error("The disk is full; nothing was changed. Free some space and try again")]
    Full,
    /// Waited too long for the writer.
    #[error("The database is busy; try again")]
    Busy,
    /// A unique key or another constraint was violated.
    #[error("A constraint was violated: {0}")]
    Constraint(String),
    /// A row does not have the shape that the code expects.
    #[error("Stored data has an unexpected shape: {0}")]
    Shape(String),
    /// Everything else.
    #[error("The database failed: {0}")]
    Failed(String),
}

impl DbError {
    /// Returns the stable code.
    pub fn code(&self) -> Code {
        match self {
            Self::Locked { .. } => Code::DbLocked,
            Self::Newer { .. } => Code::DbNewer,
            Self::Older { .. } => Code::DbOlder,
            Self::Damaged { .. } => Code::DbDamaged,
            Self::Unusable { .. } => Code::DbUnusable,
            Self::Full => Code::DiskFull,
            Self::Busy => Code::DbBusy,
            Self::Constraint(_) | Self::Shape(_) | Self::Failed(_) => Code::Internal,
        }
    }

    /// Says which database, where a plain query could not know.
    pub(super) fn at(self, path: &std::path::Path) -> Self {
        match self {
            Self::Damaged { detail, .. } => Self::Damaged {
                path: path.to_owned(),
                detail,
            },
            Self::Unusable { detail, .. } => Self::Unusable {
                path: path.to_owned(),
                detail,
            },
            other => other,
        }
    }
}

impl From<Sqlx> for DbError {
    fn from(error: Sqlx) -> Self {
        match &error {
            Sqlx::Database(inner) => {
                let detail = inner.message().to_owned();
                // SQLite's primary result code is the low byte of the extended one.
                let primary = inner.code().and_then(|c| c.parse::<i64>().ok()).map(|c| c & 0xff);
                match primary {
                    Some(5 | 6) => Self::Busy,
                    Some(11 | 26) => Self::Damaged {
                        path: PathBuf::new(),
                        detail,
                    },
                    Some(13) => Self::Full,
                    Some(8 | 14) => Self::Unusable {
                        path: PathBuf::new(),
                        detail,
                    },
                    Some(19) => Self::Constraint(detail),
                    _ => Self::Failed(detail),
                }
            }
            Sqlx::PoolTimedOut => Self::Busy,
            Sqlx::ColumnDecode { .. } | Sqlx::ColumnNotFound(_) | Sqlx::Decode(_) | Sqlx::RowNotFound => {
                Self::Shape(error.to_string())
            }
            _ => Self::Failed(error.to_string()),
        }
    }
}
