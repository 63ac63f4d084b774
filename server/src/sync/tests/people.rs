//! Intents about people: who reaches whose rows, once and twice, and what erasing leaves.

use keyturn_domain::catalog::Lang;
use keyturn_domain::intents::{Command, ContactLog, MoveOut, PersonChange, PersonPut, Seen};
use keyturn_domain::rows::{self, HouseholdRow, PersonName, PersonRow, Rest, SubjectKeyRow, kind};
use keyturn_domain::sealed::SubjectKey;
use keyturn_domain::{PlaceId, ScopeId};
use keyturn_protocol::{Intent, SyncRequest, VERSION};
use serde_bytes::ByteBuf;
use uuid::Uuid;

use super::world::{DAY, PROJECT, World, home};
use crate::sync::{RowPut, Who};
use crate::users::{Actor, Role};

pub(super) fn household(n: u8) -> Uuid {
    Uuid::from_bytes([200 + n; 16])
}

pub(super) async fn world() -> World {
    let world = World::new().await;
    let puts: Vec<RowPut> = (1..=2)
        .map(|n| {
            let row = HouseholdRow {
                home: home(n),
                code: format!("hh{n}"),
                language: Lang::Zh,
                ambassador: None,
                quiet: Vec::new(),
                moved_out: String::new(),
                rest: Rest::new(),
            };
            RowPut {
                id: household(n),
                kind: kind::HOUSEHOLD.into(),
                scope: ScopeId::home(home(n)),
                body: Some(rows::body(&row).unwrap()),
            }
        })
        .collect();
    world.sync.put_rows(PROJECT, &puts).await.unwrap();
    world
}

pub(super) fn put(n: u8, place: PlaceId, at: Option<Uuid>) -> Command {
    let id = Uuid::from_bytes([n; 16]);
    let key = SubjectKey::from_bytes([n; 32]);
    let name = PersonName {
        name: "Wei".into(),
        latin: String::new(),
    };
    Command::PersonPut(PersonPut {
        id,
        home: place,
        household: at,
        relation: "proxy".into(),
        way: String::new(),
        quiet: Vec::new(),
        name: Some(key.seal(PersonRow::name_label(id), &name).unwrap()),
        contact: None,
        key,
    })
}

/// Sends one intent; returns the code of the refusal.
pub(super) async fn send(world: &World, who: Who, intent: u8, command: &Command) -> Option<String> {
    let intent = Intent {
        id: Uuid::from_bytes([intent; 16]),
        project: PROJECT,
        kind: command.kind().into(),
        payload: ByteBuf::from(command.payload().unwrap()),
    };
    let request = SyncRequest {
        version: VERSION,
        intents: vec![intent],
        ..SyncRequest::default()
    };
    world
        .sync
        .exchange(who, request)
        .await
        .unwrap()
        .intents
        .remove(0)
        .refused
}

#[tokio::test]
async fn an_intent_is_judged_once_and_reaches_no_other_home() {
    let world = world().await;
    let mut engineer = world.engineer("eng", 1).await;
    let who = engineer.who;
    assert_eq!(send(&world, who, 1, &put(50, home(1), None)).await, None);
    let head = world.sync.head(PROJECT).await.unwrap();
    assert_eq!(send(&world, who, 1, &put(50, home(1), None)).await, None);
    assert_eq!(world.sync.head(PROJECT).await.unwrap(), head, "judged before");
    let unknown = Some("unknown_subject".to_owned());
    // The household of another home, named together with the own home.
    assert_eq!(
        send(&world, who, 2, &put(51, home(1), Some(household(2)))).await,
        unknown
    );
    // An id that belongs to another row.
    let Command::PersonPut(mut stolen) = put(52, home(1), None) else {
        unreachable!()
    };
    stolen.id = household(2);
    assert_eq!(
        send(&world, who, 3, &Command::PersonPut(stolen)).await,
        None,
        "nothing is overwritten"
    );
    let change = |place: u8| {
        Command::PersonChange(PersonChange {
            id: Uuid::from_bytes([50; 16]),
            home: home(place),
            household: household(1),
            way: Some(Seen {
                was: None,
                to: "phone".into(),
            }),
            ..PersonChange::default()
        })
    };
    assert_eq!(
        send(&world, who, 4, &change(2)).await,
        unknown,
        "another home is not there"
    );
    let elsewhere = world.user("elsewhere").await;
    world.grant(elsewhere, Role::Engineer, ScopeId::home(home(2))).await;
    let elsewhere = world.phone(elsewhere, 9).who;
    assert_eq!(
        send(&world, elsewhere, 5, &change(2)).await,
        unknown,
        "the person lives elsewhere"
    );
    assert_eq!(send(&world, who, 6, &change(1)).await, None);
    engineer.settle(&world).await;
    let (_, body) = &engineer.rows[&Uuid::from_bytes([50; 16])];
    assert_eq!(rows::read::<PersonRow>(body.as_ref().unwrap()).unwrap().way, "phone");
    let mut tx = world.server.state().db.begin_read().await.unwrap();
    assert_eq!(crate::audit::first_broken(&mut tx).await.unwrap(), None);
}

#[tokio::test]
async fn what_happened_on_site_is_handed_in_late_and_what_moved_out_is_gone() {
    let world = world().await;
    let user = world.user("amb").await;
    let grant = world.grant(user, Role::Ambassador, ScopeId::home(home(1))).await;
    let mut phone = world.phone(user, 1);
    phone.settle(&world).await;
    let log = |n: u8, household: Uuid| {
        Command::ContactLog(ContactLog {
            id: Uuid::from_bytes([n; 16]),
            home: home(1),
            household,
            person: None,
            way: "phone".into(),
            incoming: false,
            reached: false,
            at_ms: 1,
            again_ms: None,
            record: None,
            danger: String::new(),
            key: None,
            words: None,
        })
    };
    assert_eq!(send(&world, phone.who, 1, &put(50, home(1), None)).await, None);
    phone.settle(&world).await;
    let key = SubjectKeyRow::id_of(Uuid::from_bytes([50; 16]));
    assert!(phone.rows[&key].1.is_some());
    let leave = Command::MoveOut(MoveOut {
        home: home(1),
        household: household(1),
        day: "2027-03-01".into(),
        next: None,
    });
    assert_eq!(send(&world, phone.who, 2, &leave).await, None);
    phone.settle(&world).await;
    for gone in [key, household(1), Uuid::from_bytes([50; 16])] {
        assert!(phone.rows.get(&gone).is_none_or(|(_, body)| body.is_none()), "{gone}");
    }
    // A call of that morning still belongs to the file, which the office has now.
    assert_eq!(send(&world, phone.who, 3, &log(60, household(1))).await, None);
    world.sync.revoke(Actor::Command, &grant).await.unwrap();
    world.pass(29 * DAY);
    assert_eq!(
        send(&world, phone.who, 4, &log(61, household(1))).await,
        None,
        "late, but it happened"
    );
    assert_eq!(send(&world, phone.who, 5, &leave).await, Some("unknown_subject".into()));
    world.pass(2 * DAY);
    assert_eq!(
        send(&world, phone.who, 6, &log(62, household(1))).await,
        Some("unknown_subject".into())
    );
}

#[tokio::test]
async fn an_erasure_is_replayed_where_the_subject_is_not_known_yet() {
    let world = world().await;
    let engineer = world.engineer("eng", 1).await;
    let subject = Uuid::from_bytes([50; 16]);
    let erase = || world.sync.erase_subject(Actor::Command, PROJECT, subject);
    assert_eq!((erase().await.unwrap(), erase().await.unwrap()), (1, 0));
    let refused = send(&world, engineer.who, 1, &put(50, home(1), None)).await;
    assert_eq!(refused, Some("erased".into()), "what comes after the erasure stays out");
    // A household is erased with its persons.
    assert_eq!(send(&world, engineer.who, 2, &put(51, home(1), None)).await, None);
    let ended = world
        .sync
        .erase_subject(Actor::Command, PROJECT, household(1))
        .await
        .unwrap();
    assert_eq!(ended, 2);
}
