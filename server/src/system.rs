//! The machine's own clock and randomness, behind the seams of the domain.
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use keyturn_domain::{Clock, Ids};

/// The clock of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place of the server where the time comes in"
    )]
    fn now_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }
}

/// The operating system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemIds;

impl Ids for SystemIds {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place of the server where randomness comes in"
    )]
    fn fill(&self, buffer: &mut [u8]) {
        if let Err(error) = getrandom::fill(buffer) {
            // Tokens and ids made without randomness would be worse than no server.
            tracing::error!(%error, "The system has no randomness");
            std::process::abort();
        }
    }
}
