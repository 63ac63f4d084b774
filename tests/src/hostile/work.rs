//! Attacks by operations: kinds that are not ours, places where nothing is written, texts.

use super::items::{Expect, Item, Maker, NOT_REPRODUCED, op, operations, put};
use super::world::{CONTESTED, actor_of};
use automerge::legacy::{ElementId, Key, MarkData, ObjectId, Op, OpId, OpType, SortedVec};
use automerge::{ObjType, ScalarValue};
use keyturn_domain::gate::RefusalCode as Code;

impl Maker<'_> {
    pub(super) fn kinds(&self) -> Vec<Item> {
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
            self.doing(
                "nul_in_a_value",
                operations(Code::WrongValue),
                here(OpType::Put("a\0b".into())),
            ),
            self.doing(
                "nul_in_a_key",
                operations(Code::WrongKey),
                vec![put(&answers, "a\0b", 1)],
            ),
            self.doing("mark", not_ours, on_text(mark)),
            self.doing("end_of_a_mark", not_ours, on_text(OpType::MarkEnd(false))),
            self.doing("block_in_a_text", not_ours, on_text(OpType::Make(ObjType::Map))),
        ]
    }

    pub(super) fn places(&self) -> Vec<Item> {
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

    pub(super) fn texts(&self) -> Vec<Item> {
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
