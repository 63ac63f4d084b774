//! Attacks on bytes: frames, few that unfold into many, sizes.

use super::items::{Expect, Item, Maker, bytes, caps, header, item, op, operations, put};
use super::raw::{Raw, frame, signed, unsigned};
use super::world::actor_of;
use automerge::legacy::{ObjectId, OpId, OpType};
use automerge::{Change, ObjType};
use keyturn_domain::gate::RefusalCode as Code;

impl Maker<'_> {
    pub(super) fn frames(&self) -> Vec<Item> {
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
            extra: self.world.footer(),
        }
    }

    pub(super) fn raws(&self, name: &'static str, expect: Expect, spoil: impl FnOnce(&mut Raw)) -> Item {
        let mut raw = self.raw(name);
        spoil(&mut raw);
        item(name, raw.chunk(), expect)
    }

    pub(super) fn bombs(&self) -> Vec<Item> {
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

    pub(super) fn sizes(&self) -> Vec<Item> {
        let answers = self.answers();
        let large = "x".repeat((16 << 10) + 1);
        // Nobody looks at what is in it.
        let many = [self.world.next[0].clone(), vec![0; 2 << 20]].concat();
        let entry = ObjectId::Id(OpId(self.world.max_op() + 1, actor_of("too_many_fields")));
        let mut fields = vec![op(
            &self.world.root("items"),
            "wide",
            OpType::Make(ObjType::Map),
            vec![],
        )];
        fields.extend((0..257).map(|n| put(&entry, &format!("f{n}"), n)));
        vec![
            item("oversized", many, caps(Code::TooLarge)),
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
}
