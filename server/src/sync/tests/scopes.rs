//! Grants, revokes, rows, backfill, purges.

use ciborium::Value;
use keyturn_domain::{ScopeId, rows};
use keyturn_protocol::Verdict;
use uuid::Uuid;

use super::world::{PROJECT, World, home, record};
use crate::sync::RowPut;
use crate::users::{Actor, Role};

#[tokio::test]
async fn revoke_and_grant_again_across_a_cursor() {
    let world = World::new().await;
    let (mut a, mut b) = (world.engineer("a", 1).await, world.engineer("b", 2).await);
    a.write(&record(1), "note", "1");
    a.settle(&world).await;
    b.settle(&world).await;
    assert_eq!(b.documents.len(), 1);
    let scope = ScopeId::home(home(1));
    world
        .sync
        .revoke_role(Actor::Command, b.who.user, Role::Engineer, scope)
        .await
        .unwrap();
    a.write(&record(1), "note", "2");
    a.settle(&world).await;
    b.settle(&world).await;
    assert!(b.documents.is_empty());
    assert_eq!(b.closing, Some(b.sum()));
    world.grant(b.who.user, Role::Engineer, scope).await;
    a.write(&record(1), "note", "3");
    a.settle(&world).await;
    world
        .sync
        .revoke_role(Actor::Command, b.who.user, Role::Engineer, scope)
        .await
        .unwrap();
    world.grant(b.who.user, Role::Engineer, scope).await;
    a.write(&record(1), "note", "4");
    a.settle(&world).await;
    b.settle(&world).await;
    assert_eq!(b.values(&record(1), "note"), ["4"]);
    assert_eq!(b.closing, Some(b.sum()));
}

#[tokio::test]
async fn a_first_sync_in_small_pages_while_others_write_misses_nothing() {
    let world = World::new().await;
    let boss = world.user("r").await;
    world.grant(boss, Role::Reviewer, ScopeId::project(PROJECT)).await;
    let mut a = world.engineer("a", 1).await;
    for n in 2..=4 {
        world.grant(a.who.user, Role::Engineer, ScopeId::home(home(n))).await;
    }
    for n in 1..=4 {
        a.write(&record(n), "note", "1");
    }
    a.settle(&world).await;
    for (device, budget) in [(5, 1), (6, 400), (7, 0)] {
        let mut r = world.phone(boss, device);
        r.budget = budget;
        for round in 0..30 {
            let reply = r.step(&world).await;
            if !reply.more {
                break;
            }
            a.write(&record(1 + round % 4), "note", &format!("{device} {round}"));
            a.settle(&world).await;
        }
        r.settle(&world).await;
        assert_eq!(r.documents.len(), 4);
        assert_eq!(r.closing, Some(r.sum()), "{budget}");
        assert_eq!(r.sum(), a.sum());
    }
}

#[tokio::test]
async fn rows_coalesce_and_are_cut_to_the_role() {
    let world = World::new().await;
    let scope = ScopeId::public_places(PROJECT);
    let engineer = world.user("e").await;
    world.grant(engineer, Role::Engineer, scope).await;
    let boss = world.user("r").await;
    world.grant(boss, Role::Reviewer, ScopeId::project(PROJECT)).await;
    let (mut e, mut r) = (world.phone(engineer, 1), world.phone(boss, 2));
    e.settle(&world).await;
    r.settle(&world).await;
    let id = Uuid::from_bytes([1; 16]);
    for n in 0..5 {
        let body = Value::Map(vec![("phone".into(), "+86".into()), ("n".into(), n.into())]);
        let row = RowPut {
            id,
            kind: rows::kind::STAFF.into(),
            scope,
            body: Some(rows::body(&body).unwrap()),
        };
        world.sync.put_rows(PROJECT, &[row]).await.unwrap();
    }
    let reply = e.step(&world).await;
    assert_eq!(reply.pages[0].entries.len(), 1);
    r.settle(&world).await;
    let mut new = world.phone(engineer, 3);
    new.settle(&world).await;
    let fields = |phone: &super::phone::Phone| match rows::read::<Value>(phone.rows[&id].1.as_ref().unwrap()) {
        Some(Value::Map(map)) => map.len(),
        _ => 0,
    };
    assert_eq!((fields(&e), fields(&new), fields(&r)), (1, 1, 2));
    let gone = RowPut {
        id,
        kind: rows::kind::STAFF.into(),
        scope,
        body: None,
    };
    world.sync.put_rows(PROJECT, &[gone]).await.unwrap();
    e.settle(&world).await;
    assert_eq!(e.rows[&id].1, None);
}

#[tokio::test]
async fn a_purge_reaches_everybody_and_nothing_of_it_comes_back() {
    let world = World::new().await;
    let (mut a, mut b) = (world.engineer("a", 1).await, world.engineer("b", 2).await);
    a.write(&record(1), "note", "x");
    a.settle(&world).await;
    b.settle(&world).await;
    b.write(&record(1), "note", "y");
    world.sync.purge_document(record(1).document).await.unwrap();
    world.sync.purge_document(record(1).document).await.unwrap();
    b.step(&world).await;
    assert_eq!(b.said, [Verdict::Purged]);
    for phone in [&mut a, &mut b] {
        phone.settle(&world).await;
        assert!(phone.documents.is_empty());
        assert_eq!(phone.closing, Some(phone.sum()));
    }
    a.write(&record(1), "note", "again");
    a.step(&world).await;
    assert_eq!(a.said.last(), Some(&Verdict::Purged));
    let mut new = world.phone(a.who.user, 9);
    new.settle(&world).await;
    assert!(new.documents.is_empty());
    let mut tx = world.server.state().db.begin_read().await.unwrap();
    let left = sqlx::query("SELECT bytes FROM changes")
        .fetch_all(&mut *tx)
        .await
        .unwrap();
    assert!(left.is_empty());
}

#[tokio::test]
async fn a_grant_that_ends_by_the_clock_is_told() {
    let world = World::new().await;
    let crew = world.user("c").await;
    let mut grant = crate::sync::write_grant(PROJECT, crew, Role::Subcontractor, ScopeId::home(home(1)));
    grant.expires_at = Some(crate::sync::HAND_IN_MS + 1_800_000_000_000);
    world.sync.grant(Actor::Command, &grant).await.unwrap();
    let mut a = world.engineer("a", 1).await;
    a.write(&record(1), "note", "x");
    a.settle(&world).await;
    let mut c = world.phone(crew, 2);
    c.settle(&world).await;
    assert_eq!(c.documents.len(), 1);
    world.pass(crate::sync::HAND_IN_MS + 1);
    c.settle(&world).await;
    assert!(c.documents.is_empty() && c.scopes.is_empty());
}

#[tokio::test]
async fn the_chain_and_the_numbers_have_no_gap() {
    let world = World::new().await;
    let mut a = world.engineer("a", 1).await;
    for n in 0..20 {
        a.write(&record(1), "note", &n.to_string());
        a.settle(&world).await;
    }
    world.sync.purge_document(record(1).document).await.unwrap();
    let mut tx = world.server.state().db.begin_read().await.unwrap();
    let rows = sqlx::query("SELECT seq FROM log ORDER BY seq")
        .fetch_all(&mut *tx)
        .await
        .unwrap();
    let seqs: Vec<i64> = rows.iter().map(|row| crate::db::int(row, "seq").unwrap()).collect();
    assert_eq!(seqs, (1..=seqs.len() as i64).collect::<Vec<_>>());
    assert_eq!(world.sync.head(PROJECT).await.unwrap(), seqs.len() as u64);
}
