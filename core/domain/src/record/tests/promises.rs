//! Promises: time, the owner's agreement, proof, and two phones.

use super::super::promises::{self, NewPromise, Postponed};
use super::*;
use crate::document::Value;

const NOON: i64 = 1_000_000;

fn at(at_ms: i64, key: &str) -> Stamp {
    Stamp { at_ms, key: key.into() }
}

fn promised(n: u8) -> Document {
    let mut doc = phone(n, "defect");
    let new = NewPromise {
        what: "周六前换好密封条 🪟".into(),
        due_ms: NOON,
        to: "household-1".into(),
        ..NewPromise::default()
    };
    let write = promises::make(&doc, &new, &who(1, "engineer"), &at(10, "p1")).unwrap();
    make(&mut doc, &[write]);
    doc
}

fn do_it(doc: &mut Document, event: &str, carries: common::Facts, at: &Stamp) -> Result<(), CommandError> {
    let write = promises::act(doc, &doc.heads(), "p1", event, carries, &who(1, "engineer"), at)?;
    make(doc, &[write]);
    Ok(())
}

fn state(doc: &Document, now: i64) -> (String, i64) {
    let promise = promises::find(doc, "p1", &Marks::default()).unwrap();
    (promise.state_at(now).to_owned(), promise.due_ms)
}

fn proof() -> common::Facts {
    common::facts([("proof_photo", "h".into())])
}

fn moved(due: i64, agreed: bool) -> common::Facts {
    common::facts([
        ("due", due.into()),
        ("owner_agreed", agreed.into()),
        ("reason", "配件未到".into()),
    ])
}

fn refusal(result: Result<(), CommandError>) -> (String, Vec<String>) {
    match result {
        Err(CommandError::Illegal { state, missing, .. }) => (state, missing),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_promise_is_kept_with_a_proof_and_moves_no_state_of_its_record() {
    let mut doc = promised(1);
    assert_eq!(state(&doc, NOON), ("made".into(), NOON));
    assert_eq!(
        refusal(do_it(&mut doc, "keep", Default::default(), &at(20, "e1"))),
        ("made".into(), vec!["proof_given".into()])
    );
    let kept = promises::keep(&doc, &doc.heads(), "p1", proof(), &who(1, "engineer"), &at(20, "e1")).unwrap();
    make(&mut doc, &[kept]);
    assert_eq!(state(&doc, NOON * 2), ("kept".into(), NOON));
    assert_eq!(promises::find(&doc, "p1", &Marks::default()).unwrap().kept_ms, Some(20));
    let life = life(&doc, &Marks::default()).unwrap();
    assert_eq!((life.state.as_str(), life.latest), ("recorded", vec!["e1".to_owned()]));
    // A promise is not taken out of sight.
    let removed = common::remove(&doc, &doc.heads(), "p1", "", &who(1, "engineer"), &at(30, "r"));
    assert_eq!(removed.unwrap_err().code(), "bad_value");
    let codes = |new: NewPromise| promises::make(&doc, &new, &who(1, "engineer"), &at(50, "x")).unwrap_err();
    let past = NewPromise {
        what: "x".into(),
        due_ms: 50,
        ..NewPromise::default()
    };
    assert_eq!(
        (codes(past).code(), codes(NewPromise::default()).code()),
        ("bad_value", "missing")
    );
}

#[test]
fn that_the_day_has_passed_is_no_event() {
    let mut doc = promised(1);
    assert_eq!(state(&doc, NOON + 1), ("overdue".into(), NOON));
    assert_eq!(
        refusal(do_it(&mut doc, "keep", proof(), &at(NOON + 1, "e1"))).0,
        "overdue"
    );
    let by = who(1, "engineer");
    let late = promises::keep(&doc, &doc.heads(), "p1", proof(), &by, &at(NOON + 1, "e2")).unwrap();
    make(&mut doc, &[late]);
    assert_eq!(state(&doc, NOON + 2), ("kept_late".into(), NOON));
    // Nobody breaks a promise but a manager who has told the owner; it is given up only when it is overdue.
    let mut doc = promised(1);
    let told = common::facts([("reason", "厂家停产".into()), ("owner_told", Value::Bool(true))]);
    let boss = who(4, "manager");
    let early = promises::act(&doc, &doc.heads(), "p1", "give_up", told.clone(), &boss, &at(20, "e1"));
    assert_eq!(early.unwrap_err().code(), "illegal");
    let late = promises::act(&doc, &doc.heads(), "p1", "give_up", told, &boss, &at(NOON + 5, "e2")).unwrap();
    make(&mut doc, &[late]);
    assert_eq!(state(&doc, NOON + 6).0, "broken");
}

#[test]
fn a_moved_date_counts_only_with_the_owners_agreement() {
    let mut doc = promised(1);
    assert_eq!(
        refusal(do_it(&mut doc, "move", moved(NOON * 2, false), &at(20, "e1"))),
        ("made".into(), vec!["owner_agreed".into()])
    );
    // One that arrives all the same is kept, shown, and moves nothing.
    let name = "promise_move";
    let mut carries = moved(NOON * 2, false);
    carries.insert("promise".into(), "p1".into());
    let late = common::neutral(&doc, &doc.heads(), name, carries, &who(2, "engineer"), &at(30, "e2")).unwrap();
    make(&mut doc, &[late]);
    assert_eq!(state(&doc, NOON + 1), ("overdue".into(), NOON));
    let shown = &promises::shown(&doc, Catalog::built_in().unwrap(), &Marks::default(), NOON + 1).unwrap()[0];
    assert_eq!((shown.life.state.as_str(), shown.moves[0].counts), ("overdue", false));
    assert_eq!(
        (
            shown.life.events[0].standing.as_str(),
            shown.life.events[0].missing.clone()
        ),
        ("illegal", vec!["owner_agreed".to_owned()])
    );
    // Another event of the record stands between two of the promise.
    let note = common::neutral(
        &doc,
        &doc.heads(),
        "note",
        Default::default(),
        &who(1, "engineer"),
        &at(35, "n"),
    );
    make(&mut doc, &[note.unwrap()]);
    let to = Postponed {
        due_ms: NOON * 3,
        owner_agreed: true,
        reason: "业主出差".into(),
    };
    let write = promises::postpone(&doc, &doc.heads(), "p1", &to, &who(1, "engineer"), &at(40, "e3")).unwrap();
    make(&mut doc, &[write]);
    assert_eq!(state(&doc, NOON * 2), ("moved".into(), NOON * 3));
    do_it(&mut doc, "keep", proof(), &at(NOON * 2, "e4")).unwrap();
    assert_eq!(state(&doc, NOON * 9), ("kept".into(), NOON * 3));
}

#[test]
fn two_phones_move_and_keep_a_promise_without_a_signal() {
    let (mut a, mut b) = (promised(1), phone(2, "defect"));
    bring(&a, &mut b);
    do_it(&mut a, "move", moved(NOON * 2, true), &at(20, "e1")).unwrap();
    do_it(&mut b, "move", moved(NOON * 3, true), &at(25, "e2")).unwrap();
    bring(&a, &mut b);
    bring(&b, &mut a);
    // The earlier day counts meanwhile, on both.
    assert_eq!(state(&a, 30), ("moved".into(), NOON * 2));
    assert_eq!(state(&b, 30), state(&a, 30));
    do_it(&mut a, "keep", proof(), &at(40, "e3")).unwrap();
    do_it(&mut b, "move", moved(NOON * 4, true), &at(45, "e4")).unwrap();
    bring(&a, &mut b);
    bring(&b, &mut a);
    let promise = promises::find(&b, "p1", &Marks::default()).unwrap();
    assert_eq!(promise, promises::find(&a, "p1", &Marks::default()).unwrap());
    let sides: Vec<_> = promise.life.contested.iter().map(|c| c.state.as_str()).collect();
    assert_eq!((promise.life.state.as_str(), sides), ("moved", vec!["moved", "kept"]));
    let (a, b) = (
        Projection::of(&a, &Marks::default()),
        Projection::of(&b, &Marks::default()),
    );
    assert_eq!(a.to_bytes(), b.to_bytes());
    let listed = &a.promises[0];
    assert_eq!((listed.first_due_ms, listed.due_ms), (NOON, NOON * 4));
    assert_eq!(listed.state_at(NOON * 4 + 1), "overdue");
}
