//! Who was erased, also outside of the database: an older copy of it would not know.
//!
//! The list holds ids only, the same that stand in records. It lies in the database, for every server on it; in the data
//! folder, in each folder that backups of this server went to, and in each backup; a restore joins what it finds and
//! erases again.

use super::files::{failed, put};
use super::keep::prefix;
use super::places;
use crate::Error;
use crate::db::{AnyConnection, DbError, Job, JobName, checkpoint, id, text};
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
use std::time::Duration;
use uuid::Uuid;

/// The list in the data folder and in a backup.
pub(super) const LIST: &str = "erased.jsonl";
const LOCK: &str = "erased.lock";
/// How long a command waits for another one that erases.
const PATIENCE: Duration = Duration::from_secs(30);

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
    /// Places of backups whose list could not be written; the next backup there brings it.
    pub unreached: Vec<String>,
}

/// Reads a list; `None` when there is none.
///
/// # Errors
/// `backup_damaged` for a line that is none: who is missing in it would come back.
pub(super) fn read(path: &Path) -> Result<Option<BTreeSet<Erased>>, Error> {
    match std::fs::read_to_string(path) {
        Ok(text) => parse(&text, &path.display().to_string()).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(path, &error)),
    }
}

/// Reads the lines of a list that lies at `shown`.
pub(super) fn parse(text: &str, shown: &str) -> Result<BTreeSet<Erased>, Error> {
    let line = |(n, line): (usize, &str)| {
        let detail = |e| format!("{shown}:{}: {e}", n + 1);
        serde_json::from_str(line).map_err(|e| Error::refused(Code::BackupDamaged, detail(e)))
    };
    text.lines().enumerate().map(line).collect()
}

/// Returns the lines of a list.
pub(super) fn lines(list: &BTreeSet<Erased>) -> Result<String, Error> {
    let mut text = String::new();
    for one in list {
        text.push_str(&serde_json::to_string(one).map_err(|e| Error::Internal(e.to_string()))?);
        text.push('\n');
    }
    Ok(text)
}

/// Writes a list, in the place of an older one.
pub(super) fn write(path: &Path, list: &BTreeSet<Erased>) -> Result<(), Error> {
    put(path, lines(list)?.as_bytes()).map_err(|e| failed(path, &e))
}

/// Returns who was erased: as the database says, and the list in this machine's data folder.
///
/// # Errors
/// As a damaged list; what the storage says.
pub async fn list_of(state: &AppState) -> Result<Vec<(ProjectId, Uuid)>, Error> {
    let list = known(state).await?.into_iter();
    Ok(list.map(|one| (one.project, one.subject)).collect())
}

pub(super) async fn known(state: &AppState) -> Result<BTreeSet<Erased>, Error> {
    let mut list = read(&state.db.folder().join(LIST))?.unwrap_or_default();
    list.extend(written_down(&mut *state.db.begin_read().await?).await?);
    Ok(list)
}

async fn written_down(conn: &mut AnyConnection) -> Result<Vec<Erased>, DbError> {
    let rows = sqlx::query("SELECT project, subject FROM erased")
        .fetch_all(conn)
        .await?;
    let one = |row| {
        Ok(Erased {
            project: id(row, "project", ProjectId::from_bytes)?,
            subject: id(row, "subject", Uuid::from_bytes)?,
        })
    };
    rows.iter().map(one).collect()
}

/// The name of the list among backups; several servers may share a place.
pub(super) fn list_name(server: Uuid) -> String {
    format!("{}{LIST}", prefix(server))
}

/// The list in a folder of backups; several servers may share one.
pub(super) fn list_at(target: &Path, server: Uuid) -> PathBuf {
    target.join(list_name(server))
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

/// Erases somebody, and writes it down where no restore forgets it. The lists come first: whatever is killed between,
/// nobody is erased here and comes back later.
///
/// # Errors
/// When the list in the data folder cannot be written; `db_busy` while somebody else erases; what the storage says.
pub async fn erase(state: &AppState, actor: Actor, subject: Uuid) -> Result<Erasure, Error> {
    let found = find_subject(state, subject).await?;
    let data = state.db.folder();
    // Two at a time would each write a list without the other's: on one machine, or on several with one database.
    let lock = data.join(LOCK);
    let held = std::fs::File::create(&lock).and_then(|file| file.lock().map(|()| file));
    let held = held.map_err(|e| failed(&lock, &e))?;
    let alone = alone(state).await?;
    let mut list = known(state).await?;
    list.extend(found.subjects.iter().map(|subject| Erased {
        project: found.project,
        subject: *subject,
    }));
    write(&data.join(LIST), &list)?;
    let mut unreached = Vec::new();
    for place in places::of(state).await? {
        let folder = PathBuf::from(&place.place);
        let joined = if place.is_folder() {
            join(&folder, state.server_id, &list).map(drop)
        } else {
            // Whoever runs the server has the keys of a bucket; its next look brings the list there.
            Err(Error::refused(Code::ObjectsUnreachable, place.place.clone()))
        };
        if let Err(error) = joined {
            tracing::warn!(%error, place = place.place, "The list of people who were erased could not be written");
            unreached.push(place.place);
        }
    }
    let sync = SyncService::new(state.clone());
    let keys = sync.erase_subject(actor, found.project, subject).await?;
    drop((alone, held));
    checkpoint(&state.db).await?;
    Ok(Erasure { keys, unreached })
}

async fn alone(state: &AppState) -> Result<Job, Error> {
    let since = tokio::time::Instant::now();
    loop {
        match state.db.job(JobName::Erasing).await? {
            Some(job) => return Ok(job),
            None if since.elapsed() > PATIENCE => return Err(DbError::Busy.into()),
            None => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}
