//! The machine around the database: room on its disk, and a clock that goes forward.

use super::{Findings, Kind};
use crate::Error;
use crate::db::{AnyConnection, DbError, int, is_postgres, opt_int};
use serde::Serialize;
use std::io;
use std::path::Path;

/// There should always be room for another copy of the database, and for this much.
const LEAST_FREE: u64 = 64 << 20;
/// How far a clock may be behind what was recorded.
const CLOCK_MS: i64 = 60_000;

/// What was seen of the machine.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Machine {
    /// Room on the file system of the database.
    pub free_bytes: u64,
    /// The database, with what its log holds.
    pub database_bytes: u64,
    /// What the clock shows.
    pub now: i64,
}

/// Returns how much room there is on the file system of a path.
///
/// # Errors
/// What the system says.
pub fn free_bytes(path: &Path) -> io::Result<u64> {
    let stat = rustix::fs::statvfs(path)?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// Looks at disk and clock.
///
/// # Errors
/// What the database says.
pub async fn look_at_machine(
    conn: &mut AnyConnection,
    database: &Path,
    now: i64,
    findings: &mut Findings,
) -> Result<Machine, Error> {
    let mut log = database.as_os_str().to_owned();
    log.push("-wal");
    let size = |path: &Path| std::fs::metadata(path).map_or(0, |m| m.len());
    let machine = if is_postgres(conn) {
        let sql = "SELECT pg_database_size(current_database()) AS size";
        let row = sqlx::query(sql).fetch_one(&mut *conn).await.map_err(DbError::from)?;
        Machine {
            // The disk of the database may be another machine's.
            free_bytes: u64::MAX,
            database_bytes: int(&row, "size")?.unsigned_abs(),
            now,
        }
    } else {
        Machine {
            free_bytes: free_bytes(database).unwrap_or(u64::MAX),
            database_bytes: size(database) + size(Path::new(&log)),
            now,
        }
    };
    if machine.free_bytes < machine.database_bytes.max(LEAST_FREE) {
        findings.add(Kind::DiskLow, machine.free_bytes.to_string());
    }
    let sql = "SELECT MAX(at) AS at FROM (SELECT MAX(seen_at) AS at FROM devices UNION ALL \
               SELECT MAX(at) AS at FROM audit) AS seen";
    let row = sqlx::query(sql).fetch_one(conn).await.map_err(DbError::from)?;
    let newest = opt_int(&row, "at")?.unwrap_or(0);
    if newest > now.saturating_add(CLOCK_MS) {
        findings.add(Kind::ClockBack, (newest - now).to_string());
    }
    Ok(machine)
}
