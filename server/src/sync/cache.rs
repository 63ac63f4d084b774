//! Open documents, so that a push of three edits does not load three hundred. Least recently used leave first.

use keyturn_domain::{Document, DocumentId};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// What the open documents may take, by estimate.
const MOST: usize = 96 << 20;
/// An open document takes about so many bytes for each byte of its snapshot, and a fixed part.
const PER_BYTE: usize = 24;
const FIXED: usize = 16 << 10;

struct Open {
    version: i64,
    document: Arc<Document>,
    cost: usize,
    used: u64,
}

#[derive(Default)]
struct Inner {
    open: HashMap<DocumentId, Open>,
    by_use: BTreeMap<u64, DocumentId>,
    clock: u64,
    cost: usize,
}

/// The open documents of this process.
#[derive(Default)]
pub(super) struct Cache(Mutex<Inner>);

impl Cache {
    /// Returns the document if it is open in that version.
    pub(super) fn get(&self, id: DocumentId, version: i64) -> Option<Arc<Document>> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Inner {
            open, by_use, clock, ..
        } = &mut *inner;
        let found = open.get_mut(&id).filter(|o| o.version == version)?;
        *clock += 1;
        by_use.remove(&found.used);
        found.used = *clock;
        by_use.insert(*clock, id);
        Some(Arc::clone(&found.document))
    }

    /// Keeps a document in the version that was committed; an older one never replaces a newer one.
    pub(super) fn keep(&self, version: i64, document: Document, snapshot: usize) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let id = document.id();
        if inner.open.get(&id).is_some_and(|o| o.version >= version) {
            return;
        }
        inner.remove(id);
        inner.clock += 1;
        let (used, cost) = (inner.clock, FIXED + PER_BYTE * snapshot);
        inner.cost += cost;
        inner.by_use.insert(used, id);
        let document = Arc::new(document);
        inner.open.insert(
            id,
            Open {
                version,
                document,
                cost,
                used,
            },
        );
        while inner.cost > MOST
            && let Some((_, oldest)) = inner.by_use.pop_first()
        {
            inner.remove(oldest);
        }
    }

    /// Throws a document away, after a purge or an unknown end of a commit.
    pub(super) fn forget(&self, id: DocumentId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }
}

impl Inner {
    fn remove(&mut self, id: DocumentId) {
        if let Some(old) = self.open.remove(&id) {
            self.cost = self.cost.saturating_sub(old.cost);
            self.by_use.remove(&old.used);
        }
    }
}
