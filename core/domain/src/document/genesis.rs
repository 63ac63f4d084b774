//! The first change of a document, computed from its identity alone (DESIGN 3.2.1). Form `g1` is frozen.

use super::{Container, DocumentError};
use crate::ids::{DocumentId, Hash, PlaceId, ProjectId};
use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, Automerge, ObjType, ROOT};
use serde::{Deserialize, Serialize};
use sha2::Digest;

/// The form of the first change. A document of another form is kept and not understood.
pub const FORM: &str = "g1";

/// What a document's first change is computed from: never template, layout or app version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Genesis {
    /// The document.
    pub document: DocumentId,
    /// The project that it belongs to.
    pub project: ProjectId,
    /// The place that it is about; it also decides the scope.
    pub place: PlaceId,
    /// `inspection`, `visit`, `defect`, `case`, or a kind that a later version knows.
    pub kind: String,
}

impl Genesis {
    /// Returns the texts that a document of this kind holds. Only a genesis makes texts.
    #[must_use]
    pub fn prose(&self) -> &'static [&'static str] {
        match self.kind.as_str() {
            "defect" => &["description"],
            "case" => &["answer"],
            _ => &[],
        }
    }

    /// Returns the actor of the first change: SHA-256 of the parameters, cut to 16 bytes.
    #[must_use]
    pub fn actor(&self) -> [u8; 16] {
        genesis_actor(self.document, self.project, self.place, &self.kind)
    }

    /// Returns the document that holds the first change and nothing else.
    ///
    /// # Errors
    /// [`DocumentError::Automerge`] when the library refuses; not seen.
    pub fn document(&self) -> Result<Automerge, DocumentError> {
        let mut doc = Automerge::new();
        doc.set_actor(ActorId::from(self.actor()));
        let mut tx = doc.transaction();
        for container in Container::ALL {
            let id = tx.put_object(ROOT, container.name(), ObjType::Map)?;
            if container == Container::Meta {
                tx.put(&id, "form", FORM)?;
                tx.put(&id, "document", self.document.as_bytes().to_vec())?;
                tx.put(&id, "project", self.project.as_bytes().to_vec())?;
                tx.put(&id, "place", self.place.as_bytes().to_vec())?;
                tx.put(&id, "kind", self.kind.as_str())?;
            }
            if container == Container::Prose {
                for name in self.prose() {
                    tx.put_object(&id, *name, ObjType::Text)?;
                }
            }
        }
        tx.commit_with(CommitOptions::default().with_time(0));
        Ok(doc)
    }

    /// Returns the first change: its hash and bytes.
    ///
    /// # Errors
    /// [`DocumentError`] when the library refuses; not seen.
    pub fn change(&self) -> Result<(Hash, Vec<u8>), DocumentError> {
        let doc = self.document()?;
        let change = doc
            .get_last_local_change()
            .ok_or(DocumentError::Form("a genesis has one change"))?;
        Ok((change.hash().into(), change.raw_bytes().to_vec()))
    }
}

/// Returns the actor of a genesis with these parameters.
#[must_use]
pub fn genesis_actor(document: DocumentId, project: ProjectId, place: PlaceId, kind: &str) -> [u8; 16] {
    let mut hash = sha2::Sha256::new();
    hash.update(b"keyturn genesis g1\0");
    hash.update(document.as_bytes());
    hash.update(project.as_bytes());
    hash.update(place.as_bytes());
    hash.update(kind.as_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    let mut actor = [0; 16];
    actor.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    actor
}
