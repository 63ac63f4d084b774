//! Forward only, numbered, one file each, the whole upgrade in one transaction.
use std::path::Path;

use sqlx::AssertSqlSafe;

use super::{AnyConnection, DbError};

/// Every migration, in order; one file each, for both engines.
const MIGRATIONS: &[(i64, &str)] = &[
    (1, include_str!("migrations/0001_base.sql")),
    (2, include_str!("migrations/0002_sync.sql")),
    (3, include_str!("migrations/0003_api.sql")),
    (4, include_str!("migrations/0004_editions.sql")),
    (5, include_str!("migrations/0005_backups.sql")),
    (6, include_str!("migrations/0006_devices.sql")),
];

/// What the driver calls the engine.
pub(super) const POSTGRES: &str = "PostgreSQL";

/// The version that this program writes.
pub(super) const KNOWN: i64 = match MIGRATIONS.last() {
    Some((version, _)) => *version,
    None => 0,
};

/// Returns the version of the database, 0 for an empty one.
pub(super) async fn version(conn: &mut AnyConnection) -> Result<i64, DbError> {
    sqlx::raw_sql("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)")
        .execute(&mut *conn)
        .await?;
    let row = sqlx::query("SELECT MAX(version) AS version FROM schema_version")
        .fetch_one(&mut *conn)
        .await?;
    Ok(super::opt_int(&row, "version")?.unwrap_or(0))
}

/// Brings the database to the known version, or refuses a newer one. Running it again changes nothing.
pub(super) async fn run(conn: &mut AnyConnection, path: &Path) -> Result<(), DbError> {
    let found = version(conn).await?;
    if found > KNOWN {
        return Err(DbError::Newer {
            path: path.to_owned(),
            found,
            known: KNOWN,
        });
    }
    for (version, sql) in MIGRATIONS.iter().filter(|(version, _)| *version > found) {
        let sql = AssertSqlSafe(for_engine(conn.backend_name(), sql));
        sqlx::raw_sql(sql).execute(&mut *conn).await?;
        sqlx::query("INSERT INTO schema_version (version) VALUES ($1)")
            .bind(*version)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// PostgreSQL sorts text as the machine's language does, unless it is told otherwise; SQLite sorts it by its bytes.
fn for_engine(engine: &str, sql: &str) -> String {
    if engine != POSTGRES {
        return sql.to_owned();
    }
    let code = sql
        .lines()
        .map(|line| line.split_once("--").map_or(line, |(code, _)| code));
    code.map(|line| line.replace(" TEXT", " TEXT COLLATE \"C\""))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Returns the version of the SQLite library that is linked in.
pub(super) async fn library_version(conn: &mut AnyConnection) -> Result<(i64, i64, i64), DbError> {
    let row = sqlx::query("SELECT sqlite_version() AS v")
        .fetch_one(&mut *conn)
        .await?;
    let text = super::text(&row, "v")?;
    let mut parts = text.split('.').map(|part| part.parse::<i64>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    Ok((next(), next(), next()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_sorted_by_its_bytes_on_both_engines() {
        let sql = "CREATE TABLE a ( -- of TEXT\n    b TEXT NOT NULL,\n    c TEXT\n);";
        assert_eq!(for_engine("SQLite", sql), sql);
        assert_eq!(
            for_engine(POSTGRES, sql),
            "CREATE TABLE a ( \n    b TEXT COLLATE \"C\" NOT NULL,\n    c TEXT COLLATE \"C\"\n);"
        );
    }

    #[test]
    fn migrations_are_numbered_without_a_gap() {
        let numbers: Vec<i64> = MIGRATIONS.iter().map(|(version, _)| *version).collect();
        assert_eq!(numbers, (1..=KNOWN).collect::<Vec<_>>());
    }
}
