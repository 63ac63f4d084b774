//! The machine's own clock and randomness, behind the seams of the domain.

use keyturn_domain::{Clock, Ids};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The clock of this device.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place of the phone where the time comes in"
    )]
    fn now_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }
}

/// The operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemIds;

impl Ids for SystemIds {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place of the phone where randomness comes in"
    )]
    fn fill(&self, buffer: &mut [u8]) {
        if let Err(error) = getrandom::fill(buffer) {
            // An actor that is used twice makes a document that can never merge again: better no app.
            tracing::error!(%error, "The system has no randomness");
            std::process::abort();
        }
    }
}
