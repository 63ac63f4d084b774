//! Taps, promises, observers, restarts.

use super::bench::{PROJECT, Phone, SCOPE, genesis, now, put, reply, verdicts};
use crate::{ClientError, DeviceState, Event, Observer, Promise, Recording, Target};
use keyturn_domain::{Container, Hash};
use keyturn_protocol::{BackupMark, Verdict};
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[test]
fn a_tap_is_there_after_a_restart_and_goes_on_under_another_actor() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), 1);
    let first = phone.tap(1, &[], "win-01", "ok");
    for n in 0..70 {
        phone.tap(1, &first.heads, &format!("win-{n:02}"), "ok");
    }
    let heads = phone.heads(1);
    drop(phone);
    let phone = Phone::open(folder.path(), 1);
    assert_eq!(phone.heads(1), heads);
    // The screen was drawn before the restart; what this phone wrote since is seen all the same.
    phone.tap(1, &first.heads, "win-69", "defect");
    assert_eq!(phone.values(1, "win-69"), ["defect"]);
    assert_eq!(phone.client.sync().status().unwrap().queued, 71);
}

#[test]
fn the_same_again_is_no_change_and_begins_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), 1);
    let target = Target::Begin {
        genesis: genesis(3),
        scope: SCOPE,
    };
    let nothing = Recording {
        target,
        seen: vec![],
        writes: vec![],
    };
    assert_eq!(phone.client.records().record(nothing).unwrap().change, None);
    assert!(!phone.client.records().has(genesis(3).document).unwrap());
    let saved = phone.tap(1, &[], "win-01", "ok");
    let again = phone.tap(1, &saved.heads, "win-01", "ok");
    assert_eq!((again.change, again.heads), (None, saved.heads));
}

#[test]
fn a_refused_write_leaves_nothing_and_the_next_one_works() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), 1);
    let saved = phone.tap(1, &[], "win-01", "ok");
    let target = Target::Existing(genesis(1).document);
    let stale = Recording {
        target: target.clone(),
        seen: vec![Hash([9; 32])],
        writes: vec![put("win-02", "ok")],
    };
    let error = phone.client.records().record(stale).unwrap_err();
    assert_eq!(error.code(), "seen_unknown");
    // One of two is bad: neither happens.
    let good = Recording {
        target: target.clone(),
        seen: saved.heads.clone(),
        writes: vec![put("win-02", "ok")],
    };
    let meta = keyturn_domain::Write::Put {
        container: Container::Meta,
        key: "kind".into(),
        value: "x".into(),
    };
    let bad = Recording {
        target,
        seen: saved.heads.clone(),
        writes: vec![meta],
    };
    assert_eq!(
        phone.client.records().record_all(vec![good, bad]).unwrap_err().code(),
        "write_refused"
    );
    assert_eq!(phone.heads(1), saved.heads);
    phone.tap(1, &saved.heads, "win-02", "ok");
    assert_eq!(phone.client.sync().status().unwrap().queued, 2);
    let unknown = Recording {
        target: Target::Existing(genesis(9).document),
        seen: vec![],
        writes: vec![],
    };
    assert!(matches!(
        phone.client.records().record(unknown),
        Err(ClientError::UnknownDocument(_))
    ));
}

#[test]
fn promises_hold_one_after_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), 1);
    phone.tap(1, &[], "win-01", "ok");
    let promise = || phone.client.sync().record_status(genesis(1).document).unwrap().promise;
    assert_eq!(promise(), Promise::Saved);
    phone.step(verdicts(&[(Verdict::Accepted, 2, 1)]));
    assert_eq!(promise(), Promise::Received);
    let backup = |seq| keyturn_protocol::SyncReply {
        backup: vec![BackupMark { project: PROJECT, seq }],
        ..reply()
    };
    phone.step(backup(1));
    assert_eq!(promise(), Promise::Received);
    phone.step(backup(2));
    assert_eq!(promise(), Promise::InBackup);
    phone.step(backup(0));
    assert_eq!(promise(), Promise::Received, "a mark may fall");
}

#[derive(Default)]
struct Notes(Mutex<Vec<Event>>);
impl Observer for Notes {
    fn changed(&self, event: &Event) {
        self.0.lock().unwrap().push(event.clone());
    }
}

#[test]
fn an_observer_is_told_at_once_after_a_commit_and_not_after_it_left() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), 1);
    let notes = Arc::new(Notes::default());
    let handle = phone.client.observe(notes.clone()).unwrap();
    phone.tap(1, &[], "win-01", "ok");
    drop(handle);
    phone.tap(1, &[], "win-02", "ok");
    let told = notes.0.lock().unwrap();
    assert!(matches!(told[0], Event::Status(ref s) if s.saved == 0));
    assert_eq!(
        told[1..],
        [Event::Records(vec![genesis(1).document]), Event::Waiting(1)]
    );
}

#[test]
fn suspending_leaves_no_lock_and_everything_goes_on_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), 1);
    let saved = phone.tap(1, &[], "win-01", "ok");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    assert!(
        runtime
            .block_on(phone.client.prepare_suspend(Duration::from_secs(1)))
            .unwrap()
    );
    assert!(phone.client.inner.store.is_suspended());
    let paused = now(phone.client.sync().step(crate::StepBudget::default())).unwrap();
    assert!(paused.paused && !paused.more);
    phone.client.resume();
    phone.tap(1, &saved.heads, "win-02", "ok");
    assert!(phone.step(verdicts(&[(Verdict::Accepted, 2, 2)])).received == 2);
}

#[test]
fn a_token_that_ended_is_asked_for_again() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), 1);
    assert_eq!(phone.client.session().device_state(), DeviceState::Active);
    let ended = keyturn_protocol::ApiError::problem(401, "token_expired");
    phone.script.answers.lock().unwrap().push_back(Err(ended));
    phone.step(reply());
    assert_eq!(phone.script.tokens.load(std::sync::atomic::Ordering::SeqCst), 2);
    assert_eq!(phone.script.asked.lock().unwrap().len(), 2);
}

#[test]
fn a_device_that_was_withdrawn_hands_in_and_records_nothing_new() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), 1);
    phone.tap(1, &[], "win-01", "ok");
    phone.step(verdicts(&[(Verdict::Quarantined("revoked".into()), 0, 1)]));
    assert_eq!(phone.client.session().device_state(), DeviceState::Revoked);
    let target = Target::Existing(genesis(1).document);
    let more = Recording {
        target,
        seen: vec![],
        writes: vec![put("win-02", "ok")],
    };
    assert_eq!(phone.client.records().record(more).unwrap_err().code(), "revoked");
    let status = phone.client.sync().record_status(genesis(1).document).unwrap();
    assert_eq!((status.stuck, status.stuck_code.as_str()), (1, "revoked"));
}
