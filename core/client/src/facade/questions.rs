//! The questions of records that are on the screen: made out of rows once, not at every tap.

use super::context::Asked;
use keyturn_domain::DocumentId;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// More records than stay open.
const KEPT: usize = 16;

/// A record, and the template and the edition that it pins.
type Key = (DocumentId, String, u32);

/// What was made, until rows change.
#[derive(Default)]
pub(crate) struct KeptQuestions(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    /// Counts how often everything was forgotten.
    age: u64,
    asked: BTreeMap<Key, Arc<Asked>>,
}

impl KeptQuestions {
    /// Returns what is kept, else makes it. What was read while rows changed is used, but not kept.
    pub(super) fn get_or<E>(&self, key: Key, make: impl FnOnce() -> Result<Asked, E>) -> Result<Arc<Asked>, E> {
        let age = {
            let kept = self.kept();
            if let Some(found) = kept.asked.get(&key) {
                return Ok(Arc::clone(found));
            }
            kept.age
        };
        let made = Arc::new(make()?);
        let mut kept = self.kept();
        if kept.age == age {
            if kept.asked.len() >= KEPT {
                kept.asked.clear();
            }
            kept.asked.insert(key, Arc::clone(&made));
        }
        Ok(made)
    }

    /// Forgets everything: rows have changed.
    pub(crate) fn forget(&self) {
        let mut kept = self.kept();
        kept.age += 1;
        kept.asked.clear();
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
