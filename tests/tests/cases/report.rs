//! Anybody reports for an owner; the person named takes it over.

use super::world::{HOUR, World, by_phone, heads, now, report};
use crate::story::sync;
use keyturn_client::facade::{NewCase, NewDefect, NewPerson};

#[tokio::test(flavor = "multi_thread")]
async fn a_secretary_reports_for_an_owner_and_the_engineer_named_takes_it_over() {
    let world = World::new().await;
    let (home, engineer) = (&world.demo.homes[0], world.demo.homes[0].assignees[0]);
    let secretary = world.person(world.user("sec01"), "secretary").await;
    let office = world.person(world.user("rev01"), "office").await;
    let on_site = world.person(engineer, "engineer").await;
    // By number: a phone without a single home reports too.
    let case = report(&secretary, &home.no, "repair", "厨房水槽下面漏水 💧, please hurry");
    assert_eq!(
        secretary.cases().open(&case).expect("open").place,
        home.place.to_string()
    );
    let unknown = NewCase {
        place: "no such place".into(),
        ..NewCase::default()
    };
    assert_eq!(
        secretary.cases().report(&unknown).expect_err("nowhere").code(),
        "unknown_place"
    );
    let seen = heads(&secretary, &case);
    let dispatch = secretary
        .cases()
        .dispatch(&case, &seen, "x", None)
        .expect_err("only reports");
    assert_eq!(dispatch.code(), "illegal");
    sync(&secretary).await;
    sync(&office).await;
    let listed = office.cases().unsettled().expect("cases");
    assert_eq!(
        (listed.len(), listed[0].place_name.zh.as_str(), listed[0].state.as_str()),
        (1, home.no.as_str(), "received")
    );
    let person = engineer.to_string();
    office
        .cases()
        .change(&case, &heads(&office, &case), "urgency", "safety")
        .expect("changed");
    office
        .cases()
        .dispatch(&case, &heads(&office, &case), &person, None)
        .expect("dispatched");
    assert!(office.cases().mine().expect("mine").is_empty());
    sync(&office).await;
    sync(&on_site).await;
    let mine = on_site.cases().mine().expect("mine");
    assert_eq!((mine.len(), mine[0].urgency.as_str()), (1, "safety"));
    assert!(
        mine[0].due_ms.is_some_and(|due| due <= now() + HOUR / 2),
        "danger is answered within half an hour"
    );
    let at = now() + 2 * HOUR;
    let early = office
        .cases()
        .acknowledge(&case, &heads(&office, &case), at, true)
        .expect_err("not named");
    assert_eq!(early.code(), "not_named");
    on_site
        .cases()
        .acknowledge(&case, &heads(&on_site, &case), at, true)
        .expect("taken over");
    let promised = on_site.cases().open(&case).expect("open");
    assert_eq!(
        (promised.promised_ms, promised.life.state.as_str()),
        (Some(at), "acknowledged")
    );
    // Somebody whom nobody knows yet: their name is sealed, and travels beside the case.
    let caller = NewPerson {
        place: home.place.to_string(),
        relation: "tenant".into(),
        name: "新租客 Yu".into(),
        ..NewPerson::default()
    };
    let new = NewCase {
        place: home.no.clone(),
        kind: "enquiry".into(),
        words: "怎么开通燃气？".into(),
        ..NewCase::default()
    };
    let asked = secretary.cases().report_from(&new, &caller).expect("reported").record;
    let enquiry = secretary.cases().open(&asked).expect("open");
    assert_eq!(
        (enquiry.relation.value.as_str(), enquiry.person.value.len()),
        ("tenant", 36)
    );
    let queued = secretary.people().intents().expect("intents");
    assert_eq!((queued.len(), queued[0].kind.as_str()), (1, "person_put"));
    let nobody = NewPerson {
        relation: "cousin".into(),
        ..caller
    };
    assert!(secretary.cases().report_from(&new, &nobody).is_err());
    assert_eq!(
        secretary.cases().unsettled().expect("cases").len(),
        2,
        "neither the person nor the case"
    );
    sync(&secretary).await;
    sync(&office).await;
    assert_eq!(
        office.cases().open(&asked).expect("open").person.value,
        enquiry.person.value
    );
    // It is a defect after all: an engineer may only mention it, the office hands the matter over.
    let new = NewDefect {
        place: home.place.to_string(),
        code: "wl-01".into(),
        room: "r02".into(),
        ..NewDefect::default()
    };
    let defect = on_site
        .cases()
        .to_defect(&case, &heads(&on_site, &case), &new)
        .expect("a defect")
        .record;
    let after = on_site.cases().open(&case).expect("open");
    assert_eq!(
        (after.links, after.life.state.as_str()),
        (vec![defect.clone()], "acknowledged")
    );
    sync(&on_site).await;
    sync(&office).await;
    office
        .cases()
        .link(&case, &heads(&office, &case), &defect, "the defect goes on")
        .expect("linked");
    let left = office.cases().unsettled().expect("cases");
    assert!(left.iter().all(|card| card.record != case));
    office
        .cases()
        .reopen(&case, &heads(&office, &case), "not_the_same", "")
        .expect("again");
    office
        .cases()
        .answer(&case, &heads(&office, &case), "已修好 🔧", &by_phone())
        .expect("answered");
    office.cases().close(&case, &heads(&office, &case)).expect("closed");
    sync(&office).await;
    sync(&on_site).await;
    let (left, right) = (
        office.cases().open(&case).expect("open"),
        on_site.cases().open(&case).expect("open"),
    );
    assert_eq!(
        (left.answer.as_str(), left.life.state.as_str()),
        ("已修好 🔧", "closed")
    );
    assert_eq!((left.seen, left.life.state), (right.seen, right.life.state));
    world.end().await;
}
