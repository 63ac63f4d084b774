//! Bugs that are planted on purpose, to prove that the tests can fail. Compiled only with the feature `planted`, which
//! is given on the command line of such a test and stands in no manifest's dependencies.

use keyturn_store::{StoreError, Transaction};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, Ordering};

static CHOSEN: AtomicU8 = AtomicU8::new(0);

/// The bugs of the phone, from 1.
pub const NAMES: [&str; 3] = [
    "receipt_before_commit",
    "gate_skipped_on_phone",
    "forked_actor_not_cured",
];

/// Switches one bug on, or all off (`""`); tells whether the name is known.
pub fn set(name: &str) -> bool {
    let found = NAMES
        .iter()
        .position(|n| *n == name)
        .and_then(|n| u8::try_from(n + 1).ok());
    CHOSEN.store(found.unwrap_or(0), Ordering::SeqCst);
    found.is_some() || name.is_empty()
}

/// Tells whether a bug is switched on.
#[must_use]
pub fn is(name: &str) -> bool {
    let n = usize::from(CHOSEN.load(Ordering::SeqCst));
    n > 0 && NAMES.get(n - 1) == Some(&name)
}

type Work = Box<dyn FnOnce(&Transaction<'_>) -> Result<(), StoreError> + Send>;

/// Transactions that were promised and not made yet.
#[derive(Default)]
pub(crate) struct Late(Mutex<Vec<Work>>);

impl Late {
    pub(crate) fn put(&self, work: Work) {
        if let Ok(mut all) = self.0.lock() {
            all.push(work);
        }
    }

    pub(crate) fn take(&self) -> Vec<Work> {
        self.0
            .lock()
            .map(|mut all| std::mem::take(&mut *all))
            .unwrap_or_default()
    }
}
