//! What can go wrong below a query, each with its own code and words that say what to do.
use std::path::PathBuf;

use keyturn_protocol::Code;
use sqlx::Error as Sqlx;
use sqlx::postgres::PgDatabaseError;

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
    /// PostgreSQL does not answer, or went away.
    #[error("{path} does not answer ({detail}); it is tried again")]
    Unreachable {
        /// The database.
        path: PathBuf,
        /// What the system said.
        detail: String,
    },
    /// PostgreSQL answers, and lets nobody in: the user, the password, the name of the database, a right.
    #[error("{path} refuses ({detail}); check the user, the password, the name and the rights")]
    Refused {
        /// The database.
        path: PathBuf,
        /// What it said.
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
            Self::Unreachable { .. } => Code::DbUnreachable,
            Self::Refused { .. } => Code::DbRefused,
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
            Self::Unreachable { detail, .. } => Self::Unreachable {
                path: path.to_owned(),
                detail,
            },
            Self::Refused { detail, .. } => Self::Refused {
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
            Sqlx::Database(inner) if inner.try_downcast_ref::<PgDatabaseError>().is_some() => {
                of_postgres(inner.code().as_deref().unwrap_or_default(), inner.message().to_owned())
            }
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
            // A certificate that does not hold, or an answer that is none of PostgreSQL's.
            Sqlx::Io(detail) if detail.kind() == std::io::ErrorKind::InvalidData => Self::Refused {
                path: PathBuf::new(),
                detail: detail.to_string(),
            },
            Sqlx::Io(detail) => Self::Unreachable {
                path: PathBuf::new(),
                detail: detail.to_string(),
            },
            Sqlx::Tls(detail) => Self::Refused {
                path: PathBuf::new(),
                detail: detail.to_string(),
            },
            Sqlx::ColumnDecode { .. } | Sqlx::ColumnNotFound(_) | Sqlx::Decode(_) | Sqlx::RowNotFound => {
                Self::Shape(error.to_string())
            }
            _ => Self::Failed(error.to_string()),
        }
    }
}

/// Sorts what PostgreSQL says by its SQLSTATE: the class, and single states that mean more than it.
fn of_postgres(state: &str, detail: String) -> DbError {
    let path = PathBuf::new();
    match state {
        // Deadlock, lock not available, cancelled by a limit, too many connections, out of memory.
        "40001" | "40P01" | "55P03" | "57014" | "53300" | "53200" | "25P03" => DbError::Busy,
        "53100" => DbError::Full,
        "28000" | "28P01" | "3D000" | "42501" | "25006" => DbError::Refused { path, detail },
        // Shut down, crashed, not up yet, connection lost.
        "57P01" | "57P02" | "57P03" | "57P04" | "57P05" => DbError::Unreachable { path, detail },
        "XX001" | "XX002" => DbError::Damaged { path, detail },
        _ => match state.get(..2) {
            Some("08") => DbError::Unreachable { path, detail },
            Some("23") => DbError::Constraint(detail),
            _ => DbError::Failed(format!("{detail} ({state})")),
        },
    }
}
