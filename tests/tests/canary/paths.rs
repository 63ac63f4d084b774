//! Ways on which names and numbers might come into a record: a case with its caller, a whole visit.

use super::world::World;
use super::{EMAIL, NAME, NUMBER, WORDS, caller};
use keyturn_client::facade::{NewArrival, NewCase, NewPerson, NewPromise, NewRequest};
use keyturn_client::{Client, ClientError};

/// A case and whoever called about it, in one step, from a desk that holds nothing of that home.
pub(super) fn together(world: &World, desk: &Client, errors: &mut Vec<String>) {
    let case = NewCase {
        place: world.home().no.clone(),
        kind: "repair".into(),
        words: "it drips".into(),
        ..NewCase::default()
    };
    let reported = desk.cases().report_from(&case, &caller(world)).expect("reported");
    let shown = desk.cases().open(&reported.record).expect("open");
    assert!(!shown.person.value.is_empty(), "an id, not a name");
    errors.push(format!("{reported:?} {shown:?}"));
    let no_relation = NewPerson {
        relation: NAME.into(),
        ..caller(world)
    };
    let no_way = NewPerson {
        way: NUMBER.into(),
        ..caller(world)
    };
    for caller in [no_relation, no_way] {
        let refused = desk.cases().report_from(&case, &caller).expect_err("a wrong code");
        errors.push(format!("{refused:?} {refused}"));
    }
    let no_kind = NewCase {
        kind: NAME.into(),
        urgency: NUMBER.into(),
        ..case
    };
    let refused = desk
        .cases()
        .report_from(&no_kind, &caller(world))
        .expect_err("no such kind");
    errors.push(format!("{refused:?} {refused}"));
}

/// A whole visit with the person: begun, asked, promised, asked for, finished; and everything typed into a wrong field.
pub(super) fn visit(world: &World, phone: &Client, person: &str, errors: &mut Vec<String>) {
    let visits = phone.visits();
    let begun = visits.begin_at(&world.place(), "move_in_v1", "move_in").expect("begun");
    let record = begun.visit.record;
    let seen = || visits.open(&record).expect("open").visit.seen;
    let mut refused = |error: ClientError| errors.push(format!("{error:?} {error}"));
    let there = NewArrival {
        way: "visit".into(),
        met: person.into(),
        owner_asked: true,
        ..NewArrival::default()
    };
    let wrong = NewArrival {
        way: NUMBER.into(),
        ..there.clone()
    };
    refused(visits.arrive(&record, &seen(), &wrong).expect_err("no such way"));
    let wrong = NewArrival {
        danger: NAME.into(),
        ..there.clone()
    };
    refused(visits.arrive(&record, &seen(), &wrong).expect_err("no such danger"));
    visits.arrive(&record, &seen(), &there).expect("there");
    refused(
        visits
            .answer(&record, &seen(), "move_in-1", NUMBER)
            .expect_err("no such choice"),
    );
    refused(
        visits
            .answer(&record, &seen(), NAME, "5")
            .expect_err("no such question"),
    );
    refused(
        visits
            .say(&record, &seen(), NAME, WORDS, true)
            .expect_err("no such line"),
    );
    refused(visits.tag(&record, &seen(), NAME).expect_err("no such tag"));
    refused(
        visits
            .settle(&record, &seen(), &format!("fields/{NAME}"), EMAIL)
            .expect_err("nothing to settle"),
    );
    visits.answer(&record, &seen(), "move_in-1", "2").expect("answered");
    let promise = NewPromise {
        what: "send the manual".into(),
        due_ms: 4_000_000_000_000,
        to: person.into(),
        ..NewPromise::default()
    };
    visits.promise(&record, &seen(), &promise).expect("promised");
    let request = NewRequest {
        kind: "defect".into(),
        code: "wl-01".into(),
        words: "hollow behind the door".into(),
        room: "r02".into(),
        ..NewRequest::default()
    };
    let wrong = NewRequest {
        code: NAME.into(),
        ..request.clone()
    };
    refused(visits.request(&record, &seen(), &wrong).expect_err("no such defect"));
    let asked = visits.request(&record, &seen(), &request).expect("asked for");
    visits.read_back(&record, &seen()).expect("read back");
    visits
        .finish(&record, &seen(), "content", "call in a week")
        .expect("over");
    let shown = visits.open(&record).expect("open");
    assert_eq!(shown.visit.life.state, "done");
    errors.push(format!(
        "{shown:?} {asked:?} {:?}",
        phone.promises().of_home(&world.place())
    ));
}
