//! Step 3: what the operations of a change do, and where. Only what our own commands write passes.

use super::RefusalCode as Code;
use super::header::Header;
use super::judge::Trial;
use crate::document::{Container, Document, FIELDS_PER_ENTRY, KEY_BYTES, VALUE_BYTES};
use crate::ids::Hash;
use automerge::legacy::{ElementId, Key, ObjectId, Op, OpId, OpType};
use automerge::{ActorId, Change, ObjId, ObjType, ReadDoc, ScalarValue};
use std::collections::{BTreeMap, BTreeSet};

/// An object or operation: its number and actor.
pub(super) type EntryId = (u64, ActorId);

/// An entry: where it stands and which change made it.
#[derive(Clone, Copy)]
pub(super) struct Made {
    container: Container,
    by: Hash,
}

/// What an operation works on.
#[derive(Clone, Copy)]
enum Place {
    Container(Container),
    Entry(Made),
    Text,
}

/// Checks all operations of a change; returns the entries that it makes.
///
/// That a predecessor or an element of a text exists is not checked here: what refers to nothing does not come back
/// from the document as it went in.
pub(super) fn check(
    trial: &Trial,
    held: &Document,
    header: &Header,
    actor: &ActorId,
    change: &Change,
) -> Result<BTreeMap<EntryId, Made>, Code> {
    let mut checker = Checker {
        trial,
        held,
        header,
        actor,
        genesis: ActorId::from(held.genesis().actor()),
        roots: roots(held),
        made: BTreeMap::new(),
        fields: BTreeMap::new(),
        referred: BTreeSet::new(),
    };
    for (op, number) in change.decode().operations.iter().zip(header.start_op..) {
        checker.operation(op, number)?;
    }
    if !trial.covers(held, &header.deps, checker.referred) {
        return Err(Code::UnseenReference);
    }
    Ok(checker.made)
}

/// The objects that the genesis made, by the number of the operation.
fn roots(held: &Document) -> BTreeMap<u64, Place> {
    let containers = held.containers.iter().map(|(c, id)| (id, Place::Container(*c)));
    let texts = held.prose.values().map(|id| (id, Place::Text));
    containers
        .chain(texts)
        .filter_map(|(id, place)| match id {
            ObjId::Id(number, ..) => Some((*number, place)),
            ObjId::Root => None,
        })
        .collect()
}

struct Checker<'a> {
    trial: &'a Trial,
    held: &'a Document,
    header: &'a Header,
    actor: &'a ActorId,
    genesis: ActorId,
    roots: BTreeMap<u64, Place>,
    made: BTreeMap<EntryId, Made>,
    fields: BTreeMap<EntryId, usize>,
    /// The changes whose operations are referred to: their author must have seen them.
    referred: BTreeSet<Hash>,
}

impl Checker<'_> {
    fn operation(&mut self, op: &Op, number: u64) -> Result<(), Code> {
        for id in op.pred.iter() {
            self.refer(id, number)?;
        }
        let ObjectId::Id(object) = &op.obj else {
            return Err(Code::RootOperation);
        };
        self.refer(object, number)?;
        let id = (object.counter(), object.actor().clone());
        match self.place(&id).ok_or(Code::UnknownObject)? {
            Place::Container(Container::Meta | Container::Prose) => Err(Code::FrozenContainer),
            Place::Container(container) if container.is_flat() => {
                map_key(op)?;
                scalar(op)
            }
            Place::Container(container) => self.make_entry(op, number, container),
            Place::Entry(entry) => self.put_in_entry(op, id, entry),
            Place::Text => self.edit_text(op, number),
        }
    }

    fn make_entry(&mut self, op: &Op, number: u64, container: Container) -> Result<(), Code> {
        map_key(op)?;
        match &op.action {
            OpType::Make(ObjType::Map) if op.pred.is_empty() => {
                let by = self.header.hash;
                self.made.insert((number, self.actor.clone()), Made { container, by });
                Ok(())
            }
            OpType::Delete => Err(Code::DeleteInMap),
            OpType::Make(ObjType::Map) => Err(Code::EntryReplaced),
            _ => Err(Code::NotOurs),
        }
    }

    fn put_in_entry(&mut self, op: &Op, id: EntryId, entry: Made) -> Result<(), Code> {
        map_key(op)?;
        scalar(op)?;
        let fields = self.fields.entry(id).or_default();
        *fields += 1;
        if *fields > FIELDS_PER_ENTRY {
            return Err(Code::TooManyFields);
        }
        if entry.container.is_append_only() && (entry.by != self.header.hash || !op.pred.is_empty()) {
            return Err(Code::EventChanged);
        }
        Ok(())
    }

    fn edit_text(&mut self, op: &Op, number: u64) -> Result<(), Code> {
        let Key::Seq(element) = &op.key else {
            return Err(Code::WrongKey);
        };
        if let ElementId::Id(id) = element {
            self.refer(id, number)?;
        }
        match &op.action {
            OpType::Put(value) if op.insert && op.pred.is_empty() => match value {
                ScalarValue::Str(_) => fits(value),
                _ => Err(Code::WrongValue),
            },
            OpType::Delete if !op.insert && !op.pred.is_empty() => Ok(()),
            _ => Err(Code::NotOurs),
        }
    }

    fn place(&self, id: &EntryId) -> Option<Place> {
        if id.1 == self.genesis {
            return self.roots.get(&id.0).copied();
        }
        let made = self.made.get(id).copied().or_else(|| self.trial.entry(id));
        made.or_else(|| self.held_entry(id)).map(Place::Entry)
    }

    /// An entry of the document as it was before this batch.
    fn held_entry(&self, (number, actor): &EntryId) -> Option<Made> {
        let id = ObjId::Id(*number, actor.clone(), 0);
        let parent = self.held.doc.parents(&id).ok()?.next()?;
        let ObjId::Id(root, by, _) = parent.obj else {
            return None;
        };
        match self.roots.get(&root) {
            Some(Place::Container(container)) if by == self.genesis => Some(Made {
                container: *container,
                by: self.held.doc.hash_for_opid(&id)?.into(),
            }),
            _ => None,
        }
    }

    /// Notes what an operation refers to. Its own actor's earlier work and the genesis were seen by everyone who writes.
    fn refer(&mut self, id: &OpId, number: u64) -> Result<(), Code> {
        if id.counter() >= number {
            return Err(Code::UnseenReference);
        }
        if id.actor() != self.actor && *id.actor() != self.genesis {
            let id = (id.counter(), id.actor().clone());
            self.referred.extend(self.trial.maker(self.held, &id));
        }
        Ok(())
    }
}

fn map_key(op: &Op) -> Result<(), Code> {
    match &op.key {
        // A NUL is refused by some databases, in which a projection would never be stored.
        Key::Map(key) if key.is_empty() || key.contains('\0') => Err(Code::WrongKey),
        Key::Map(key) if key.len() > KEY_BYTES => Err(Code::KeyTooLong),
        Key::Map(_) if op.insert => Err(Code::NotOurs),
        Key::Map(_) => Ok(()),
        Key::Seq(_) => Err(Code::WrongKey),
    }
}

/// A scalar put into a map.
fn scalar(op: &Op) -> Result<(), Code> {
    match &op.action {
        OpType::Put(value) => fits(value),
        OpType::Delete => Err(Code::DeleteInMap),
        _ => Err(Code::NotOurs),
    }
}

fn fits(value: &ScalarValue) -> Result<(), Code> {
    let bytes = match value {
        ScalarValue::Counter(_) | ScalarValue::Unknown { .. } => return Err(Code::WrongValue),
        ScalarValue::Str(text) if text.contains('\0') => return Err(Code::WrongValue),
        ScalarValue::Str(text) => text.len(),
        ScalarValue::Bytes(bytes) => bytes.len(),
        ScalarValue::F64(number) if !number.is_finite() => return Err(Code::WrongValue),
        _ => 0,
    };
    if bytes > VALUE_BYTES {
        Err(Code::ValueTooLarge)
    } else {
        Ok(())
    }
}
