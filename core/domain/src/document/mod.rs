//! One automerge document: its genesis, writes made at what was seen, and reads that show contested values.
//!
//! A document is a handful of containers that its `genesis` made; they are never made again and never deleted.
//! Everything recorded later is a scalar in a flat map (`answers["win-03/r03/2/result"]`) or an entry, a map of
//! scalars under a random key (a photo, an event). A [`Write`] names what is to be recorded; it is kept beside the
//! change that it became, so that it can be made again on another copy of the document (the cure, DESIGN 3.3).
//!
//! Two people who write the same field without having seen each other leave two candidates; [`Document::candidates`]
//! returns both with author and time. Which of them counts meanwhile is policy ([`crate::schema`]), not storage.

mod error;
mod genesis;
mod history;
mod read;
mod restore;
mod tips;
mod value;
mod write;

#[cfg(test)]
mod tests;

pub use error::DocumentError;
pub use genesis::{Genesis, genesis_actor};
pub use history::LineageStep;
pub use read::{Author, Candidate, EntryView, Written};
pub use value::{Container, Value};
pub use write::{NewChange, Write};

pub(crate) use tips::{Tip, Tips};
pub(crate) use write::{FIELDS_PER_ENTRY, KEY_BYTES, VALUE_BYTES};

use crate::ids::{DeviceId, DocumentId, Hash, PlaceId, ProjectId, UserId};
use automerge::{Automerge, ObjId};
use std::collections::BTreeMap;

/// An open document.
///
/// Not `Sync` by intention of use: one owner reads and writes. Cloning copies the whole document.
#[derive(Clone)]
pub struct Document {
    pub(crate) doc: Automerge,
    pub(crate) genesis: Genesis,
    pub(crate) containers: BTreeMap<Container, ObjId>,
    pub(crate) prose: BTreeMap<String, ObjId>,
    /// The newest change that this process wrote here: always seen by the next one.
    pub(crate) own_tip: Option<Hash>,
    pub(crate) tips: Tips,
}

impl Document {
    /// Begins a document, or the same document that somebody else begins elsewhere: the bytes are equal.
    ///
    /// # Errors
    /// [`DocumentError::Automerge`] when the library refuses; not seen.
    pub fn begin(genesis: &Genesis) -> Result<Self, DocumentError> {
        Self::from_automerge(genesis.document()?)
    }

    /// Loads a saved document.
    ///
    /// # Errors
    /// [`DocumentError::Unreadable`] when the bytes are no document, or not one of ours.
    pub fn load(bytes: &[u8]) -> Result<Self, DocumentError> {
        let doc = Automerge::load(bytes).map_err(|e| DocumentError::Unreadable(e.to_string()))?;
        Self::from_automerge(doc)
    }

    /// Takes an automerge document that has a genesis.
    ///
    /// # Errors
    /// [`DocumentError::Unreadable`] when containers of the genesis are missing.
    pub fn from_automerge(doc: Automerge) -> Result<Self, DocumentError> {
        let (genesis, containers, prose) = read::layout(&doc)?;
        Ok(Self {
            doc,
            genesis,
            containers,
            prose,
            own_tip: None,
            tips: Tips::default(),
        })
    }

    /// Makes this copy writable under `actor`, which no other copy may ever use (DESIGN 3.2.9).
    pub fn write_as(&mut self, actor: [u8; 16], user: UserId, device: DeviceId) {
        // The author first: a new one gives the document a random actor.
        self.doc.set_author(Some(Author { user, device }.to_automerge()));
        self.doc.set_actor(automerge::ActorId::from(actor));
        self.own_tip = None;
    }

    /// Returns what the genesis says: id, project, place, kind.
    #[must_use]
    pub const fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// Returns the document's id.
    #[must_use]
    pub const fn id(&self) -> DocumentId {
        self.genesis.document
    }

    /// Returns the place that the record is about.
    #[must_use]
    pub const fn place(&self) -> PlaceId {
        self.genesis.place
    }

    /// Returns the project.
    #[must_use]
    pub const fn project(&self) -> ProjectId {
        self.genesis.project
    }

    /// Returns the heads, sorted.
    #[must_use]
    pub fn heads(&self) -> Vec<Hash> {
        self.doc.get_heads().into_iter().map(Hash::from).collect()
    }

    /// Tells whether the change is part of this document.
    #[must_use]
    pub fn has(&self, hash: &Hash) -> bool {
        self.doc.get_change_meta_by_hash(&(*hash).into()).is_some()
    }

    /// Returns the bytes of the whole document, not deflated (zstd packs them better), without orphans.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        self.doc.save_with_options(automerge::SaveOptions {
            deflate: false,
            retain_orphans: false,
        })
    }

    /// Returns the document as it was at earlier heads.
    ///
    /// # Errors
    /// [`DocumentError::UnknownSeen`] when a head is not part of this document.
    pub fn at(&self, heads: &[Hash]) -> Result<Self, DocumentError> {
        self.known(heads)?;
        let heads: Vec<_> = heads.iter().map(|h| (*h).into()).collect();
        Self::from_automerge(self.doc.fork_at(&heads)?)
    }

    /// Returns the automerge document, for the gate.
    #[must_use]
    pub const fn automerge(&self) -> &Automerge {
        &self.doc
    }

    /// Replaces the content by what the gate admitted; containers stay, the genesis is the same.
    pub fn replace(&mut self, doc: Automerge) {
        let actor = self.doc.get_actor().clone();
        let author = self.doc.get_author().cloned();
        self.doc = doc;
        self.doc.set_author(author);
        self.doc.set_actor(actor);
    }

    pub(crate) fn known(&self, hashes: &[Hash]) -> Result<(), DocumentError> {
        match hashes.iter().find(|h| !self.has(h)) {
            Some(hash) => Err(DocumentError::UnknownSeen(*hash)),
            None => Ok(()),
        }
    }
}

impl Document {
    /// Returns the document as the person saw it: at `seen` plus what this process itself wrote since.
    ///
    /// Borrowed, at no cost, when that is all there is.
    ///
    /// # Errors
    /// [`DocumentError::UnknownSeen`].
    pub fn as_seen(&self, seen: &[Hash]) -> Result<std::borrow::Cow<'_, Self>, DocumentError> {
        let base: Vec<Hash> = self.base(seen)?.into_iter().map(Hash::from).collect();
        if base == self.heads() {
            return Ok(std::borrow::Cow::Borrowed(self));
        }
        self.at(&base).map(std::borrow::Cow::Owned)
    }

    /// Returns every value that a scalar of a flat container had for somebody who saw `seen`.
    ///
    /// # Errors
    /// [`DocumentError::UnknownSeen`].
    pub fn candidates_seen(
        &self,
        seen: &[Hash],
        container: Container,
        key: &str,
    ) -> Result<Vec<Candidate>, DocumentError> {
        let base = self.base(seen)?;
        Ok(self
            .containers
            .get(&container)
            .map(|id| self.candidates_at(id, key, &base))
            .unwrap_or_default())
    }
}
