//! Bringing a backup back: into an empty folder, verified, as a new epoch, without those who were erased since.

use super::crypt;
use super::erased::{self, Erased, LIST};
use super::files::{self, away, failed, hash_of};
use super::keep;
use super::manifest::{DATABASE, Manifest};
use super::second::fetch;
use crate::audit;
use crate::db::{self, Database, DbError, DbOptions, known_version, open_copy, version_of};
use crate::objects::Objects;
use crate::sync::doctor::{Repaired, Watch, examine};
use crate::transfer::{check_target, transfer};
use crate::users::Actor;
use crate::{Error, Server, ServerConfig};
use keyturn_domain::{Clock, EpochId, Ids};
use keyturn_protocol::Code;
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where a restore works; what a killed one left is taken away by the next.
const WORK: &str = "restore.part";

/// What was fetched from a second place, within.
const FETCHED: &str = "fetched";

/// Where a backup is.
#[derive(Clone, Debug)]
pub enum BackupSource {
    /// A backup, or a folder of one server's backups: then the newest.
    Folder(PathBuf),
    /// In a bucket, by its name; without one, the newest of the one server's there.
    Objects(Objects, Option<String>),
}

/// How a backup is brought back.
#[derive(Clone)]
pub struct RestoreOptions {
    /// The backup.
    pub backup: BackupSource,
    /// The folder of the new server: missing or empty.
    pub data: PathBuf,
    /// An empty database of PostgreSQL that it goes to; without, a file in the folder.
    pub database: Option<Database>,
    /// The file of the key, when it is encrypted.
    pub identity: Option<PathBuf>,
    /// More lists of people who were erased.
    pub erased: Vec<PathBuf>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub ids: Arc<dyn Ids>,
}

/// A server that was brought back.
#[derive(Clone, Debug, Serialize)]
pub struct Restored {
    /// The backup that it was made of.
    pub backup: String,
    /// The database.
    pub database: String,
    /// What that one says of itself.
    pub manifest: Manifest,
    /// The epoch that began.
    pub epoch: EpochId,
    /// The lists of erased people that were found.
    pub lists: Vec<PathBuf>,
    /// How many are on them.
    pub erased: usize,
    /// How many keys ended now: these people came back with the copy, and went again.
    pub keys_ended: usize,
    /// What was computed anew, because the copy was made by another version.
    pub repaired: Option<Repaired>,
}

/// Restores a backup.
///
/// # Errors
/// `folder_not_empty`, `db_locked`, `db_not_empty` for where it goes; `not_found`, `db_newer`, `backup_damaged`,
/// `backup_key_missing`, `backup_key_wrong` for the backup; what keeps either from being reached; `disk_full`. Then
/// folder and database are as they were.
pub async fn restore(options: &RestoreOptions, watch: Watch<'_>) -> Result<Restored, Error> {
    // What is known at once is told at once.
    if let BackupSource::Folder(path) = &options.backup {
        let (backup, manifest) = keep::find(path)?;
        check_version(&backup, &manifest)?;
    }
    let existed = options.data.exists();
    check_empty(&options.data)?;
    if let Some(database) = &options.database {
        check_target(database).await?;
    }
    let work = options.data.join(WORK);
    std::fs::create_dir_all(&work).map_err(|e| failed(&work, &e))?;
    let done = from_source(options, &work, watch).await;
    files::remove(&work).map_err(|e| failed(&work, &e))?;
    if done.is_err() {
        // Also what it had made of the folder itself; somebody else's files keep it from going.
        let _ = std::fs::remove_file(options.data.join(LIST));
        if !existed {
            let _ = std::fs::remove_dir(&options.data);
        }
    }
    done
}

async fn from_source(options: &RestoreOptions, work: &Path, watch: Watch<'_>) -> Result<Restored, Error> {
    let (path, shown) = match &options.backup {
        BackupSource::Folder(path) => (path.clone(), None),
        BackupSource::Objects(objects, name) => {
            let into = work.join(FETCHED);
            files::make_private(&into).map_err(|e| failed(&into, &e))?;
            let path = fetch(objects, name.as_deref(), &into).await?;
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            (path, Some(format!("{}/{name}", objects.place())))
        }
    };
    let (backup, manifest) = keep::find(&path)?;
    check_version(&backup, &manifest)?;
    let restoring = Restoring {
        options,
        backup: &backup,
        shown: shown.unwrap_or_else(|| backup.display().to_string()),
        manifest: &manifest,
        database: work.join(DATABASE),
    };
    restoring.run(watch).await
}

fn check_version(backup: &Path, manifest: &Manifest) -> Result<(), Error> {
    match manifest.facts.schema {
        found if found > known_version() => Err(newer(backup, found).into()),
        _ => Ok(()),
    }
}

struct Restoring<'a> {
    options: &'a RestoreOptions,
    backup: &'a Path,
    shown: String,
    manifest: &'a Manifest,
    database: PathBuf,
}

impl Restoring<'_> {
    async fn run(&self, watch: Watch<'_>) -> Result<Restored, Error> {
        let data = &self.options.data;
        let (lists, erased) = self.lists()?;
        self.copy().await?;
        let mut conn = open_copy(&self.database)
            .await
            .map_err(|e| self.damaged(&e.to_string()))?;
        let version = version_of(&mut conn).await;
        sqlx::Connection::close(conn).await.map_err(DbError::from)?;
        let version = version.map_err(|e| self.damaged(&e.to_string()))?;
        if version > known_version() {
            return Err(newer(self.backup, version).into());
        }

        let server = self.open().await?;
        let done = self.revive(&server, &erased, watch).await;
        server.close().await;
        // With it goes its lock on the file, which is moved next.
        drop(server);
        let (epoch, keys_ended, repaired) = done?;

        erased::write(&data.join(LIST), &erased)?;
        let database = self.settle(watch).await?;
        Ok(Restored {
            backup: self.shown.clone(),
            database,
            manifest: self.manifest.clone(),
            epoch,
            lists,
            erased: erased.len(),
            keys_ended,
            repaired,
        })
    }

    /// Gives the database its place, last of all: until then there is no server here.
    async fn settle(&self, watch: Watch<'_>) -> Result<String, Error> {
        if let Some(database) = &self.options.database {
            let moved = transfer(&Database::from(self.database.as_path()), database, watch).await?;
            return Ok(moved.to);
        }
        let end = self.options.data.join(DATABASE);
        files::sync(&self.database).map_err(|e| failed(&self.database, &e))?;
        std::fs::rename(&self.database, &end).map_err(|e| failed(&end, &e))?;
        files::sync(&self.options.data).map_err(|e| failed(&self.options.data, &e))?;
        Ok(end.display().to_string())
    }

    /// Joins every list of erased people that there is.
    fn lists(&self) -> Result<(Vec<PathBuf>, BTreeSet<Erased>), Error> {
        let mut places = vec![self.backup.join(LIST)];
        let beside = self
            .backup
            .parent()
            .map(|target| erased::list_at(target, self.manifest.facts.server));
        places.extend(beside);
        let mut all = BTreeSet::new();
        let mut lists = Vec::new();
        for path in places {
            if let Some(list) = erased::read(&path)? {
                all.extend(list);
                lists.push(path);
            }
        }
        for path in &self.options.erased {
            let list = erased::read(path)?;
            all.extend(list.ok_or_else(|| Error::refused(Code::NotFound, path.display().to_string()))?);
            lists.push(path.clone());
        }
        if all.len() < self.manifest.erased {
            return Err(self.damaged("its list of people who were erased is not whole"));
        }
        Ok((lists, all))
    }

    /// Copies the database out of the backup; every byte is compared with what was written.
    async fn copy(&self) -> Result<(), Error> {
        let (from, to) = (self.backup.join(self.manifest.file()), self.database.clone());
        let stored = match std::fs::metadata(&from) {
            Ok(meta) => meta.len(),
            Err(error) => return Err(self.damaged(&format!("{}: {error}", from.display()))),
        };
        if stored != self.manifest.stored.bytes {
            return Err(self.damaged(&format!("{stored} bytes, {} expected", self.manifest.stored.bytes)));
        }
        let found = if self.manifest.encrypted {
            let key = self.options.identity.clone().ok_or(Code::BackupKeyMissing)?;
            let path = from.clone();
            let file = away(move || hash_of(&path).map_err(|e| failed(&path, &e))).await?;
            if file != self.manifest.stored {
                return Err(self.damaged("its bytes are not those that were written"));
            }
            away(move || crypt::decrypt(&from, &to, &key)).await?
        } else {
            away(move || files::copy(&from, &to).map_err(|e| failed(&to, &e))).await?
        };
        if found == self.manifest.database {
            Ok(())
        } else {
            Err(self.damaged("its bytes are not those that were written"))
        }
    }

    async fn open(&self) -> Result<Server, Error> {
        let mut config = ServerConfig::new(self.database.clone());
        config.clock = self.options.clock.clone();
        config.ids = self.options.ids.clone();
        config.db = DbOptions {
            readers: 1,
            ..DbOptions::default()
        };
        Server::open(config).await
    }

    /// Verifies the copy, and begins its new life.
    async fn revive(
        &self,
        server: &Server,
        erased: &BTreeSet<Erased>,
        watch: Watch<'_>,
    ) -> Result<(EpochId, usize, Option<Repaired>), Error> {
        let (state, sync) = (server.state(), server.sync());
        let examined = examine(&mut *state.db.begin_read().await?, &[], watch).await?;
        if examined.findings.has_damage() {
            return Err(self.damaged(&examined.findings.summary()));
        }
        if let Some(detail) = self.manifest.differs_from(&examined.facts) {
            return Err(self.damaged(&detail));
        }
        let epoch = sync.begin_epoch().await?;
        let mut keys = 0;
        for one in erased {
            keys += sync.erase_subject(Actor::Command, one.project, one.subject).await?;
        }
        let repaired = if examined.findings.concern_data() {
            Some(sync.repair(&examined.findings, &[], watch).await?)
        } else {
            None
        };
        let mut tx = state.db.begin_write().await?;
        let name = self.backup.file_name().unwrap_or_default().to_string_lossy();
        let entry = audit::Entry {
            actor: Actor::Command,
            action: "database.restore",
            subject: epoch.to_string(),
            detail: &name,
        };
        audit::record(&mut tx, state.now(), &entry).await?;
        tx.commit().await?;
        if keys > 0 {
            // Nothing of their keys stays in the file.
            state.db.vacuum().await?;
        }
        Ok((epoch, keys, repaired))
    }

    fn damaged(&self, detail: &str) -> Error {
        Error::refused(Code::BackupDamaged, format!("{}: {detail}", self.shown))
    }
}

fn newer(backup: &Path, found: i64) -> DbError {
    DbError::Newer {
        path: backup.to_owned(),
        found,
        known: known_version(),
    }
}

/// A restore begins in a folder that is missing or empty: what is there could be somebody's only copy.
fn check_empty(data: &Path) -> Result<(), Error> {
    let listed = match std::fs::read_dir(data) {
        Ok(listed) => listed,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(data, &error)),
    };
    let database = data.join(DATABASE);
    if database.exists() && db::is_locked(&database)? {
        return Err(DbError::Locked { path: database }.into());
    }
    for entry in listed {
        let name = entry.map_err(|e| failed(data, &e))?.file_name();
        if name != WORK && name != "lost+found" {
            let detail = format!("{}: {}", data.display(), name.to_string_lossy());
            return Err(Error::refused(Code::FolderNotEmpty, detail));
        }
    }
    files::remove(&data.join(WORK)).map_err(|e| failed(data, &e))
}
