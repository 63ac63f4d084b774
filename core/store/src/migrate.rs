//! Forward only, numbered, one file each, the whole upgrade in one transaction.

use crate::StoreError;
use rusqlite::{Connection, TransactionBehavior};

/// Every migration, in order.
pub(crate) const MIGRATIONS: &[(i64, &str)] = &[
    (1, include_str!("sql/0001_base.sql")),
    (2, include_str!("sql/0002_search_form.sql")),
    (3, include_str!("sql/0003_edition_waits.sql")),
];

/// Returns the version of the file, 0 for an empty one.
pub(crate) fn version(conn: &Connection) -> Result<i64, StoreError> {
    conn.query_row("PRAGMA user_version", (), |row| row.get(0))
        .map_err(|e| StoreError::of("user_version", e))
}

/// Brings the database to the known version, or refuses a newer one. Running it again changes nothing.
pub(crate) fn run(conn: &mut Connection) -> Result<(), StoreError> {
    run_table(conn, MIGRATIONS)
}

pub(crate) fn run_table(conn: &mut Connection, table: &[(i64, &str)]) -> Result<(), StoreError> {
    let newest = table.last().map_or(0, |(version, _)| *version);
    let found = version(conn)?;
    if found > newest {
        return Err(StoreError::Newer { found, known: newest });
    }
    if found == newest {
        return Ok(());
    }
    let migrate = |conn: &mut Connection| {
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for (_, sql) in table.iter().filter(|(version, _)| *version > found) {
            tx.execute_batch(sql)?;
        }
        tx.pragma_update(None, "user_version", newest)?;
        tx.commit()
    };
    migrate(conn).map_err(|e| StoreError::of("migrate", e))
}
