//! Observers: told after a commit, never before; the first value at once; a handle that cancels when it is dropped.

use crate::{Erased, SyncStatus};
use keyturn_domain::DocumentId;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, Weak};

/// What changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Where sync stands; also the first value.
    Status(SyncStatus),
    /// These records changed, here or by sync.
    Records(Vec<DocumentId>),
    /// Rows of these kinds changed.
    Rows(Vec<String>),
    /// Enrolment, roles or the state of the device changed.
    Session,
    /// So many commands wait to be sent, after a tap.
    Waiting(u64),
    /// This phone has erased itself, as it was told to.
    Wiped(Erased),
}

/// Somebody who wants to know. Called without locks held, on the thread that made the change; must return soon.
pub trait Observer: Send + Sync {
    /// Something changed.
    fn changed(&self, event: &Event);
}

/// Cancels the observation when it is dropped.
pub struct Subscription {
    id: u64,
    observers: Weak<Observers>,
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Subscription({})", self.id)
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(observers) = self.observers.upgrade()
            && let Ok(mut all) = observers.all.lock()
        {
            all.by_id.remove(&self.id);
        }
    }
}

/// All who want to know.
#[derive(Default)]
pub(crate) struct Observers {
    all: Mutex<All>,
}

#[derive(Default)]
struct All {
    next: u64,
    by_id: BTreeMap<u64, Arc<dyn Observer>>,
}

impl Observers {
    pub(crate) fn add(self: &Arc<Self>, observer: Arc<dyn Observer>) -> Subscription {
        let mut id = 0;
        if let Ok(mut all) = self.all.lock() {
            id = all.next;
            all.next += 1;
            all.by_id.insert(id, observer);
        }
        Subscription {
            id,
            observers: Arc::downgrade(self),
        }
    }

    pub(crate) fn tell(&self, event: &Event) {
        let told: Vec<Arc<dyn Observer>> = match self.all.lock() {
            Ok(all) => all.by_id.values().cloned().collect(),
            Err(_) => return,
        };
        for observer in told {
            observer.changed(event);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.lock().is_ok_and(|all| all.by_id.is_empty())
    }
}
