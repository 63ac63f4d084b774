//! A folder for one run: kept where the caller says, else in the temporary folder and gone afterwards.

use crate::failure::Failure;
use keyturn_server::protocol::Code;
use std::path::{Path, PathBuf};

/// The folder; unless it is kept it goes when this is dropped.
pub struct Folder {
    path: PathBuf,
    kept: bool,
}

impl Folder {
    /// Makes the folder.
    ///
    /// # Errors
    /// `config_bad` when `keep` exists and is not empty: nothing of somebody else's is touched.
    pub fn make(keep: Option<&Path>) -> Result<Self, Failure> {
        let path = match keep {
            Some(path) => path.to_owned(),
            None => std::env::temp_dir().join(format!("keyturn-{}", std::process::id())),
        };
        let told = |error: std::io::Error| Failure::new(Code::ConfigBad, format!("{}: {error}", path.display()));
        let used = path.is_dir() && std::fs::read_dir(&path).map_err(told)?.next().is_some();
        if used && keep.is_some() {
            return Err(Failure::new(
                Code::ConfigBad,
                format!("{} is not empty", path.display()),
            ));
        }
        if used {
            // Left by a process of the same number that was killed.
            std::fs::remove_dir_all(&path).map_err(told)?;
        }
        std::fs::create_dir_all(&path).map_err(told)?;
        Ok(Self {
            kept: keep.is_some(),
            path,
        })
    }

    /// Returns a path in it.
    pub fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Returns where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.kept {
            // What cannot be removed lies in the temporary folder, where it is expected.
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}
