//! What an attack is, and what all of them are made with.

use super::world::{CONTESTED, World};
use automerge::legacy::{Key, ObjectId, Op, OpId, OpType, SortedVec};
use automerge::{Change, ChangeHash, ExpandedChange, ScalarValue};
use keyturn_domain::gate::{RefusalCode as Code, Step};
use std::num::NonZeroU64;

/// What must become of the last change of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// The gate refuses it.
    Refused(Step, Code),
    /// It depends on what nobody knows.
    MissingDeps,
    /// Its sequence number was used for something else.
    ForkedActor,
    /// It depends on what was refused.
    BlockedBy,
    /// The gate has nothing against it; the words say why.
    Passes(&'static str),
}

/// One attack.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its name.
    pub name: &'static str,
    /// What is sent. The last one is judged; those before it are what it needs.
    pub changes: Vec<Vec<u8>>,
    /// What must become of the last one.
    pub expect: Expect,
}

/// Builds the whole corpus against a world.
#[must_use]
pub fn corpus(world: &World) -> Vec<Item> {
    let maker = Maker { world };
    [
        maker.references(),
        maker.sequences(),
        maker.numbers(),
        maker.frames(),
        maker.bombs(),
        maker.sizes(),
        maker.documents(),
        maker.footers(),
        maker.kinds(),
        maker.places(),
        maker.texts(),
    ]
    .concat()
}

/// Makes the attacks on a world.
pub(super) struct Maker<'a> {
    pub(super) world: &'a World,
}

pub(super) fn op(obj: &ObjectId, key: &str, action: OpType, pred: Vec<OpId>) -> Op {
    Op {
        action,
        obj: obj.clone(),
        key: Key::Map(key.into()),
        pred: SortedVec::from(pred),
        insert: false,
    }
}

pub(super) fn put(obj: &ObjectId, key: &str, value: impl Into<ScalarValue>) -> Op {
    op(obj, key, OpType::Put(value.into()), vec![])
}

pub(super) fn bytes(change: ExpandedChange) -> Vec<u8> {
    Change::from(change).raw_bytes().to_vec()
}

pub(super) fn hash(bytes: &[u8]) -> ChangeHash {
    Change::try_from(bytes).expect("a change").hash()
}

pub(super) fn number(n: u64) -> NonZeroU64 {
    NonZeroU64::new(n).expect("not zero")
}

/// An item of one change.
pub(super) fn item(name: &'static str, change: Vec<u8>, expect: Expect) -> Item {
    Item {
        name,
        changes: vec![change],
        expect,
    }
}

pub(super) const fn caps(code: Code) -> Expect {
    Expect::Refused(Step::Caps, code)
}

pub(super) const fn header(code: Code) -> Expect {
    Expect::Refused(Step::Header, code)
}

pub(super) const fn operations(code: Code) -> Expect {
    Expect::Refused(Step::Operations, code)
}

pub(super) const NOT_REPRODUCED: Expect = Expect::Refused(Step::Apply, Code::NotReproduced);

impl Maker<'_> {
    pub(super) fn answers(&self) -> ObjectId {
        self.world.root("answers")
    }

    pub(super) fn text(&self) -> ObjectId {
        self.world.root("description")
    }

    /// A sound change of an actor named like the item, then spoiled.
    pub(super) fn spoiled(&self, name: &'static str, expect: Expect, spoil: impl FnOnce(&mut ExpandedChange)) -> Item {
        let mut change = self.world.sound(name, vec![put(&self.answers(), "hostile", name)]);
        spoil(&mut change);
        if change.seq != 1 && change.extra_bytes == self.world.footer() {
            change.extra_bytes.clear();
        }
        item(name, bytes(change), expect)
    }

    /// A change that does only this.
    pub(super) fn doing(&self, name: &'static str, expect: Expect, ops: Vec<Op>) -> Item {
        self.spoiled(name, expect, |change| change.operations = ops)
    }

    /// The value that A gave the contested field.
    pub(super) fn value_of_a(&self) -> OpId {
        self.world.find(1, |op| op.key == Key::Map(CONTESTED.into())).1
    }

    /// The entry that A made under that key, in the change of that index.
    pub(super) fn entry(&self, change: usize, key: &str) -> OpId {
        self.world.find(change, |op| op.key == Key::Map(key.into())).1
    }

    /// A scalar of that entry.
    pub(super) fn scalar_of(&self, change: usize, entry: &OpId) -> OpId {
        self.world.find(change, |op| op.obj == ObjectId::Id(entry.clone())).1
    }
}
