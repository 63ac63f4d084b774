//! The honest part: a defect of two authors, and what comes after the attack.

use automerge::legacy::{ObjectId, Op, OpId};
use automerge::{ActorId, Change, ExpandedChange};
use keyturn_domain::document::{Author, Genesis};
use keyturn_domain::ids::{DocumentId, PlaceId, ProjectId};
use keyturn_domain::{Container, Document, Value, Write};
use std::num::NonZeroU64;

/// A document of two authors who have not seen each other, and what they and a third write next.
pub struct World {
    /// What the document is.
    pub genesis: Genesis,
    /// Who all changes claim to come from, hostile ones too: a server would refuse them at once otherwise.
    pub author: Author,
    /// The document with everything of `base`.
    pub document: Document,
    /// The changes that were admitted before the attack, the genesis first; A wrote the four after it, B the last two.
    pub base: Vec<Vec<u8>>,
    /// What A, B and C write next: honest neighbours of the attack.
    pub next: Vec<Vec<u8>>,
    /// `base`, readable.
    decoded: Vec<ExpandedChange>,
    /// The highest number of an operation of `base`.
    max_op: u64,
}

/// The field that A and B disagree about.
pub const CONTESTED: &str = "win-03/r03/2/result";

/// Actor of A.
pub const A: [u8; 16] = [0xaa; 16];
/// Actor of B.
pub const B: [u8; 16] = [0xbb; 16];

impl World {
    /// Makes the world of a document.
    #[must_use]
    pub fn new(document: DocumentId, project: ProjectId, place: PlaceId, author: Author) -> Self {
        let genesis = Genesis {
            document,
            project,
            place,
            kind: "defect".into(),
        };
        let mut base = vec![genesis.change().expect("a genesis").1];
        let mut a = begin(&genesis, A, author);
        let mut b = begin(&genesis, B, author);
        for writes in [
            vec![put(CONTESTED, "ok"), entry(Container::Events, "event-a")],
            vec![
                entry(Container::Items, "photo-a"),
                entry(Container::Signatures, "signature-a"),
            ],
            vec![prose("窗台渗水")],
            vec![put("win-03/r03/2/note", "damp since May")],
        ] {
            base.push(write(&mut a, &writes));
        }
        for writes in [
            vec![put(CONTESTED, "defect")],
            vec![entry(Container::Events, "event-b")],
        ] {
            base.push(write(&mut b, &writes));
        }
        let mut merged = a.clone();
        let load = |bytes: &Vec<u8>| Change::try_from(bytes.as_slice()).expect("a change");
        let changes: Vec<Change> = base.iter().map(load).collect();
        let mut doc = merged.automerge().clone();
        doc.apply_changes(changes.clone()).expect("honest changes");
        merged.replace(doc);

        let mut c = merged.clone();
        c.write_as([0xcc; 16], author.user, author.device);
        let next = vec![
            write(&mut a, &[prose("窗渗水，东侧"), put(CONTESTED, "defect")]),
            write(&mut b, &[put("win-03/r03/3/result", "ok")]),
            write(
                &mut c,
                &[put(CONTESTED, "not_applicable"), entry(Container::Items, "photo-c")],
            ),
            write(&mut c, &[prose("窗台大量渗水")]),
        ];
        Self {
            genesis,
            author,
            document: merged,
            base,
            next,
            decoded: changes.iter().map(Change::decode).collect(),
            max_op: changes.iter().map(Change::max_op).max().unwrap_or(0),
        }
    }

    /// The object that the genesis made under that name, in the root or below.
    pub(super) fn root(&self, name: &str) -> ObjectId {
        let (op, id) = self.find(0, |op| op.key == automerge::legacy::Key::Map(name.into()));
        assert!(op.obj_type().is_some(), "{name} is an object");
        ObjectId::Id(id)
    }

    /// The first operation of a change of `base` that is meant, and its id.
    pub(super) fn find(&self, change: usize, meant: impl Fn(&Op) -> bool) -> (Op, OpId) {
        let change = self.decoded(change);
        let found = change
            .operations
            .iter()
            .zip(change.start_op.get()..)
            .find(|(op, _)| meant(op));
        let (op, number) = found.expect("such an operation");
        (op.clone(), OpId(number, change.actor_id.clone()))
    }

    /// A change of `base`, readable.
    pub(super) fn decoded(&self, change: usize) -> &ExpandedChange {
        &self.decoded[change]
    }

    /// The highest number of an operation of `base`.
    pub(super) const fn max_op(&self) -> u64 {
        self.max_op
    }

    /// A sound first change of a new actor, to be spoiled.
    pub(super) fn sound(&self, actor: &str, operations: Vec<Op>) -> ExpandedChange {
        ExpandedChange {
            operations,
            actor_id: actor_of(actor),
            hash: None,
            seq: 1,
            start_op: NonZeroU64::new(self.max_op() + 1).expect("not zero"),
            time: 1_700_000_000_000,
            message: None,
            deps: self.document.automerge().get_heads(),
            extra_bytes: self.footer(),
            author: None,
        }
    }

    /// What says who the author is, at the end of an actor's first change.
    pub(super) fn footer(&self) -> Vec<u8> {
        let mut footer = vec![1, 32];
        footer.extend(self.author.user.as_bytes());
        footer.extend(self.author.device.as_bytes());
        footer
    }
}

/// An actor of that name.
pub(super) fn actor_of(name: &str) -> ActorId {
    ActorId::from(keyturn_domain::Hash::of(name.as_bytes()).0[..16].to_vec())
}

fn begin(genesis: &Genesis, actor: [u8; 16], author: Author) -> Document {
    let mut document = Document::begin(genesis).expect("a genesis");
    document.write_as(actor, author.user, author.device);
    document
}

fn write(document: &mut Document, writes: &[Write]) -> Vec<u8> {
    let heads = document.heads();
    let change = document.write(&heads, 1_700_000_000_000, writes).expect("a write");
    change.expect("a change").bytes
}

fn put(key: &str, value: &str) -> Write {
    Write::Put {
        container: Container::Answers,
        key: key.into(),
        value: value.into(),
    }
}

fn entry(container: Container, key: &str) -> Write {
    Write::Entry {
        container,
        key: key.into(),
        fields: [("kind".to_owned(), Value::from("one"))].into(),
    }
}

fn prose(text: &str) -> Write {
    Write::Prose {
        name: "description".into(),
        text: text.into(),
    }
}
