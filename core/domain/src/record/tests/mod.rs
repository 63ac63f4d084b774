mod cases;
mod editions;
mod entries;
mod history;
mod promises;
mod repairs;
mod rounds;
mod visits;

use super::inspection::{self, Signing};
use super::*;
use crate::catalog::{AnswerKey, BulkScope, Catalog, FeatureMode, Questions, ResultCode, instantiate};
use crate::document::{Container, Document, Genesis, Write};
use crate::ids::*;
use crate::rows::TaskRow;

struct Flat {
    catalog: &'static Catalog,
    questions: Questions,
}

impl Flat {
    fn l3a() -> Self {
        let catalog = Catalog::built_in().unwrap();
        let layout = catalog.demo.layout("l3a").unwrap();
        let template = &catalog.templates["handover_fitout_v1"];
        let questions = instantiate(template, &layout.rooms, &layout.features, FeatureMode::Stated);
        Self { catalog, questions }
    }

    fn place(&self) -> Place<'_> {
        let project = &self.catalog.demo.project;
        let limits = self
            .catalog
            .tolerances
            .choose(project.tolerance_ruleset.as_str(), project.tolerance_grade);
        Place {
            catalog: self.catalog,
            questions: &self.questions,
            limits,
        }
    }
}

pub(crate) fn phone(n: u8, kind: &str) -> Document {
    let genesis = Genesis {
        document: DocumentId::from_bytes([1; 16]),
        project: ProjectId::from_bytes([2; 16]),
        place: PlaceId::from_bytes([3; 16]),
        kind: kind.into(),
    };
    let mut doc = Document::begin(&genesis).unwrap();
    doc.write_as([n; 16], UserId::from_bytes([n; 16]), DeviceId::from_bytes([n; 16]));
    doc
}

fn who(n: u8, role: &str) -> Who {
    Who {
        user: UserId::from_bytes([n; 16]),
        role: role.into(),
    }
}

fn stamp(key: &str) -> Stamp {
    Stamp {
        at_ms: 1_000,
        key: key.into(),
    }
}

fn task() -> TaskRow {
    TaskRow {
        id: TaskId::from_bytes([7; 16]),
        kind: "handover_inspection".into(),
        rule: "tr-inspection".into(),
        place: PlaceId::from_bytes([3; 16]),
        record_kind: "inspection".into(),
        record: DocumentId::from_bytes([1; 16]),
        template: "handover_fitout_v1".into(),
        template_version: 1,
        assignees: vec![],
        day: "2026-12-04".into(),
        slot: "09:00".into(),
        ..TaskRow::default()
    }
}

/// Makes the writes, and holds each against the table of policies: a field without one fails here.
pub(crate) fn make(doc: &mut Document, writes: &[Write]) {
    for write in writes {
        let (container, field) = crate::schema::field_of(doc, write);
        let kind = doc.genesis().kind.clone();
        assert!(
            crate::schema::find(&kind, container, &field).is_some(),
            "no policy: {container:?} {field}"
        );
    }
    let seen = doc.heads();
    doc.write(&seen, 1_000, writes).unwrap();
}

fn begun(n: u8) -> Document {
    let mut doc = phone(n, "inspection");
    let writes = inspection::start(
        &doc,
        &doc.heads(),
        &task(),
        "l3a",
        "handover",
        &who(n, "engineer"),
        &stamp("s"),
    )
    .unwrap();
    make(&mut doc, &writes);
    doc
}

fn bring(from: &Document, to: &mut Document) {
    let mut all = to.automerge().clone();
    all.apply_changes(from.automerge().get_changes(&[])).unwrap();
    to.replace(all);
}

fn answer(doc: &mut Document, flat: &Flat, key: &AnswerKey, result: ResultCode) {
    let writes = inspection::answer(doc, &doc.heads(), &flat.place(), key, &result, Some(("locked", ""))).unwrap();
    make(doc, &writes);
}

fn view(doc: &Document, flat: &Flat) -> view::InspectionView {
    inspection_view(doc, &flat.place(), &Marks::default()).unwrap()
}

#[test]
fn two_phones_in_one_flat_and_what_they_disagree_on() {
    let flat = Flat::l3a();
    let (mut a, mut b) = (begun(1), begun(2));
    let keys: Vec<AnswerKey> = flat.questions.asked.iter().map(|q| q.key.clone()).collect();
    answer(&mut a, &flat, &keys[0], ResultCode::Ok);
    answer(&mut b, &flat, &keys[0], ResultCode::Defect);
    answer(&mut a, &flat, &keys[1], ResultCode::Ok);
    answer(&mut b, &flat, &keys[2], ResultCode::NotInspected);
    bring(&a, &mut b);
    bring(&b, &mut a);
    let shown = view(&a, &flat);
    assert_eq!(shown, view(&b, &flat));
    assert_eq!(
        (shown.progress.asked, shown.progress.answered, shown.progress.contested),
        (272, 3, 1)
    );
    assert_eq!(shown.life.state, "in_progress");
    let [contested] = shown.contested.as_slice() else {
        panic!("{:?}", shown.contested)
    };
    assert_eq!((contested.value.as_str(), contested.candidates.len()), ("defect", 2));
    assert_eq!(
        contested.candidates[1].by[0].user,
        UserId::from_bytes([1; 16]).to_string()
    );
    // A plain answer is refused, a decision settles.
    let refused = inspection::answer(&a, &a.heads(), &flat.place(), &keys[0], &ResultCode::Ok, None).unwrap_err();
    assert_eq!(refused.code(), "contested");
    let key = format!("{}/result", keys[0]);
    let heads = a.heads();
    let by = who(1, "engineer");
    let settle = common::settle(&a, &heads, Container::Answers, &key, "ok".into(), &by, &stamp("d")).unwrap();
    make(&mut a, &settle);
    assert!(view(&a, &flat).contested.is_empty());
    let again = common::settle(&a, &a.heads(), Container::Answers, &key, "ok".into(), &by, &stamp("e")).unwrap_err();
    assert_eq!(again.code(), "not_contested");
    let told = view(&a, &flat)
        .life
        .events
        .into_iter()
        .find(|e| e.event == "settled")
        .unwrap();
    assert!(
        told.facts
            .iter()
            .any(|f| f.name == "candidates" && f.value == "defect\nok")
    );
}

#[test]
fn an_answer_from_an_old_screen_contests_what_came_in_between() {
    let flat = Flat::l3a();
    let (mut a, mut b) = (begun(1), begun(2));
    let key = flat.questions.asked[0].key.clone();
    let drawn = a.heads();
    answer(&mut b, &flat, &key, ResultCode::Defect);
    bring(&b, &mut a);
    let writes = inspection::answer(&a, &drawn, &flat.place(), &key, &ResultCode::Ok, None).unwrap();
    a.write(&drawn, 2_000, &writes).unwrap().unwrap();
    assert_eq!(view(&a, &flat).contested.len(), 1);
}

#[test]
fn the_rest_of_the_room_is_never_a_must_test_item_and_says_so() {
    let flat = Flat::l3a();
    let mut doc = begun(1);
    let room = flat
        .questions
        .asked
        .iter()
        .find(|q| q.room.is_some())
        .unwrap()
        .key
        .room
        .clone();
    let (writes, outcome) =
        inspection::rest_is_fine(&doc, &doc.heads(), &flat.place(), &BulkScope::Room(room.clone())).unwrap();
    make(&mut doc, &writes);
    assert!(!outcome.still_open.is_empty());
    let shown = view(&doc, &flat);
    let room = shown.rooms.iter().find(|r| r.room == room.as_str()).unwrap();
    for question in &room.questions {
        assert_eq!(question.result.value.is_empty(), question.must_test, "{}", question.key);
        assert_eq!(
            question.bulk_without_reading,
            !question.must_test && question.input == "number"
        );
    }
    assert!(room.questions.iter().any(|q| q.bulk_without_reading));
    assert_eq!(room.progress.must_test_open, outcome.still_open.len() as u32);
    let code = ResultCode::OkBulk;
    let key = outcome.still_open[0].clone();
    assert_eq!(
        inspection::answer(&doc, &doc.heads(), &flat.place(), &key, &code, None)
            .unwrap_err()
            .code(),
        "unknown_code"
    );
}

#[test]
fn readings_are_held_against_their_limits() {
    let flat = Flat::l3a();
    let mut doc = begun(1);
    let question = flat
        .questions
        .asked
        .iter()
        .find(|q| {
            !q.item.readings().is_empty()
                && q.item.readings()[0].formula.is_none()
                && !q.item.readings()[0].rules.is_empty()
        })
        .unwrap();
    let code = question.item.readings()[0].code.clone();
    let heads = doc.heads();
    let writes = inspection::reading(
        &doc,
        &heads,
        &flat.place(),
        &question.key,
        code.as_str(),
        1,
        Some(9_999.0),
    )
    .unwrap();
    make(&mut doc, &writes);
    let shown = view(&doc, &flat);
    let found = shown
        .rooms
        .iter()
        .flat_map(|r| &r.questions)
        .find(|q| q.key == question.key.to_string())
        .unwrap();
    assert_eq!(found.readings[0].field.value, "9999");
    assert!(!found.verdicts.is_empty());
    for bad in [
        inspection::reading(
            &doc,
            &doc.heads(),
            &flat.place(),
            &question.key,
            code.as_str(),
            99,
            Some(1.0),
        ),
        inspection::reading(
            &doc,
            &doc.heads(),
            &flat.place(),
            &question.key,
            "nothing",
            1,
            Some(1.0),
        ),
        inspection::reading(
            &doc,
            &doc.heads(),
            &flat.place(),
            &question.key,
            code.as_str(),
            1,
            Some(f64::NAN),
        ),
    ] {
        assert!(["unknown_question", "bad_value"].contains(&bad.unwrap_err().code()));
    }
}

#[test]
fn a_signature_covers_what_was_signed_and_nothing_later() {
    let flat = Flat::l3a();
    let (mut a, mut b) = (begun(1), begun(2));
    let by = who(1, "engineer");
    let how = Signing::Signed {
        image: Hash([5; 32]),
        person: "p1".into(),
    };
    let list = manifest(&a, &a.heads(), vec![]).unwrap();
    let early = inspection::sign(&a, &a.heads(), &flat.place(), &how, &list, &by, &stamp("g")).unwrap_err();
    assert!(
        matches!(&early, CommandError::Illegal { missing, .. } if missing == &["must_test_answered"]),
        "{early}"
    );
    for question in &flat.questions.asked {
        answer(&mut a, &flat, &question.key, ResultCode::Ok);
    }
    let photo = common::photo(&Hash([9; 32]), "finding", "ent-01/home/1", 5, &by, &stamp("f")).unwrap();
    make(&mut a, &[photo]);
    bring(&a, &mut b);
    bring(&b, &mut a);
    let defect = ManifestDefect {
        defect: DocumentId::from_bytes([8; 16]),
        heads: vec![Hash([2; 32]), Hash([1; 32])],
    };
    let list = manifest(&a, &a.heads(), vec![defect]).unwrap();
    assert_eq!((list.photos.len(), list.heads.clone()), (1, a.heads()));
    let writes = inspection::sign(&a, &a.heads(), &flat.place(), &how, &list, &by, &stamp("g")).unwrap();
    make(&mut a, &writes);
    let shown = view(&a, &flat);
    assert_eq!((shown.life.state.as_str(), shown.signatures[0].sound), ("signed", true));
    assert!(shown.signatures[0].not_covered.is_empty());
    // Answered at the same time elsewhere, not signed.
    answer(&mut b, &flat, &flat.questions.asked[3].key, ResultCode::Defect);
    bring(&b, &mut a);
    assert_eq!(view(&a, &flat).signatures[0].not_covered.len(), 1);
    // What the review does is no amendment.
    let system = common::event(
        &a,
        &a.heads(),
        "sync",
        common::facts([("manifest", "x".into()), ("signed_manifest", "x".into())]),
        &who(9, "system"),
        &stamp("y"),
    )
    .unwrap();
    make(&mut a, &[system]);
    let shown = view(&a, &flat);
    assert_eq!(
        (shown.life.state.as_str(), shown.signatures[0].not_covered.len()),
        ("synced", 1)
    );
    let p = Projection::of(&a, &Marks::default());
    assert_eq!(
        (
            p.signatures,
            p.not_covered,
            p.answered,
            p.contested.len(),
            p.photos.len()
        ),
        (1, 1, 272, 0, 1)
    );
}
