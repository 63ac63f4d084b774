//! A clock that is set by hand.

use keyturn_domain::Clock;
use std::sync::atomic::{AtomicI64, Ordering};

/// 2026-11-22T00:00:00Z.
pub const START_MS: i64 = 1_795_305_600_000;
/// A day.
pub const DAY_MS: i64 = 24 * 3_600_000;
/// A year of 365 days.
pub const YEAR_MS: i64 = 365 * DAY_MS;

/// Stands still until somebody moves it.
#[derive(Debug)]
pub struct SimClock(AtomicI64);

impl SimClock {
    /// A clock that shows `now_ms`.
    #[must_use]
    pub const fn new(now_ms: i64) -> Self {
        Self(AtomicI64::new(now_ms))
    }

    /// Moves it on, or back.
    pub fn pass(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }

    /// Sets it.
    pub fn set(&self, now_ms: i64) {
        self.0.store(now_ms, Ordering::SeqCst);
    }
}

impl Clock for SimClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}
