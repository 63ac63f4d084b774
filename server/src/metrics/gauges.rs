//! What is looked up when somebody asks, rather than counted along the way.

use std::path::Path;

use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::labels::Project;
use crate::Error;
use crate::db::{AnyConnection, DbError, int, text};

/// Figures of the database.
pub struct Gauges {
    log: Family<Project, Gauge>,
    in_backup: Family<Project, Gauge>,
    quarantine: Gauge,
    bytes: Gauge,
}

impl Gauges {
    pub fn register(registry: &mut Registry) -> Self {
        let log = Family::default();
        registry.register("log_entries", "The last entry of a project's log", log.clone());
        let in_backup = Family::default();
        let help = "Up to this entry a project is in a verified backup";
        registry.register("log_entries_in_backup", help, in_backup.clone());
        let quarantine: Gauge = Gauge::default();
        let help = "Changes in quarantine, for a person to look at";
        registry.register("quarantined_changes", help, quarantine.clone());
        let bytes: Gauge = Gauge::default();
        let help = "Size of the database file and its log; 0 for a database elsewhere";
        registry.register("database_bytes", help, bytes.clone());
        Self {
            log,
            in_backup,
            quarantine,
            bytes,
        }
    }

    /// Looks once.
    ///
    /// # Errors
    /// What the storage says.
    pub async fn look(&self, read: &mut AnyConnection, database: &Path) -> Result<(), Error> {
        let rows = sqlx::query("SELECT code, seq, backup_seq FROM projects ORDER BY code");
        let rows = rows.fetch_all(&mut *read).await.map_err(DbError::from)?;
        for row in rows {
            let project = Project {
                project: text(&row, "code")?,
            };
            self.log.get_or_create(&project).set(int(&row, "seq")?);
            self.in_backup.get_or_create(&project).set(int(&row, "backup_seq")?);
        }
        let rows = sqlx::query("SELECT COUNT(*) AS n FROM quarantine");
        let row = rows.fetch_one(&mut *read).await.map_err(DbError::from)?;
        self.quarantine.set(int(&row, "n")?);
        let mut wal = database.as_os_str().to_owned();
        wal.push("-wal");
        let size = |path: &Path| std::fs::metadata(path).map_or(0, |meta| meta.len());
        let bytes = size(database) + size(Path::new(&wal));
        self.bytes.set(i64::try_from(bytes).unwrap_or(i64::MAX));
        Ok(())
    }
}
