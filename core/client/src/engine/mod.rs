//! The sync engine: bounded steps, all state in SQLite.
//!
//! One step is one exchange: build a request out of what is queued ([`request`]), send it, and apply the reply in one
//! transaction ([`apply`]): verdicts and receipts ([`verdicts`]), foreign changes through the gate ([`merge`]), whole
//! documents ([`adopt`]), cursor, witness and marks. A kill at any point leaves either the state before the exchange,
//! and then the same is sent again and hashes make it idempotent, or the state after it.
//!
//! When it goes wrong:
//! - The server refuses a change: its command is held, the server's copy is fetched (`need`), and the commands are made
//!   again under a new actor ([`adopt`], the cure). A command that is refused twice for the same reason is stuck, and
//!   visible.
//! - The server went back ([`rewind`]): what it lost is queued again, or told for the server to ask for.
//! - The sums differ though all is quiet ([`closing`]): an audit finds what, once per difference and day.

mod adopt;
mod apply;
mod backoff;
mod closing;
mod intend;
mod merge;
mod receipts;
mod report;
mod request;
mod rewind;
mod scopes;
mod server_heads;
mod step;
mod verdicts;
mod wipe;

pub use backoff::Backoff;
pub use report::{StepBudget, StepReport};

use crate::client::Inner;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Exchange with the server, and how far everything is.
#[derive(Clone)]
pub struct Sync {
    pub(crate) inner: Arc<Inner>,
}

/// What of the engine lives in memory: one step at a time, and whether the app is about to sleep.
#[derive(Default)]
pub(crate) struct Engine {
    running: tokio::sync::Mutex<()>,
    paused: AtomicBool,
    read_again: AtomicBool,
}

impl Engine {
    /// Lets no further step begin, and waits for the running one; tells whether it ended in time.
    pub(crate) async fn pause(&self, deadline: Duration) -> bool {
        self.paused.store(true, Ordering::SeqCst);
        tokio::time::timeout(deadline, self.running.lock()).await.is_ok()
    }

    pub(crate) fn resume(&self) {
        self.paused.store(false, Ordering::SeqCst);
    }

    /// Tells once per process that entries of unknown kinds are to be read again.
    fn read_again(&self) -> bool {
        !self.read_again.swap(true, Ordering::SeqCst)
    }

    fn is_paused(&self) -> bool {
        self.paused.load(Ordering::SeqCst)
    }
}
