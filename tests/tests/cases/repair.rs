//! One engineer answers for a defect; two reports become one.

use super::world::{HOUR, World, photo, shown, told};
use crate::story::sync;
use keyturn_client::Client;
use keyturn_client::facade::{NewDefect, QuietHours};
use keyturn_domain::catalog::Catalog;
use keyturn_server::sync::write_grant;
use keyturn_server::users::{Actor, Role};

#[tokio::test(flavor = "multi_thread")]
async fn one_engineer_answers_for_a_defect_and_two_reports_become_one_by_a_person() {
    let world = World::new().await;
    let home = &world.demo.homes[0];
    let one = home.assignees[0];
    let second = ["eng01", "eng02"].map(|code| world.user(code));
    let two = second.into_iter().find(|user| *user != one).expect("another engineer");
    let scope = keyturn_domain::ScopeId::home(home.place);
    let grant = write_grant(world.demo.project, two, Role::Engineer, scope);
    world
        .server
        .sync()
        .grant(Actor::Command, &grant)
        .await
        .expect("a grant");
    let office = world.person(world.user("rev01"), "office").await;
    let manager = world.person(world.user("mgr01"), "manager").await;
    let (a, b) = (world.person(one, "a").await, world.person(two, "b").await);
    let found = |client: &Client, words: &str| {
        let new = NewDefect {
            place: home.place.to_string(),
            code: "wl-01".into(),
            room: "r02".into(),
            description: words.into(),
            ..NewDefect::default()
        };
        client.defects().record(&new).expect("recorded").record
    };
    let defect = found(&a, "墙面空鼓 😟");
    let twin = found(&b, "hollow plaster");
    for (client, record) in [(&a, &defect), (&b, &twin)] {
        client
            .defects()
            .submit(record, &shown(client, record), "太暗")
            .expect("handed in");
    }
    let repair = a.defects().open(&defect).expect("open").repair;
    assert!(repair.contact_by_ms.is_some() && repair.fix_by_ms.is_some());
    for phone in [&a, &b, &office, &a] {
        sync(phone).await;
    }
    let pairs = office.defects().duplicates(&home.place.to_string()).expect("pairs");
    assert_eq!((pairs.len(), pairs[0].proposed), (1, false));
    let (later, earlier) = (pairs[0].record.clone(), pairs[0].target.clone());
    office
        .defects()
        .propose_duplicate(&later, &shown(&office, &later), &earlier)
        .expect("proposed");
    let proposal = office.defects().open(&later).expect("open").repair.proposals[0]
        .proposal
        .clone();
    office
        .defects()
        .reject_duplicate(&later, &shown(&office, &later), &proposal, "another wall")
        .expect("no");
    assert!(
        office
            .defects()
            .duplicates(&home.place.to_string())
            .expect("none")
            .is_empty()
    );
    office
        .defects()
        .propose_duplicate(&later, &shown(&office, &later), &earlier)
        .expect("proposed again");
    let open = office.defects().open(&later).expect("open").repair.proposals;
    let proposal = open
        .iter()
        .find(|p| p.state == "open")
        .expect("an open one")
        .proposal
        .clone();
    office
        .defects()
        .confirm_duplicate(&later, &shown(&office, &later), &proposal)
        .expect("the same");
    let ended = office.defects().open(&later).expect("open");
    assert_eq!(
        (ended.life.state.as_str(), ended.duplicate_of.value.as_str()),
        ("duplicate", earlier.as_str())
    );
    // The earlier one goes on.
    let to_assign = office.defects().to_assign().expect("one");
    assert_eq!(
        to_assign.iter().map(|c| c.record.as_str()).collect::<Vec<_>>(),
        [earlier.as_str()]
    );
    let defect = earlier;
    office
        .defects()
        .assign(&defect, &shown(&office, &defect), &one.to_string())
        .expect("assigned");
    sync(&office).await;
    sync(&a).await;
    assert_eq!(a.defects().my_repairs().expect("mine").len(), 1);
    a.defects()
        .return_to_dispatch(&defect, &shown(&a, &defect), "on leave")
        .expect("back");
    sync(&a).await;
    sync(&office).await;
    office
        .defects()
        .assign(&defect, &shown(&office, &defect), &one.to_string())
        .expect("assigned");
    sync(&office).await;
    sync(&a).await;
    let first = told(24);
    a.defects()
        .accept(&defect, &shown(&a, &defect), &first)
        .expect("taken over");
    sync(&a).await;
    sync(&manager).await;
    manager
        .defects()
        .reassign(&defect, &shown(&manager, &defect), &two.to_string(), "生病", true)
        .expect("to another");
    sync(&manager).await;
    sync(&b).await;
    b.defects()
        .accept(&defect, &shown(&b, &defect), &told(72))
        .expect("taken over");
    let repair = b.defects().open(&defect).expect("open").repair;
    assert_eq!(
        (repair.promise_ms, repair.given.len(), repair.reassignments),
        (Some(first.at_ms), 2, 1)
    );
    assert!(!repair.given[0].displaced_by.is_empty() && !repair.given[1].counts);
    assert_eq!(repair.named.last().map(|n| n.reason.as_str()), Some("生病"));
    photo(&b, &defect, "protection", 1);
    b.defects().start(&defect, &shown(&b, &defect)).expect("begun");
    photo(&b, &defect, "after", 2);
    b.defects().finish(&defect, &shown(&b, &defect), true).expect("done");
    let own = b
        .defects()
        .verify(&defect, &shown(&b, &defect), false)
        .expect_err("own work");
    assert_eq!(own.missing(), ["verifier_not_repairer"]);
    sync(&b).await;
    sync(&office).await;
    office
        .defects()
        .reject(&defect, &shown(&office, &defect), "色差")
        .expect("not in order");
    sync(&office).await;
    sync(&manager).await;
    let m = manager.defects();
    m.mark_hard(&defect, &shown(&manager, &defect), "no such colour", true)
        .expect("hard");
    m.plan_hard(&defect, &shown(&manager, &defect), "order it", "2027-01-20", &told(200))
        .expect("planned");
    sync(&manager).await;
    sync(&b).await;
    photo(&b, &defect, "after", 3);
    b.defects().finish(&defect, &shown(&b, &defect), true).expect("done");
    sync(&b).await;
    sync(&office).await;
    office
        .defects()
        .verify(&defect, &shown(&office, &defect), false)
        .expect("in order");
    // The revisit is a call: the owner's own quiet hours count, not those of the project.
    let before = |client: &Client| client.defects().due(&defect).expect("due dates").revisit_before_ms;
    let ours = before(&office).expect("a moment");
    let own = QuietHours {
        from: "18:00".into(),
        to: "10:00".into(),
    };
    office.people().quiet(&home.place.to_string(), &[own]).expect("queued");
    sync(&office).await;
    assert_eq!(ours - before(&office).expect("a moment"), 2 * HOUR);
    office
        .defects()
        .reopen(&defect, &shown(&office, &defect), "came_back", "")
        .expect("again");
    // What is left: fixed where it was found, left as it is, cancelled; and in a public place.
    let spot = found(&a, "a scratch");
    photo(&a, &spot, "finding", 4);
    photo(&a, &spot, "after", 5);
    a.defects().fix_on_spot(&spot, &shown(&a, &spot)).expect("fixed");
    let waits = found(&a, "another");
    a.defects()
        .submit(&waits, &shown(&a, &waits), "dark")
        .expect("handed in");
    sync(&a).await;
    sync(&manager).await;
    m.accept_as_is(&waits, &shown(&manager, &waits), "the owner likes it", true)
        .expect("left");
    let lobby = Catalog::built_in().expect("data").demo.public_places[0]
        .code
        .to_string();
    let place = keyturn_domain::rows::row_id(world.demo.project, "place", &lobby).to_string();
    let public = NewDefect {
        place,
        code: "wl-01".into(),
        room: "home".into(),
        ..NewDefect::default()
    };
    let public = manager.defects().record(&public).expect("in a public place").record;
    m.waive_protection(&public, &shown(&manager, &public), "bare concrete")
        .expect("waived");
    m.cancel(&public, &shown(&manager, &public), "seen twice", true)
        .expect("cancelled");
    assert!(
        m.unsettled()
            .expect("open ones")
            .iter()
            .all(|card| card.record != public)
    );
    world.end().await;
}
