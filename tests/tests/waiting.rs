//! What was said on a phone and waits for the server is found and shown there, marked; and records by their rooms.

use crate::cases::world::World;
use crate::story::sync;
use keyturn_client::Client;
use keyturn_client::facade::{NewContact, NewDefect, NewPerson, SearchHit};
use keyturn_domain::catalog::Catalog;
use keyturn_domain::rows::row_id;

fn find(client: &Client, query: &str) -> Vec<SearchHit> {
    client.search().find(query, 50).expect("a search").hits
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_the_server_is_found_shown_and_counted() {
    let world = World::new().await;
    let home = &world.demo.homes[0];
    let place = home.place.to_string();
    let phone = world.person(home.assignees[1], "ambassador").await;

    // Somebody new is found before the server knows of them.
    let tenant = NewPerson {
        place: place.clone(),
        relation: "tenant".into(),
        name: "慕容待".into(),
        phone: "+86 000 0009 8765".into(),
        ..NewPerson::default()
    };
    let project = world.demo.project.to_string();
    assert!(find(&phone, "慕容").is_empty());
    let person = phone.people().add(&project, &tenant).expect("queued");
    for query in ["慕容", "mrd", "98765"] {
        let hits = find(&phone, query);
        let hit = hits
            .iter()
            .find(|h| h.id == person)
            .unwrap_or_else(|| panic!("{query}"));
        assert_eq!(
            (hit.kind.as_str(), hit.place.as_str(), hit.pending),
            ("person", place.as_str(), true)
        );
    }

    // A contact and a proof stand in the timeline, the proof is counted apart.
    let call = NewContact {
        place: place.clone(),
        person: person.clone(),
        way: "phone".into(),
        reached: true,
        words: "明天再打".into(),
        ..NewContact::default()
    };
    phone.people().log(&call).expect("queued");
    let notice = row_id(world.demo.project, "notice", "handover:1").to_string();
    let counts = || {
        let all = phone.notices().all().expect("notices");
        let found = all.iter().find(|n| n.notice == notice).expect("the notice");
        assert_eq!(
            found.homes as usize,
            (found.reached + found.waiting) as usize + found.not_reached.len()
        );
        (found.reached, found.waiting)
    };
    let (reached, _) = counts();
    phone.notices().give_proof(&place, &notice, "signed").expect("queued");
    assert_eq!(counts(), (reached, 1));
    let shown = |kind: &str| {
        let life = phone.places().timeline(&place).expect("a life");
        let entry = life.entries.into_iter().find(|e| e.kind == kind);
        let entry = entry.unwrap_or_else(|| panic!("{kind}"));
        (entry.line, entry.pending)
    };
    assert_eq!(shown("contact"), ("明天再打".to_owned(), true));
    assert!(shown("notice").1);
    let last = phone.places().timeline(&place).expect("a life").last_contact;
    assert!(last.expect("the call").pending);

    sync(&phone).await;
    assert!(!find(&phone, "慕容")[0].pending);
    assert_eq!(counts(), (reached + 1, 0));
    assert_eq!((shown("contact").1, shown("notice").1), (false, false));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn records_are_found_by_the_name_of_their_room() {
    let world = World::new().await;
    let home = &world.demo.homes[0];
    let demo = &Catalog::built_in().expect("sound data").demo;
    let unit = demo.unit(&home.no).expect("the unit");
    let rooms = &demo.layout(unit.layout.as_str()).expect("its layout").rooms;
    let code = |zh: &str| {
        let found = rooms.iter().find(|room| room.text.zh == zh);
        found.unwrap_or_else(|| panic!("{zh}")).code.to_string()
    };
    let phone = world.person(home.assignees[0], "engineer").await;
    let record = |room: &str, words: &str| {
        let new = NewDefect {
            place: home.place.to_string(),
            code: "wl-01".into(),
            room: code(room),
            description: words.into(),
            ..NewDefect::default()
        };
        phone.defects().record(&new).expect("recorded").record
    };
    let kitchen = record("厨房", "靠窗");
    let bedroom = record("主卧", "靠门");
    let ids = |query: &str| find(&phone, query).into_iter().map(|h| h.id).collect::<Vec<_>>();
    for query in ["厨房", "厨", "Kitchen", "cf", "厨房 靠窗", "空鼓 厨房"] {
        assert_eq!(ids(query), [kitchen.as_str()], "{query}");
    }
    for query in ["主卧", "zw", "主卧 空鼓"] {
        assert!(
            ids(query).contains(&bedroom) && !ids(query).contains(&kitchen),
            "{query}"
        );
    }
    assert!(ids("厨房 靠门").is_empty(), "in another room");
    // A room's code is no word: its digits find nothing.
    let digits = code("厨房").trim_start_matches('r').to_owned();
    assert!(ids(&digits).iter().all(|id| *id != kitchen), "{digits}");
    world.end().await;
}
