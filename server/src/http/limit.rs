//! How often one token may call the API, and how often one address may ask to be let in. Exchanges of phones are not
//! counted: after an outage they all come at once, and shall.
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use keyturn_domain::Clock;
use uuid::Uuid;

use super::Origin;
use crate::Error;
use crate::state::AppState;

/// Requests of one token in a minute, unless something else was said. A token that was silent may use them at once.
pub const API_PER_MINUTE: NonZeroU32 = NonZeroU32::MIN.saturating_add(11_999);
/// Enrolments and tokens that one address may ask for in a minute, unless something else was said. A site's phones have
/// one address, and come back together.
pub const LOGINS_PER_MINUTE: NonZeroU32 = NonZeroU32::MIN.saturating_add(2_999);
/// Beyond so many, those that were silent are forgotten.
const MOST: usize = 10_000;
/// So often at most: forgetting looks at all of them.
const FORGET_EVERY_MS: i64 = 1_000;

/// What is counted in this process.
pub struct Limits {
    tokens: Counter<Uuid>,
    addresses: Counter<IpAddr>,
}

impl Limits {
    /// Allows so many requests of one token in a minute, and so many logins from one address.
    pub fn new(clock: Arc<dyn Clock>, api_per_minute: NonZeroU32, logins_per_minute: NonZeroU32) -> Self {
        Self {
            tokens: Counter::new(Arc::clone(&clock), api_per_minute),
            addresses: Counter::new(clock, logins_per_minute),
        }
    }

    /// Counts a request; returns after how many seconds another may come when this is one too many.
    pub(super) fn count(&self, token: Uuid) -> Result<(), u64> {
        self.tokens.count(token, token)
    }

    /// Counts a login from an address. Where more addresses come than can be kept apart, they share what one may.
    fn login(&self, address: IpAddr) -> Result<(), u64> {
        self.addresses
            .count(household(address), IpAddr::from(Ipv6Addr::UNSPECIFIED))
    }
}

/// Whoever has one address of IPv6 has all 2^64 of its network.
fn household(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::from(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
    }
}

/// Before a route that lets phones in.
pub(super) async fn by_address(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let origin = Origin::of(request.extensions(), request.headers(), &state.proxies);
    match state.limits.login(origin.address) {
        Ok(()) => next.run(request).await,
        Err(seconds) => Error::Later(seconds).into_response(),
    }
}

struct Counter<K: Hash + Eq + Clone> {
    limiter: RateLimiter<K, HashMapStateStore<K>, ServerClock, NoOpMiddleware<Duration>>,
    clock: ServerClock,
    forgot_at: AtomicI64,
}

impl<K: Hash + Eq + Clone> Counter<K> {
    fn new(clock: Arc<dyn Clock>, per_minute: NonZeroU32) -> Self {
        let clock = ServerClock(clock);
        Self {
            limiter: RateLimiter::new(
                Quota::per_minute(per_minute),
                HashMapStateStore::default(),
                clock.clone(),
            ),
            clock,
            forgot_at: AtomicI64::new(i64::MIN),
        }
    }

    /// Counts `key`, or `crowd` where there are too many keys already.
    fn count(&self, key: K, crowd: K) -> Result<(), u64> {
        self.forget();
        let key = if self.limiter.len() > MOST { crowd } else { key };
        self.limiter.check_key(&key).map_err(|until| {
            let wait = until.wait_time_from(self.clock.now());
            wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)).max(1)
        })
    }

    fn forget(&self) {
        if self.limiter.len() <= MOST {
            return;
        }
        let now = self.clock.0.now_ms();
        let before = self.forgot_at.load(Ordering::Relaxed);
        if now.saturating_sub(before) >= FORGET_EVERY_MS || now < before {
            self.forgot_at.store(now, Ordering::Relaxed);
            self.limiter.retain_recent();
        }
    }
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

impl std::fmt::Debug for Limits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Limits").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Time(AtomicI64);

    impl Clock for Time {
        fn now_ms(&self) -> i64 {
            self.0.load(Ordering::Relaxed)
        }
    }

    fn limits(time: &Arc<Time>) -> Limits {
        let three = NonZeroU32::new(3).unwrap();
        Limits::new(time.clone(), three, three)
    }

    #[test]
    fn a_token_waits_and_another_does_not() {
        let time = Arc::new(Time(AtomicI64::new(1_800_000_000_000)));
        let limits = limits(&time);
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

    #[test]
    fn an_address_waits_with_its_network_and_memory_is_bounded() {
        let time = Arc::new(Time(AtomicI64::new(1_800_000_000_000)));
        let limits = limits(&time);
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        for address in ["2001:db8::1", "2001:db8::2", "2001:db8::ffff:3"] {
            assert_eq!(limits.login(ip(address)), Ok(()));
        }
        assert_eq!(limits.login(ip("2001:db8::4")), Err(20));
        assert_eq!(
            (limits.login(ip("2001:db8:0:1::1")), limits.login(ip("192.0.2.1"))),
            (Ok(()), Ok(()))
        );
        for n in 0..3 * MOST as u32 {
            // Each comes once; beyond the bound they share what one may.
            let _ = limits.login(IpAddr::from(n.to_be_bytes()));
        }
        assert!(
            limits.addresses.limiter.len() <= MOST + 2,
            "{}",
            limits.addresses.limiter.len()
        );
        assert!(
            limits.login(ip("198.51.100.99")).is_err(),
            "the crowd has had its share"
        );
        // When they are silent, everybody is somebody again.
        time.0.fetch_add(120_000, Ordering::Relaxed);
        assert_eq!(limits.login(ip("198.51.100.99")), Ok(()));
        assert!(limits.addresses.limiter.len() < 10);
    }
}
