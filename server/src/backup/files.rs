//! Files that are whole or not there: written, synced, and renamed last.

use super::manifest::StoredFile;
use crate::Error;
use keyturn_protocol::Code;
use sha2::{Digest, Sha256};
use std::fs::{File, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::Path;

const BUFFER: usize = 1 << 20;

/// Turns an error of the system into one that says which path, and whether the disk is full.
pub(super) fn failed(path: &Path, error: &io::Error) -> Error {
    let full = matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
    let code = if full { Code::DiskFull } else { Code::BackupUnusable };
    Error::refused(code, format!("{}: {error}", path.display()))
}

/// Hashes whatever passes.
pub(super) struct Hashing<T> {
    inner: T,
    hash: Sha256,
    bytes: u64,
}

impl<T> Hashing<T> {
    pub(super) fn new(inner: T) -> Self {
        Self {
            inner,
            hash: Sha256::new(),
            bytes: 0,
        }
    }

    /// What passed, and what it passed to.
    pub(super) fn end(self) -> (StoredFile, T) {
        let file = StoredFile {
            bytes: self.bytes,
            sha256: hex::encode(self.hash.finalize()),
        };
        (file, self.inner)
    }

    fn pass(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
    }
}

impl<T: Write> Write for Hashing<T> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let n = self.inner.write(buf)?;
        self.pass(buf.get(..n).unwrap_or_default());
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<T: Read> Read for Hashing<T> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.pass(buf.get(..n).unwrap_or_default());
        Ok(n)
    }
}

/// Copies everything in pieces of a megabyte.
pub(super) fn pump(from: &mut impl Read, to: &mut impl Write) -> io::Result<()> {
    let mut buffer = vec![0; BUFFER];
    loop {
        let n = from.read(&mut buffer)?;
        if n == 0 {
            return to.flush();
        }
        to.write_all(buffer.get(..n).unwrap_or_default())?;
    }
}

/// Reads a file to its end.
pub(super) fn hash_of(path: &Path) -> io::Result<StoredFile> {
    let mut hashing = Hashing::new(File::open(path)?);
    pump(&mut hashing, &mut io::sink())?;
    Ok(hashing.end().0)
}

/// Copies a file; the copy is on the disk when this returns.
pub(super) fn copy(from: &Path, to: &Path) -> io::Result<StoredFile> {
    let mut hashing = Hashing::new(File::create(to)?);
    pump(&mut File::open(from)?, &mut hashing)?;
    let (file, to) = hashing.end();
    to.sync_all()?;
    Ok(file)
}

/// Syncs a file or a folder that somebody else wrote.
pub(super) fn sync(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Puts a file in the place of an older one, whole or not at all.
pub(super) fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = Path::new(&part);
    let mut file = File::create(part)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if let Err(error) = written {
        drop(file);
        // What is left has a name that nobody reads.
        let _ = std::fs::remove_file(part);
        return Err(error);
    }
    std::fs::rename(part, path)?;
    path.parent().map_or(Ok(()), sync)
}

/// Makes a folder that only its owner may read: personal data lie in it.
pub(super) fn make_private(folder: &Path) -> io::Result<()> {
    std::fs::DirBuilder::new().mode(0o700).create(folder)
}

/// Removes a folder with all that is in it; it may be gone already.
pub(super) fn remove(folder: &Path) -> io::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Whether two paths lie on one file system.
pub(super) fn share_a_file_system(one: &Path, other: &Path) -> io::Result<bool> {
    Ok(std::fs::metadata(one)?.dev() == std::fs::metadata(other)?.dev())
}

/// Takes a lock that ends with the process; `None` when another one has it.
pub(super) fn lock(path: &Path) -> io::Result<Option<File>> {
    let file = File::options().create(true).truncate(false).write(true).open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Runs what reads and writes files away from the threads that answer requests.
pub(super) async fn away<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|e| Error::Internal(e.to_string()))?
}
