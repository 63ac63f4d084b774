//! Which backups there are, and which may go. Nothing goes before a newer one is whole.

use super::files::{failed, remove, sync};
use super::manifest::{MANIFEST, Manifest};
use crate::Error;
use keyturn_protocol::Code;
use std::io;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// The end of names that nobody relies on.
pub(super) const PART: &str = ".part";

/// How the names of a server's backups begin.
pub(super) fn prefix(server: Uuid) -> String {
    let [a, b, c, d, ..] = *server.as_bytes();
    format!("keyturn-{}-", hex::encode([a, b, c, d]))
}

/// Returns the whole backups in a folder, the newest first. What cannot be read is no backup.
pub(super) fn backups_in(target: &Path) -> Result<Vec<(PathBuf, Manifest)>, Error> {
    let mut found = Vec::new();
    for path in entries(target)? {
        let whole = name_of(&path).is_some_and(|name| name.starts_with("keyturn-") && !name.ends_with(PART));
        if whole
            && path.join(MANIFEST).is_file()
            && let Ok(manifest) = Manifest::read(&path)
        {
            found.push((path, manifest));
        }
    }
    found.sort_by_key(|(path, manifest)| std::cmp::Reverse((manifest.made_at, path.clone())));
    Ok(found)
}

/// Takes away what killed runs of this server left.
pub(super) fn clear(target: &Path, server: Uuid) -> Result<(), Error> {
    for path in entries(target)? {
        let own = name_of(&path).is_some_and(|name| name.starts_with(&prefix(server)) && name.ends_with(PART));
        if own && path.is_dir() {
            remove(&path).map_err(|e| failed(&path, &e))?;
        }
    }
    Ok(())
}

/// Keeps the newest `keep` backups of a server, `made` always among them; returns the names of those that went.
pub(super) fn retain(target: &Path, server: Uuid, made: &Path, keep: usize) -> Result<Vec<String>, Error> {
    let own = backups_in(target)?
        .into_iter()
        .filter(|(path, manifest)| manifest.facts.server == server && path != made);
    let mut gone = Vec::new();
    // By the clock another one may be newer than the one just made: that one stays all the same.
    for (path, _) in own.skip(keep.saturating_sub(1)) {
        let name = name_of(&path).unwrap_or_default().to_owned();
        let part = target.join(format!("{name}{PART}"));
        // First it loses its name, so that half of it is never taken for a backup.
        std::fs::rename(&path, &part).map_err(|e| failed(&path, &e))?;
        remove(&part).map_err(|e| failed(&part, &e))?;
        gone.push(name);
    }
    if !gone.is_empty() {
        sync(target).map_err(|e| failed(target, &e))?;
    }
    Ok(gone)
}

/// Finds what is meant: a backup, or the newest one in a folder of one server's backups.
pub(super) fn find(path: &Path) -> Result<(PathBuf, Manifest), Error> {
    if path.join(MANIFEST).exists() {
        return Ok((path.to_owned(), Manifest::read(path)?));
    }
    if !path.is_dir() {
        return Err(Error::refused(Code::NotFound, path.display().to_string()));
    }
    let found = backups_in(path)?;
    let Some((newest, manifest)) = found.first() else {
        return Err(Error::refused(
            Code::NotFound,
            path.join(MANIFEST).display().to_string(),
        ));
    };
    if found
        .iter()
        .any(|(_, other)| other.facts.server != manifest.facts.server)
    {
        let detail = format!("{}: backups of several servers; name one", path.display());
        return Err(Error::refused(Code::BadValue, detail));
    }
    Ok((newest.clone(), manifest.clone()))
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let listed = std::fs::read_dir(folder).and_then(|all| all.map(|e| e.map(|e| e.path())).collect());
    listed.map_err(|e: io::Error| failed(folder, &e))
}

fn name_of(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()
}
