//! Backups: made while people work, read back before anybody relies on them, and brought back as a new epoch.
//!
//! A backup is a folder `keyturn-SERVER-TIME` in the target: the database as one file (encrypted when recipients are
//! given), a manifest with its sums and counts, and the list of people who were erased. It is written under a name that
//! ends in `.part` and gets its own name last, so a folder with a whole name is a whole backup, whatever was killed.
//!
//! 1. `VACUUM INTO` writes one state of the database while people write on (`make`).
//! 2. What was written is read back from the target into a scratch folder, by its hash, and examined like a live
//!    database: pages, logs, every document (`crate::sync::doctor`). An encrypted one is examined before it is
//!    encrypted, because nobody here has the key; then its bytes are read back.
//! 3. Only then it gets its name, the marks of its projects move ("in backup"), and older ones may go (`keep`). On the
//!    database's own file system it is kept, too, but moves no mark: one disk is no two places.
//!
//! A second place (`second`), another folder or a bucket, gets what was made as it is; it is read back from there, too.
//!
//! `restore` does the same backwards into an empty folder, begins a new epoch, and erases again whoever was erased
//! since (`erased`): the list lies outside of the database, so that an old copy cannot forget it.

mod crypt;
mod erased;
mod files;
mod keep;
mod make;
mod manifest;
mod places;
mod restore;
mod schedule;
mod second;

pub use crypt::read_recipients;
pub use erased::{Erased, Erasure, Subject, erase, find_subject, list_of};
pub use make::{BackupMade, BackupOptions, make};
pub use manifest::{MANIFEST, Manifest, StoredFile};
pub(crate) use places::read as read_places;
pub use places::{PlaceState, of as places};
pub use restore::{BackupSource, RestoreOptions, Restored, restore};
pub(crate) use schedule::keep_backed_up;
pub use schedule::{BackupPlan, SecondPlan};
pub use second::{Sent, send};
