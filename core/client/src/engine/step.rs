//! One step: build, send, apply, tell.

use super::{StepBudget, StepReport, Sync};
use crate::client::Inner;
use crate::{ClientError, Event};
use keyturn_protocol::{ApiError, SyncReply, SyncRequest};
use keyturn_store::StoreError;

impl Sync {
    /// Makes one bounded exchange. Safe to repeat, to cut off and to call from anywhere; one runs at a time.
    ///
    /// # Errors
    /// [`ClientError::NotEnrolled`], [`ClientError::Api`], [`ClientError::Store`]; what was queued stays queued.
    pub async fn step(&self, budget: StepBudget) -> Result<StepReport, ClientError> {
        let _one = self.inner.engine.running.lock().await;
        if self.inner.engine.is_paused() {
            return Ok(StepReport {
                paused: true,
                ..StepReport::default()
            });
        }
        let result = self.inner.step(budget).await;
        self.inner.tell(&result);
        result
    }

    /// Makes steps until nothing is left to do, but at most `steps`; returns all that they did together.
    ///
    /// # Errors
    /// As [`Sync::step`]; what earlier steps did stays done.
    pub async fn run(&self, budget: StepBudget, steps: u32) -> Result<StepReport, ClientError> {
        let mut all = StepReport::default();
        for _ in 0..steps {
            let step = self.step(budget).await?;
            let more = step.more && !step.paused;
            all.add(step);
            if !more {
                break;
            }
        }
        Ok(all)
    }
}

impl StepReport {
    fn add(&mut self, step: Self) {
        self.more = step.more;
        self.paused = step.paused;
        self.sent += step.sent;
        self.received += step.received;
        self.refused += step.refused;
        self.entries += step.entries;
        self.refused_here += step.refused_here;
        self.replayed += step.replayed;
        self.rewound |= step.rewound;
        self.agreed = step.agreed.or(self.agreed);
        self.records.extend(step.records);
        self.rows.extend(step.rows);
        self.session |= step.session;
    }
}

impl Inner {
    async fn step(&self, budget: StepBudget) -> Result<StepReport, ClientError> {
        #[cfg(feature = "planted")]
        self.write_late()?;
        let me = self.session.me()?;
        if self.session.is_wiping() {
            return self.wipe_step(&me, budget).await;
        }
        let mut outgoing = self.store.read(|conn| self.outgoing(conn, budget))?;
        let request = std::mem::take(&mut outgoing.request);
        let reply = self.exchange(request).await?;
        if self.engine.is_paused() {
            // The database is closed by now: the same is sent again later, and hashes make it harmless.
            return Ok(StepReport {
                paused: true,
                ..StepReport::default()
            });
        }
        let applied = self.apply(&me, &outgoing, &reply);
        let mut report = match applied {
            // The ballast is for this: what the server already knows must be noted here too.
            Err(ClientError::Store(StoreError::DiskFull)) if self.store.release_ballast() => {
                self.apply(&me, &outgoing, &reply)?
            }
            other => other?,
        };
        report.more |= reply.more || reply.wipe;
        if outgoing.idle && !report.more {
            self.store.fill_ballast();
        }
        Ok(report)
    }

    /// Sends, with a new token when the old one ended.
    pub(super) async fn exchange(&self, request: SyncRequest) -> Result<SyncReply, ClientError> {
        let token = self.token().await?;
        match self.api.sync(&token, request.clone()).await {
            Err(ApiError::Problem { status: 401, .. }) => {
                self.drop_token()?;
                let token = self.token().await?;
                Ok(self.api.sync(&token, request).await?)
            }
            other => Ok(other?),
        }
    }

    /// Tells observers what a step did, outside of every lock.
    fn tell(&self, result: &Result<StepReport, ClientError>) {
        let Ok(report) = result else { return };
        self.tell_status();
        if !report.records.is_empty() {
            self.observers
                .tell(&Event::Records(report.records.iter().copied().collect()));
        }
        if !report.rows.is_empty() {
            self.observers.tell(&Event::Rows(report.rows.iter().cloned().collect()));
        }
        if report.session {
            self.observers.tell(&Event::Session);
        }
    }
}
