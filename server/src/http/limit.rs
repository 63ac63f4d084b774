//! How often one token may call the API. Phones are not counted: after an outage they all come at once, and shall.
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use keyturn_domain::Clock;
use uuid::Uuid;

/// Requests of one token in a minute, unless something else was said. A token that was silent may use them at once.
pub const API_PER_MINUTE: NonZeroU32 = NonZeroU32::MIN.saturating_add(11_999);
/// Beyond so many, tokens that were silent are forgotten.
const MOST: usize = 10_000;

/// Counts requests by token.
pub struct Limits {
    limiter: RateLimiter<Uuid, HashMapStateStore<Uuid>, ServerClock, NoOpMiddleware<Duration>>,
    clock: ServerClock,
}

#[derive(Clone)]
struct ServerClock(Arc<dyn Clock>);

impl governor::clock::Clock for ServerClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        let ms = u64::try_from(self.0.now_ms()).unwrap_or_default();
        Duration::from_millis(ms)
    }
}

impl Limits {
    /// Allows so many requests of one token in a minute.
    pub fn new(clock: Arc<dyn Clock>, per_minute: NonZeroU32) -> Self {
        let clock = ServerClock(clock);
        Self {
            limiter: RateLimiter::new(
                Quota::per_minute(per_minute),
                HashMapStateStore::default(),
                clock.clone(),
            ),
            clock,
        }
    }

    /// Counts a request; returns after how many seconds another may come when this is one too many.
    pub(super) fn count(&self, token: Uuid) -> Result<(), u64> {
        if self.limiter.len() > MOST {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(&token).map_err(|until| {
            let wait = until.wait_time_from(self.clock.now());
            wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)).max(1)
        })
    }
}

impl std::fmt::Debug for Limits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Limits").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicI64, Ordering};

    struct Time(AtomicI64);

    impl Clock for Time {
        fn now_ms(&self) -> i64 {
            self.0.load(Ordering::Relaxed)
        }
    }

    #[test]
    fn a_token_waits_and_another_does_not() {
        let time = Arc::new(Time(AtomicI64::new(1_800_000_000_000)));
        let limits = Limits::new(time.clone(), NonZeroU32::new(3).unwrap());
        let (one, other) = (Uuid::from_bytes([1; 16]), Uuid::from_bytes([2; 16]));
        for _ in 0..3 {
            assert_eq!(limits.count(one), Ok(()));
        }
        assert_eq!((limits.count(one), limits.count(other)), (Err(20), Ok(())));
        time.0.fetch_add(19_999, Ordering::Relaxed);
        assert_eq!(limits.count(one), Err(1));
        time.0.fetch_add(1, Ordering::Relaxed);
        assert_eq!(limits.count(one), Ok(()));
    }
}
