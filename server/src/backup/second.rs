//! The second place of backups: another folder, or a bucket.
//!
//! What is sent there is a backup that was verified already. Its files go first, are read back to their ends and compared
//! by hash, and the manifest last: a name without one is no backup, whatever was killed. Only then marks move, where the
//! backup's own place is the database's file system; sending the same again sends nothing and compares.

use super::erased::{self, LIST};
use super::files::{failed, hash_of, make_private, share_a_file_system};
use super::keep::prefix;
use super::make::move_marks;
use super::manifest::{MANIFEST, MOST, Manifest};
use super::places::{self, Rank};
use crate::Error;
use crate::audit;
use crate::objects::{Objects, Place};
use crate::state::AppState;
use crate::users::Actor;
use keyturn_protocol::Code;
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A list of ids, each some eighty bytes: more people than any estate has.
const LONGEST_LIST: u64 = 64 << 20;

/// A backup that lies at the second place, too.
#[derive(Clone, Debug, Serialize)]
pub struct Sent {
    /// Where.
    pub place: String,
    /// Its name there.
    pub name: String,
    /// The place lies on the database's own file system: kept, but no mark moved.
    pub same_file_system: bool,
    /// Backups that went there, because newer ones are enough.
    pub removed: Vec<String>,
}

/// Sends a whole backup, reads it back, and moves the marks of its projects.
///
/// # Errors
/// `objects_unreachable`, `objects_refused`, `backup_unusable`, `disk_full` for the place; `backup_damaged` when the
/// backup is not what was written; `backup_unsound` when what is read back is not what was sent. It is written down, no
/// mark moved, and no older backup went.
pub async fn send(
    state: &AppState,
    backup: &Path,
    to: &Objects,
    keep: Option<usize>,
    actor: Actor,
) -> Result<Sent, Error> {
    let sending = Sending { state, backup, to };
    let done = sending.run(keep, actor).await;
    if let Err(error) = &done
        && let Err(why) = places::missed(state, &to.place().to_string(), Rank::Second, error).await
    {
        tracing::warn!(error = %why, "It could not be written down that the second place was missed");
    }
    done
}

/// Brings the list of people who were erased to the second place.
///
/// # Errors
/// As [`send`].
pub(super) async fn send_list(state: &AppState, to: &Objects) -> Result<(), Error> {
    let name = erased::list_name(state.server_id);
    let mut list = erased::known(state).await?;
    let there = to.get(&name, LONGEST_LIST).await?.unwrap_or_default();
    let shown = format!("{}/{name}", to.place());
    let there = erased::parse(&String::from_utf8_lossy(&there), &shown)?;
    list.extend(there.iter().copied());
    if list != there {
        to.put(&name, erased::lines(&list)?.into_bytes()).await?;
    }
    Ok(())
}

struct Sending<'a> {
    state: &'a AppState,
    backup: &'a Path,
    to: &'a Objects,
}

impl Sending<'_> {
    async fn run(&self, keep: Option<usize>, actor: Actor) -> Result<Sent, Error> {
        let manifest = Manifest::read(self.backup)?;
        let name = self
            .backup
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default()
            .to_owned();
        let text = read(&self.backup.join(MANIFEST)).await?;
        self.clear(&name).await?;
        self.bring(&name, &manifest, &text).await?;
        send_list(self.state, self.to).await?;
        let same = self.is_same_file_system().await?;
        self.settle(&name, &manifest, same, actor).await?;
        let removed = match keep {
            Some(keep) => self.retain(&name, keep).await?,
            None => Vec::new(),
        };
        Ok(Sent {
            place: self.to.place().to_string(),
            name,
            same_file_system: same,
            removed,
        })
    }

    /// Writes what is not there yet, and reads all of it back; the manifest last.
    async fn bring(&self, name: &str, manifest: &Manifest, text: &[u8]) -> Result<(), Error> {
        let last = format!("{name}/{MANIFEST}");
        let there = self.to.get(&last, MOST).await?;
        if there.as_deref() == Some(text) {
            if self.is_equal(name, manifest).await? {
                return Ok(());
            }
            // It is there under a name that somebody could rely on: no longer.
            self.to.delete(&last).await?;
            return Err(self.differs(name));
        }
        if there.is_some() {
            // Another one of that name, from another life of the folder: it is no backup from here on.
            self.to.delete(&last).await?;
        }
        self.write(name, manifest).await?;
        if !self.is_equal(name, manifest).await? {
            return Err(self.differs(name));
        }
        self.to.put(&last, text.to_vec()).await?;
        if self.to.get(&last, MOST).await?.as_deref() != Some(text) {
            return Err(self.differs(name));
        }
        Ok(())
    }

    async fn write(&self, name: &str, manifest: &Manifest) -> Result<(), Error> {
        for file in [manifest.file(), LIST] {
            let path = self.backup.join(file);
            let mut from = tokio::fs::File::open(&path).await.map_err(|e| failed(&path, &e))?;
            let sent = self.to.put_all(&format!("{name}/{file}"), &mut from).await?;
            if file == manifest.file() && sent != manifest.stored {
                let detail = format!("{}: its bytes are not those that were written", path.display());
                return Err(Error::refused(Code::BackupDamaged, detail));
            }
        }
        Ok(())
    }

    /// Reads everything but the manifest back from there.
    async fn is_equal(&self, name: &str, manifest: &Manifest) -> Result<bool, Error> {
        let path = self.backup.join(LIST);
        let list = hash_of(&path).map_err(|e| failed(&path, &e))?;
        let mut equal = true;
        for (file, expected) in [(manifest.file(), &manifest.stored), (LIST, &list)] {
            equal &= self.to.hash_of(&format!("{name}/{file}")).await?.as_ref() == Some(expected);
        }
        Ok(equal)
    }

    fn differs(&self, name: &str) -> Error {
        let detail = format!("{}/{name}: what was read back is not what was sent", self.to.place());
        Error::refused(Code::BackupUnsound, detail)
    }

    /// A bucket is somewhere else.
    async fn is_same_file_system(&self) -> Result<bool, Error> {
        let Place::Folder(folder) = self.to.place() else {
            return Ok(false);
        };
        let mut same = false;
        for place in self.state.db.places().await? {
            same |= share_a_file_system(folder, &place).map_err(|e| failed(folder, &e))?;
        }
        Ok(same)
    }

    async fn settle(&self, name: &str, manifest: &Manifest, same: bool, actor: Actor) -> Result<(), Error> {
        let (now, place) = (self.state.now(), self.to.place().to_string());
        let mut tx = self.state.db.begin_write().await?;
        if !same {
            move_marks(&mut tx, &manifest.facts).await?;
        }
        places::reached(&mut tx, &place, Rank::Second, now, (name, manifest.made_at)).await?;
        let entry = audit::Entry {
            actor,
            action: "database.backup_sent",
            subject: name.to_owned(),
            detail: &place,
        };
        audit::record(&mut tx, now, &entry).await?;
        Ok(tx.commit().await?)
    }

    /// Takes away what killed runs of this server left; `name` may be on its way.
    async fn clear(&self, name: &str) -> Result<(), Error> {
        for folder in self.own().await?.iter().filter(|folder| *folder != name) {
            if self.to.get(&format!("{folder}/{MANIFEST}"), MOST).await?.is_none() {
                self.remove(folder).await?;
            }
        }
        Ok(())
    }

    /// Keeps the newest ones, `made` always among them. Their names sort as they were made.
    async fn retain(&self, made: &str, keep: usize) -> Result<Vec<String>, Error> {
        let own = self.own().await?;
        let mut gone = Vec::new();
        for name in own
            .iter()
            .rev()
            .filter(|name| *name != made)
            .skip(keep.saturating_sub(1))
        {
            self.remove(name).await?;
            gone.push(name.clone());
        }
        Ok(gone)
    }

    async fn own(&self) -> Result<Vec<String>, Error> {
        let prefix = prefix(self.state.server_id);
        let mut all = self.to.folders().await?;
        all.retain(|name| name.starts_with(&prefix));
        Ok(all)
    }

    /// The manifest goes first, so that half of it is never taken for a backup.
    async fn remove(&self, name: &str) -> Result<(), Error> {
        self.to.delete(&format!("{name}/{MANIFEST}")).await?;
        for name in self.to.names_in(name).await? {
            self.to.delete(&name).await?;
        }
        Ok(())
    }
}

async fn read(path: &Path) -> Result<Vec<u8>, Error> {
    tokio::fs::read(path).await.map_err(|e| failed(path, &e))
}

/// Fetches a backup, the newest one where none is named, into a folder that is there; returns its folder.
///
/// # Errors
/// `not_found`; `bad_value` for a place with backups of several servers; `backup_damaged`; as [`send`].
pub(super) async fn fetch(from: &Objects, wanted: Option<&str>, into: &Path) -> Result<PathBuf, Error> {
    let missing = |name: &str| Error::refused(Code::NotFound, format!("{}/{name}", from.place()));
    let (name, text) = match wanted {
        Some(name) => {
            let text = from.get(&format!("{name}/{MANIFEST}"), MOST).await?;
            (
                name.to_owned(),
                text.ok_or_else(|| missing(&format!("{name}/{MANIFEST}")))?,
            )
        }
        None => newest(from).await?.ok_or_else(|| missing(MANIFEST))?,
    };
    let manifest = Manifest::parse(&text, &format!("{}/{name}/{MANIFEST}", from.place()))?;
    let folder = into.join(&name);
    make_private(&folder).map_err(|e| failed(&folder, &e))?;
    for file in [manifest.file(), LIST] {
        let path = folder.join(file);
        let mut to = tokio::fs::File::create(&path).await.map_err(|e| failed(&path, &e))?;
        let name = format!("{name}/{file}");
        if from.get_all(&name, &mut to).await?.is_none() {
            let detail = format!("{}/{name} is missing", from.place());
            return Err(Error::refused(Code::BackupDamaged, detail));
        }
    }
    // Who was erased after it was made.
    let list = erased::list_name(manifest.facts.server);
    if let Some(bytes) = from.get(&list, LONGEST_LIST).await? {
        let path = into.join(&list);
        std::fs::write(&path, bytes).map_err(|e| failed(&path, &e))?;
    }
    let path = folder.join(MANIFEST);
    std::fs::write(&path, text).map_err(|e| failed(&path, &e))?;
    Ok(folder)
}

/// The newest whole backup, by the time that its name tells; of one server only.
async fn newest(from: &Objects) -> Result<Option<(String, Vec<u8>)>, Error> {
    let mut names = from.folders().await?;
    names.retain(|name| name.starts_with("keyturn-"));
    let servers: BTreeSet<_> = names.iter().filter_map(|name| name.get(..16)).collect();
    if servers.len() > 1 {
        let detail = format!("{}: backups of several servers; name one", from.place());
        return Err(Error::refused(Code::BadValue, detail));
    }
    for name in names.into_iter().rev() {
        if let Some(text) = from.get(&format!("{name}/{MANIFEST}"), MOST).await? {
            return Ok(Some((name, text)));
        }
    }
    Ok(None)
}
