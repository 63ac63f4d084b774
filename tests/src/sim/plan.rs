//! A seed becomes a list of actions. No action depends on what happens: numbers are taken modulo what there is, so that
//! a plan can be shortened and still means something.

mod stories;

use super::edits::Edit;
use super::edits::rows::Ask;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use stories::{collide, disagree, erase, matter, notices, people, signed};

/// What may happen to one exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    /// Nothing.
    Fine,
    /// The request is lost.
    LostRequest,
    /// The request arrives after the next one.
    LateRequest,
    /// The reply is lost.
    LostReply,
    /// The request arrives twice.
    Repeated,
    /// The request arrives twice, and the first reply counts.
    RepeatedFirst,
    /// A hotel answers.
    CaptivePortal,
    /// Somebody puts a bad change into the reply.
    Injected,
}

/// One thing that happens.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the fields are numbers that are taken modulo what there is")]
pub enum Action {
    /// Somebody records something.
    Edit {
        phone: u8,
        edit: Edit,
        home: u8,
        pick: u32,
        stale: bool,
    },
    /// Somebody wants something done about people and rows.
    Ask { phone: u8, ask: Ask, home: u8, pick: u32 },
    /// A screen is drawn and stays open.
    Draw { phone: u8 },
    /// A phone exchanges with the server.
    Sync {
        phone: u8,
        weather: Weather,
        after: u8,
        small: bool,
        steps: u8,
    },
    /// All phones exchange.
    SyncAll,
    /// An app is ended and started.
    Restart { phone: u8 },
    /// An app dies at one of its next commits.
    Kill { phone: u8, commits: u8, before: bool },
    /// The disk of a phone is full until it is restarted.
    DiskFull { phone: u8 },
    /// A phone's clock jumps.
    Clock { phone: u8, days: i32 },
    /// Time passes everywhere.
    Pass { hours: u16 },
    /// The server's clock jumps.
    ServerClock { days: i32 },
    /// A phone's database is copied for later.
    KeepPhone { phone: u8 },
    /// The copy is put back.
    RestorePhone { phone: u8 },
    /// The phone is copied while it runs, and both go on.
    Twin { phone: u8, shared: u8 },
    /// A phone is gone.
    LosePhone { phone: u8 },
    /// Somebody enrols another phone.
    NewPhone { like: u8 },
    /// The server is ended and started.
    RestartServer,
    /// The server's database is copied for later.
    KeepServer,
    /// The copy is put back.
    RestoreServer { epoch: bool },
    /// Everything is in backup.
    BackUp,
    /// Somebody gets a home.
    Grant { user: u8, home: u8 },
    /// Somebody loses a home.
    Revoke { user: u8, home: u8 },
    /// An engineer becomes an ambassador, or the other way round, at one home.
    Role { user: u8, home: u8 },
    /// A phone is withdrawn.
    Withdraw { phone: u8 },
    /// A document is erased.
    Purge { pick: u32 },
    /// A person or a household is erased.
    Erase { pick: u32 },
    /// The reviewer lifts a mark.
    LiftMark { pick: u32 },
    /// Somebody who is enrolled sends bytes that no client makes.
    Attack { phone: u8, pick: u32 },
}

/// What a history is about: faults come in company, or a fault of one kind hides what another breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Nothing breaks.
    Honest,
    /// The network.
    Network,
    /// Kills, restarts, full disks.
    Deaths,
    /// Phones are copied, restored, lost.
    Phones,
    /// The server is restored.
    Restores,
    /// Rights change, things are erased.
    Rights,
    /// Bytes that no client makes.
    Hostile,
    /// Everything.
    Everything,
}

/// A history that is to be.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The seed that it was made of.
    pub seed: u64,
    /// What it is about.
    pub profile: Profile,
    /// Which phones of the template take part.
    pub phones: Vec<usize>,
    /// What happens.
    pub actions: Vec<Action>,
}

impl Plan {
    /// Makes the plan of a seed.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let profile = *PROFILES.choose(&mut rng).expect("a profile");
        let count = rng.random_range(2..=4);
        let mut phones: Vec<usize> = vec![0, 1];
        if rng.random_ratio(1, 3) {
            phones[1] = rng.random_range(2..7);
        }
        while phones.len() < count {
            let next = rng.random_range(2..7);
            if !phones.contains(&next) {
                phones.push(next);
            }
        }
        let length = rng.random_range(11..=25);
        let mut actions = Vec::with_capacity(length);
        for _ in 0..length {
            actions.extend(next(&mut rng, profile));
        }
        Self {
            seed,
            profile,
            phones,
            actions,
        }
    }
}

const PROFILES: [Profile; 10] = [
    Profile::Honest,
    Profile::Network,
    Profile::Network,
    Profile::Deaths,
    Profile::Phones,
    Profile::Restores,
    Profile::Restores,
    Profile::Rights,
    Profile::Hostile,
    Profile::Everything,
];

fn next(rng: &mut StdRng, profile: Profile) -> Vec<Action> {
    let phone = rng.random_range(0..8);
    match rng.random_range(0..100) {
        0..35 => vec![edit(rng, phone)],
        35..43 => vec![ask(rng, phone)],
        43 => disagree(rng, phone),
        44 => match rng.random_range(0..6) {
            0 => matter(rng, phone),
            3 | 4 => signed(rng, phone),
            1 => people(rng, phone),
            2 => collide(rng, phone),
            _ => notices(phone),
        },
        45..50 => vec![Action::Draw { phone }, edit(rng, phone)],
        50..72 => vec![sync(rng, phone, profile)],
        72..76 => vec![Action::SyncAll],
        76..79 => vec![Action::Pass {
            hours: rng.random_range(1..20),
        }],
        79..81 => vec![Action::BackUp],
        81..83 => vec![Action::Restart { phone }],
        _ => fault(rng, phone, profile),
    }
}

fn edit(rng: &mut StdRng, phone: u8) -> Action {
    Action::Edit {
        phone,
        edit: Edit::random(rng),
        home: home(rng),
        pick: rng.random(),
        stale: rng.random_ratio(1, 8),
    }
}

fn ask(rng: &mut StdRng, phone: u8) -> Action {
    Action::Ask {
        phone,
        ask: Ask::random(rng),
        home: home(rng),
        pick: rng.random(),
    }
}

/// A phone hands in and fetches without a fault.
const fn fetch(phone: u8) -> Action {
    Action::Sync {
        phone,
        weather: Weather::Fine,
        after: 0,
        small: false,
        steps: 5,
    }
}

const fn want(phone: u8, ask: Ask, pick: u32) -> Action {
    Action::Ask {
        phone,
        ask,
        home: 0,
        pick,
    }
}

/// Most of what happens, happens in the same home.
fn home(rng: &mut StdRng) -> u8 {
    *[0, 0, 0, 0, 1, 1, 2, 3].choose(rng).expect("a home")
}

fn sync(rng: &mut StdRng, phone: u8, profile: Profile) -> Action {
    let broken = match profile {
        Profile::Network => 2,
        Profile::Honest => 0,
        _ => 1,
    };
    let weathers = [
        Weather::LostRequest,
        Weather::LateRequest,
        Weather::LostReply,
        Weather::LostReply,
        Weather::Repeated,
        Weather::RepeatedFirst,
        Weather::CaptivePortal,
    ];
    let weather = if rng.random_ratio(broken, 4) {
        *weathers.choose(rng).expect("a weather")
    } else {
        Weather::Fine
    };
    Action::Sync {
        phone,
        weather,
        after: rng.random_range(0..2),
        small: rng.random_ratio(1, 3),
        steps: rng.random_range(1..6),
    }
}

fn fault(rng: &mut StdRng, phone: u8, profile: Profile) -> Vec<Action> {
    let profile = match profile {
        Profile::Everything => *PROFILES.choose(rng).expect("a profile"),
        other => other,
    };
    match profile {
        Profile::Honest | Profile::Everything => vec![Action::RestartServer],
        Profile::Network => vec![clock(rng, phone)],
        Profile::Deaths => match rng.random_range(0..8) {
            0..5 => vec![Action::Kill {
                phone,
                commits: rng.random_range(0..3),
                before: rng.random(),
            }],
            5 | 6 => vec![Action::DiskFull { phone }, edit(rng, phone), edit(rng, phone)],
            _ => vec![clock(rng, phone)],
        },
        Profile::Phones => phones(rng, phone),
        Profile::Restores => match rng.random_range(0..10) {
            0..4 => vec![Action::KeepServer],
            4..7 => vec![Action::RestoreServer { epoch: rng.random() }],
            7 => vec![Action::LosePhone { phone }],
            8 => vec![Action::NewPhone {
                like: rng.random_range(0..6),
            }],
            _ => vec![Action::SyncAll, Action::RestoreServer { epoch: rng.random() }],
        },
        Profile::Rights => rights(rng, phone),
        Profile::Hostile => match rng.random_range(0..3) {
            0 => vec![Action::Attack {
                phone,
                pick: rng.random(),
            }],
            1 => vec![Action::Sync {
                phone,
                weather: Weather::Injected,
                after: 0,
                small: false,
                steps: 5,
            }],
            _ => vec![
                Action::Attack {
                    phone,
                    pick: rng.random(),
                },
                Action::SyncAll,
            ],
        },
    }
}

fn phones(rng: &mut StdRng, phone: u8) -> Vec<Action> {
    match rng.random_range(0..10) {
        0..3 => vec![Action::KeepPhone { phone }],
        3..5 => vec![Action::RestorePhone { phone }],
        5..8 => {
            // Both copies record something before either of them syncs.
            let twin = Action::Twin {
                phone,
                shared: rng.random_range(1..4),
            };
            vec![Action::Restart { phone }, twin, edit(rng, phone), edit(rng, 7)]
        }
        8 => vec![Action::LosePhone { phone }],
        _ => vec![Action::NewPhone {
            like: rng.random_range(0..6),
        }],
    }
}

fn rights(rng: &mut StdRng, phone: u8) -> Vec<Action> {
    let (user, home) = (rng.random_range(0..6), home(rng));
    match rng.random_range(0..14) {
        0..3 => vec![Action::Grant { user, home }],
        3..6 => vec![Action::Revoke { user, home }],
        6 => vec![
            Action::Revoke { user, home },
            Action::SyncAll,
            Action::Grant { user, home },
        ],
        7 => vec![Action::Role { user, home }],
        8 => vec![Action::Withdraw { phone }],
        9 => vec![Action::Purge { pick: rng.random() }],
        10 => erase(rng, phone),
        11 => vec![Action::ServerClock {
            days: rng.random_range(1..60),
        }],
        _ => vec![Action::LiftMark { pick: rng.random() }],
    }
}

fn clock(rng: &mut StdRng, phone: u8) -> Action {
    let days = *[-3_650, -365, -2, 2, 40, 365, 3_650].choose(rng).expect("days");
    Action::Clock { phone, days }
}
