//! A server that was restored, with and without saying so; audits.

use keyturn_domain::{ProjectId, ScopeId};
use keyturn_protocol::{Code, Cursor, Rewind};
use serde_bytes::ByteBuf;

use super::world::{PROJECT, World, home, record};
use crate::users::Role;

fn copy(from: &std::path::Path, to: &std::path::Path) {
    for name in ["server.db", "server.db-wal", "server.db-shm"] {
        let _ = std::fs::remove_file(to.join(name));
        if from.join(name).exists() {
            std::fs::copy(from.join(name), to.join(name)).unwrap();
        }
    }
}

/// A world, two phones, a copy of the server at a moment, and work of both after it.
async fn restored(epoch: bool) -> (World, super::phone::Phone, super::phone::Phone) {
    let mut world = World::new().await;
    let (mut a, mut b) = (world.engineer("a", 1).await, world.engineer("b", 2).await);
    a.write(&record(1), "note", "before");
    a.settle(&world).await;
    b.settle(&world).await;
    let kept = tempfile::tempdir().unwrap();
    world.restart(|dir| copy(dir, kept.path())).await;
    a.write(&record(1), "note", "after");
    a.settle(&world).await;
    b.settle(&world).await;
    b.write(&record(1), "more", "after");
    b.settle(&world).await;
    world.restart(|dir| copy(kept.path(), dir)).await;
    if epoch {
        world.sync.begin_epoch().await.unwrap();
    }
    (world, a, b)
}

#[tokio::test]
async fn after_a_restore_with_an_epoch_everything_is_offered_again() {
    let (world, mut a, mut b) = restored(true).await;
    let before = a.received.len();
    let reply = a.step(&world).await;
    assert!(matches!(reply.rewind, Some(Rewind::To { .. })), "{reply:?}");
    assert!(a.received.len() < before);
    for _ in 0..3 {
        a.settle(&world).await;
        b.settle(&world).await;
    }
    assert_eq!(a.values(&record(1), "note"), ["after"]);
    assert_eq!(a.values(&record(1), "more"), ["after"]);
    assert_eq!(a.sum(), b.sum());
    assert_eq!(b.closing, Some(b.sum()));
    assert!(b.relayed.is_empty());
}

#[tokio::test]
async fn after_a_raw_restore_the_newest_match_is_the_fork() {
    let (world, mut a, mut b) = restored(false).await;
    let reply = b.step(&world).await;
    assert_eq!(reply.rewind, Some(Rewind::SendEarlier));
    for _ in 0..3 {
        a.settle(&world).await;
        b.settle(&world).await;
    }
    assert_eq!(a.values(&record(1), "more"), ["after"]);
    assert_eq!(a.sum(), b.sum());
    assert_eq!(b.closing, Some(b.sum()));
}

#[tokio::test]
async fn after_a_restore_with_the_author_gone_another_brings_the_work() {
    for epoch in [true, false] {
        let (world, _, mut b) = restored(epoch).await;
        b.settle(&world).await;
        assert_eq!(b.values(&record(1), "note"), ["after"]);
        let mut c = world.engineer("c", 3).await;
        c.settle(&world).await;
        assert_eq!(c.values(&record(1), "note"), ["after"]);
        assert_eq!(c.relayed.len(), 1);
        assert_eq!(c.closing, Some(c.sum()));
    }
}

#[tokio::test]
async fn a_cursor_from_elsewhere_is_refused() {
    let (world, other) = (World::new().await, World::new().await);
    let mut a = world.engineer("a", 1).await;
    a.settle(&world).await;
    // Another server has another id.
    let mut tx = other.server.state().db.begin_write().await.unwrap();
    sqlx::query("UPDATE server_facts SET value = $1 WHERE name = 'server_id'")
        .bind(vec![9_u8; 16])
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut other = other;
    other.restart(|_| {}).await;
    let error = other.sync.exchange(a.who, a.request()).await.unwrap_err();
    assert_eq!(error.code(), Code::CursorForeign);
    let mut request = a.request();
    request.cursor = Some(Cursor(ByteBuf::from(vec![0; 40])));
    let error = world.sync.exchange(a.who, request).await.unwrap_err();
    assert_eq!(error.code(), Code::CursorForeign);
    let mut request = a.request();
    request.version = 99;
    let error = world.sync.exchange(a.who, request).await.unwrap_err();
    assert_eq!(error.code(), Code::ProtocolUnknown);
}

#[tokio::test]
async fn a_difference_is_found_and_healed_both_ways() {
    let world = World::new().await;
    let boss = world.user("r").await;
    world.grant(boss, Role::Reviewer, ScopeId::project(PROJECT)).await;
    let mut a = world.engineer("a", 1).await;
    world.grant(a.who.user, Role::Engineer, ScopeId::home(home(2))).await;
    a.write(&record(1), "note", "x");
    a.write(&record(2), "note", "y");
    a.settle(&world).await;
    let mut r = world.phone(boss, 2);
    r.settle(&world).await;
    // The phone lost one document, and the server has lost another one's last change.
    r.documents.remove(&record(1).document);
    assert_ne!(r.settle(&world).await.closing, Some(r.sum()));
    r.audit.scopes = Vec::new();
    for n in 1..=2 {
        let scope = ScopeId::home(home(n));
        let mine = r
            .contents(scope)
            .documents
            .iter()
            .fold(keyturn_protocol::Sum::default(), |sum, d| {
                sum.plus(keyturn_protocol::Sum::of(d.genesis.document, &d.heads))
            });
        r.audit.scopes.push((PROJECT, scope, mine));
    }
    let reply = r.step(&world).await;
    assert_eq!(reply.differing, [(PROJECT, ScopeId::home(home(1)))]);
    let contents = r.contents(ScopeId::home(home(1)));
    r.audit.contents = vec![contents];
    r.settle(&world).await;
    assert_eq!(r.closing, Some(r.sum()));
    // What is not held is not answered.
    a.audit.contents = vec![a.contents(ScopeId::home(home(3)))];
    a.audit.scopes = vec![(
        ProjectId::default(),
        ScopeId::default(),
        keyturn_protocol::Sum::default(),
    )];
    let reply = a.step(&world).await;
    assert!(reply.pages.is_empty());
    assert_eq!(reply.differing.len(), 2);
}

#[tokio::test]
async fn backup_marks_are_told_when_they_change() {
    let world = World::new().await;
    let mut a = world.engineer("a", 1).await;
    a.settle(&world).await;
    world.sync.set_backup_mark(PROJECT, 1).await.unwrap();
    assert_eq!(a.step(&world).await.backup.len(), 1);
    assert_eq!(a.step(&world).await.backup.len(), 0);
    assert_eq!(a.backup, 1);
    world.sync.set_backup_mark(PROJECT, 0).await.unwrap();
    a.step(&world).await;
    assert_eq!(a.backup, 0);
}
