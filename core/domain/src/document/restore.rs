//! From stored bytes to an open document and back: a cached snapshot with the changes since, or the changes alone.

use super::{Document, DocumentError, Genesis};
use crate::ids::Hash;
use automerge::{Automerge, Change, ChangeHash};

impl Document {
    /// Opens a document out of bytes that this machine itself judged: the snapshot, or the genesis without one, and
    /// the changes that it does not hold yet. Foreign bytes go through the gate instead.
    ///
    /// # Errors
    /// [`DocumentError::Unreadable`] when the bytes do not load, or are of another document.
    pub fn restore<'a>(
        genesis: &Genesis,
        snapshot: Option<&[u8]>,
        changes: impl Iterator<Item = &'a [u8]>,
    ) -> Result<Self, DocumentError> {
        let unreadable = |e: String| DocumentError::Unreadable(e);
        let mut doc = match snapshot {
            Some(bytes) => Automerge::load(bytes).map_err(|e| unreadable(e.to_string()))?,
            None => genesis.document()?,
        };
        let changes: Result<Vec<Change>, _> = changes.map(|bytes| Change::from_bytes(bytes.to_vec())).collect();
        doc.apply_changes(changes.map_err(|e| unreadable(e.to_string()))?)?;
        let document = Self::from_automerge(doc)?;
        if document.genesis == *genesis {
            Ok(document)
        } else {
            Err(unreadable("the bytes are of another document".to_owned()))
        }
    }

    /// Returns the changes that are not among the ancestors of `have`, in causal order; heads that are not part of
    /// this document are left out of account.
    #[must_use]
    pub fn changes_since(&self, have: &[Hash]) -> Vec<(Hash, Vec<u8>)> {
        // The library returns everything when it knows none of the heads, and that is what is meant.
        let have: Vec<ChangeHash> = have.iter().filter(|h| self.has(h)).map(|h| (*h).into()).collect();
        let changes = self.doc.get_changes(&have).into_iter();
        changes.map(|c| (c.hash().into(), c.raw_bytes().to_vec())).collect()
    }

    /// Returns the changes that a change directly builds on; `None` when it is not part of this document.
    #[must_use]
    pub fn builds_on(&self, change: &Hash) -> Option<Vec<Hash>> {
        let meta = self.doc.get_change_meta_by_hash(&(*change).into())?;
        Some(meta.deps.iter().map(|d| Hash::from(*d)).collect())
    }
}
