//! Erasing: the database and everything beside it is deleted, and an empty one begins, which holds a note of why.
//!
//! A file beside the database says that it is under way, with the note in it: whatever dies in between, the next opening
//! finishes it before anything else.

use crate::open::{beside, file_error, lock, writer};
use crate::store::{Store, Writer};
use crate::{StoreError, meta, migrate};
use rusqlite::Connection;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The key under which the new database holds the note.
pub const NOTE: &str = "erased";
const MARK: &str = "erasing";

impl Store {
    /// Deletes everything that this phone has stored, copies that were set aside included; what is left is an empty
    /// database with `note` under [`NOTE`].
    ///
    /// # Errors
    /// [`StoreError::File`], [`StoreError::DiskFull`] before anything is gone; [`StoreError::File`] where a file cannot be
    /// deleted: the next opening goes on.
    pub fn erase(&self, note: &[u8]) -> Result<(), StoreError> {
        let mut open = self.writer.lock().map_err(|_| StoreError::Poisoned)?;
        self.release_ballast();
        mark(&self.path, note)?;
        // Readers that are under way see the old file until they end; they are not kept then.
        self.new_generation()?;
        let lock = match open.take() {
            Some(Writer { conn, lock }) => {
                drop(conn);
                lock
            }
            None => lock(&self.path)?,
        };
        let conn = finish(&self.path)?.ok_or(StoreError::Poisoned)?;
        *open = Some(Writer { conn, lock });
        Ok(())
    }
}

/// Writes the note to the file that says that erasing is under way.
fn mark(path: &Path, note: &[u8]) -> Result<(), StoreError> {
    let mark = beside(path, MARK);
    let whole = beside(path, "erasing-new");
    let write = || {
        let mut file = File::create(&whole)?;
        file.write_all(note)?;
        file.sync_all()?;
        std::fs::rename(&whole, &mark)
    };
    write().map_err(|source| file_error(&mark, source))
}

/// Finishes what was under way; returns the new database, if anything was.
pub(crate) fn finish(path: &Path) -> Result<Option<Connection>, StoreError> {
    let mark = beside(path, MARK);
    let note = match std::fs::read(&mark) {
        Ok(note) => note,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(file_error(&mark, source)),
    };
    for file in files_of(path)? {
        std::fs::remove_file(&file).map_err(|source| file_error(&file, source))?;
    }
    let mut conn = writer(path)?;
    migrate::run(&mut conn)?;
    let keep = |conn: &mut Connection| {
        let tx = conn.transaction().map_err(|e| StoreError::of("begin", e))?;
        meta::set(&tx, NOTE, &note)?;
        tx.commit().map_err(|e| StoreError::of("commit", e))
    };
    keep(&mut conn)?;
    std::fs::remove_file(&mark).map_err(|source| file_error(&mark, source))?;
    Ok(Some(conn))
}

/// The database, its log, and copies of it that were damaged and set aside.
fn files_of(path: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let own = [
        name.clone(),
        format!("{name}-wal"),
        format!("{name}-shm"),
        format!("{name}.suspect"),
    ];
    let aside = format!("{name}.damaged-");
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let list = std::fs::read_dir(folder).map_err(|source| file_error(folder, source))?;
    let mut found = Vec::new();
    for entry in list {
        let entry = entry.map_err(|source| file_error(folder, source))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if own.contains(&name) || name.starts_with(&aside) {
            found.push(entry.path());
        }
    }
    Ok(found)
}
