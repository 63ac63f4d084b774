//! What figures read of a record: events that counted, how long answers took.

use super::*;
use crate::document::Value;
use crate::record::common::{Facts, facts};

fn step(doc: &mut Document, at_ms: i64, event: &str, role: &str, carries: Facts) {
    let stamp = Stamp {
        at_ms,
        key: format!("k{at_ms}"),
    };
    let seen = doc.heads();
    let write = common::event(doc, &seen, event, carries, &who(1, role), &stamp).unwrap();
    doc.write(&seen, at_ms, &[write]).unwrap();
}

#[test]
fn a_defect_tells_what_counted_when_and_no_words() {
    let mut doc = phone(1, "defect");
    let finding = defect::Finding {
        code: "wl-01".into(),
        room: "r03".into(),
        ..defect::Finding::default()
    };
    let writes = defect::record(&doc, &doc.heads(), Catalog::built_in().unwrap(), &finding).unwrap();
    doc.write(&doc.heads(), 10, &writes).unwrap();
    let handed_in = defect::submit(
        &doc,
        &doc.heads(),
        "dark",
        &Default::default(),
        &who(1, "engineer"),
        &stamp("s"),
    )
    .unwrap();
    doc.write(&doc.heads(), 20, &[handed_in]).unwrap();
    step(&mut doc, 30, "assign", "reviewer", facts([("person", "anna".into())]));
    let illegal = Write::Entry {
        container: Container::Events,
        key: "late".into(),
        fields: facts([
            ("type", "verify".into()),
            ("role", "reviewer".into()),
            ("after", "k30".into()),
        ]),
    };
    doc.write(&doc.heads(), 35, &[illegal]).unwrap();
    step(
        &mut doc,
        40,
        "accept",
        "engineer",
        facts([("promise_at", 99.into()), ("owner_told", true.into())]),
    );
    step(
        &mut doc,
        50,
        "start_repair",
        "engineer",
        facts([("protection_photo", Value::Text("hash".into()))]),
    );
    let projection = Projection::of(&doc, &Marks::default());
    let told: Vec<_> = projection.history.iter().map(|s| (s.event.as_str(), s.at_ms)).collect();
    assert_eq!(
        told,
        [("submit", 20), ("assign", 30), ("accept", 40), ("start_repair", 50)]
    );
    let [_, assign, accept, start] = projection.history.as_slice() else {
        panic!("{told:?}")
    };
    assert_eq!(
        (assign.person.as_str(), assign.by),
        ("anna", Some(UserId::from_bytes([1; 16])))
    );
    assert_eq!(
        (accept.time("promise_at"), accept.has("owner_agreed")),
        (Some(99), false)
    );
    assert_eq!(start.fact("protection_photo"), "true");
    assert_eq!((projection.begun_ms, projection.irregular), (10, 1));
    assert_eq!(Projection::from_bytes(&projection.to_bytes()), Some(projection));
}

#[test]
fn single_answers_have_a_pace_once_the_record_is_handed_in_and_rooms_have_none() {
    let flat = Flat::l3a();
    let mut doc = begun(1);
    let keys: Vec<AnswerKey> = flat.questions.asked.iter().map(|q| q.key.clone()).collect();
    for (n, at_ms) in [(0, 100_000), (1, 104_000), (2, 108_900), (3, 110_000)] {
        let writes = inspection::answer(&doc, &doc.heads(), &flat.place(), &keys[n], &ResultCode::Ok, None).unwrap();
        doc.write(&doc.heads(), at_ms, &writes).unwrap();
    }
    let bulk = |n: usize| Write::Put {
        container: Container::Answers,
        key: format!("{}/result", keys[n]),
        value: "ok_bulk".into(),
    };
    doc.write(&doc.heads(), 140_000, &[bulk(4), bulk(5)]).unwrap();
    assert!(Projection::of(&doc, &Marks::default()).pace.is_empty());
    let pace = crate::record::history::pace(&doc);
    assert_eq!(pace.into_iter().collect::<Vec<_>>(), [(1, 1), (4, 2)]);
}
