//! Exchange with the server, and how far everything is.

use crate::CoreError;
use keyturn_client::{Promise, RecordStatus, StepBudget, StuckCommand, SyncStatus};
use keyturn_domain::{DocumentId, Hash, ProjectId};

#[uniffi::remote(Enum)]
pub enum Promise {
    Saved,
    Received,
    InBackup,
}

#[uniffi::remote(Record)]
pub struct RecordStatus {
    pub promise: Promise,
    pub saved: u64,
    pub received: u64,
    pub in_backup: u64,
    pub marked: u64,
    pub stuck: u64,
    pub stuck_code: String,
}

#[uniffi::remote(Record)]
pub struct SyncStatus {
    pub saved: u64,
    pub received: u64,
    pub in_backup: u64,
    pub queued: u64,
    pub held: u64,
    pub stuck: u64,
    pub marked: u64,
    pub refused_here: u64,
    pub intents: u64,
    pub errands: u64,
    pub projection_differences: u64,
    pub synced_ms: i64,
    pub clock_offset_ms: i64,
    pub clock_off: bool,
}

#[uniffi::remote(Record)]
pub struct StuckCommand {
    pub document: DocumentId,
    pub code: String,
    pub at_ms: i64,
    pub held: bool,
}

/// What a step did.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct StepReport {
    /// There is more to do at once.
    pub more: bool,
    /// The app is about to sleep: nothing was done.
    pub paused: bool,
    /// Changes sent.
    pub sent: u64,
    /// Of those, received by the server now or before.
    pub received: u64,
    /// Of those, refused, blocked or misplaced.
    pub refused: u64,
    /// Entries that arrived.
    pub entries: u64,
    /// Records that changed.
    pub records: Vec<DocumentId>,
}

impl From<keyturn_client::StepReport> for StepReport {
    fn from(report: keyturn_client::StepReport) -> Self {
        Self {
            more: report.more,
            paused: report.paused,
            sent: report.sent,
            received: report.received,
            refused: report.refused,
            entries: report.entries,
            records: report.records.into_iter().collect(),
        }
    }
}

/// Exchange with the server, and how far everything is.
#[derive(uniffi::Object)]
pub struct Sync(pub(crate) keyturn_client::Sync);

#[uniffi::export]
impl Sync {
    /// Returns how far all work is.
    ///
    /// # Errors
    /// Those of the database.
    pub fn status(&self) -> Result<SyncStatus, CoreError> {
        Ok(self.0.status()?)
    }

    /// Returns how far one record is.
    ///
    /// # Errors
    /// Those of the database.
    pub fn record_status(&self, document: DocumentId) -> Result<RecordStatus, CoreError> {
        Ok(self.0.record_status(document)?)
    }

    /// Returns up to `most` commands that are held or stuck, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn stuck(&self, most: u32) -> Result<Vec<StuckCommand>, CoreError> {
        Ok(self.0.stuck(most)?)
    }

    /// Asks the server to lift the mark of a change, so that it counts; returns the command. Only reviewers and managers
    /// may; the server decides.
    ///
    /// # Errors
    /// `not_enrolled`, `revoked`.
    pub fn lift_mark(&self, project: ProjectId, document: DocumentId, change: Hash) -> Result<String, CoreError> {
        Ok(self.0.lift_mark(project, document, change)?.to_string())
    }

    /// Sends commands again that are stuck with this code.
    ///
    /// # Errors
    /// Those of the database.
    pub fn retry_stuck(&self, code: &str) -> Result<(), CoreError> {
        Ok(self.0.retry_stuck(code)?)
    }
}

#[uniffi::export(async_runtime = "tokio")]
impl Sync {
    /// Makes one bounded exchange. Safe to repeat and to cut off; one runs at a time.
    ///
    /// # Errors
    /// `not_enrolled`, those of the way to the server and of the database; what was queued stays queued.
    pub async fn step(&self) -> Result<StepReport, CoreError> {
        Ok(self.0.step(StepBudget::default()).await?.into())
    }

    /// Makes steps until nothing is left to do, but at most `steps`.
    ///
    /// # Errors
    /// As `step`; what earlier steps did stays done.
    pub async fn run(&self, steps: u32) -> Result<StepReport, CoreError> {
        Ok(self.0.run(StepBudget::default(), steps).await?.into())
    }
}
