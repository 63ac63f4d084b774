//! Backups by the server itself, as long as it runs.

use super::keep::backups_in;
use super::make::{BackupOptions, make};
use crate::db::{Job, JobName};
use crate::state::AppState;
use std::time::Duration;

/// How often the clock is looked at.
const LOOK: Duration = Duration::from_secs(20);
/// After one that failed: long enough for a person to look, short enough for a disk that was away.
const AGAIN_MS: i64 = 15 * 60 * 1_000;

/// What a server backs up by itself.
#[derive(Clone, Debug)]
pub struct BackupPlan {
    /// How each one is made.
    pub options: BackupOptions,
    /// How long after the newest one the next is due, by the server's clock.
    pub every_ms: i64,
}

impl BackupPlan {
    /// Returns how long the next one is away: nothing when there is none yet, or when the clock went back behind it.
    fn due_in(&self, state: &AppState) -> i64 {
        let there = backups_in(&self.options.target).unwrap_or_default();
        let newest = there.iter().find(|(_, m)| m.facts.server == state.server_id);
        let Some((_, manifest)) = newest else { return 0 };
        let passed = state.now().saturating_sub(manifest.made_at);
        if passed < 0 {
            0
        } else {
            self.every_ms.saturating_sub(passed)
        }
    }
}

/// Makes backups until the server stops. One that fails is told in the log, and tried again.
pub(crate) async fn keep_backed_up(state: AppState, plan: BackupPlan) {
    let mut stopping = state.stopping();
    let mut failed_at: Option<i64> = None;
    let mut job: Option<Job> = None;
    loop {
        // One of the servers on a database makes them.
        if let Some(held) = &mut job
            && !held.is_held().await
        {
            job = None;
        }
        if job.is_none() {
            match state.db.job(JobName::Backups).await {
                Ok(taken) => job = taken,
                Err(error) => tracing::warn!(code = %error.code(), %error, "Nobody can be asked who makes backups"),
            }
        }
        let waits = failed_at.map_or(0, |at| AGAIN_MS.saturating_sub(state.now().saturating_sub(at)));
        if job.is_some() && waits <= 0 && plan.due_in(&state) <= 0 {
            let mut quiet = |_| ();
            // Half a backup at the stop of the server is cleared by the next one.
            tokio::select! {
                made = make(&state, &plan.options, &mut quiet) => match made {
                    Ok(made) => {
                        state.metrics.job("backup", true);
                        failed_at = None;
                        tracing::info!(
                            path = %made.path.display(),
                            bytes = made.manifest.stored.bytes,
                            same_file_system = made.same_file_system,
                            removed = made.removed.len(),
                            "A backup was made and verified"
                        );
                    }
                    Err(error) => {
                        state.metrics.job("backup", false);
                        failed_at = Some(state.now());
                        tracing::error!(code = %error.code(), %error, "A backup failed; no mark moved");
                    }
                },
                _ = stopping.wait_for(|stop| *stop) => return,
            }
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            _ = stopping.wait_for(|stop| *stop) => return,
        }
    }
}
