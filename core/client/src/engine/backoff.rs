//! When to try again: exponential, full jitter, capped. Time and randomness come from outside.

use crate::ClientError;
use keyturn_domain::Ids;
use keyturn_protocol::ApiError;
use std::time::Duration;

const FIRST_MS: u64 = 1_000;
const MOST_MS: u64 = 300_000;

/// Counts failures in a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// A call succeeded.
    pub const fn succeeded(&mut self) {
        self.failures = 0;
    }

    /// A call failed: returns how long to wait before the next, or nothing when only a person can help.
    pub fn failed(&mut self, error: &ClientError, ids: &dyn Ids) -> Option<Duration> {
        let ClientError::Api(api) = error else {
            return None;
        };
        if !api.is_passing() {
            return None;
        }
        let ceiling = FIRST_MS.saturating_mul(1 << self.failures.min(20)).min(MOST_MS);
        self.failures = self.failures.saturating_add(1);
        let mut random = [0; 8];
        ids.fill(&mut random);
        let jitter = u64::from_be_bytes(random) % (ceiling + 1);
        let asked = match api {
            ApiError::Problem {
                retry_after_s: Some(seconds),
                ..
            } => seconds.saturating_mul(1_000).min(MOST_MS),
            _ => 0,
        };
        // What the server asks for comes first, with jitter on top: a hundred phones were told the same.
        Some(Duration::from_millis(asked + jitter))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Highest;
    impl Ids for Highest {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(0xfe);
        }
    }

    #[test]
    fn waits_grow_to_a_cap_and_begin_anew_after_a_success() {
        let offline = ClientError::Api(ApiError::Offline(String::new()));
        let mut backoff = Backoff::default();
        for n in 0..12_u32 {
            let ceiling = (1_000_u64 << n.min(20)).min(300_000);
            let wait = backoff.failed(&offline, &Highest).unwrap();
            assert!(wait <= Duration::from_millis(ceiling), "{n}: {wait:?}");
        }
        backoff.succeeded();
        assert!(backoff.failed(&offline, &Highest).unwrap() <= Duration::from_secs(1));
        let forbidden = ClientError::Api(ApiError::problem(403, "forbidden"));
        assert_eq!(backoff.failed(&forbidden, &Highest), None);
        assert_eq!(backoff.failed(&ClientError::NotEnrolled, &Highest), None);
    }

    #[test]
    fn what_the_server_asks_for_is_kept() {
        let busy = ApiError::Problem {
            status: 429,
            code: "too_many_requests".into(),
            retry_after_s: Some(30),
        };
        let wait = Backoff::default().failed(&busy.into(), &Highest).unwrap();
        assert!(wait >= Duration::from_secs(30));
    }
}
