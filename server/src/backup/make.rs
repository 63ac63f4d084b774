//! Making a backup.

use super::erased::{self, Erased};
use super::files::{self, away, failed, hash_of, share_a_file_system};
use super::keep::{self, PART};
use super::manifest::{DATABASE, ENCRYPTED, MANIFEST, Manifest, StoredFile};
use super::places::{self, Rank};
use super::{crypt, erased::LIST};
use crate::Error;
use crate::audit;
use crate::db::{DbError, JobName, WriteTx, open_copy};
use crate::state::AppState;
use crate::sync::doctor::{Examined, Facts, Findings, Stage, Step, Watch, examine};
use crate::transfer::snapshot;
use crate::users::Actor;
use keyturn_protocol::Code;
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const LOCK: &str = "backup.lock";
/// In the data folder, where the database lies in plain text anyway.
const SCRATCH: &str = "backup-scratch";
/// The seat and chain of a log must be what the backup holds: then all before it is in the backup.
const MOVE_MARK: &str = "UPDATE projects SET backup_seq = $1 WHERE id = $2 AND backup_seq < $1 AND EXISTS \
                         (SELECT 1 FROM log WHERE project = $2 AND seq = $1 AND chain = $3)";

/// How a backup is made.
#[derive(Clone, Debug)]
pub struct BackupOptions {
    /// The folder of backups; made when missing.
    pub target: PathBuf,
    /// How many of this server stay; all, if not given.
    pub keep: Option<usize>,
    /// Public keys; none: it is not encrypted.
    pub recipients: Vec<String>,
    /// Who asked for it.
    pub actor: Actor,
}

/// A backup that was made and verified.
#[derive(Clone, Debug, Serialize)]
pub struct BackupMade {
    /// Its folder.
    pub path: PathBuf,
    /// What it says of itself.
    pub manifest: Manifest,
    /// The target lies on the database's own file system: kept, but no mark moved.
    pub same_file_system: bool,
    /// Backups that went, because newer ones are enough.
    pub removed: Vec<String>,
    /// What differs in the database and can be made again by its doctor.
    pub findings: Findings,
}

/// Makes a backup while people work, reads it back, verifies it, and moves the marks of its projects.
///
/// # Errors
/// `backup_running`; `backup_unusable` and `disk_full` for the target; `backup_unsound` when the copy does not pass its
/// examination. Then nothing is left of it, no mark moved, and no older backup went.
pub async fn make(state: &AppState, options: &BackupOptions, watch: Watch<'_>) -> Result<BackupMade, Error> {
    let data = state.db.folder();
    let lock = data.join(LOCK);
    let held = files::lock(&lock).map_err(|e| failed(&lock, &e))?;
    let Some(_held) = held else {
        return Err(Code::BackupRunning.into());
    };
    // Several machines on one database: each would take away what the other one writes.
    let Some(_alone) = state.db.job(JobName::OneBackup).await? else {
        return Err(Code::BackupRunning.into());
    };
    let done = begun(state, options, &data, watch).await;
    if let Err(error) = &done
        && let Err(why) = places::missed(state, &places::shown(&options.target), Rank::First, error).await
    {
        tracing::warn!(error = %why, "It could not be written down that a backup failed");
    }
    done
}

async fn begun(state: &AppState, options: &BackupOptions, data: &Path, watch: Watch<'_>) -> Result<BackupMade, Error> {
    let target = &options.target;
    std::fs::create_dir_all(target).map_err(|e| failed(target, &e))?;
    keep::clear(target, state.server_id)?;
    let scratch = data.join(SCRATCH);
    let made = Making {
        state,
        options,
        scratch: &scratch,
    };
    let done = made.run(watch).await;
    // Half a backup has a name that nobody relies on; also it goes at once.
    if done.is_err() && keep::clear(target, state.server_id).is_err() {
        tracing::warn!(target = %target.display(), "What is left of a failed backup could not be removed");
    }
    if let Err(error) = files::remove(&scratch) {
        tracing::warn!(%error, "The scratch folder of backups could not be removed");
    }
    done
}

struct Making<'a> {
    state: &'a AppState,
    options: &'a BackupOptions,
    scratch: &'a Path,
}

impl Making<'_> {
    async fn run(&self, watch: Watch<'_>) -> Result<BackupMade, Error> {
        let (target, server) = (&self.options.target, self.state.server_id);
        files::remove(self.scratch).map_err(|e| failed(self.scratch, &e))?;
        files::make_private(self.scratch).map_err(|e| failed(self.scratch, &e))?;
        let made_at = self.state.now();
        let name = self.name(made_at);
        let (part, path) = (target.join(format!("{name}{PART}")), target.join(&name));
        files::make_private(&part).map_err(|e| failed(&part, &e))?;

        let encrypted = !self.options.recipients.is_empty();
        let list = erased::known(self.state).await?;
        let (files, examined) = if encrypted {
            self.encrypted(&part, &list, watch).await?
        } else {
            self.plain(&part, &list, watch).await?
        };
        erased::write(&part.join(LIST), &list)?;
        erased::join(target, server, &list)?;
        let manifest = Manifest::new(made_at, encrypted, files, list.len(), examined.facts);
        let text = serde_json::to_vec_pretty(&manifest).map_err(|e| Error::Internal(e.to_string()))?;
        files::put(&part.join(MANIFEST), &text).map_err(|e| failed(&part, &e))?;
        std::fs::rename(&part, &path).map_err(|e| failed(&path, &e))?;
        files::sync(target).map_err(|e| failed(target, &e))?;

        // From here on it can be relied on.
        let mut same = false;
        for place in self.state.db.places().await? {
            same |= share_a_file_system(target, &place).map_err(|e| failed(target, &e))?;
        }
        self.settle(&name, &manifest, same).await?;
        let removed = match self.options.keep {
            Some(keep) => keep::retain(target, server, &path, keep)?,
            None => Vec::new(),
        };
        Ok(BackupMade {
            path,
            manifest,
            same_file_system: same,
            removed,
            findings: examined.findings,
        })
    }

    fn name(&self, made_at: i64) -> String {
        let at = chrono::DateTime::from_timestamp_millis(made_at).unwrap_or_default();
        let name = format!("{}{}", keep::prefix(self.state.server_id), at.format("%Y%m%dT%H%M%SZ"));
        let taken = |name: &str| self.options.target.join(name).exists();
        let mut names = (1..).map(|n| if n == 1 { name.clone() } else { format!("{name}-{n}") });
        names.find(|name| !taken(name)).unwrap_or_default()
    }

    /// Written to the target, read back from there into the scratch folder, examined there.
    async fn plain(
        &self,
        part: &Path,
        list: &BTreeSet<Erased>,
        watch: Watch<'_>,
    ) -> Result<([StoredFile; 2], Examined), Error> {
        let (there, back) = (part.join(DATABASE), self.scratch.join(DATABASE));
        let written = self.copy_to(&there, watch).await?;
        let (from, to) = (there.clone(), back.clone());
        let read = away(move || files::copy(&from, &to).map_err(|e| failed(&to, &e))).await?;
        same(&there, &written, &read)?;
        let examined = self.examine(&back, list, watch).await?;
        Ok(([written.clone(), written], examined))
    }

    /// Written to the scratch folder, examined, encrypted into the target, its bytes read back from there.
    async fn encrypted(
        &self,
        part: &Path,
        list: &BTreeSet<Erased>,
        watch: Watch<'_>,
    ) -> Result<([StoredFile; 2], Examined), Error> {
        let (plain, there) = (self.scratch.join(DATABASE), part.join(ENCRYPTED));
        let database = self.copy_to(&plain, watch).await?;
        let examined = self.examine(&plain, list, watch).await?;
        let (from, to, recipients) = (plain.clone(), there.clone(), self.options.recipients.clone());
        let written = away(move || crypt::encrypt(&from, &to, &recipients)).await?;
        let back = there.clone();
        let read = away(move || hash_of(&back).map_err(|e| failed(&back, &e))).await?;
        same(&there, &written, &read)?;
        Ok(([written, database], examined))
    }

    /// Copies the database; the copy is on the disk when this returns.
    async fn copy_to(&self, to: &Path, watch: Watch<'_>) -> Result<StoredFile, Error> {
        let step = |done| Step {
            stage: Stage::Copy,
            done,
            total: 2,
        };
        watch(step(0));
        let db = &self.state.db;
        let copied = if db.is_postgres() {
            snapshot(db, to).await
        } else {
            db.copy_into(to).await.map_err(Error::from)
        };
        copied.map_err(|error| match error.code() {
            Code::DiskFull => Error::refused(Code::DiskFull, to.display().to_string()),
            _ => error,
        })?;
        watch(step(1));
        let to = to.to_owned();
        let file = away(move || {
            files::sync(&to).map_err(|e| failed(&to, &e))?;
            hash_of(&to).map_err(|e| failed(&to, &e))
        });
        let file = file.await?;
        watch(step(2));
        Ok(file)
    }

    async fn examine(&self, copy: &Path, list: &BTreeSet<Erased>, watch: Watch<'_>) -> Result<Examined, Error> {
        let mut conn = open_copy(copy).await?;
        let list: Vec<_> = list.iter().map(|one| (one.project, one.subject)).collect();
        let examined = examine(&mut conn, &list, watch).await;
        sqlx::Connection::close(conn).await.map_err(DbError::from)?;
        let examined = examined?;
        if examined.findings.has_damage() {
            return Err(Error::refused(Code::BackupUnsound, examined.findings.summary()));
        }
        Ok(examined)
    }

    /// Moves the marks, and writes down that it was made.
    async fn settle(&self, name: &str, manifest: &Manifest, same: bool) -> Result<(), Error> {
        let now = self.state.now();
        let mut tx = self.state.db.begin_write().await?;
        if !same {
            move_marks(&mut tx, &manifest.facts).await?;
        }
        let place = places::shown(&self.options.target);
        places::reached(&mut tx, &place, Rank::First, now, (name, manifest.made_at)).await?;
        let entry = audit::Entry {
            actor: self.options.actor,
            action: "database.backup",
            subject: name.to_owned(),
            detail: if same { "same_file_system" } else { "" },
        };
        audit::record(&mut tx, now, &entry).await?;
        Ok(tx.commit().await?)
    }
}

/// Moves the marks of projects up to what a verified backup holds; none moves back.
pub(super) async fn move_marks(tx: &mut WriteTx, facts: &Facts) -> Result<(), Error> {
    for project in &facts.projects {
        sqlx::query(MOVE_MARK)
            .bind(i64::try_from(project.seq).unwrap_or(i64::MAX))
            .bind(project.id.as_bytes().to_vec())
            .bind(hex::decode(&project.chain).unwrap_or_default())
            .execute(&mut **tx)
            .await
            .map_err(DbError::from)?;
    }
    Ok(())
}

fn same(path: &Path, written: &StoredFile, read: &StoredFile) -> Result<(), Error> {
    if written == read {
        return Ok(());
    }
    let detail = format!("{}: what was read back is not what was written", path.display());
    Err(Error::refused(Code::BackupUnsound, detail))
}
