//! A phone that is told to erase itself: in which order, and what it says.

use super::bench::{Phone, now, reply, verdicts};
use crate::{DeviceState, StepBudget};
use keyturn_protocol::{ApiError, SyncReply, Verdict, Wiping};

fn told(mut answer: SyncReply) -> SyncReply {
    answer.wipe = true;
    answer
}

fn handed_in(n: u32) -> SyncReply {
    told(verdicts(&[(Verdict::Quarantined("revoked".into()), 0, n)]))
}

#[test]
fn it_hands_in_says_what_it_could_not_and_only_then_has_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), 1);
    phone.tap(1, &[], "win-01", "ok");
    phone.tap(2, &[], "win-01", "defect");
    // Told, while one of the two was on its way: the other follows without a cursor.
    let first = phone.step(told(verdicts(&[
        (Verdict::Quarantined("revoked".into()), 0, 1),
        (Verdict::Rejected("quota".into()), 0, 1),
    ])));
    assert!(first.more && first.session);
    assert_eq!(phone.client.session().device_state(), DeviceState::Wiping);
    // Nothing more goes: what was stuck is told as lost.
    phone.step(told(reply()));
    let asked = phone.asked();
    assert_eq!((asked.push.len(), asked.cursor), (0, None));
    assert_eq!(asked.wiping, Some(Wiping { handed_in: 1, lost: 1 }));
    let wiped = phone.client.session().wiped().unwrap();
    assert_eq!(
        (phone.client.session().device_state(), wiped.handed_in, wiped.lost),
        (DeviceState::Wiped, 1, 1)
    );
    assert!(!phone.client.records().has(super::bench::genesis(1).document).unwrap());
}

#[test]
fn what_was_stuck_before_goes_once_more_and_a_lost_answer_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), 1);
    phone.tap(1, &[], "win-01", "ok");
    phone.step(verdicts(&[(Verdict::Rejected("quota".into()), 0, 1)]));
    phone.step(told(reply()));
    phone.step(handed_in(1));
    assert_eq!(phone.asked().push.len(), 1, "room was made since");
    // The account got lost on its way: it is told again.
    phone
        .script
        .answers
        .lock()
        .unwrap()
        .push_back(Err(ApiError::Offline("cut".into())));
    assert!(now(phone.client.sync().step(StepBudget::default())).is_err());
    assert_eq!(phone.client.session().device_state(), DeviceState::Wiping);
    phone.step(told(reply()));
    assert_eq!(phone.asked().wiping, Some(Wiping { handed_in: 1, lost: 0 }));
    assert_eq!(phone.client.session().device_state(), DeviceState::Wiped);
}

#[test]
fn a_server_that_knows_of_no_wipe_takes_it_back_and_one_that_takes_nothing_does_not_hold_it_up() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), 1);
    phone.tap(1, &[], "win-01", "ok");
    phone.step(told(verdicts(&[(Verdict::MissingDeps, 0, 1)])));
    let kept = phone.step(verdicts(&[(Verdict::Quarantined("revoked".into()), 0, 1)]));
    assert!(kept.session);
    assert_eq!(phone.client.session().device_state(), DeviceState::Revoked);
    assert!(phone.client.records().has(super::bench::genesis(1).document).unwrap());

    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), 2);
    phone.tap(1, &[], "win-01", "ok");
    phone.step(told(verdicts(&[(Verdict::MissingDeps, 0, 1)])));
    // Said so twice: it counts as lost, and nothing goes round for ever.
    phone.step(told(verdicts(&[(Verdict::MissingDeps, 0, 1)])));
    phone.step(told(reply()));
    assert_eq!(phone.asked().wiping, Some(Wiping { handed_in: 0, lost: 1 }));
    assert_eq!(phone.client.session().device_state(), DeviceState::Wiped);
}
