//! A file that only takes up room, so that there is some when the disk is full and work must be finished.

use std::io::Write;
use std::path::{Path, PathBuf};

/// The file beside the database.
#[derive(Debug)]
pub(crate) struct Ballast {
    path: PathBuf,
    bytes: u64,
}

impl Ballast {
    pub(crate) fn beside(database: &Path, bytes: u64) -> Self {
        Self {
            path: crate::open::beside(database, "ballast"),
            bytes,
        }
    }

    /// Makes the file when it is missing or too small. On a disk without room for it, nothing happens.
    pub(crate) fn fill(&self) {
        if self.bytes == 0 || std::fs::metadata(&self.path).is_ok_and(|m| m.len() >= self.bytes) {
            return;
        }
        // Bytes are written, not only claimed: a sparse file takes up no room.
        let write = || -> std::io::Result<()> {
            let mut file = std::fs::File::create(&self.path)?;
            let block = [0xa5_u8; 64 << 10];
            let mut left = self.bytes;
            while left > 0 {
                let n = left.min(block.len() as u64);
                file.write_all(block.get(..usize::try_from(n).unwrap_or(0)).unwrap_or(&[]))?;
                left -= n;
            }
            file.sync_all()
        };
        if write().is_err() {
            self.release();
        }
    }

    /// Gives its room back; tells whether there was any.
    pub(crate) fn release(&self) -> bool {
        let held = std::fs::metadata(&self.path).is_ok_and(|m| m.len() > 0);
        std::fs::remove_file(&self.path).is_ok() && held
    }
}
