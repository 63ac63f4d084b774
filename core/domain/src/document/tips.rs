//! What a document knows of each actor: its last change. Kept beside the document, caught up when the gate needs it.

use crate::ids::Hash;
use automerge::{ActorId, Automerge, ChangeHash};
use std::collections::BTreeMap;

/// The last change of one actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tip {
    pub(crate) seq: u64,
    pub(crate) hash: Hash,
}

/// The last change of every actor, and sums over all changes, as of `heads`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tips {
    heads: Vec<ChangeHash>,
    pub(crate) actors: BTreeMap<ActorId, Tip>,
    /// How many operations there are.
    pub(crate) operations: u64,
    /// The highest number of an operation.
    pub(crate) max_op: u64,
    /// Bytes of the last snapshot and of the changes since; `None` when not known.
    pub(crate) bytes: Option<usize>,
}

impl Tips {
    /// Returns the tips of `doc`, of which these were the tips at an earlier time.
    pub(crate) fn caught_up(&self, doc: &Automerge) -> Self {
        let mut tips = self.clone();
        let heads = doc.get_heads();
        if heads == tips.heads {
            return tips;
        }
        tips.bytes = None;
        for meta in doc.get_changes_meta(&tips.heads) {
            let tip = Tip {
                seq: meta.seq,
                hash: meta.hash.into(),
            };
            tips.add(meta.actor.into_owned(), tip, meta.start_op, meta.max_op);
        }
        tips.heads = heads;
        tips
    }

    /// Adds a change.
    pub(crate) fn add(&mut self, actor: ActorId, tip: Tip, start_op: u64, max_op: u64) {
        let last = self.actors.entry(actor).or_insert(tip);
        if tip.seq > last.seq {
            *last = tip;
        }
        self.operations += (max_op + 1).saturating_sub(start_op);
        self.max_op = self.max_op.max(max_op);
    }

    /// Says that these are now the tips of `doc`, whose snapshot has so many bytes.
    pub(crate) fn settle(&mut self, doc: &Automerge, bytes: usize) {
        self.heads = doc.get_heads();
        self.bytes = Some(bytes);
    }
}
