//! What one step may do, and what it did.

use keyturn_domain::DocumentId;
use std::collections::BTreeSet;

/// How much one step may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepBudget {
    /// Changes sent.
    pub changes: usize,
    /// Bytes sent.
    pub bytes: usize,
    /// Bytes of entries taken; 0: the server's own limit.
    pub reply_bytes: u64,
}

impl Default for StepBudget {
    fn default() -> Self {
        Self {
            changes: 500,
            bytes: 4 << 20,
            reply_bytes: 0,
        }
    }
}

/// What one step did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepReport {
    /// There is more to do at once.
    pub more: bool,
    /// The app is about to sleep: nothing was done.
    pub paused: bool,
    /// Changes sent.
    pub sent: u64,
    /// Of those, received by the server now or before.
    pub received: u64,
    /// Of those, refused, blocked or misplaced.
    pub refused: u64,
    /// Entries that arrived.
    pub entries: u64,
    /// Foreign changes that did not pass the gate here.
    pub refused_here: u64,
    /// Commands made again under a new actor.
    pub replayed: u64,
    /// The server went back.
    pub rewound: bool,
    /// The closing sum: agreed, differed, or not compared.
    pub agreed: Option<bool>,
    /// Records that changed.
    pub records: BTreeSet<DocumentId>,
    /// Kinds of rows that changed.
    pub rows: BTreeSet<String>,
    /// Grants changed, or the device was withdrawn.
    pub session: bool,
}
