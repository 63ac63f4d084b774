//! What happens in several steps, as it does in life: each is a few actions of a plan.

use super::*;

/// An inspection is signed, and the office goes on with it.
pub(super) fn signed(rng: &mut StdRng, phone: u8) -> Vec<Action> {
    let tap = |edit: Edit, pick: u32| Action::Edit {
        phone,
        edit,
        home: 0,
        pick,
        stale: false,
    };
    let mut all = vec![tap(Edit::Sign, 0), tap(Edit::Sign, rng.random()), Action::SyncAll];
    all.extend((0..3).map(|_| tap(Edit::AfterSigning, rng.random())));
    all
}

/// Somebody of whom something is known is erased while others still write about them.
pub(super) fn erase(rng: &mut StdRng, phone: u8) -> Vec<Action> {
    vec![
        want(phone, Ask::Person, rng.random()),
        fetch(phone),
        Action::Erase { pick: rng.random() },
        want(phone, Ask::Change, rng.random()),
    ]
}

/// Two people answer one question differently, and one of them settles it.
pub(super) fn disagree(rng: &mut StdRng, phone: u8) -> Vec<Action> {
    let answers = [(1, 2), (1, 3), (2, 3), (9, 10), (10, 13), (11, 13)];
    let (mine, theirs) = *answers.choose(rng).expect("two answers");
    let tap = |phone: u8, edit: Edit, pick: u32| Action::Edit {
        phone,
        edit,
        home: 0,
        pick,
        stale: false,
    };
    vec![
        tap(phone, Edit::Answer, mine),
        tap(phone + 1, Edit::Answer, theirs),
        fetch(phone + 1),
        fetch(phone),
        tap(phone, Edit::Settle, rng.random()),
    ]
}

/// Somebody is met, called and written about, all without a signal.
pub(super) fn people(rng: &mut StdRng, phone: u8) -> Vec<Action> {
    [Ask::Person, Ask::Contact, Ask::Change, Ask::Change]
        .into_iter()
        .map(|ask| want(phone, ask, rng.random()))
        .collect()
}

/// Two change one person without knowing of each other, and the office decides.
pub(super) fn collide(rng: &mut StdRng, phone: u8) -> Vec<Action> {
    vec![
        want(phone, Ask::Person, 1),
        fetch(phone),
        fetch(phone + 1),
        want(phone, Ask::Change, 1),
        want(phone + 1, Ask::Change, 1),
        fetch(phone),
        fetch(phone + 1),
        Action::SyncAll,
        want(phone, Ask::Settle, rng.random()),
        want(phone + 1, Ask::Settle, rng.random()),
    ]
}

/// A notice is made and sent, and somebody proves that it arrived.
pub(super) fn notices(phone: u8) -> Vec<Action> {
    vec![
        want(phone, Ask::Notice, 3),
        want(phone, Ask::Notice, 0),
        Action::SyncAll,
        want(phone, Ask::Proof, 1),
        want(phone + 1, Ask::Proof, 1),
    ]
}

/// A case is reported and goes a few steps.
pub(super) fn matter(rng: &mut StdRng, phone: u8) -> Vec<Action> {
    let home = home(rng);
    let mut step = |edit: Edit| Action::Edit {
        phone,
        edit,
        home,
        pick: rng.random(),
        stale: false,
    };
    vec![
        step(Edit::Report),
        step(Edit::Case),
        step(Edit::Promise),
        step(Edit::Case),
    ]
}
