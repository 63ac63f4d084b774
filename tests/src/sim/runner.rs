//! Many histories on a few threads; what the command prints.

use super::named::{self, Named};
use super::run::Ended;
use super::{History, Plan, Tally};
use crate::harness::Template;
use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// Seeds of histories that once failed.
const FOUND: &str = include_str!("../../seeds/found.txt");
/// From so many histories on, everything that is expected to occur must have occurred.
const MANY: u64 = 2_000;
/// How many seeds are run twice, to see that they repeat.
const TWICE: u64 = 5;

/// What to run.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many histories.
    pub histories: u64,
    /// The first seed.
    pub first: u64,
    /// On how many threads.
    pub threads: usize,
    /// One history only, told.
    pub seed: Option<u64>,
    /// One history with a name only, told.
    pub named: Option<String>,
    /// A bug on purpose, or `all`.
    pub planted: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            histories: 200,
            first: 1,
            threads: 2,
            seed: None,
            named: None,
            planted: None,
        }
    }
}

/// The bugs on purpose, of phone and server.
pub const PLANTED: [&str; 5] = [
    "cursor_one_too_far",
    "receipt_before_commit",
    "gate_skipped_on_phone",
    "forked_actor_not_cured",
    "purge_without_revoke",
];

thread_local! {
    static LAST_PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Runs histories and prints what became of them.
pub struct Simulator {
    options: Options,
    template: Arc<Template>,
}

/// What many histories came to.
#[derive(Default)]
struct Sum {
    tally: Tally,
    passed: u64,
    failed: Vec<(u64, String)>,
}

impl Simulator {
    /// Makes the template.
    #[must_use]
    pub fn new(options: Options) -> Self {
        // The gate catches panics of the CRDT library by the dozen: they are told when a history fails, not before.
        std::panic::set_hook(Box::new(|info| {
            LAST_PANIC.with_borrow_mut(|last| *last = info.to_string())
        }));
        let template = Arc::new(runtime().block_on(Template::make()));
        Self { options, template }
    }

    /// Runs what was asked for; tells whether all held.
    #[must_use]
    pub fn run(&self) -> bool {
        if let Some(seed) = self.options.seed {
            return self.tell(self.one(seed, true), &format!("--seed {seed}"));
        }
        if let Some(name) = &self.options.named {
            let Some(named) = named::ALL.iter().find(|n| n.name == name) else {
                println!("There is no history {name:?}; there are:");
                named::ALL.iter().for_each(|n| println!("  {}", n.name));
                return false;
            };
            return self.tell(self.named(named, true), &format!("--named '{name}'"));
        }
        match &self.options.planted {
            Some(name) => self.planted(name),
            None => self.all(),
        }
    }

    fn all(&self) -> bool {
        let (mut passed, mut failed) = (0, 0);
        let mut count = |ok: bool| if ok { passed += 1 } else { failed += 1 };
        for seed in found() {
            count(self.tell(self.one(seed, false), &format!("--seed {seed}")));
        }
        let mut tally = Tally::default();
        for named in named::ALL {
            let ended = self.named(named, false);
            tally.join(&ended.tally);
            count(self.tell(ended, &format!("--named '{}'", named.name)));
        }
        for seed in self.options.first..self.options.first + TWICE.min(self.options.histories) {
            let (once, again) = (self.one(seed, false), self.one(seed, false));
            if once.trace != again.trace {
                println!("seed {seed} does not repeat: {} and {}", once.trace, again.trace);
            }
            count(once.trace == again.trace);
        }
        let sum = self.many(&AtomicBool::new(false), false);
        tally.join(&sum.tally);
        for (seed, why) in &sum.failed {
            println!("seed {seed}: {why}\n  replay: cargo run --bin simulator -- --seed {seed}");
            println!("  keep:   echo '{seed} # what it found' >> tests/seeds/found.txt");
        }
        for (name, n) in tally.lines() {
            println!("{n:9}  {name}");
        }
        let missing = tally.missing();
        if self.options.histories >= MANY && !missing.is_empty() {
            println!(
                "Never occurred in {} histories: {}",
                self.options.histories,
                missing.join(", ")
            );
            failed += 1;
        }
        passed += sum.passed;
        failed += sum.failed.len() as u64;
        println!("{passed} passed, {failed} failed");
        failed == 0
    }

    /// Runs histories on all threads; `stop` ends it early, and is set by the first failure when `at_first` says so.
    fn many(&self, stop: &AtomicBool, at_first: bool) -> Sum {
        let next = AtomicU64::new(self.options.first);
        let end = self.options.first + self.options.histories;
        let sum = Mutex::new(Sum::default());
        let work = || {
            let runtime = runtime();
            while !stop.load(Ordering::SeqCst) {
                let seed = next.fetch_add(1, Ordering::SeqCst);
                if seed >= end {
                    break;
                }
                let ended = self.on(&runtime, seed, false);
                let mut sum = sum.lock().expect("not poisoned");
                sum.tally.join(&ended.tally);
                match ended.broken {
                    None => sum.passed += 1,
                    Some(why) => {
                        sum.failed.push((seed, why));
                        stop.fetch_or(at_first, Ordering::SeqCst);
                    }
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..self.options.threads {
                scope.spawn(work);
            }
        });
        let mut sum = sum.into_inner().expect("not poisoned");
        sum.failed.sort();
        sum
    }

    fn one(&self, seed: u64, talk: bool) -> Ended {
        self.on(&runtime(), seed, talk)
    }

    fn on(&self, runtime: &tokio::runtime::Runtime, seed: u64, talk: bool) -> Ended {
        let plan = Plan::of(seed);
        let template = self.template.clone();
        caught(|| runtime.block_on(History::run(template, &plan, talk)))
    }

    fn named(&self, named: &Named, talk: bool) -> Ended {
        let template = self.template.clone();
        caught(|| runtime().block_on(named.run(template, talk)))
    }

    fn tell(&self, ended: Ended, how: &str) -> bool {
        match ended.broken {
            None => {
                if self.options.seed.is_some() || self.options.named.is_some() {
                    println!("held; trace {}", ended.trace);
                }
                true
            }
            Some(why) => {
                println!("{how}: {why}\n  replay: cargo run --bin simulator -- {how}");
                false
            }
        }
    }

    fn planted(&self, name: &str) -> bool {
        let names: Vec<&str> = PLANTED.into_iter().filter(|n| name == "all" || name == *n).collect();
        if names.is_empty() {
            println!("There is no bug {name:?}; there are: {}", PLANTED.join(", "));
            return false;
        }
        let mut failed = 0;
        for name in &names {
            if let Err(why) = plant(name) {
                println!("{why}");
                return false;
            }
            let sum = self.many(&AtomicBool::new(false), true);
            match sum.failed.first() {
                Some((seed, why)) => println!("{name}: found after {} histories (seed {seed}): {why}", sum.passed + 1),
                None => {
                    println!("{name}: NOT FOUND in {} histories", self.options.histories);
                    failed += 1;
                }
            }
        }
        println!("{} passed, {failed} failed", names.len() - failed);
        failed == 0
    }
}

fn found() -> impl Iterator<Item = u64> {
    FOUND
        .lines()
        .filter_map(|line| line.split('#').next()?.trim().parse().ok())
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

fn caught(run: impl FnOnce() -> Ended) -> Ended {
    std::panic::catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| Ended {
        trace: String::new(),
        broken: Some(LAST_PANIC.with_borrow(Clone::clone)),
        tally: Tally::default(),
    })
}

#[cfg(feature = "planted")]
fn plant(name: &'static str) -> Result<(), String> {
    keyturn_client::planted::set("");
    keyturn_server::planted::set(None);
    if !keyturn_client::planted::set(name) {
        keyturn_server::planted::set(Some(name));
    }
    Ok(())
}

#[cfg(not(feature = "planted"))]
fn plant(_: &'static str) -> Result<(), String> {
    Err("Built without the feature: cargo run --bin simulator --features keyturn-tests/planted -- --planted …".into())
}
