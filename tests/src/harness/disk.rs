//! What a phone's disk does to its writer: let it die between two writes, or run full.

use keyturn_store::{Connection, StoreError, Transaction, Watch};
use std::sync::{Arc, Mutex, MutexGuard};

/// What is about to happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing.
    #[default]
    None,
    /// The process dies after so many more commits, with the next transaction written and not committed.
    DieBefore(u32),
    /// The process dies after so many more commits, right after one more of them; nobody learns of it.
    DieAfter(u32),
    /// It is dead: nothing is written any longer.
    Dead,
    /// The file cannot grow.
    Full,
}

/// A phone's disk. Every transaction of its writer passes here.
#[derive(Debug, Default)]
pub struct Disk(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    trouble: Trouble,
    commits: u64,
    happened: Vec<&'static str>,
}

impl Disk {
    /// A disk that works.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Lets this happen next.
    pub fn set(&self, trouble: Trouble) {
        self.state().trouble = trouble;
    }

    /// Tells what is about to happen, or has.
    #[must_use]
    pub fn trouble(&self) -> Trouble {
        self.state().trouble
    }

    /// Tells whether the process died.
    #[must_use]
    pub fn is_dead(&self) -> bool {
        self.trouble() == Trouble::Dead
    }

    /// Takes the names of what happened since the last call.
    pub fn take_happened(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.state().happened)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("not poisoned")
    }
}

/// What a dead process' writer answers; nobody hears it.
fn dead() -> StoreError {
    StoreError::Poisoned
}

impl Watch for Disk {
    fn begins(&self, conn: &Connection) -> Result<(), StoreError> {
        let trouble = self.trouble();
        if trouble == Trouble::Dead {
            return Err(dead());
        }
        // A limit below the present size is raised to it: what fits into free pages still fits.
        let most = if trouble == Trouble::Full { 1 } else { 0x3fff_ffff_u32 };
        let limited = conn.query_row(&format!("PRAGMA max_page_count = {most}"), (), |_| Ok(()));
        limited.map_err(|_| StoreError::Broken("page limit"))
    }

    fn commits(&self, _: &Transaction<'_>) -> Result<(), StoreError> {
        let mut state = self.state();
        if state.trouble == Trouble::DieBefore(0) {
            state.trouble = Trouble::Dead;
            state.happened.push("killed before a commit");
            return Err(dead());
        }
        Ok(())
    }

    fn committed(&self) -> Result<(), StoreError> {
        let mut state = self.state();
        state.commits += 1;
        match state.trouble {
            Trouble::DieBefore(n) => state.trouble = Trouble::DieBefore(n.saturating_sub(1)),
            Trouble::DieAfter(0) => {
                state.trouble = Trouble::Dead;
                state.happened.push("killed after a commit");
                return Err(dead());
            }
            Trouble::DieAfter(n) => state.trouble = Trouble::DieAfter(n - 1),
            _ => {}
        }
        Ok(())
    }
}
