//! Attacks on the graph of changes: references, sequences, numbers, other documents, footers.

use super::items::{Expect, Item, Maker, NOT_REPRODUCED, bytes, hash, header, item, number, op, operations, put};
use super::world::{A, CONTESTED, actor_of};
use automerge::legacy::{ObjectId, OpId, OpType};
use automerge::{ActorId, Change, ChangeHash, ExpandedChange};
use keyturn_domain::document::Genesis;
use keyturn_domain::gate::RefusalCode as Code;
use keyturn_domain::ids::DocumentId;

impl Maker<'_> {
    pub(super) fn references(&self) -> Vec<Item> {
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

    pub(super) fn sequences(&self) -> Vec<Item> {
        let genesis = hash(&self.world.base[0]);
        let tip = self.world.decoded(4).seq;
        let after = |change: &mut ExpandedChange, seq: u64| {
            change.actor_id = ActorId::from(A);
            change.seq = seq;
        };
        vec![
            self.spoiled("control", Expect::Passes("it is sound"), |_| {}),
            self.spoiled("seq_gap", header(Code::SeqGap), |change| change.seq = 2),
            self.spoiled("seq_gap_of_a_known_actor", header(Code::SeqGap), |c| after(c, tip + 2)),
            self.spoiled("seq_zero", header(Code::Malformed), |change| change.seq = 0),
            self.spoiled("seq_reuse_with_other_content", Expect::ForkedActor, |c| after(c, 2)),
            self.spoiled(
                "another_actor_continued",
                Expect::Passes("only a server knows which login an actor belongs to"),
                |c| after(c, tip + 1),
            ),
            self.spoiled("own_previous_unseen", header(Code::OwnPreviousUnseen), |change| {
                after(change, tip + 1);
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

    pub(super) fn numbers(&self) -> Vec<Item> {
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

    pub(super) fn documents(&self) -> Vec<Item> {
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
        let mut second = self.world.decoded(0).clone();
        second.time = 1;
        let made = self.world.decoded(0).operations.clone();
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

    pub(super) fn footers(&self) -> Vec<Item> {
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
            self.spoiled("time_in_no_calendar", header(Code::BadTime), |change| {
                change.time = i64::MAX
            }),
            self.spoiled("time_before_all_calendars", header(Code::BadTime), |change| {
                change.time = i64::MIN
            }),
            self.spoiled("message", header(Code::Message), |change| {
                change.message = Some("hello".into())
            }),
        ]
    }
}
