//! The three promises as facts: saved on this phone, received by the server, in backup; and what is stuck, and why.

use crate::{ClientError, Sync};
use keyturn_domain::DocumentId;
use keyturn_store::changes::Promises;
use keyturn_store::outbox::State;
use keyturn_store::{Connection, StoreError, changes, errands, intents, meta, outbox, quarantine};

/// A phone's clock may be off by a day before its person is told.
const CLOCK_OFF_MS: i64 = 86_400_000;

/// How far a record or all work is: the weakest of its changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Promise {
    /// On this phone, and nowhere else.
    Saved,
    /// The server has it.
    Received,
    /// A backup that was read back covers it.
    InBackup,
}

/// How far one record is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordStatus {
    /// The weakest promise that holds for every change made here; `InBackup` when none was.
    pub promise: Promise,
    /// Own changes.
    pub saved: u64,
    /// Of those, received.
    pub received: u64,
    /// Of those, in backup.
    pub in_backup: u64,
    /// Changes that wait for a reviewer.
    pub marked: u64,
    /// Commands that the server did not take.
    pub stuck: u64,
    /// Why, one of the reasons; empty when none is stuck.
    pub stuck_code: String,
}

/// How far all work is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncStatus {
    /// Own changes on this phone.
    pub saved: u64,
    /// Of those, received.
    pub received: u64,
    /// Of those, in backup.
    pub in_backup: u64,
    /// Commands that wait to be sent.
    pub queued: u64,
    /// Commands that are made again as soon as the server's copy is here.
    pub held: u64,
    /// Commands that nothing is done about by itself.
    pub stuck: u64,
    /// Changes that wait for a reviewer.
    pub marked: u64,
    /// Changes from elsewhere that did not pass the gate of this phone.
    pub refused_here: u64,
    /// Intents that wait to be sent.
    pub intents: u64,
    /// Documents and scopes that the next exchanges compare or fetch.
    pub errands: u64,
    /// Projections of the server that differed from ours.
    pub projection_differences: u64,
    /// When the last exchange succeeded, by the server's clock; 0: never.
    pub synced_ms: i64,
    /// How far this phone's clock is ahead of the server's.
    pub clock_offset_ms: i64,
    /// The clock is so far off that its person is told.
    pub clock_off: bool,
}

/// A command that is held or stuck.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StuckCommand {
    /// The record.
    pub document: DocumentId,
    /// Why.
    pub code: String,
    /// When it was recorded, by this phone's clock.
    pub at_ms: i64,
    /// It will be made again by itself.
    pub held: bool,
}

impl Sync {
    /// Returns how far all work is.
    ///
    /// # Errors
    /// [`ClientError::Store`].
    pub fn status(&self) -> Result<SyncStatus, ClientError> {
        Ok(self.inner.store.read(status)?)
    }

    /// Returns how far one record is.
    ///
    /// # Errors
    /// [`ClientError::Store`].
    pub fn record_status(&self, document: DocumentId) -> Result<RecordStatus, ClientError> {
        Ok(self.inner.store.read(|conn| record_status(conn, document))?)
    }

    /// Returns up to `most` commands that are held or stuck, oldest first.
    ///
    /// # Errors
    /// [`ClientError::Store`].
    pub fn stuck(&self, most: u32) -> Result<Vec<StuckCommand>, ClientError> {
        let found = self.inner.store.read(|conn| outbox::stuck(conn, most))?;
        let stuck = found.into_iter().map(|c| StuckCommand {
            document: c.document,
            code: c.code,
            at_ms: c.at_ms,
            held: c.state == State::Held,
        });
        Ok(stuck.collect())
    }

    /// Sends commands again that are stuck with this code, e.g. `quota` after somebody made room.
    ///
    /// # Errors
    /// [`ClientError::Store`].
    pub fn retry_stuck(&self, code: &str) -> Result<(), ClientError> {
        self.inner.store.write(|tx| {
            outbox::retry(tx, code)?;
            outbox::retry(tx, "blocked_by")
        })?;
        self.inner.tell_status();
        Ok(())
    }
}

pub(crate) fn record_status(conn: &Connection, document: DocumentId) -> Result<RecordStatus, StoreError> {
    let Promises {
        saved,
        received,
        in_backup,
    } = changes::promises(conn, Some(document))?;
    let (stuck, stuck_code) = outbox::stuck_count(conn, Some(document))?;
    let promise = match (stuck, saved) {
        (0, n) if n == in_backup => Promise::InBackup,
        (0, n) if n == received => Promise::Received,
        _ => Promise::Saved,
    };
    let marked = changes::marked(conn, Some(document))?;
    Ok(RecordStatus {
        promise,
        saved,
        received,
        in_backup,
        marked,
        stuck,
        stuck_code,
    })
}

pub(crate) fn status(conn: &Connection) -> Result<SyncStatus, StoreError> {
    let Promises {
        saved,
        received,
        in_backup,
    } = changes::promises(conn, None)?;
    let counts = outbox::counts(conn)?;
    let count = |state| counts.get(&state).copied().unwrap_or(0);
    let clock_offset_ms = meta::number(conn, "clock_offset_ms")?;
    Ok(SyncStatus {
        saved,
        received,
        in_backup,
        queued: count(State::Queued),
        held: count(State::Held),
        stuck: count(State::Stuck),
        marked: changes::marked(conn, None)?,
        refused_here: quarantine::every(conn)?.len() as u64,
        intents: intents::queued(conn, u32::MAX)?.len() as u64,
        errands: errands::counts(conn)?.values().sum(),
        projection_differences: meta::number(conn, "projection_differences")?.unsigned_abs(),
        synced_ms: meta::number(conn, "synced_ms")?,
        clock_offset_ms,
        clock_off: clock_offset_ms.abs() > CLOCK_OFF_MS,
    })
}
