//! Who was erased, outside of the database: an older copy of it would not know.
//!
//! The list holds ids only, the same that stand in records. It lies in the data folder, in each folder that backups of
//! this server went to, and in each backup; a restore joins what it finds and erases again.

use super::files::{failed, put};
use super::keep::prefix;
use crate::Error;
use crate::db::{DbError, checkpoint, id, text};
use crate::state::AppState;
use crate::sync::{SyncService, subjects_of};
use crate::users::Actor;
use keyturn_domain::ProjectId;
use keyturn_domain::rows::kind;
use keyturn_protocol::Code;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// The list in the data folder and in a backup.
pub(super) const LIST: &str = "erased.jsonl";
/// Where backups of this server went, in the data folder.
const TARGETS: &str = "backup-targets.json";
const LOCK: &str = "erased.lock";

/// Somebody who was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Erased {
    /// The project.
    pub project: ProjectId,
    /// The person or household.
    pub subject: Uuid,
}

/// Whom an id stands for; nothing of what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The project.
    pub project: ProjectId,
    /// `person` or `household`.
    pub kind: String,
    /// The subjects whose keys end with it: itself, and the persons of a household.
    pub subjects: Vec<Uuid>,
}

/// What an erasure did.
#[derive(Clone, Debug, Serialize)]
pub struct Erasure {
    /// How many keys ended now; 0 when it was done before.
    pub keys: usize,
    /// Folders of backups whose list could not be written; the next backup there brings it.
    pub unreached: Vec<PathBuf>,
}

/// Reads a list; `None` when there is none.
///
/// # Errors
/// `backup_damaged` for a line that is none: who is missing in it would come back.
pub(super) fn read(path: &Path) -> Result<Option<BTreeSet<Erased>>, Error> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(path, &error)),
    };
    let line = |(n, line): (usize, &str)| {
        let detail = |e| format!("{}:{}: {e}", path.display(), n + 1);
        serde_json::from_str(line).map_err(|e| Error::refused(Code::BackupDamaged, detail(e)))
    };
    text.lines().enumerate().map(line).collect::<Result<_, _>>().map(Some)
}

/// Writes a list, in the place of an older one.
pub(super) fn write(path: &Path, list: &BTreeSet<Erased>) -> Result<(), Error> {
    let mut text = String::new();
    for one in list {
        text.push_str(&serde_json::to_string(one).map_err(|e| Error::Internal(e.to_string()))?);
        text.push('\n');
    }
    put(path, text.as_bytes()).map_err(|e| failed(path, &e))
}

/// Returns who was erased, as the list in a data folder says.
///
/// # Errors
/// As a damaged list.
pub fn list_in(data: &Path) -> Result<Vec<(ProjectId, Uuid)>, Error> {
    let list = read(&data.join(LIST))?.unwrap_or_default();
    Ok(list.into_iter().map(|one| (one.project, one.subject)).collect())
}

/// The list in a folder of backups; several servers may share one.
pub(super) fn list_at(target: &Path, server: Uuid) -> PathBuf {
    target.join(format!("{}{LIST}", prefix(server)))
}

/// Joins the list of a folder of backups with another one, and returns both as one.
pub(super) fn join(target: &Path, server: Uuid, list: &BTreeSet<Erased>) -> Result<BTreeSet<Erased>, Error> {
    let path = list_at(target, server);
    let there = read(&path)?;
    let mut all = there.clone().unwrap_or_default();
    all.extend(list);
    if there.as_ref() != Some(&all) {
        write(&path, &all)?;
    }
    Ok(all)
}

/// Returns where backups went.
pub(super) fn targets(data: &Path) -> BTreeSet<PathBuf> {
    let text = std::fs::read(data.join(TARGETS)).unwrap_or_default();
    // A file that cannot be read is made again by the next backup.
    serde_json::from_slice(&text).unwrap_or_default()
}

/// Remembers where a backup went.
pub(super) fn remember(data: &Path, target: &Path) -> Result<(), Error> {
    let mut all = targets(data);
    let target = std::path::absolute(target).map_err(|e| failed(target, &e))?;
    if !all.insert(target) {
        return Ok(());
    }
    let path = data.join(TARGETS);
    let text = serde_json::to_vec(&all).map_err(|e| Error::Internal(e.to_string()))?;
    put(&path, &text).map_err(|e| failed(&path, &e))
}

/// Finds whom an id stands for.
///
/// # Errors
/// `not_found`.
pub async fn find_subject(state: &AppState, subject: Uuid) -> Result<Subject, Error> {
    let mut tx = state.db.begin_read().await?;
    let sql = "SELECT project, kind FROM facts WHERE id = $1 AND kind IN ($2, $3)";
    let row = sqlx::query(sql)
        .bind(subject.as_bytes().to_vec())
        .bind(kind::PERSON)
        .bind(kind::HOUSEHOLD)
        .fetch_optional(&mut *tx)
        .await
        .map_err(DbError::from)?
        .ok_or_else(|| Error::refused(Code::NotFound, subject.to_string()))?;
    let project = id(&row, "project", ProjectId::from_bytes)?;
    Ok(Subject {
        project,
        kind: text(&row, "kind")?,
        subjects: subjects_of(&mut tx, project, subject).await?,
    })
}

/// Erases somebody, and writes it down where no restore forgets it. The list comes first: whatever is killed between,
/// nobody is erased here and comes back later.
///
/// # Errors
/// When the list in the data folder cannot be written; what the storage says.
pub async fn erase(state: &AppState, actor: Actor, subject: Uuid) -> Result<Erasure, Error> {
    let found = find_subject(state, subject).await?;
    let data = state.db.folder();
    // Two at a time would each write a list without the other's.
    let lock = data.join(LOCK);
    let held = std::fs::File::create(&lock).and_then(|file| file.lock().map(|()| file));
    let held = held.map_err(|e| failed(&lock, &e))?;
    let mut list = read(&data.join(LIST))?.unwrap_or_default();
    list.extend(found.subjects.iter().map(|subject| Erased {
        project: found.project,
        subject: *subject,
    }));
    write(&data.join(LIST), &list)?;
    let mut unreached = Vec::new();
    for target in targets(&data) {
        if let Err(error) = join(&target, state.server_id, &list) {
            tracing::warn!(%error, target = %target.display(), "The list of people who were erased could not be written");
            unreached.push(target);
        }
    }
    drop(held);
    let sync = SyncService::new(state.clone());
    let keys = sync.erase_subject(actor, found.project, subject).await?;
    checkpoint(&state.db).await?;
    Ok(Erasure { keys, unreached })
}
