//! Bytes that no client of ours makes, for records that exist.

use automerge::legacy::{Key, ObjectId, Op, OpId, OpType, SortedVec};
use automerge::{ActorId, Change, ExpandedChange};
use keyturn_domain::document::{Author, Document};
use keyturn_domain::{Container, Write};
use std::num::NonZeroU64;

/// A kind of attack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attack {
    /// It replaces a value that does not exist: the next save would never load.
    GhostPred,
    /// Its operations are numbered so high that honest ones would soon run out of numbers.
    StartOpJump,
    /// It names an author where only a first change does.
    FooterOnSecond,
    /// It is sound, for another document.
    WrongDocument,
    /// Half of it.
    Truncated,
    /// It changes what never changes.
    MetaChanged,
    /// It builds on what nobody has.
    Orphan,
}

impl Attack {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::GhostPred,
        Self::StartOpJump,
        Self::FooterOnSecond,
        Self::WrongDocument,
        Self::Truncated,
        Self::MetaChanged,
        Self::Orphan,
    ];

    /// Makes the changes of an attack on a document; the last one is bad, those before it are what it needs.
    #[must_use]
    pub fn changes(self, document: &Document, number: u32, author: Author) -> Vec<Vec<u8>> {
        let mut maker = Maker::new(document, number, author);
        match self {
            Self::GhostPred => {
                let ghost = OpId(maker.start_op - 1, ActorId::from(vec![0xee; 16]));
                vec![raw(maker.change(1, vec![ghost], "x"))]
            }
            Self::StartOpJump => {
                maker.start_op += 1 << 20;
                vec![raw(maker.change(1, vec![], "x"))]
            }
            Self::FooterOnSecond => {
                let first = sealed(maker.change(1, vec![], "x"));
                maker.deps = vec![first.hash()];
                maker.start_op += 1;
                let mut second = maker.change(2, vec![], "y");
                second.extra_bytes = footer(author);
                vec![first.raw_bytes().to_vec(), raw(second)]
            }
            Self::WrongDocument => {
                let mut genesis = document.genesis().clone();
                genesis.place = keyturn_domain::PlaceId::from_bytes([0x77; 16]);
                vec![elsewhere(&genesis, number, author)]
            }
            Self::Truncated => {
                let mut bytes = raw(maker.change(1, vec![], "x"));
                bytes.truncate(bytes.len() / 2);
                vec![bytes]
            }
            Self::Orphan => {
                maker.deps = vec![automerge::ChangeHash([0x5a; 32])];
                vec![raw(maker.change(1, vec![], "x"))]
            }
            Self::MetaChanged => {
                maker.object = container(document, Container::Meta);
                vec![raw(maker.change(1, vec![], "x"))]
            }
        }
    }
}

struct Maker {
    object: ObjectId,
    actor: ActorId,
    start_op: u64,
    deps: Vec<automerge::ChangeHash>,
    key: String,
    author: Author,
}

impl Maker {
    fn new(document: &Document, number: u32, author: Author) -> Self {
        let changes = document.automerge().get_changes(&[]);
        let highest = changes.iter().map(|c| c.max_op()).max().unwrap_or(0);
        let mut actor = vec![0xab; 12];
        actor.extend_from_slice(&number.to_be_bytes());
        Self {
            object: container(document, Container::Answers),
            actor: ActorId::from(actor),
            start_op: highest + 1,
            deps: document.automerge().get_heads(),
            key: format!("attack/{number}"),
            author,
        }
    }

    fn change(&self, seq: u64, pred: Vec<OpId>, value: &str) -> ExpandedChange {
        ExpandedChange {
            operations: vec![Op {
                action: OpType::Put(value.into()),
                obj: self.object.clone(),
                key: Key::Map(self.key.as_str().into()),
                pred: SortedVec::from(pred),
                insert: false,
            }],
            actor_id: self.actor.clone(),
            hash: None,
            seq,
            start_op: NonZeroU64::new(self.start_op).expect("not zero"),
            time: 1_700_000_000_000,
            message: None,
            deps: self.deps.clone(),
            extra_bytes: if seq == 1 { footer(self.author) } else { Vec::new() },
            author: None,
        }
    }
}

/// The claim of a person and a phone at the end of a change.
fn footer(author: Author) -> Vec<u8> {
    [&[1, 32][..], author.user.as_bytes(), author.device.as_bytes()].concat()
}

fn sealed(change: ExpandedChange) -> Change {
    Change::from(change)
}

fn raw(change: ExpandedChange) -> Vec<u8> {
    sealed(change).raw_bytes().to_vec()
}

/// The object that the genesis made.
fn container(document: &Document, container: Container) -> ObjectId {
    let (_, bytes) = document.genesis().change().expect("a genesis");
    let genesis = Change::try_from(bytes.as_slice()).expect("a change").decode();
    let key = Key::Map(container.name().into());
    let made = genesis
        .operations
        .iter()
        .zip(genesis.start_op.get()..)
        .find(|(op, _)| op.key == key);
    let (_, number) = made.expect("the genesis made it");
    ObjectId::Id(OpId(number, genesis.actor_id))
}

/// A sound first change of another document.
fn elsewhere(genesis: &keyturn_domain::document::Genesis, number: u32, author: Author) -> Vec<u8> {
    let mut other = Document::begin(genesis).expect("a genesis");
    let mut actor = [0xcd; 16];
    actor[12..].copy_from_slice(&number.to_be_bytes());
    other.write_as(actor, author.user, author.device);
    let put = Write::Put {
        container: Container::Fields,
        key: "room".into(),
        value: "r01".into(),
    };
    let change = other.write(&other.heads(), 1, &[put]).expect("a write");
    change.expect("a change").bytes
}
