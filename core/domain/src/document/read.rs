//! Reads that show conflicts. A plain `get` would pick a winner by actor id: last-write-wins with a nicer name.

use super::{Container, Document, DocumentError, Genesis, Value};
use crate::ids::{DeviceId, DocumentId, Hash, PlaceId, ProjectId, UserId};
use automerge::iter::MapRangeItem;
use automerge::{Automerge, ChangeHash, ObjId, ObjType, ROOT, ReadDoc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Who wrote, as the change itself claims; a server checks the claim against the login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Author {
    /// The person.
    pub user: UserId,
    /// The phone.
    pub device: DeviceId,
}

impl Author {
    pub(crate) fn to_automerge(self) -> automerge::Author<'static> {
        let mut bytes = self.user.as_bytes().to_vec();
        bytes.extend_from_slice(self.device.as_bytes());
        automerge::Author::from(bytes)
    }

    /// Reads the claim out of a change; `None` when it is not one of ours.
    #[must_use]
    pub fn from_automerge(author: &automerge::Author<'_>) -> Option<Self> {
        let (user, device) = author.as_bytes().split_at_checked(16)?;
        Some(Self {
            user: UserId::from_slice(user)?,
            device: DeviceId::from_slice(device)?,
        })
    }
}

/// One writing of a value: who, when, in which change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Written {
    /// The author as claimed; `None` for a genesis.
    pub author: Option<Author>,
    /// The device's time, to be shown and never to be ordered by.
    pub at_ms: i64,
    /// The change.
    pub change: Hash,
}

/// One of the values that a field has; equal values are one candidate with several authors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The value.
    pub value: Value,
    /// Who wrote it, sorted.
    pub by: Vec<Written>,
}

/// One entry: a photo, a remark, an event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EntryView {
    /// Its key, or the id of the event.
    pub key: String,
    /// Its scalars; of a contested one, the value that the order of values puts last.
    pub fields: BTreeMap<String, Value>,
    /// Who made the entry, when, in which change.
    pub made: Written,
}

impl EntryView {
    /// Returns a scalar that is text, or nothing.
    #[must_use]
    pub fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(Value::as_text).unwrap_or_default()
    }

    /// Returns a scalar that is a whole number.
    #[must_use]
    pub fn int(&self, field: &str) -> Option<i64> {
        self.fields.get(field).and_then(Value::as_int)
    }
}

type Layout = (Genesis, BTreeMap<Container, ObjId>, BTreeMap<String, ObjId>);

pub(super) fn layout(doc: &Automerge) -> Result<Layout, DocumentError> {
    let unreadable = |what: &str| DocumentError::Unreadable(what.to_owned());
    let mut containers = BTreeMap::new();
    for container in Container::ALL {
        match doc.get(ROOT, container.name())? {
            Some((automerge::Value::Object(ObjType::Map), id)) => containers.insert(container, id),
            _ => return Err(unreadable("a container of the genesis is missing")),
        };
    }
    let meta = containers.get(&Container::Meta).ok_or_else(|| unreadable("no meta"))?;
    let scalar = |key: &str| -> Result<Value, DocumentError> {
        let found = doc.get(meta, key)?;
        found
            .and_then(|(v, _)| v.as_scalar().map(Value::from))
            .ok_or_else(|| unreadable("meta is incomplete"))
    };
    let bytes = |key: &str| -> Result<[u8; 16], DocumentError> {
        scalar(key)?
            .as_bytes()
            .and_then(|b| b.try_into().ok())
            .ok_or_else(|| unreadable("meta is incomplete"))
    };
    let genesis = Genesis {
        document: DocumentId::from_bytes(bytes("document")?),
        project: ProjectId::from_bytes(bytes("project")?),
        place: PlaceId::from_bytes(bytes("place")?),
        kind: scalar("kind")?.as_text().unwrap_or_default().to_owned(),
    };
    let mut prose = BTreeMap::new();
    if let Some(id) = containers.get(&Container::Prose) {
        for name in doc.keys(id) {
            if let Some((automerge::Value::Object(ObjType::Text), text)) = doc.get(id, name.as_str())? {
                prose.insert(name, text);
            }
        }
    }
    Ok((genesis, containers, prose))
}

impl Document {
    /// Returns every value that a scalar of a flat container has now, each once with all its authors, in the order of
    /// values. Nothing written: no candidate. More than one: contested, unless the policy says otherwise.
    #[must_use]
    pub fn candidates(&self, container: Container, key: &str) -> Vec<Candidate> {
        self.containers
            .get(&container)
            .map(|id| self.candidates_in(id, key))
            .unwrap_or_default()
    }

    /// Returns every value of one scalar of an entry.
    #[must_use]
    pub fn candidates_of_entry(&self, container: Container, key: &str, field: &str) -> Vec<Candidate> {
        let mut all = Vec::new();
        for entry in self.entry_objects(container, key) {
            all.extend(self.candidates_in(&entry, field));
        }
        merge_equal(all)
    }

    /// Returns all scalars of a flat container. Uncontested ones cost one pass; each contested one a look of its own.
    #[must_use]
    pub fn scalars(&self, container: Container) -> BTreeMap<String, Vec<Candidate>> {
        let (mut metas, mut all) = (Metas::default(), BTreeMap::new());
        self.each_scalar(
            container,
            |item| vec![metas.of(self, &item.id())],
            |key, candidates| {
                all.insert(key.to_owned(), candidates);
            },
        );
        all
    }

    /// Returns all scalars of a flat container, uncontested ones without their authors: for what counts and lists.
    #[must_use]
    pub fn values(&self, container: Container) -> BTreeMap<String, Vec<Candidate>> {
        let mut all = BTreeMap::new();
        self.each_value(container, |key, candidates| {
            all.insert(key.to_owned(), candidates);
        });
        all
    }

    /// Calls `each` with all that [`Document::values`] returns, by key: for what only counts, at every tap.
    pub(crate) fn each_value(&self, container: Container, each: impl FnMut(&str, Vec<Candidate>)) {
        self.each_scalar(container, |_| Vec::new(), each);
    }

    fn each_scalar(
        &self,
        container: Container,
        mut by: impl FnMut(&MapRangeItem<'_>) -> Vec<Written>,
        mut each: impl FnMut(&str, Vec<Candidate>),
    ) {
        let Some(id) = self.containers.get(&container) else {
            return;
        };
        for item in self.doc.map_range(id, ..) {
            let candidates = if item.conflict {
                self.candidates_in(id, &item.key)
            } else {
                let by = by(&item);
                let automerge::Value::Scalar(value) = item.value.into_value() else {
                    continue;
                };
                vec![Candidate {
                    value: Value::from(value.as_ref()),
                    by,
                }]
            };
            each(&item.key, candidates);
        }
    }

    /// Returns the entries of a container, by key. Two that were made at one key are shown as one, their scalars united.
    #[must_use]
    pub fn entries(&self, container: Container) -> Vec<EntryView> {
        let Some(id) = self.containers.get(&container) else {
            return Vec::new();
        };
        let mut metas = Metas::default();
        let keys: BTreeSet<String> = self.doc.keys(id).collect();
        keys.into_iter()
            .filter_map(|key| self.entry_with(container, &key, &mut metas))
            .collect()
    }

    /// Returns one entry.
    #[must_use]
    pub fn entry(&self, container: Container, key: &str) -> Option<EntryView> {
        self.entry_with(container, key, &mut Metas::default())
    }

    /// Returns a text, empty when nobody wrote in it.
    #[must_use]
    pub fn prose(&self, name: &str) -> String {
        self.prose
            .get(name)
            .and_then(|id| self.doc.text(id).ok())
            .unwrap_or_default()
    }

    /// Returns who made a change and when.
    #[must_use]
    pub fn written(&self, change: &Hash) -> Option<Written> {
        let meta = self.doc.get_change_meta_by_hash(&(*change).into())?;
        let author = self
            .doc
            .get_author_for_actor(&meta.actor)
            .as_ref()
            .and_then(Author::from_automerge);
        Some(Written {
            author,
            at_ms: meta.timestamp,
            change: *change,
        })
    }

    fn entry_with(&self, container: Container, key: &str, metas: &mut Metas) -> Option<EntryView> {
        let objects = self.entry_objects(container, key);
        let first = objects.first()?;
        let made = metas.of(self, first);
        let mut fields: BTreeMap<String, Value> = BTreeMap::new();
        for object in &objects {
            for field in self.doc.keys(object) {
                for candidate in self.candidates_in(object, &field) {
                    let kept = fields.entry(field.clone()).or_insert_with(|| candidate.value.clone());
                    if candidate.value.order(kept).is_gt() {
                        *kept = candidate.value;
                    }
                }
            }
        }
        Some(EntryView {
            key: key.to_owned(),
            fields,
            made,
        })
    }

    fn entry_objects(&self, container: Container, key: &str) -> Vec<ObjId> {
        let Some(id) = self.containers.get(&container) else {
            return Vec::new();
        };
        let all = self.doc.get_all(id, key).unwrap_or_default();
        all.into_iter()
            .filter(|(v, _)| matches!(v, automerge::Value::Object(ObjType::Map)))
            .map(|(_, o)| o)
            .collect()
    }

    pub(super) fn candidates_at(&self, object: &ObjId, key: &str, heads: &[ChangeHash]) -> Vec<Candidate> {
        self.as_candidates(self.doc.get_all_at(object, key, heads).unwrap_or_default())
    }

    fn candidates_in(&self, object: &ObjId, key: &str) -> Vec<Candidate> {
        self.as_candidates(self.doc.get_all(object, key).unwrap_or_default())
    }

    fn as_candidates(&self, all: Vec<(automerge::Value<'_>, ObjId)>) -> Vec<Candidate> {
        let mut metas = Metas::default();
        let one = all.into_iter().filter_map(|(value, op)| {
            let value = value.as_scalar().map(Value::from)?;
            Some(Candidate {
                value,
                by: vec![metas.of(self, &op)],
            })
        });
        merge_equal(one.collect())
    }
}

fn merge_equal(mut all: Vec<Candidate>) -> Vec<Candidate> {
    all.sort_by(|a, b| a.value.order(&b.value).then_with(|| a.by.cmp(&b.by)));
    all.dedup_by(|later, kept| {
        let equal = later.value == kept.value;
        if equal {
            kept.by.append(&mut later.by);
        }
        equal
    });
    all
}

/// Remembers change metadata while one container is read: most scalars of a record come from few changes.
#[derive(Default)]
struct Metas(BTreeMap<Hash, Written>);

impl Metas {
    fn of(&mut self, document: &Document, op: &ObjId) -> Written {
        let unknown = Written {
            author: None,
            at_ms: 0,
            change: Hash::default(),
        };
        let Some(hash) = document.doc.hash_for_opid(op).map(Hash::from) else {
            return unknown;
        };
        self.0
            .entry(hash)
            .or_insert_with(|| document.written(&hash).unwrap_or(unknown))
            .clone()
    }
}
