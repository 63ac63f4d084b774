//! Writes: what is to be recorded, made at what was seen.

use super::{Container, Document, DocumentError, Value};
use crate::ids::Hash;
use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ChangeHash, ObjType, PatchLog, ReadDoc, ScalarValue};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One thing to record. Making the same write twice leaves what making it once leaves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Write {
    /// Sets a scalar in a flat container.
    Put {
        /// One of the flat containers.
        container: Container,
        /// The field.
        key: String,
        /// The new value.
        value: Value,
    },
    /// Adds an entry; nothing happens when one with that key is there.
    Entry {
        /// One of the containers that hold entries.
        container: Container,
        /// A random key, or the id of an event.
        key: String,
        /// The scalars of the entry.
        fields: BTreeMap<String, Value>,
    },
    /// Sets a scalar of an entry that may change (a caption).
    PutIn {
        /// A container whose entries may change.
        container: Container,
        /// The entry.
        key: String,
        /// The scalar of the entry.
        field: String,
        /// The new value.
        value: Value,
    },
    /// Makes a text read like this; what others typed elsewhere in it stays.
    Prose {
        /// The text.
        name: String,
        /// How it should read, seen from the heads that the writer saw.
        text: String,
    },
}

/// Bytes that a value may have; the gate of everybody else refuses more.
pub(crate) const VALUE_BYTES: usize = 16 << 10;
/// Bytes that a key may have.
pub(crate) const KEY_BYTES: usize = 256;
/// Scalars that one change may put into one entry.
pub(crate) const FIELDS_PER_ENTRY: usize = 256;

impl Write {
    /// Refuses what the gate of everybody else would refuse.
    fn fits(&self) -> Result<(), DocumentError> {
        let none = BTreeMap::new();
        let (keys, value, fields) = match self {
            Self::Put { key, value, .. } => (vec![key], Some(value), &none),
            Self::Entry { key, fields, .. } => (vec![key], None, fields),
            Self::PutIn { key, field, value, .. } => (vec![key, field], Some(value), &none),
            Self::Prose { text, .. } if text.contains('\0') => return Err(DocumentError::Form("a text has no NUL")),
            Self::Prose { .. } => return Ok(()),
        };
        let mut keys = keys.into_iter().chain(fields.keys());
        if keys.any(|key| key.is_empty() || key.len() > KEY_BYTES || key.contains('\0'))
            || fields.len() > FIELDS_PER_ENTRY
        {
            return Err(DocumentError::Form("keys are short and few, without NUL"));
        }
        let fits = |value: &Value| match value {
            Value::Text(text) => text.len() <= VALUE_BYTES && !text.contains('\0'),
            Value::Bytes(bytes) => bytes.len() <= VALUE_BYTES,
            Value::Float(number) => number.is_finite(),
            _ => true,
        };
        if value.into_iter().chain(fields.values()).all(fits) {
            Ok(())
        } else {
            Err(DocumentError::Form(
                "a value is small, a number finite, a text without NUL",
            ))
        }
    }
}

/// A change that was made here: what goes to the store and the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewChange {
    /// Its hash.
    pub hash: Hash,
    /// Its bytes, as they are stored, sent and hashed.
    pub bytes: Vec<u8>,
}

impl Document {
    /// Makes one change out of `writes`, at the heads `seen` plus what this process itself wrote since.
    ///
    /// Returns `None` when nothing was to be changed (an equal value is no change). What others sent after `seen`
    /// stays concurrent, and both values stay.
    ///
    /// # Errors
    /// [`DocumentError::UnknownSeen`], [`DocumentError::Form`], [`DocumentError::Automerge`]; nothing was written.
    pub fn write(&mut self, seen: &[Hash], at_ms: i64, writes: &[Write]) -> Result<Option<NewChange>, DocumentError> {
        writes.iter().try_for_each(Write::fits)?;
        let base = self.base(seen)?;
        // Nearly every tap has seen everything: reads of such a transaction need no clock of what was seen.
        let mut tx = if base == self.doc.get_heads() {
            self.doc.transaction()
        } else {
            self.doc.transaction_at(PatchLog::inactive(), &base)?
        };
        for write in writes {
            put(&mut tx, &self.containers, &self.prose, write)?;
        }
        if tx.pending_ops() == 0 {
            tx.rollback();
            return Ok(None);
        }
        let (Some(hash), _) = tx.commit_with(CommitOptions::default().with_time(at_ms)) else {
            return Ok(None);
        };
        let change = self
            .doc
            .get_change_by_hash(&hash)
            .ok_or(DocumentError::Form("a change was made"))?;
        self.own_tip = Some(hash.into());
        Ok(Some(NewChange {
            hash: hash.into(),
            bytes: change.raw_bytes().to_vec(),
        }))
    }

    /// The heads to write at: `seen` and the own tip, without what is an ancestor of another.
    pub(super) fn base(&self, seen: &[Hash]) -> Result<Vec<ChangeHash>, DocumentError> {
        self.known(seen)?;
        let mut base: BTreeSet<ChangeHash> = seen.iter().map(|h| (*h).into()).collect();
        if let Some(tip) = self.own_tip {
            base.insert(tip.into());
        }
        if base.is_empty() {
            let (hash, _) = self.genesis.change()?;
            base.insert(hash.into());
        }
        let covered = self.ancestors_among(&base);
        // Sorted, like the heads of a document.
        Ok(base.difference(&covered).copied().collect())
    }

    /// Returns those of `hashes` that are an ancestor of another of them.
    fn ancestors_among(&self, hashes: &BTreeSet<ChangeHash>) -> BTreeSet<ChangeHash> {
        let mut found = BTreeSet::new();
        if hashes.len() < 2 || hashes.iter().copied().eq(self.doc.get_heads()) {
            return found;
        }
        // No change below the lowest of them can be one of them.
        let metas = |h: &ChangeHash| self.doc.get_change_meta_by_hash(h);
        let floor = hashes.iter().filter_map(metas).map(|m| m.max_op).min().unwrap_or(0);
        let mut visited = BTreeSet::new();
        let mut open: Vec<ChangeHash> = hashes.iter().copied().collect();
        while let Some(meta) = open.pop().and_then(|h| metas(&h)) {
            for dep in &meta.deps {
                if hashes.contains(dep) {
                    found.insert(*dep);
                }
                if visited.insert(*dep) && metas(dep).is_some_and(|m| m.max_op >= floor) {
                    open.push(*dep);
                }
            }
        }
        found
    }
}

fn put(
    tx: &mut automerge::transaction::Transaction<'_>,
    containers: &BTreeMap<Container, automerge::ObjId>,
    prose: &BTreeMap<String, automerge::ObjId>,
    write: &Write,
) -> Result<(), DocumentError> {
    let object = |c: &Container| containers.get(c).ok_or(DocumentError::Form("the container exists"));
    match write {
        Write::Put { container, key, value } if container.is_flat() => {
            put_scalar(tx, object(container)?, key, value)?;
        }
        Write::Entry { container, key, fields } if container.holds_entries() => {
            let map = object(container)?;
            if tx.get(map, key.as_str())?.is_none() {
                let entry = tx.put_object(map, key.as_str(), ObjType::Map)?;
                for (field, value) in fields {
                    tx.put(&entry, field.as_str(), ScalarValue::from(value))?;
                }
            }
        }
        Write::PutIn {
            container,
            key,
            field,
            value,
        } if container.holds_entries() && !container.is_append_only() => {
            let Some((_, entry)) = tx.get(object(container)?, key.as_str())? else {
                return Err(DocumentError::Form("the entry exists"));
            };
            put_scalar(tx, &entry, field, value)?;
        }
        Write::Prose { name, text } => {
            let object = prose.get(name).ok_or(DocumentError::Form("the text exists"))?;
            if tx.text(object)? != *text {
                tx.update_text(object, text)?;
            }
        }
        _ => return Err(DocumentError::Form("such a write does not go to that container")),
    }
    Ok(())
}

/// Puts a scalar unless it is the only value there: an equal value is no change, but it settles a conflict.
fn put_scalar(
    tx: &mut automerge::transaction::Transaction<'_>,
    object: &automerge::ObjId,
    key: &str,
    value: &Value,
) -> Result<(), DocumentError> {
    let new = ScalarValue::from(value);
    let old = tx.get_all(object, key)?;
    let equal = |v: &automerge::Value<'_>| v.as_scalar().is_some_and(|s| Value::from(s) == *value);
    match old.as_slice() {
        [(only, _)] if equal(only) => {}
        [] | [_] => tx.put(object, key, new)?,
        // When the winner is equal already, the library deletes the others and writes nothing; another value first
        // makes the settled value a change.
        _ if tx.get(object, key)?.is_some_and(|(v, _)| equal(&v)) => {
            let other = match new {
                ScalarValue::Null => ScalarValue::Boolean(false),
                _ => ScalarValue::Null,
            };
            tx.put(object, key, other)?;
            tx.put(object, key, new)?;
        }
        _ => tx.put(object, key, new)?,
    }
    Ok(())
}
