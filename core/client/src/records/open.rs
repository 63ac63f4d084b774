//! The documents that are open in this process, the last used ones.

use super::OPEN;
use keyturn_domain::{Document, DocumentId, Hash};
use std::collections::BTreeMap;

/// One of them.
pub(crate) struct Open {
    pub(crate) document: Document,
    /// It has an actor of its own, and may be written.
    pub(crate) writable: bool,
    /// The newest change that this phone wrote before the document was opened.
    pub(crate) own_last: Option<Hash>,
    /// Changes since the stored snapshot.
    pub(crate) behind: u32,
    used: u64,
}

/// All of them.
#[derive(Default)]
pub(crate) struct OpenDocuments {
    by_id: BTreeMap<DocumentId, Open>,
    clock: u64,
}

impl OpenDocuments {
    pub(crate) fn get(&mut self, document: DocumentId) -> Option<&mut Open> {
        self.clock += 1;
        let used = self.clock;
        let open = self.by_id.get_mut(&document)?;
        open.used = used;
        Some(open)
    }

    pub(crate) fn put(&mut self, document: Document, writable: bool) {
        self.clock += 1;
        let open = Open {
            writable,
            own_last: None,
            behind: 0,
            used: self.clock,
            document,
        };
        self.by_id.insert(open.document.id(), open);
        while self.by_id.len() > OPEN {
            let oldest = self.by_id.iter().min_by_key(|(_, o)| o.used).map(|(id, _)| *id);
            let Some(id) = oldest else { break };
            self.by_id.remove(&id);
        }
    }

    /// Replaces the content of an open document by a newer one that keeps its actor.
    pub(crate) fn renew(&mut self, document: Document) {
        if let Some(open) = self.by_id.get_mut(&document.id()) {
            open.document = document;
            open.behind = 0;
        }
    }

    pub(crate) fn close(&mut self, document: DocumentId) {
        self.by_id.remove(&document);
    }

    /// Closes everything: what is in memory may not be what is stored.
    pub(crate) fn close_all(&mut self) {
        self.by_id.clear();
    }

    pub(crate) fn all(&mut self) -> impl Iterator<Item = &mut Open> {
        self.by_id.values_mut()
    }
}
