//! What happens on a good day, and on an ordinary one.

use super::bench::{Dice, PROJECT, Phone, World, record};
use keyturn_client::{Promise, StepBudget};
use keyturn_server::sync::MEMORY_URL;
use keyturn_server::users::Actor;

#[tokio::test]
async fn two_phones_offline_in_one_flat_become_one_record_that_shows_both() {
    let world = World::new().await;
    let (a, b) = (world.engineer("a", 1).await, world.engineer("b", 2).await);
    a.quiet().await;
    b.quiet().await;
    a.tap(1, "win-01", "ok");
    a.tap(1, "win-02", "ok");
    b.tap(1, "win-01", "defect");
    b.tap(1, "win-03", "ok");
    a.quiet().await;
    b.quiet().await;
    a.quiet().await;
    assert_eq!(a.heads(1), b.heads(1));
    for phone in [&a, &b] {
        assert_eq!(phone.values(1, "win-01"), ["defect", "ok"]);
        assert_eq!(phone.values(1, "win-02"), ["ok"]);
        assert_eq!(phone.values(1, "win-03"), ["ok"]);
        let listed = phone.client.records().listed(record(1).document).unwrap().unwrap();
        assert_eq!(listed.contested, 1);
        let status = phone.client.sync().record_status(record(1).document).unwrap();
        assert_eq!((status.promise, status.stuck), (Promise::Received, 0));
    }
    a.tap(1, "win-01", "defect");
    a.quiet().await;
    b.quiet().await;
    assert_eq!(b.values(1, "win-01"), ["defect"]);
}

#[tokio::test]
async fn a_new_phone_gets_everything_with_projections_and_judges_it_when_opened() {
    let world = World::new().await;
    let a = world.engineer("a", 1).await;
    for n in 1..=20 {
        a.tap(n, "win-01", "ok");
        a.tap(n, "win-02", "defect");
    }
    a.quiet().await;
    let b = world.engineer("b", 2).await;
    b.quiet().await;
    let listed = b.client.records().of_project(PROJECT, "inspection").unwrap();
    assert_eq!(listed.len(), 20);
    assert!(listed.iter().all(|d| !d.checked && !d.projection.is_empty()));
    assert_eq!(b.client.records().tend(100).unwrap(), 20);
    assert_eq!(b.client.sync().status().unwrap().projection_differences, 0);
    let small = StepBudget {
        reply_bytes: 2_000,
        ..StepBudget::default()
    };
    let c = world.engineer("c", 3).await;
    let report = c.client.sync().run(small, 100).await.unwrap();
    assert!(!report.more);
    c.quiet().await;
    assert_eq!(c.values(17, "win-02"), ["defect"]);
}

#[tokio::test]
async fn an_idle_exchange_is_the_same_whatever_the_phone_holds() {
    let world = World::new().await;
    let a = world.engineer("a", 1).await;
    a.tap(1, "win-01", "ok");
    a.quiet().await;
    let report = a.client.sync().step(StepBudget::default()).await.unwrap();
    assert_eq!((report.entries, report.agreed, report.more), (0, Some(true), false));
}

#[tokio::test]
async fn a_cloned_phone_that_repeats_an_actor_is_cured() {
    let world = World::new().await;
    let a = world.engineer("a", 1).await;
    a.tap(1, "win-01", "ok");
    a.quiet().await;
    a.client
        .prepare_suspend(std::time::Duration::from_secs(1))
        .await
        .unwrap();
    let copy = world.dir.path().join("clone.db");
    std::fs::copy(&a.path, &copy).unwrap();
    let seed = a.seed;
    // Randomness that repeats itself: the same actors again on both.
    let a = a.restart(&world, 9);
    let clone = Phone::open_with(copy, seed, Dice::new(9), world.door.clone(), MEMORY_URL);
    a.tap(1, "win-02", "ok");
    clone.tap(1, "win-02", "defect");
    let second = clone.tap(1, "win-04", "ok");
    a.quiet().await;
    let report = clone.sync().await;
    assert!(report.replayed >= 2, "{report:?}");
    clone.quiet().await;
    a.quiet().await;
    assert_eq!(a.heads(1), clone.heads(1));
    assert_eq!(a.values(1, "win-02"), ["defect", "ok"]);
    assert_eq!(a.values(1, "win-04"), ["ok"]);
    assert!(!a.heads(1).contains(&second.change.unwrap()));
    let status = clone.client.sync().status().unwrap();
    assert_eq!((status.queued, status.held, status.stuck), (0, 0, 0));
}

#[tokio::test]
async fn a_flat_reassigned_at_noon_takes_nothing_of_the_morning() {
    let world = World::new().await;
    let user = world.user("a").await;
    let grant = world.grant(user, 1).await;
    let a = world.phone(user, 1).await;
    a.tap(1, "win-01", "ok");
    a.quiet().await;
    a.tap(1, "win-02", "ok");
    a.tap(2, "win-01", "defect");
    world.sync.revoke(Actor::Command, &grant).await.unwrap();
    a.sync().await;
    a.sync().await;
    for n in [1, 2] {
        assert!(!a.client.records().has(record(n).document).unwrap());
    }
    let status = a.client.sync().status().unwrap();
    assert_eq!((status.queued, status.held, status.stuck), (0, 0, 0));
    let b = world.engineer("b", 2).await;
    b.quiet().await;
    assert_eq!(b.values(1, "win-02"), ["ok"]);
    assert_eq!(b.values(2, "win-01"), ["defect"]);
    let marked = b.client.sync().record_status(record(2).document).unwrap().marked;
    assert_eq!(marked, 1, "late, and shown so");
}

#[tokio::test]
async fn a_purge_reaches_a_phone_that_was_offline_and_its_outbox() {
    let world = World::new().await;
    let (a, b) = (world.engineer("a", 1).await, world.engineer("b", 2).await);
    a.tap(1, "win-01", "ok");
    a.quiet().await;
    b.quiet().await;
    b.tap(1, "win-02", "ok");
    world.sync.purge_document(record(1).document).await.unwrap();
    b.quiet().await;
    a.quiet().await;
    for phone in [&a, &b] {
        assert!(!phone.client.records().has(record(1).document).unwrap());
        let status = phone.client.sync().status().unwrap();
        assert_eq!((status.saved, status.queued), (0, 0));
    }
}
