//! Replies made by hand: what each leaves.

use super::bench::{PROJECT, Phone, SCOPE, change, cursor, genesis, pages, put, reply, snapshot, verdicts};
use crate::ClientError;
use keyturn_domain::{DeviceId, Document, EpochId, Hash, ScopeId, UserId};
use keyturn_protocol::{Closing, Entry, Mark, Rewind, Sum, SyncReply, Verdict, Want};
use serde_bytes::ByteBuf;

/// A document as somebody else has it.
fn theirs(n: u8, base: Option<&[u8]>, key: &str, value: &str) -> (Document, Hash, Vec<u8>) {
    let mut document = match base {
        Some(bytes) => Document::load(bytes).unwrap(),
        None => Document::begin(&genesis(n)).unwrap(),
    };
    document.write_as(
        Hash::of(key.as_bytes()).0[..16].try_into().unwrap(),
        UserId::from_bytes([44; 16]),
        DeviceId::from_bytes([45; 16]),
    );
    let new = document
        .write(&document.heads(), 50, &[put(key, value)])
        .unwrap()
        .unwrap();
    (document, new.hash, new.bytes)
}

fn begin(n: u8, seq: u64) -> Entry {
    Entry::Begin {
        seq,
        genesis: genesis(n),
        scope: SCOPE,
    }
}

#[test]
fn a_request_carries_what_is_queued_and_the_genesis_until_a_receipt() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), 1);
    let saved = phone.tap(1, &[], "win-01", "ok");
    phone.tap(2, &[], "win-01", "ok");
    phone.tap(1, &saved.heads, "win-02", "ok");
    let report = phone.step(SyncReply {
        cursor: Some(cursor(1)),
        ..verdicts(&[(Verdict::Accepted, 2, 2), (Verdict::Accepted, 5, 1)])
    });
    let asked = phone.asked();
    assert_eq!(asked.push.len(), 2);
    assert_eq!(asked.push[0].changes.len(), 2);
    assert_eq!(asked.push[0].genesis, Some(genesis(1)));
    assert!(!asked.idle && asked.cursor.is_none());
    assert_eq!((report.sent, report.received, report.more), (3, 3, false));
    phone.tap(1, &saved.heads, "win-03", "ok");
    phone.step(SyncReply {
        witness: Some(cursor(9)),
        ..verdicts(&[(Verdict::Duplicate, 8, 1)])
    });
    let asked = phone.asked();
    assert_eq!(
        (asked.push[0].genesis.clone(), asked.cursor, asked.witness),
        (None, Some(cursor(1)), None)
    );
    phone.step(reply());
    let asked = phone.asked();
    assert!(asked.idle && asked.push.is_empty());
    assert_eq!(asked.witness, Some(cursor(9)));
}

#[test]
fn a_merge_between_draw_and_tap_leaves_both_values() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), 1);
    let drawn = phone.tap(1, &[], "win-09", "ok").heads;
    phone.step(verdicts(&[(Verdict::Accepted, 2, 1)]));
    let (_, _, bytes) = theirs(1, Some(&phone.saved(1)), "win-01", "defect");
    let report = phone.step(pages(vec![change(1, 3, bytes.clone()), change(1, 3, bytes)]));
    assert!(report.records.contains(&genesis(1).document));
    phone.tap(1, &drawn, "win-01", "ok");
    assert_eq!(phone.values(1, "win-01"), ["defect", "ok"]);
}

#[test]
fn a_hostile_change_is_kept_out_and_its_neighbour_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), 1);
    let (_, _, good) = theirs(1, None, "win-01", "defect");
    let mut bad = theirs(1, None, "win-02", "ok").2;
    let last = bad.len() - 1;
    bad[last] ^= 1;
    let report = phone.step(pages(vec![begin(1, 1), change(1, 2, bad), change(1, 3, good)]));
    assert_eq!(report.refused_here, 1);
    assert_eq!(phone.values(1, "win-01"), ["defect"]);
    assert_eq!(phone.client.sync().status().unwrap().refused_here, 1);
    assert!(!report.more, "nothing is asked for again: {report:?}");
}

#[test]
fn a_server_snapshot_is_judged_when_it_is_first_opened() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), 1);
    let (document, hash, _) = theirs(1, None, "win-01", "defect");
    let (other, _, _) = theirs(2, None, "win-01", "ok");
    let mut spoilt = other.save();
    let last = spoilt.len() - 1;
    spoilt[last] ^= 1;
    phone.step(pages(vec![
        snapshot(1, 4, document.save(), vec![hash]),
        snapshot(2, 5, spoilt, other.heads()),
    ]));
    assert_eq!(phone.values(1, "win-01"), ["defect"]);
    let error = phone.client.records().read(genesis(2).document, |_, _| ()).unwrap_err();
    assert!(matches!(&error, ClientError::Unreadable { .. }), "{error}");
    assert_eq!(phone.client.sync().status().unwrap().refused_here, 1);
    // It is asked for once more, and mended by a sound one.
    phone.step(pages(vec![snapshot(2, 5, other.save(), other.heads())]));
    assert_eq!(phone.asked().need, [genesis(2).document]);
    assert_eq!(phone.values(2, "win-01"), ["ok"]);
    assert_eq!(phone.client.records().tend(10).unwrap(), 0);
}

#[test]
fn a_forked_actor_is_cured_by_making_the_commands_again() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), 1);
    let first = phone.tap(1, &[], "win-01", "ok");
    phone.step(verdicts(&[(Verdict::Accepted, 2, 1)]));
    let base = phone.saved(1);
    let second = phone.tap(1, &first.heads, "win-02", "defect");
    phone.tap(1, &second.heads, "win-02", "ok");
    let report = phone.step(verdicts(&[
        (Verdict::ForkedActor, 0, 1),
        (Verdict::BlockedBy(second.change.unwrap()), 0, 1),
    ]));
    assert!(report.more);
    let (server, _, _) = theirs(1, Some(&base), "win-03", "ok");
    let report = phone.step(pages(vec![snapshot(1, 5, server.save(), server.heads())]));
    assert_eq!(phone.asked().need, [genesis(1).document]);
    assert_eq!(report.replayed, 2);
    assert_eq!(
        phone.values(1, "win-02"),
        ["ok"],
        "the second command had seen the first"
    );
    assert_eq!(phone.values(1, "win-03"), ["ok"]);
    let status = phone.client.sync().status().unwrap();
    assert_eq!((status.queued, status.held, status.stuck), (2, 0, 0));
    phone.step(verdicts(&[(Verdict::Accepted, 6, 2)]));
    assert_eq!(phone.asked().push[0].changes.len(), 2);
    assert!(phone.asked().push[0].genesis.is_none());
}

#[test]
fn a_poison_command_is_made_again_once_and_does_not_hold_up_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), 1);
    let first = phone.tap(1, &[], "win-01", "ok");
    phone.tap(1, &first.heads, "win-02", "ok");
    let bad = || Verdict::Quarantined("value_too_large".into());
    let blocked = |hash| Verdict::BlockedBy(hash);
    let report = phone.step(verdicts(&[(bad(), 0, 1), (blocked(first.change.unwrap()), 0, 1)]));
    assert!(report.more);
    // The server does not know the document: it begins there with what is made again.
    let report = phone.step(reply());
    assert_eq!(report.replayed, 2);
    let again = phone.asked_hashes_next();
    let report = phone.step(verdicts(&[(bad(), 0, 1), (blocked(again[0]), 0, 1)]));
    assert!(report.more);
    phone.step(reply());
    phone.step(verdicts(&[(Verdict::Accepted, 2, 1)]));
    let status = phone.client.sync().record_status(genesis(1).document).unwrap();
    assert_eq!((status.stuck, status.stuck_code.as_str()), (1, "value_too_large"));
    assert_eq!(phone.values(1, "win-02"), ["ok"]);
    assert!(!phone.step(reply()).more, "nothing is retried for ever");
}

impl Phone {
    /// The hashes of the changes that are queued now.
    fn asked_hashes_next(&self) -> Vec<Hash> {
        let queued = self
            .client
            .inner
            .store
            .read(|c| keyturn_store::outbox::queued(c, 100))
            .unwrap();
        queued.into_iter().map(|c| c.hash).collect()
    }
}

/// The home of the bench, to write in.
fn grant() -> Entry {
    Entry::Grant {
        seq: 1,
        scope: SCOPE,
        role: "engineer".into(),
        write: true,
    }
}

#[test]
fn a_revoke_takes_everything_but_work_that_is_not_handed_in() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), 1);
    let (document, hash, _) = theirs(2, None, "win-01", "ok");
    phone.tap(1, &[], "win-01", "ok");
    phone.step(SyncReply {
        verdicts: verdicts(&[(Verdict::Accepted, 2, 1)]).verdicts,
        ..pages(vec![grant(), snapshot(2, 3, document.save(), vec![hash])])
    });
    assert_eq!(phone.client.session().roles().unwrap().len(), 1);
    phone.tap(1, &phone.heads(1), "win-02", "ok");
    let revoke = Entry::Revoke {
        seq: 9,
        scope: SCOPE,
        role: "engineer".into(),
    };
    phone.step(SyncReply {
        verdicts: verdicts(&[(Verdict::MissingDeps, 0, 1)]).verdicts,
        ..pages(vec![revoke])
    });
    for n in [1, 2] {
        assert!(!phone.client.records().has(genesis(n).document).unwrap());
    }
    assert!(phone.client.session().roles().unwrap().is_empty());
    assert_eq!(phone.client.sync().status().unwrap().queued, 1);
    phone.step(verdicts(&[(Verdict::Accepted, 12, 1)]));
    assert_eq!(phone.asked().push[0].changes.len(), 1);
    let left = phone.client.inner.store.read(keyturn_store::documents::every).unwrap();
    assert!(left.is_empty(), "the husk goes when its work is handed in");
}

#[test]
fn a_purge_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), 1);
    phone.tap(1, &[], "win-01", "ok");
    phone.tap(2, &[], "win-01", "ok");
    let purge = Entry::Purge {
        seq: 9,
        document: genesis(2).document,
    };
    phone.step(SyncReply {
        verdicts: verdicts(&[(Verdict::Purged, 0, 1), (Verdict::Accepted, 3, 1)]).verdicts,
        ..pages(vec![purge])
    });
    assert_eq!(phone.client.sync().status().unwrap().saved, 0);
    assert_eq!(
        phone.client.inner.store.read(keyturn_store::documents::every).unwrap(),
        []
    );
}

#[test]
fn after_a_restore_what_was_received_is_offered_again() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), 1);
    phone.step(pages(vec![grant()]));
    let first = phone.tap(1, &[], "win-01", "ok");
    phone.step(SyncReply {
        cursor: Some(cursor(1)),
        ..verdicts(&[(Verdict::Accepted, 2, 1)])
    });
    let (_, their_hash, bytes) = theirs(1, Some(&phone.saved(1)), "win-05", "defect");
    phone.step(SyncReply {
        cursor: Some(cursor(2)),
        ..pages(vec![change(1, 3, bytes)])
    });
    phone.step(SyncReply {
        rewind: Some(Rewind::SendEarlier),
        ..reply()
    });
    let to = Rewind::To {
        epoch: EpochId::from_bytes([8; 16]),
        forks: vec![(PROJECT, 2)],
    };
    let report = phone.step(SyncReply {
        rewind: Some(to),
        cursor: Some(cursor(3)),
        ..reply()
    });
    assert_eq!(phone.asked().earlier, [cursor(2), cursor(1)]);
    assert!(report.rewound && report.more);
    // The server is told the heads and asks for what it lacks; somebody else's change is relayed.
    let want = Want {
        document: genesis(1).document,
        have: first.heads,
    };
    let report = phone.step(SyncReply {
        want: vec![want],
        ..reply()
    });
    assert_eq!(phone.asked().audit.documents[0].heads, [their_hash]);
    assert!(report.more);
    let report = phone.step(verdicts(&[(Verdict::Accepted, 3, 1)]));
    let push = &phone.asked().push[0];
    assert!(push.wanted && push.changes.len() == 1);
    assert!(!report.more);
    let own = Closing(Sum::of(genesis(1).document, &[their_hash]));
    assert_eq!(
        phone
            .step(SyncReply {
                closing: Some(own),
                ..reply()
            })
            .agreed,
        Some(true)
    );
}

#[test]
fn a_difference_is_audited_once_a_day() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), 1);
    phone.step(pages(vec![grant()]));
    phone.tap(1, &[], "win-01", "ok");
    phone.step(verdicts(&[(Verdict::Accepted, 2, 1)]));
    let wrong = SyncReply {
        closing: Some(Closing(Sum::default())),
        ..reply()
    };
    let report = phone.step(wrong.clone());
    assert_eq!((report.agreed, report.more), (Some(false), true));
    let report = phone.step(SyncReply {
        differing: vec![(PROJECT, SCOPE)],
        ..reply()
    });
    assert_eq!(phone.asked().audit.scopes.len(), 1);
    assert!(report.more);
    assert!(!phone.step(reply()).more);
    assert_eq!(phone.asked().audit.contents[0].documents.len(), 1);
    assert!(!phone.step(wrong.clone()).more, "the same difference again");
    let tomorrow = SyncReply {
        now_ms: 90_000_000,
        ..wrong
    };
    assert!(phone.step(tomorrow).more);
}

#[test]
fn own_work_comes_back_as_prefixes_and_a_mark_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), 1);
    let saved = phone.tap(1, &[], "win-01", "ok");
    let hash = saved.change.unwrap();
    let yours = |prefix: [u8; 8]| Entry::Yours {
        seq: 2,
        document: genesis(1).document,
        received_ms: 77,
        prefixes: ByteBuf::from(prefix.to_vec()),
        mark: Some(Mark::Late),
    };
    let report = phone.step(SyncReply {
        verdicts: vec![],
        ..pages(vec![begin(1, 1), yours(hash.prefix())])
    });
    assert!(!report.more, "the entry is a receipt too");
    assert_eq!(
        phone.client.sync().record_status(genesis(1).document).unwrap().marked,
        1
    );
    // A phone that was restored does not know this one.
    let report = phone.step(pages(vec![yours([7; 8])]));
    assert!(report.more);
    phone.step(reply());
    assert_eq!(phone.asked().need, [genesis(1).document]);
}

#[test]
fn rows_follow_their_newest_state_and_unknown_entries_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), 1);
    let row = |seq, body: Option<Vec<u8>>| Entry::Row {
        seq,
        kind: "home".into(),
        id: SCOPE.0,
        scope: ScopeId::from_bytes([1; 16]),
        body: body.map(ByteBuf::from),
    };
    let later = Entry::Unknown(ciborium::Value::Map(vec![("weather".into(), 5.into())]));
    let report = phone.step(pages(vec![row(5, Some(vec![2])), row(4, Some(vec![1])), later]));
    assert_eq!(report.rows.into_iter().collect::<Vec<_>>(), ["home"]);
    let stored = || {
        phone
            .client
            .inner
            .store
            .read(|c| keyturn_store::rows::get(c, PROJECT, "home", SCOPE.0))
            .unwrap()
    };
    assert_eq!(stored().unwrap().body, [2]);
    phone.step(pages(vec![row(6, None)]));
    assert_eq!(stored(), None);
    assert_eq!(
        phone
            .client
            .inner
            .store
            .read(keyturn_store::rows::unknown)
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn a_lost_reply_changes_nothing_and_the_same_is_sent_again() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), 1);
    phone.tap(1, &[], "win-01", "ok");
    let lost = keyturn_protocol::ApiError::Offline("cut".into());
    phone.script.answers.lock().unwrap().push_back(Err(lost));
    let error = super::bench::now(phone.client.sync().step(crate::StepBudget::default())).unwrap_err();
    assert_eq!((error.code(), error.action()), ("offline", crate::Action::Retry));
    let first = phone.asked();
    phone.step(verdicts(&[(Verdict::Duplicate, 2, 1)]));
    assert_eq!(phone.asked(), first);
}

#[test]
fn a_budget_cuts_between_changes() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), 1);
    for n in 0..5 {
        phone.tap(1, &[], &format!("win-0{n}"), "ok");
    }
    let budget = crate::StepBudget {
        changes: 2,
        ..crate::StepBudget::default()
    };
    for (first, n, more) in [(2, 2, true), (4, 2, true), (6, 1, false)] {
        phone
            .script
            .answers
            .lock()
            .unwrap()
            .push_back(Ok(verdicts(&[(Verdict::Accepted, first, n)])));
        let report = super::bench::now(phone.client.sync().step(budget)).unwrap();
        assert_eq!((report.sent, report.more), (u64::from(n), more));
    }
}
