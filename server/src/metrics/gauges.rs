//! What is looked up when somebody asks, rather than counted along the way.

use std::collections::BTreeMap;
use std::path::Path;

use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::labels::{BackupPlace, Project};
use crate::Error;
use crate::backup::read_places;
use crate::db::{AnyConnection, DbError, int, text};

/// Figures of the database.
pub struct Gauges {
    log: Family<Project, Gauge>,
    in_backup: Family<Project, Gauge>,
    quarantine: Gauge,
    bytes: Gauge,
    backup_made: Family<BackupPlace, Gauge>,
    backup_failing: Family<BackupPlace, Gauge>,
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
        let backup_made = Family::default();
        let help = "When the newest verified backup was made, in seconds since 1970";
        registry.register("backup_made_timestamp", help, backup_made.clone());
        let backup_failing = Family::default();
        let help = "1 where the last backup failed";
        registry.register("backup_failing", help, backup_failing.clone());
        Self {
            log,
            in_backup,
            quarantine,
            bytes,
            backup_made,
            backup_failing,
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
        let mut ranks: BTreeMap<String, (i64, i64, bool)> = BTreeMap::new();
        for place in read_places(read).await? {
            let (made, tried, failing) = ranks.entry(place.kind).or_default();
            *made = place.made_at.max(*made);
            // Of several places of one rank the one that was tried last is in use.
            if place.tried_at >= *tried {
                (*tried, *failing) = (place.tried_at, !place.failed.is_empty());
            }
        }
        for (rank, (made, _, failing)) in ranks {
            let label = BackupPlace { rank };
            self.backup_made.get_or_create(&label).set(made / 1_000);
            self.backup_failing.get_or_create(&label).set(failing.into());
        }
        let mut wal = database.as_os_str().to_owned();
        wal.push("-wal");
        let size = |path: &Path| std::fs::metadata(path).map_or(0, |meta| meta.len());
        let bytes = size(database) + size(Path::new(&wal));
        self.bytes.set(i64::try_from(bytes).unwrap_or(i64::MAX));
        Ok(())
    }
}
