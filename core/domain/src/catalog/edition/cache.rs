//! What was loaded stays loaded, in the whole process: an edition never changes, so its hash names it for good.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::super::Catalog;
use crate::ids::Hash;

/// More editions than one process reads at a time: of a server with many projects the last used.
const MOST: usize = 64;

/// An edition, or that this program cannot read it.
type Loaded = Option<Arc<Catalog>>;

static LOADED: Mutex<BTreeMap<Hash, Loaded>> = Mutex::new(BTreeMap::new());

/// Returns an edition that was loaded before, else loads it. Nothing: a file of it is not there yet, or this program
/// cannot read it.
pub(super) fn loaded<E>(
    hash: Hash,
    files: impl FnOnce() -> Result<Option<BTreeMap<String, String>>, E>,
) -> Result<Loaded, E> {
    if let Some(found) = all().get(&hash) {
        return Ok(found.clone());
    }
    // Read without the lock: somebody who wants another edition does not wait.
    let Some(files) = files()? else {
        return Ok(None);
    };
    let made = Catalog::load_edition(&files).ok().map(Arc::new);
    let mut all = all();
    if all.len() >= MOST {
        all.clear();
    }
    all.insert(hash, made.clone());
    Ok(made)
}

fn all() -> MutexGuard<'static, BTreeMap<Hash, Loaded>> {
    LOADED.lock().unwrap_or_else(PoisonError::into_inner)
}
