//! What a server says about changes: it stands beside them, never inside the document.

use crate::ids::{Hash, UserId};
use std::collections::BTreeMap;

/// What is known of some changes; all others came from whom they claim and count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Mark by change: `late`, `role`, `lifted`.
    pub marks: BTreeMap<Hash, String>,
    /// Who handed a change in for somebody else.
    pub relayed: BTreeMap<Hash, UserId>,
    /// When the server received a change, in milliseconds.
    pub received: BTreeMap<Hash, i64>,
}

impl Marks {
    /// Tells whether a change does not count until a reviewer lifts its mark.
    #[must_use]
    pub fn holds_back(&self, change: &Hash) -> bool {
        self.marks.get(change).is_some_and(|mark| mark == "role")
    }

    /// Returns the mark of a change, or nothing.
    #[must_use]
    pub fn of(&self, change: &Hash) -> &str {
        self.marks.get(change).map_or("", String::as_str)
    }
}
