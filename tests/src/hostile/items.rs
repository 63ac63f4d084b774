//! The hostile changes themselves.

use super::raw::{Raw, frame, signed, unsigned};
use super::world::{A, CONTESTED, World, actor_of};
use automerge::legacy::{ElementId, Key, MarkData, ObjectId, Op, OpId, OpType, SortedVec};
use automerge::{ActorId, Change, ChangeHash, ExpandedChange, ObjType, ScalarValue};
use keyturn_domain::document::Genesis;
use keyturn_domain::gate::{RefusalCode as Code, Step};
use keyturn_domain::ids::DocumentId;
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

struct Maker<'a> {
    world: &'a World,
}

fn op(obj: &ObjectId, key: &str, action: OpType, pred: Vec<OpId>) -> Op {
    Op {
        action,
        obj: obj.clone(),
        key: Key::Map(key.into()),
        pred: SortedVec::from(pred),
        insert: false,
    }
}

fn put(obj: &ObjectId, key: &str, value: impl Into<ScalarValue>) -> Op {
    op(obj, key, OpType::Put(value.into()), vec![])
}

fn bytes(change: ExpandedChange) -> Vec<u8> {
    Change::from(change).raw_bytes().to_vec()
}

fn hash(bytes: &[u8]) -> ChangeHash {
    Change::try_from(bytes).expect("a change").hash()
}

fn number(n: u64) -> NonZeroU64 {
    NonZeroU64::new(n).expect("not zero")
}

/// An item of one change.
fn item(name: &'static str, change: Vec<u8>, expect: Expect) -> Item {
    Item {
        name,
        changes: vec![change],
        expect,
    }
}

const fn caps(code: Code) -> Expect {
    Expect::Refused(Step::Caps, code)
}

const fn header(code: Code) -> Expect {
    Expect::Refused(Step::Header, code)
}

const fn operations(code: Code) -> Expect {
    Expect::Refused(Step::Operations, code)
}

const NOT_REPRODUCED: Expect = Expect::Refused(Step::Apply, Code::NotReproduced);

impl Maker<'_> {
    fn answers(&self) -> ObjectId {
        self.world.root("answers")
    }

    fn text(&self) -> ObjectId {
        self.world.root("description")
    }

    /// A sound change of an actor named like the item, then spoiled.
    fn spoiled(&self, name: &'static str, expect: Expect, spoil: impl FnOnce(&mut ExpandedChange)) -> Item {
        let mut change = self.world.sound(name, vec![put(&self.answers(), "hostile", name)]);
        spoil(&mut change);
        item(name, bytes(change), expect)
    }

    /// A change that does only this.
    fn doing(&self, name: &'static str, expect: Expect, ops: Vec<Op>) -> Item {
        self.spoiled(name, expect, |change| change.operations = ops)
    }

    /// An existing value of A for the contested field.
    fn value_of_a(&self) -> OpId {
        self.world.find(1, |op| op.key == Key::Map(CONTESTED.into())).1
    }

    /// The entry that A made under that key, in the change of that index.
    fn entry(&self, change: usize, key: &str) -> OpId {
        self.world.find(change, |op| op.key == Key::Map(key.into())).1
    }

    fn scalar_of(&self, change: usize, entry: &OpId) -> OpId {
        self.world.find(change, |op| op.obj == ObjectId::Id(entry.clone())).1
    }

    fn references(&self) -> Vec<Item> {
        let answers = self.answers();
        let a = ActorId::from(A);
        let put_over = |pred: OpId| vec![op(&answers, CONTESTED, OpType::Put("hostile".into()), vec![pred])];
        let unknown = |id: OpId| vec![put(&ObjectId::Id(id), "kind", "hostile")];
        let unseen = self.value_of_a();
        let genesis = hash(&self.world.base[0]);
        let unseen_entry = self.entry(2, "photo-a");
        vec![
            self.doing("ghost_pred", NOT_REPRODUCED, put_over(OpId(3, actor_of("nobody")))),
            self.doing(
                "ghost_pred_of_a_known_actor",
                NOT_REPRODUCED,
                put_over(OpId(2, a.clone())),
            ),
            self.doing(
                "pred_of_another_key",
                NOT_REPRODUCED,
                put_over(self.world.find(4, |_| true).1),
            ),
            self.doing(
                "pred_in_another_object",
                NOT_REPRODUCED,
                put_over(self.scalar_of(1, &self.entry(1, "event-a"))),
            ),
            self.doing(
                "pred_of_its_own_later_operation",
                operations(Code::UnseenReference),
                put_over(OpId(
                    self.world.max_op() + 1,
                    actor_of("pred_of_its_own_later_operation"),
                )),
            ),
            self.spoiled("unseen_pred", operations(Code::UnseenReference), |change| {
                change.deps = vec![genesis];
                change.operations = put_over(unseen);
            }),
            self.spoiled("unseen_object", operations(Code::UnseenReference), |change| {
                change.deps = vec![genesis];
                change.operations = unknown(unseen_entry);
            }),
            self.doing(
                "unknown_object",
                operations(Code::UnknownObject),
                unknown(OpId(3, actor_of("nobody"))),
            ),
            self.doing(
                "a_scalar_as_an_object",
                operations(Code::UnknownObject),
                unknown(self.value_of_a()),
            ),
            self.doing(
                "unknown_object_of_the_genesis",
                operations(Code::UnknownObject),
                unknown(OpId(2, ActorId::from(self.world.genesis.actor()))),
            ),
            Item {
                name: "dependent_of_a_refused_one",
                ..{
                    let first = self.doing("refused_first", NOT_REPRODUCED, put_over(OpId(3, actor_of("nobody"))));
                    let dep = hash(&first.changes[0]);
                    let mut second = self.spoiled("dependent", Expect::BlockedBy, |change| {
                        change.deps = vec![dep];
                        change.start_op = number(change.start_op.get() + 1);
                    });
                    second.changes.insert(0, first.changes[0].clone());
                    second
                }
            },
        ]
    }

    fn sequences(&self) -> Vec<Item> {
        let genesis = hash(&self.world.base[0]);
        let tip = self.world.decoded(4);
        let after = |change: &mut ExpandedChange, seq: u64| {
            change.actor_id = ActorId::from(A);
            change.seq = seq;
        };
        vec![
            self.spoiled("control", Expect::Passes("it is sound"), |_| {}),
            self.spoiled("seq_gap", header(Code::SeqGap), |change| change.seq = 2),
            self.spoiled("seq_gap_of_a_known_actor", header(Code::SeqGap), |c| {
                after(c, tip.seq + 2)
            }),
            self.spoiled("seq_zero", header(Code::Malformed), |change| change.seq = 0),
            self.spoiled("seq_reuse_with_other_content", Expect::ForkedActor, |c| after(c, 2)),
            self.spoiled(
                "another_actor_continued",
                Expect::Passes("only a server knows which login an actor belongs to"),
                |c| after(c, tip.seq + 1),
            ),
            self.spoiled("own_previous_unseen", header(Code::OwnPreviousUnseen), |change| {
                after(change, tip.seq + 1);
                change.deps = vec![genesis];
            }),
            self.spoiled("orphan", Expect::MissingDeps, |change| {
                change.deps = vec![ChangeHash([7; 32])]
            }),
            self.spoiled("half_an_orphan", Expect::MissingDeps, |change| {
                change.deps.push(ChangeHash([7; 32]));
            }),
        ]
    }

    fn numbers(&self) -> Vec<Item> {
        let max = self.world.max_op();
        let at = |n: u64| move |change: &mut ExpandedChange| change.start_op = number(n);
        vec![
            self.spoiled("low_start_op", header(Code::StartOpLow), at(2)),
            self.spoiled("start_op_of_the_last", header(Code::StartOpLow), at(max)),
            self.spoiled("start_op_jump", header(Code::StartOpJump), at(max + 65_537)),
            self.spoiled("start_op_near_the_limit", header(Code::StartOpJump), at((1 << 32) - 2)),
            self.spoiled("start_op_beyond_the_limit", header(Code::StartOpJump), at(1 << 40)),
            self.spoiled(
                "start_op_jump_within_bounds",
                Expect::Passes("others may have written as much meanwhile"),
                at(max + 65_536),
            ),
        ]
    }

    fn frames(&self) -> Vec<Item> {
        let sound = |name: &'static str| bytes(self.world.sound(name, vec![put(&self.answers(), "hostile", name)]));
        let flipped = |name, at: usize| {
            let mut change = sound(name);
            change[at] ^= 0x40;
            change
        };
        let cut = |name, left: usize| sound(name)[..left].to_vec();
        let whole = sound("truncated_by_one").len();
        let content = |name| sound(name)[10..].to_vec(); // magic, checksum, kind, one byte of length
        let long = "墙".repeat(200);
        let deflated = Change::from(
            self.world
                .sound("deflated", vec![put(&self.answers(), "hostile", long.as_str())]),
        )
        .bytes()
        .into_owned();
        assert_eq!(deflated[8], 2, "deflated by the library");
        let two = [sound("two_in_one"), sound("two_in_one")].concat();
        let padded = content("padded_length");
        vec![
            item("wrong_checksum", flipped("wrong_checksum", 4), header(Code::WrongHash)),
            item(
                "changed_content",
                flipped("changed_content", 60),
                header(Code::WrongHash),
            ),
            item("wrong_magic", flipped("wrong_magic", 0), caps(Code::NotAChange)),
            item("unknown_kind", flipped("unknown_kind", 8), caps(Code::NotAChange)),
            item("deflated", deflated, caps(Code::Deflated)),
            item(
                "truncated_by_one",
                cut("truncated_by_one", whole - 1),
                caps(Code::Truncated),
            ),
            item(
                "truncated_in_the_frame",
                cut("truncated_in_the_frame", 9),
                caps(Code::Truncated),
            ),
            item(
                "truncated_in_the_magic",
                cut("truncated_in_the_magic", 3),
                caps(Code::NotAChange),
            ),
            item("nothing", vec![], caps(Code::NotAChange)),
            item("two_in_one", two, caps(Code::Malformed)),
            item(
                "padded_length",
                frame(1, &padded, &[u8::try_from(padded.len()).expect("short") | 0x80, 0]),
                caps(Code::Malformed),
            ),
            item("snapshot", self.world.document.save(), caps(Code::Snapshot)),
            item("bundle", frame(3, b"bundle", &[6]), caps(Code::Snapshot)),
            item("cbor_instead", b"\xa1\x61a\x01".to_vec(), caps(Code::NotAChange)),
        ]
    }

    /// A change of one put into `answers`, to be spoiled byte by byte.
    fn raw(&self, name: &str) -> Raw {
        let ObjectId::Id(OpId(container, genesis)) = self.answers() else {
            panic!("a container")
        };
        let run = |value: u8| vec![1, value];
        Raw {
            deps: self
                .world
                .document
                .automerge()
                .get_heads()
                .iter()
                .map(|h| h.0)
                .collect(),
            actor: actor_of(name).to_bytes().to_vec(),
            seq: 1,
            start_op: self.world.max_op() + 1,
            others: vec![genesis.to_bytes().to_vec()],
            columns: vec![
                (0x01, run(1)),
                (0x02, run(u8::try_from(container).expect("small"))),
                (0x15, vec![0x7f, 1, b'k']),
                (0x34, vec![1]),
                (0x42, run(1)),
                (0x56, run(1)),
                (0x70, run(0)),
            ],
            extra: Vec::new(),
        }
    }

    fn raws(&self, name: &'static str, expect: Expect, spoil: impl FnOnce(&mut Raw)) -> Item {
        let mut raw = self.raw(name);
        spoil(&mut raw);
        item(name, raw.chunk(), expect)
    }

    fn bombs(&self) -> Vec<Item> {
        let replace = |raw: &mut Raw, column: u64, data: Vec<u8>| {
            let found = raw.columns.iter_mut().find(|(c, _)| *c == column);
            found.expect("the column").1 = data;
        };
        vec![
            self.raws("operation_bomb", caps(Code::Unfolds), |raw| {
                for (column, value) in [(0x01, 1), (0x42, 1), (0x56, 1), (0x70, 0)] {
                    replace(raw, column, [signed(1 << 40), vec![value]].concat());
                }
            }),
            self.raws("predecessor_bomb", caps(Code::Unfolds), |raw| {
                replace(raw, 0x70, [vec![1], unsigned(1 << 40)].concat());
                raw.columns.push((0x71, [signed(1 << 40), vec![1]].concat()));
                raw.columns.push((0x73, [signed(1 << 40), vec![1]].concat()));
            }),
            self.raws("deflated_column", caps(Code::Deflated), |raw| raw.columns[4].0 |= 8),
            self.raws("unknown_column", header(Code::Malformed), |raw| {
                raw.columns.push((0x102, vec![1, 1]));
            }),
            self.raws("columns_out_of_order", header(Code::Malformed), |raw| {
                raw.columns.swap(0, 1)
            }),
            self.raws("column_longer_than_the_change", header(Code::Malformed), |raw| {
                raw.columns.last_mut().expect("a column").1.clear();
                raw.columns[4].1.extend([0xff; 40]);
            }),
            self.raws("no_operation", header(Code::Empty), |raw| raw.columns.clear()),
            self.raws("deps_out_of_order", header(Code::Malformed), |raw| raw.deps.reverse()),
            self.raws("deps_twice", header(Code::Malformed), |raw| raw.deps[1] = raw.deps[0]),
            self.raws("unknown_action", operations(Code::Undecodable), |raw| {
                replace(raw, 0x42, vec![1, 99]);
            }),
            self.raws("an_actor_that_is_not_listed", operations(Code::Undecodable), |raw| {
                replace(raw, 0x01, vec![1, 9]);
            }),
            self.raws("a_value_beyond_its_column", operations(Code::Undecodable), |raw| {
                replace(raw, 0x56, [vec![1], unsigned(1 << 40 | 6)].concat());
            }),
        ]
    }

    fn sizes(&self) -> Vec<Item> {
        let answers = self.answers();
        let large = "x".repeat((16 << 10) + 1);
        let many = (0..300).map(|n| put(&answers, &format!("k{n}"), "x".repeat(8 << 10)));
        let entry = ObjectId::Id(OpId(self.world.max_op() + 1, actor_of("too_many_fields")));
        let mut fields = vec![op(
            &self.world.root("items"),
            "wide",
            OpType::Make(ObjType::Map),
            vec![],
        )];
        fields.extend((0..257).map(|n| put(&entry, &format!("f{n}"), n)));
        vec![
            self.doing("oversized", caps(Code::TooLarge), many.collect()),
            self.doing(
                "oversized_text",
                operations(Code::ValueTooLarge),
                vec![put(&answers, "k", large.as_str())],
            ),
            self.doing(
                "oversized_bytes",
                operations(Code::ValueTooLarge),
                vec![put(&answers, "k", large.as_bytes().to_vec())],
            ),
            self.doing(
                "long_key",
                operations(Code::KeyTooLong),
                vec![put(&answers, &"k".repeat(257), 1)],
            ),
            self.doing("empty_key", operations(Code::WrongKey), vec![put(&answers, "", 1)]),
            self.doing("too_many_fields", operations(Code::TooManyFields), fields),
        ]
    }

    fn documents(&self) -> Vec<Item> {
        let other = Genesis {
            document: DocumentId::from_bytes([9; 16]),
            ..self.world.genesis.clone()
        };
        let (other_hash, other_change) = other.change().expect("a genesis");
        let elsewhere = ActorId::from(other.actor());
        let ObjectId::Id(OpId(container, _)) = self.answers() else {
            panic!("a container")
        };
        let object = ObjectId::Id(OpId(container, elsewhere));
        let own = ActorId::from(self.world.genesis.actor());
        let mut second = self.world.decoded(0);
        second.time = 1;
        let made = self.world.decoded(0).operations;
        vec![
            item("another_document", other_change, header(Code::WrongDocument)),
            self.spoiled("a_change_of_another_document", Expect::MissingDeps, |change| {
                change.deps = vec![other_hash.into()];
                change.operations = vec![put(&object, "k", 1)];
            }),
            self.doing(
                "an_object_of_another_document",
                operations(Code::UnknownObject),
                vec![put(&object, "k", 1)],
            ),
            item("a_second_genesis", bytes(second), header(Code::GenesisActor)),
            self.spoiled("the_genesis_by_another_actor", header(Code::WrongDocument), |change| {
                change.deps.clear();
                change.start_op = number(1);
                change.operations = made;
            }),
            self.spoiled(
                "the_actor_of_the_genesis_continued",
                header(Code::GenesisActor),
                |change| {
                    change.actor_id = own;
                    change.seq = 2;
                },
            ),
        ]
    }

    fn footers(&self) -> Vec<Item> {
        let footer = |len: u8| [vec![1, len], vec![5; usize::from(len)]].concat();
        let with = |extra: Vec<u8>| move |change: &mut ExpandedChange| change.extra_bytes = extra;
        let mut late = self.spoiled("author_on_seq_2", header(Code::LateAuthor), |change| {
            change.seq = 2;
            change.start_op = number(change.start_op.get() + 1);
        });
        let first = self.spoiled("author_on_seq_2", Expect::Passes("it is sound"), |_| {});
        let mut second = Change::try_from(late.changes[0].as_slice()).expect("a change").decode();
        second.deps = vec![hash(&first.changes[0])];
        second.extra_bytes = footer(32);
        late.changes = vec![first.changes[0].clone(), bytes(second)];
        let short = self.raws("short_actor", header(Code::BadActor), |raw| raw.actor.truncate(15));
        let long = self.raws("long_actor", header(Code::BadActor), |raw| raw.actor.resize(33, 1));
        let strange = self.raws("no_actor_at_all", header(Code::BadActor), |raw| raw.actor.clear());
        vec![
            late,
            short,
            long,
            strange,
            self.spoiled(
                "author_on_seq_1",
                Expect::Passes("a first change says who writes"),
                with(footer(32)),
            ),
            self.spoiled("long_author", header(Code::ExtraBytes), with(footer(65))),
            self.spoiled("unknown_footer", header(Code::ExtraBytes), with(vec![2, 1, 1])),
            self.spoiled("cut_footer", header(Code::ExtraBytes), with(vec![1, 32, 1])),
            self.spoiled(
                "bytes_after_the_footer",
                header(Code::ExtraBytes),
                with([footer(32), vec![1]].concat()),
            ),
            self.spoiled("message", header(Code::Message), |change| {
                change.message = Some("hello".into())
            }),
        ]
    }

    fn kinds(&self) -> Vec<Item> {
        let answers = self.answers();
        let here = |action: OpType| vec![op(&answers, "k", action, vec![])];
        let value = self.value_of_a();
        let unknown = ScalarValue::Unknown {
            type_code: 12,
            bytes: vec![1],
        };
        let mark = OpType::MarkBegin(MarkData {
            name: "bold".into(),
            value: true.into(),
            expand: false,
        });
        let on_text = |action: OpType| {
            vec![Op {
                action,
                obj: self.text(),
                key: Key::Seq(ElementId::Head),
                pred: SortedVec::new(),
                insert: true,
            }]
        };
        let not_ours = operations(Code::NotOurs);
        vec![
            self.doing("list", not_ours, here(OpType::Make(ObjType::List))),
            self.doing("table", not_ours, here(OpType::Make(ObjType::Table))),
            self.doing("text_after_the_genesis", not_ours, here(OpType::Make(ObjType::Text))),
            self.doing("map_in_a_flat_container", not_ours, here(OpType::Make(ObjType::Map))),
            self.doing(
                "counter",
                operations(Code::WrongValue),
                here(OpType::Put(ScalarValue::counter(1))),
            ),
            self.doing(
                "increment",
                not_ours,
                vec![op(&answers, CONTESTED, OpType::Increment(1), vec![value])],
            ),
            self.doing(
                "value_of_an_unknown_type",
                operations(Code::WrongValue),
                here(OpType::Put(unknown)),
            ),
            self.doing(
                "not_a_number",
                operations(Code::WrongValue),
                here(OpType::Put(ScalarValue::F64(f64::NAN))),
            ),
            self.doing("mark", not_ours, on_text(mark)),
            self.doing("end_of_a_mark", not_ours, on_text(OpType::MarkEnd(false))),
            self.doing("block_in_a_text", not_ours, on_text(OpType::Make(ObjType::Map))),
        ]
    }

    fn places(&self) -> Vec<Item> {
        let root = ObjectId::Root;
        let object = |id: &OpId| ObjectId::Id(id.clone());
        let (event, signature) = (self.entry(1, "event-a"), self.entry(2, "signature-a"));
        let photo = self.entry(2, "photo-a");
        let kind = self.scalar_of(1, &event);
        let ObjectId::Id(meta) = self.world.root("meta") else {
            panic!("a container")
        };
        let own_event = OpId(self.world.max_op() + 1, actor_of("event_written_twice"));
        let make = |key: &str, pred: Vec<OpId>| op(&self.world.root("events"), key, OpType::Make(ObjType::Map), pred);
        let own_kind = OpId(own_event.0 + 1, own_event.1.clone());
        let changed = operations(Code::EventChanged);
        vec![
            self.doing(
                "root_operation",
                operations(Code::RootOperation),
                vec![put(&root, "k", 1)],
            ),
            self.doing(
                "a_container_replaced",
                operations(Code::RootOperation),
                vec![op(&root, "answers", OpType::Make(ObjType::Map), vec![meta])],
            ),
            self.doing(
                "meta_changed",
                operations(Code::FrozenContainer),
                vec![put(&self.world.root("meta"), "kind", "case")],
            ),
            self.doing(
                "another_text",
                operations(Code::FrozenContainer),
                vec![op(
                    &self.world.root("prose"),
                    "answer",
                    OpType::Make(ObjType::Text),
                    vec![],
                )],
            ),
            self.doing(
                "a_value_deleted",
                operations(Code::DeleteInMap),
                vec![op(&self.answers(), CONTESTED, OpType::Delete, vec![self.value_of_a()])],
            ),
            self.doing(
                "an_event_deleted",
                operations(Code::DeleteInMap),
                vec![op(
                    &self.world.root("events"),
                    "event-a",
                    OpType::Delete,
                    vec![event.clone()],
                )],
            ),
            self.doing(
                "an_event_replaced",
                operations(Code::EntryReplaced),
                vec![make("event-a", vec![event.clone()])],
            ),
            self.doing(
                "an_event_changed",
                changed,
                vec![op(&object(&event), "kind", OpType::Put("closed".into()), vec![kind])],
            ),
            self.doing("an_event_extended", changed, vec![put(&object(&event), "more", 1)]),
            self.doing(
                "a_signature_extended",
                changed,
                vec![put(&object(&signature), "more", 1)],
            ),
            self.doing(
                "event_written_twice",
                changed,
                vec![
                    make("twice", vec![]),
                    put(&object(&own_event), "kind", "one"),
                    op(&object(&own_event), "kind", OpType::Put("two".into()), vec![own_kind]),
                ],
            ),
            self.doing(
                "scalar_among_the_entries",
                operations(Code::NotOurs),
                vec![put(&self.world.root("events"), "k", 1)],
            ),
            self.doing(
                "map_in_an_entry",
                operations(Code::NotOurs),
                vec![op(&object(&photo), "k", OpType::Make(ObjType::Map), vec![])],
            ),
            self.doing(
                "a_value_of_an_entry_deleted",
                operations(Code::DeleteInMap),
                vec![op(
                    &object(&photo),
                    "kind",
                    OpType::Delete,
                    vec![self.scalar_of(2, &photo)],
                )],
            ),
            self.doing(
                "a_caption",
                Expect::Passes("the scalars of a photo may change"),
                vec![put(&object(&photo), "caption", "corner")],
            ),
            self.doing(
                "an_event_of_the_same_key",
                Expect::Passes("two may make it without having seen each other; both are kept"),
                vec![make("event-a", vec![])],
            ),
        ]
    }

    fn texts(&self) -> Vec<Item> {
        let text = self.text();
        let edit = |action: OpType, key: Key, pred: Vec<OpId>, insert: bool| {
            vec![Op {
                action,
                obj: text.clone(),
                key,
                pred: SortedVec::from(pred),
                insert,
            }]
        };
        let letter = || OpType::Put("x".into());
        let after = |id: OpId| Key::Seq(ElementId::Id(id));
        let first = self.world.find(3, |op| op.insert).1;
        let elsewhere = self.value_of_a();
        let nobody = OpId(3, actor_of("nobody"));
        vec![
            self.doing(
                "missing_element",
                NOT_REPRODUCED,
                edit(letter(), after(nobody.clone()), vec![], true),
            ),
            self.doing(
                "an_element_that_is_none",
                NOT_REPRODUCED,
                edit(letter(), after(elsewhere), vec![], true),
            ),
            self.doing(
                "deletion_of_a_missing_element",
                NOT_REPRODUCED,
                edit(OpType::Delete, after(nobody.clone()), vec![nobody.clone()], false),
            ),
            self.doing(
                "deletion_without_pred",
                operations(Code::NotOurs),
                edit(OpType::Delete, after(first.clone()), vec![], false),
            ),
            self.doing(
                "deletion_with_a_ghost_pred",
                NOT_REPRODUCED,
                edit(OpType::Delete, after(first.clone()), vec![nobody], false),
            ),
            self.doing(
                "insertion_with_pred",
                operations(Code::NotOurs),
                edit(letter(), after(first.clone()), vec![first.clone()], true),
            ),
            self.doing(
                "letter_replaced",
                operations(Code::NotOurs),
                edit(letter(), after(first.clone()), vec![first.clone()], false),
            ),
            self.doing(
                "number_in_a_text",
                operations(Code::WrongValue),
                edit(OpType::Put(1.into()), after(first.clone()), vec![], true),
            ),
            self.doing(
                "key_of_a_map_in_a_text",
                operations(Code::WrongKey),
                vec![put(&text, "k", "x")],
            ),
            self.doing(
                "element_in_a_map",
                operations(Code::WrongKey),
                vec![Op {
                    obj: self.answers(),
                    ..edit(letter(), after(first.clone()), vec![], true).remove(0)
                }],
            ),
            self.doing(
                "a_letter_more",
                Expect::Passes("anybody may edit the description"),
                edit(letter(), after(first), vec![], true),
            ),
        ]
    }
}
