//! What a signature covers (DESIGN 3.2.13): the heads of the record and of each listed defect before the signing
//! change, photo hashes and template version, hashed together.

use super::CommandError;
use crate::document::{Container, Document, EntryView, Value};
use crate::ids::{DocumentId, Hash};
use automerge::legacy::ObjectId;
use automerge::{ObjId, ReadDoc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A defect that was on the list when it was signed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ManifestDefect {
    /// The defect.
    pub defect: DocumentId,
    /// Its heads.
    pub heads: Vec<Hash>,
}

/// Everything that was signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The heads of the record.
    pub heads: Vec<Hash>,
    /// The listed defects, by id.
    pub defects: Vec<ManifestDefect>,
    /// Hashes of all photos of the record, sorted.
    pub photos: Vec<Hash>,
    /// The template and its version.
    pub template: String,
}

impl Manifest {
    /// Returns the hash over all of it.
    #[must_use]
    pub fn hash(&self) -> Hash {
        let mut bytes = b"keyturn manifest 1\0".to_vec();
        let mut list = |hashes: &[Hash]| {
            bytes.extend_from_slice(&(hashes.len() as u64).to_be_bytes());
            hashes.iter().for_each(|h| bytes.extend_from_slice(&h.0));
        };
        list(&self.heads);
        list(&self.photos);
        for defect in &self.defects {
            list(&[Hash::of(defect.defect.as_bytes())]);
            list(&defect.heads);
        }
        bytes.extend_from_slice(self.template.as_bytes());
        Hash::of(&bytes)
    }

    pub(super) fn facts(&self) -> Result<BTreeMap<String, Value>, CommandError> {
        let mut bytes = Vec::new();
        ciborium::into_writer(self, &mut bytes).map_err(|_| CommandError::Value("manifest"))?;
        Ok(BTreeMap::from([
            ("manifest".to_owned(), Value::Bytes(bytes)),
            ("manifest_hash".to_owned(), Value::Bytes(self.hash().0.to_vec())),
        ]))
    }

    fn read(signature: &EntryView) -> Option<Self> {
        ciborium::from_reader(signature.fields.get("manifest")?.as_bytes()?).ok()
    }
}

/// Returns what would be signed now, as seen.
///
/// # Errors
/// [`CommandError::Document`] when `seen` is not part of the document.
pub fn manifest(
    document: &Document,
    seen: &[Hash],
    mut defects: Vec<ManifestDefect>,
) -> Result<Manifest, CommandError> {
    let shown = document.as_seen(seen)?;
    defects.iter_mut().for_each(|d| d.heads.sort_unstable());
    defects.sort();
    let photo = |e: EntryView| Hash::from_slice(e.fields.get("hash")?.as_bytes()?);
    let mut photos: Vec<Hash> = shown
        .entries(Container::Items)
        .into_iter()
        .filter(|e| e.text("type") == "photo")
        .filter_map(photo)
        .collect();
    photos.sort_unstable();
    let text = |key: &str| {
        crate::schema::Field::read(&shown, Container::Fields, key)
            .value()
            .cloned()
    };
    let named = |key: &str| text(key).map(|v| v.to_string()).unwrap_or_default();
    let template = format!("{}@{}", named("template"), named("template_version"));
    Ok(Manifest {
        heads: shown.heads(),
        defects,
        photos,
        template,
    })
}

/// What one signature covers, and what it does not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// The signature.
    pub signature: String,
    /// Whether hash and manifest agree, and every listed change is part of the document.
    pub sound: bool,
    /// What was signed.
    pub manifest: Option<Manifest>,
    /// Changes that it does not cover: made at the same time or later.
    pub not_covered: Vec<Hash>,
}

/// Returns for every signature what it covers. Changes that touch only `signatures`, `review` or `system`, and the
/// signing change itself, are no amendment.
#[must_use]
pub fn coverage(document: &Document) -> Vec<Coverage> {
    let signatures = document.entries(Container::Signatures);
    signatures
        .into_iter()
        .map(|signature| cover(document, &signature))
        .collect()
}

fn cover(document: &Document, signature: &EntryView) -> Coverage {
    let manifest = Manifest::read(signature);
    let claimed = signature.fields.get("manifest_hash").and_then(Value::as_bytes);
    let honest = manifest
        .as_ref()
        .is_some_and(|m| claimed == Some(m.hash().0.as_slice()));
    let known = manifest
        .as_ref()
        .is_some_and(|m| m.heads.iter().all(|h| document.has(h)));
    let heads: Vec<_> = match &manifest {
        Some(m) if known => m.heads.iter().map(|h| (*h).into()).collect(),
        _ => Vec::new(),
    };
    let later = document.automerge().get_changes(&heads);
    let amends = |change: &automerge::Change| {
        let hash = Hash::from(change.hash());
        hash != signature.made.change && touches_content(document, change)
    };
    let not_covered = later.iter().filter(|c| amends(c)).map(|c| c.hash().into()).collect();
    Coverage {
        signature: signature.key.clone(),
        sound: honest && known,
        manifest,
        not_covered,
    }
}

/// Tells whether a change writes anything but signatures, review and system, or events that only say so.
fn touches_content(document: &Document, change: &automerge::Change) -> bool {
    let apart = [Container::Signatures, Container::Review, Container::System];
    change.decode().operations.iter().any(|op| {
        let ObjectId::Id(id) = &op.obj else {
            return true;
        };
        let object = ObjId::Id(id.counter(), id.actor().clone(), 0);
        container_of(document, &object).is_none_or(|c| !apart.contains(&c))
    })
}

/// Returns the container that an object is, or lies in.
fn container_of(document: &Document, object: &ObjId) -> Option<Container> {
    let parents = document.automerge().parents(object).ok()?;
    let top = parents.last();
    match top {
        Some(parent) if parent.obj == ObjId::Root => Container::of_name(&parent.prop.to_string()),
        _ => None,
    }
}
