//! Push and pull between two phones.

use keyturn_domain::{DocumentId, Hash, ScopeId};
use keyturn_protocol::{Intent, Mark, Push, Run, SyncRequest, Verdict, codec};
use serde_bytes::ByteBuf;
use uuid::Uuid;

use super::world::{DAY, PROJECT, World, home, record};
use crate::sync::{LIFT_MARK, LiftMark};
use crate::users::{Actor, Role};

fn all(verdict: Verdict, reply: &[Run]) -> bool {
    reply.iter().all(|run| run.verdict == verdict)
}

#[tokio::test]
async fn two_phones_in_one_flat_see_both_sides() {
    let world = World::new().await;
    let (mut a, mut b) = (world.engineer("a", 1).await, world.engineer("b", 2).await);
    a.write(&record(1), "note", "cracked");
    b.write(&record(1), "note", "fine");
    let reply = a.step(&world).await;
    assert!(all(Verdict::Accepted, &reply.verdicts));
    assert_eq!(reply.verdicts[0].n, 1);
    for _ in 0..2 {
        b.settle(&world).await;
        a.settle(&world).await;
    }
    for phone in [&a, &b] {
        assert_eq!(phone.values(&record(1), "note"), ["cracked", "fine"]);
        assert_eq!(phone.closing, Some(phone.sum()));
    }
    assert_eq!(a.received.len(), b.received.len());
}

#[tokio::test]
async fn an_idle_exchange_is_small_and_says_nothing() {
    let world = World::new().await;
    let mut a = world.engineer("a", 1).await;
    a.write(&record(1), "note", "x");
    a.settle(&world).await;
    let request = a.request();
    let up = codec::pack(&request).unwrap().len();
    let reply = a.send(&world, request).await;
    let down = codec::pack(&reply).unwrap().len();
    assert!(reply.cursor.is_none() && reply.witness.is_none() && reply.pages.is_empty());
    assert!(up < 150 && down < 100, "{up} {down}");
}

#[tokio::test]
async fn a_lost_reply_is_made_good_by_sending_again() {
    let world = World::new().await;
    let mut a = world.engineer("a", 1).await;
    a.settle(&world).await;
    a.write(&record(1), "note", "x");
    a.write(&record(1), "note", "y");
    let request = a.request();
    let lost = world.sync.exchange(a.who, request.clone()).await.unwrap();
    let head = world.sync.head(PROJECT).await.unwrap();
    let again = a.send(&world, request).await;
    assert!(all(Verdict::Duplicate, &again.verdicts));
    assert_eq!(again.verdicts[0].first_seq, lost.verdicts[0].first_seq);
    assert_eq!(world.sync.head(PROJECT).await.unwrap(), head);
    assert!(a.outbox.is_empty());
    assert_eq!(a.settle(&world).await.closing, Some(a.sum()));
}

#[tokio::test]
async fn what_cannot_be_taken_has_its_own_verdict_and_blocks_only_what_builds_on_it() {
    let world = World::new().await;
    let mut a = world.engineer("a", 1).await;
    let mut nowhere = record(1);
    nowhere.place = home(77);
    nowhere.document = DocumentId::from_bytes([50; 16]);
    a.write(&nowhere, "note", "x");
    let mut strange = record(1);
    strange.project = keyturn_domain::ProjectId::from_bytes([99; 16]);
    strange.document = DocumentId::from_bytes([51; 16]);
    a.write(&strange, "note", "x");
    a.write(&record(1), "note", "1");
    a.write(&record(1), "note", "2");
    a.write(&record(1), "note", "3");
    // The second one of record 1 is damaged on the way.
    let mut request = a.request();
    let bytes = &mut request.push[3].changes[0];
    let at = bytes.len() - 3;
    bytes[at] ^= 1;
    let damaged = Hash::of(bytes);
    let reply = a.send(&world, request).await;
    let said: Vec<Verdict> = a.said.clone();
    assert_eq!(said[0], Verdict::Rejected("unknown_place".into()));
    assert_eq!(said[1], Verdict::Rejected("unknown_project".into()));
    assert_eq!(said[2], Verdict::Accepted);
    assert!(
        matches!(&said[3], Verdict::Quarantined(code) if code == "wrong_hash"),
        "{said:?}"
    );
    assert_eq!(said[4], Verdict::MissingDeps);
    assert_eq!(reply.verdicts.iter().map(|r| r.n).sum::<u32>(), 5);
    let mut tx = world.server.state().db.begin_read().await.unwrap();
    let kept = sqlx::query("SELECT hash FROM quarantine")
        .fetch_all(&mut *tx)
        .await
        .unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(crate::db::bytes_n::<32>(&kept[0], "hash").unwrap(), damaged.0);
}

#[tokio::test]
async fn somebody_elses_changes_are_refused_unless_they_were_asked_for() {
    let world = World::new().await;
    let (mut a, mut b) = (world.engineer("a", 1).await, world.engineer("b", 2).await);
    a.write(&record(1), "note", "x");
    // b brings what a wrote, as if it were b's own.
    let stolen = a.request().push;
    let request = SyncRequest {
        push: stolen.clone(),
        ..b.request()
    };
    let reply = world.sync.exchange(b.who, request).await.unwrap();
    assert!(all(Verdict::Quarantined("other_actor".into()), &reply.verdicts));
    let wanted: Vec<Push> = stolen.into_iter().map(|p| Push { wanted: true, ..p }).collect();
    let request = SyncRequest {
        push: wanted,
        ..b.request()
    };
    let reply = world.sync.exchange(b.who, request).await.unwrap();
    assert!(all(Verdict::Rejected("not_wanted".into()), &reply.verdicts));
    a.settle(&world).await;
    b.settle(&world).await;
    assert_eq!(b.values(&record(1), "note"), ["x"]);
}

#[tokio::test]
async fn a_cloned_phone_forks_its_actor() {
    let world = World::new().await;
    let mut a = world.engineer("a", 1).await;
    let mut clone = world.phone(a.who.user, 1);
    a.write(&record(1), "note", "x");
    clone.write(&record(1), "note", "y");
    a.settle(&world).await;
    let reply = clone.step(&world).await;
    assert!(all(Verdict::ForkedActor, &reply.verdicts), "{:?}", reply.verdicts);
}

#[tokio::test]
async fn marks_follow_what_the_author_held_and_a_reviewer_lifts_them() {
    let world = World::new().await;
    let mut a = world.engineer("a", 1).await;
    let stranger = world.user("s").await;
    let mut s = world.phone(stranger, 3);
    world.grant(stranger, Role::Engineer, ScopeId::home(home(2))).await;
    let boss = world.user("r").await;
    world.grant(boss, Role::Reviewer, ScopeId::project(PROJECT)).await;
    let mut r = world.phone(boss, 4);
    r.settle(&world).await;
    let role = s.write(&record(1), "note", "x");
    s.settle(&world).await;
    assert_eq!(s.said, [Verdict::Accepted]);
    a.settle(&world).await;
    assert_eq!(a.marks.get(&role), Some(&Mark::Role));
    let late = a.write(&record(1), "note", "y");
    world
        .sync
        .revoke_role(Actor::Command, a.who.user, Role::Engineer, ScopeId::home(home(1)))
        .await
        .unwrap();
    world.pass(29 * DAY);
    a.step(&world).await;
    assert_eq!(a.said, [Verdict::Accepted]);
    assert!(a.documents.is_empty(), "what is not held any more is gone");
    r.settle(&world).await;
    assert_eq!(r.marks.get(&late), Some(&Mark::Late));
    assert_eq!(r.marks.get(&role), Some(&Mark::Role));

    let payload = LiftMark {
        document: record(1).document,
        hash: role,
    };
    let lift = |id: u8| Intent {
        id: Uuid::from_bytes([id; 16]),
        project: PROJECT,
        kind: LIFT_MARK.into(),
        payload: ByteBuf::from(codec::to_cbor(&payload).unwrap()),
    };
    let ask = async |phone: &mut super::phone::Phone, id: u8| {
        let mut request = phone.request();
        request.intents = vec![lift(id)];
        let reply = phone.send(&world, request).await;
        reply.intents[0].refused.clone()
    };
    assert_eq!(ask(&mut s, 1).await, Some("unknown_document".into()));
    assert_eq!(ask(&mut s, 1).await, Some("unknown_document".into()));
    assert_eq!(ask(&mut r, 2).await, None);
    assert_eq!(ask(&mut r, 2).await, None);
    r.settle(&world).await;
    assert_eq!(r.marks.get(&role), Some(&Mark::Lifted));
    assert_eq!(r.closing, Some(r.sum()));
    // A new phone learns the same.
    let mut new = world.phone(boss, 5);
    new.settle(&world).await;
    assert_eq!(new.marks, r.marks);
}

#[tokio::test]
async fn after_thirty_days_work_goes_to_quarantine_with_a_receipt() {
    let world = World::new().await;
    let mut a = world.engineer("a", 1).await;
    a.settle(&world).await;
    a.write(&record(1), "note", "x");
    world
        .sync
        .revoke_role(Actor::Command, a.who.user, Role::Engineer, ScopeId::home(home(1)))
        .await
        .unwrap();
    world.pass(31 * DAY);
    a.step(&world).await;
    assert_eq!(a.said, [Verdict::Quarantined("too_late".into())]);
}

#[tokio::test]
async fn a_withdrawn_device_hands_in_and_gets_purges_only() {
    let world = World::new().await;
    let (mut a, mut b) = (world.engineer("a", 1).await, world.engineer("b", 2).await);
    a.write(&record(1), "note", "x");
    a.settle(&world).await;
    b.settle(&world).await;
    b.write(&record(1), "note", "y");
    b.who.revoked = true;
    a.write(&record(1), "more", "z");
    a.settle(&world).await;
    let reply = b.step(&world).await;
    assert_eq!(b.said, [Verdict::Quarantined("revoked".into())]);
    assert!(reply.pages.is_empty() && reply.closing.is_none());
    world.sync.purge_document(record(1).document).await.unwrap();
    b.step(&world).await;
    assert!(b.documents.is_empty());
}

#[tokio::test]
async fn many_pushes_at_once_to_one_record_all_get_in() {
    let world = World::new().await;
    let mut phones = Vec::new();
    for n in 1..=8 {
        let mut phone = world.engineer(&format!("p{n}"), n).await;
        for k in 0..5 {
            phone.write(&record(1), &format!("f{n}-{k}"), "x");
        }
        phones.push(phone);
    }
    let requests: Vec<_> = phones.iter_mut().map(|p| (p.who, p.request())).collect();
    let tasks: Vec<_> = requests
        .into_iter()
        .map(|(who, request)| {
            let sync = world.sync.clone();
            tokio::spawn(async move { sync.exchange(who, request).await.unwrap() })
        })
        .collect();
    for task in tasks {
        assert!(all(Verdict::Accepted, &task.await.unwrap().verdicts));
    }
    let mut last = world.engineer("last", 99).await;
    last.settle(&world).await;
    assert_eq!(last.closing, Some(last.sum()));
    let (document, _) = &last.documents[&record(1).document];
    assert_eq!(document.automerge().get_changes(&[]).len(), 41);
}

#[tokio::test]
async fn a_snapshot_that_does_not_load_is_made_again() {
    let mut world = World::new().await;
    let mut a = world.engineer("a", 1).await;
    a.write(&record(1), "note", "x");
    a.settle(&world).await;
    let mut tx = world.server.state().db.begin_write().await.unwrap();
    sqlx::query("UPDATE documents SET snapshot = $1")
        .bind(vec![1_u8, 2, 3])
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    world.restart(|_| {}).await;
    a.write(&record(1), "note", "y");
    a.settle(&world).await;
    assert_eq!(a.said, [Verdict::Accepted, Verdict::Accepted]);
    let mut b = world.engineer("b", 2).await;
    b.settle(&world).await;
    assert_eq!(b.values(&record(1), "note"), ["y"]);
}
