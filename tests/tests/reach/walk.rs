//! A walk through every life, by calls of the facade alone: what happened stands in the records.

use super::records;
use crate::cases::world::{World, now};
use keyturn_client::Client;
use keyturn_client::facade::{NewNotice, NewPromise, NewProof};
use keyturn_domain::record::view::{FactView, LifeView, TextView};
use std::collections::BTreeSet;
use std::time::Duration;

/// Machine and event.
pub(super) type Reached = BTreeSet<(String, String)>;

pub(super) async fn walk() -> Reached {
    let world = World::new().await;
    let mut reached = Reached::new();
    records::defects(&world, &mut reached).await;
    records::complaints(&world, &mut reached).await;
    records::cases(&world, &mut reached).await;
    records::visits(&world, &mut reached).await;
    records::inspection(&world, &mut reached).await;
    promises(&world, &mut reached).await;
    notices(&world, &mut reached).await;
    world.end().await;
    reached
}

/// Takes in what happened legally in a life.
pub(super) fn take(reached: &mut Reached, machine: &str, life: &LifeView) {
    let legal = life.events.iter().filter(|e| e.standing == "legal");
    reached.extend(legal.map(|e| (machine.to_owned(), e.event.clone())));
    let wrong: Vec<_> = life.events.iter().filter(|e| e.standing == "illegal").collect();
    assert!(wrong.is_empty(), "{machine}: {wrong:?}");
}

pub(super) fn take_promises(reached: &mut Reached, client: &Client, record: &str) {
    for promise in client.promises().of_record(record).expect("promises") {
        if promise.life.state == "overdue" {
            reached.insert(("promise".into(), "fall_due".into()));
        }
        take(reached, "promise", &promise.life);
    }
}

async fn promises(world: &World, reached: &mut Reached) {
    let manager = world.person(world.user("mgr01"), "promises").await;
    let place = world.demo.homes[4].place.to_string();
    let record = crate::cases::world::report(&manager, &place, "enquiry", "when?");
    let seen = || crate::cases::world::heads(&manager, &record);
    let promises = manager.promises();
    let make = |what: &str, in_ms: i64| {
        let new = NewPromise {
            what: what.into(),
            due_ms: now() + in_ms,
            to: "a-person".into(),
            ..NewPromise::default()
        };
        promises.make(&record, &seen(), &new).expect("made");
        let all = promises.of_record(&record).expect("promises");
        all.into_iter().find(|p| p.what == what).expect("it").key
    };
    let proof = NewProof {
        owner_confirmed: true,
        ..NewProof::default()
    };
    let hour = 3_600_000;
    let (moved, taken_back) = (make("moved", hour), make("taken back", hour));
    let (late, broken) = (make("late", 1_000), make("broken", 1_000));
    promises
        .postpone(&record, &seen(), &moved, now() + 2 * hour, true, "asked for")
        .expect("moved");
    promises.keep(&record, &seen(), &moved, &proof).expect("kept");
    promises
        .withdraw(&record, &seen(), &taken_back, true, "not wanted")
        .expect("withdrawn");
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    take_promises(reached, &manager, &record);
    promises.keep(&record, &seen(), &late, &proof).expect("kept late");
    promises
        .give_up(&record, &seen(), &broken, true, "no such part")
        .expect("given up");
    take_promises(reached, &manager, &record);
}

async fn notices(world: &World, reached: &mut Reached) {
    let office = world.person(world.user("rev01"), "notices").await;
    let (project, home) = (world.demo.project.to_string(), world.demo.homes[0].place.to_string());
    let notices = office.notices();
    let mut new = NewNotice {
        project: project.clone(),
        code: "water".into(),
        kind: "works".into(),
        title: TextView {
            zh: "停水通知".into(),
            en: "water off".into(),
        },
        homes: vec![home.clone()],
        ..NewNotice::default()
    };
    let fact = |name: &str, value: &str| FactView {
        name: name.into(),
        value: value.into(),
    };
    let first = notices.make(&new).expect("made");
    notices.event_everywhere(&project, &first, "send", &[]).expect("sent");
    notices
        .event(&home, &first, "bounce", &[fact("reason", "no such number")])
        .expect("came back");
    notices.event(&home, &first, "send", &[]).expect("sent again");
    notices.give_proof(&home, &first, "shown").expect("delivered");
    notices
        .event(&home, &first, "acknowledge", &[fact("proof", "shown")])
        .expect("acknowledged");
    new.supersedes = first.clone();
    new.reason = "another day".into();
    notices.make(&new).expect("the next version");
    for event in ["send", "bounce", "deliver", "acknowledge", "supersede"] {
        reached.insert(("notice".into(), event.into()));
    }
    let all = notices.of_home(&home).expect("notices");
    let states: Vec<_> = all
        .iter()
        .filter(|n| n.code == "water")
        .map(|n| n.state.as_str())
        .collect();
    assert_eq!(states, ["planned", "acknowledged"], "the newest version first");
}
