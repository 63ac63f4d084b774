//! An event that is not legal and arrives all the same is kept, marked and shown to everybody, and moves nothing.

use super::world::{World, shown};
use crate::story::{get, sync};
use keyturn_client::facade::NewDefect;
use keyturn_client::{Recording, Target};
use keyturn_domain::{Container, DocumentId, Write};

#[tokio::test(flavor = "multi_thread")]
async fn an_illegal_event_is_kept_marked_and_shown() {
    let world = World::new().await;
    let home = &world.demo.homes[0];
    let engineer = world.person(home.assignees[0], "engineer").await;
    let office = world.person(world.user("rev01"), "office").await;
    let new = NewDefect {
        place: home.place.to_string(),
        code: "wl-01".into(),
        room: "r02".into(),
        ..NewDefect::default()
    };
    let defect = engineer.defects().record(&new).expect("recorded").record;
    let document: DocumentId = defect.parse().expect("an id");
    // An older or a broken app writes what the machine does not allow: verified before anybody repaired.
    let user = engineer.session().me().expect("enrolled").user.to_string();
    let fields = [
        ("type", "verify"),
        ("by", user.as_str()),
        ("role", "engineer"),
        ("after", ""),
    ];
    let write = Write::Entry {
        container: Container::Events,
        key: "from-another-app".into(),
        fields: fields.map(|(name, value)| (name.to_owned(), value.into())).into(),
    };
    let seen = shown(&engineer, &defect);
    let seen = seen.iter().map(|head| head.parse().expect("a head")).collect();
    let recording = Recording {
        target: Target::Existing(document),
        seen,
        writes: vec![write],
    };
    engineer.records().record(recording).expect("durable");
    sync(&engineer).await;
    sync(&office).await;
    for client in [&engineer, &office] {
        let view = client.defects().open(&defect).expect("shown");
        assert_eq!(view.life.state, "recorded", "it moves nothing");
        let event = view.life.events.iter().find(|event| event.event == "verify");
        assert_eq!(event.expect("kept").standing, "illegal");
        let cards = client.defects().at(&home.place.to_string()).expect("a list");
        assert_eq!(cards[0].irregular, 1, "lists say that somebody should look");
    }
    let token = world
        .server
        .tokens()
        .create_reader(world.user("rev01"), "test", 60_000)
        .await;
    let token = token.expect("a token").secret.text;
    let told = get(&world.url, &token, &format!("/api/v1/records/{defect}")).await;
    assert!(told.to_string().contains("\"illegal\""), "{told}");
    // And the record goes on.
    engineer
        .defects()
        .submit(&defect, &shown(&engineer, &defect), "太暗")
        .expect("handed in");
    world.end().await;
}
