//! Why does it look like this? The lineage of a field, from the changes themselves.

use super::{Container, Document, Value, Written};
use crate::ids::Hash;
use automerge::legacy::{Key, ObjectId, OpType};
use automerge::{ObjId, ObjType};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One value that a field once got.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LineageStep {
    /// The value.
    pub value: Value,
    /// Who wrote it, when, in which change.
    pub written: Written,
    /// The changes whose values it replaced: what its author had seen.
    pub replaced: Vec<Hash>,
    /// Whether it is one of the values that the field has now.
    pub current: bool,
}

impl Document {
    /// Returns every value that a scalar of a flat container ever had, in causal order.
    #[must_use]
    pub fn lineage(&self, container: Container, key: &str) -> Vec<LineageStep> {
        let Some(ObjId::Id(counter, actor, _)) = self.containers.get(&container) else {
            return Vec::new();
        };
        let current: Vec<Hash> = self
            .candidates(container, key)
            .into_iter()
            .flat_map(|c| c.by)
            .map(|w| w.change)
            .collect();
        let mut made_by: BTreeMap<(u64, Vec<u8>), Hash> = BTreeMap::new();
        let mut steps: Vec<LineageStep> = Vec::new();
        for change in self.doc.get_changes(&[]) {
            let hash = Hash::from(change.hash());
            let start = change.start_op().get();
            for (op, n) in change.decode().operations.into_iter().zip(start..) {
                let here = matches!(&op.obj, ObjectId::Id(id) if id.counter() == *counter && id.actor() == actor)
                    && matches!(&op.key, Key::Map(k) if k.as_str() == key);
                let OpType::Put(value) = (if here { &op.action } else { &OpType::Make(ObjType::Map) }) else {
                    continue;
                };
                made_by.insert((n, change.actor_id().to_bytes().to_vec()), hash);
                let replaced = op.pred.iter().filter_map(|p| {
                    made_by
                        .get(&(p.counter(), p.actor().to_bytes().to_vec()))
                        .copied()
                        .filter(|h| *h != hash)
                });
                let mut step = LineageStep {
                    value: Value::from(value),
                    written: self.written(&hash).unwrap_or(Written {
                        author: None,
                        at_ms: 0,
                        change: hash,
                    }),
                    replaced: replaced.collect(),
                    current: current.contains(&hash),
                };
                // Two writes of one change to one field are one step: the later value with what the first replaced.
                if steps.last().is_some_and(|s| s.written.change == hash) {
                    step.replaced = steps.pop().map(|s| s.replaced).unwrap_or_default();
                }
                steps.push(step);
            }
        }
        steps
    }
}
