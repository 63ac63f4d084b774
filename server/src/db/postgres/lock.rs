//! Advisory locks. Each has a class and, as its second part, the schema: servers in two schemas do not meet.
use sqlx::{AnyConnection, AssertSqlSafe};

use super::super::{DbError, flag};

/// Whether a writer is alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Writing {
    /// Nobody else writes until it ends.
    Alone,
    /// Others of this kind write at the same time.
    Beside,
}

/// What a lock is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Held by every transaction that writes.
    Writers,
    /// Held by whoever looks at the schema, or changes it.
    Schema,
    /// Shared by every server that runs; alone by whoever migrates or moves the database.
    Servers,
    /// Held by the server that does a job.
    Job(i32),
}

impl Class {
    const fn number(self) -> i32 {
        match self {
            Self::Writers => 0x6b74_0001,
            Self::Schema => 0x6b74_0002,
            Self::Servers => 0x6b74_0003,
            Self::Job(n) => 0x6b74_0010 + n,
        }
    }
}

/// The call of a lock function; of constants only.
pub(super) fn call(function: &str, class: Class) -> String {
    let schema = "current_schema()::text::regnamespace::oid::integer";
    format!("{function}({}, {schema})", class.number())
}

/// Waits for a lock; the session's limit counts.
pub(super) async fn take(conn: &mut AnyConnection, function: &'static str, class: Class) -> Result<(), DbError> {
    let sql = format!("SELECT {}::text AS taken", call(function, class));
    sqlx::query(AssertSqlSafe(sql)).execute(conn).await?;
    Ok(())
}

/// Takes a lock if nobody holds it.
pub(super) async fn try_take(conn: &mut AnyConnection, function: &'static str, class: Class) -> Result<bool, DbError> {
    let sql = format!("SELECT CASE WHEN {} THEN 1 ELSE 0 END AS taken", call(function, class));
    let row = sqlx::query(AssertSqlSafe(sql)).fetch_one(conn).await?;
    flag(&row, "taken")
}

/// Takes the lock of writers for this transaction.
pub(super) async fn as_writer(conn: &mut AnyConnection, writing: Writing) -> Result<(), DbError> {
    let function = match writing {
        Writing::Alone => "pg_advisory_xact_lock",
        Writing::Beside => "pg_advisory_xact_lock_shared",
    };
    take(conn, function, Class::Writers).await
}
