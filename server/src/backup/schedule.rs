//! Backups by the server itself, as long as it runs.

use super::keep::backups_in;
use super::make::{BackupOptions, make};
use super::places;
use super::second::{send, send_list};
use crate::Error;
use crate::db::{Job, JobName};
use crate::objects::Objects;
use crate::state::AppState;
use crate::users::Actor;
use std::path::PathBuf;
use std::time::Duration;
use tracing::Instrument as _;

/// How often the clock is looked at.
const LOOK: Duration = Duration::from_secs(20);
/// After one that failed: long enough for a person to look, short enough for a disk that was away.
const AGAIN_MS: i64 = 15 * 60 * 1_000;
/// After a second place was missed: a minute, then twice as long each time, up to an hour.
const SOONEST_MS: i64 = 60 * 1_000;
const LATEST_MS: i64 = 60 * 60 * 1_000;

/// What a server backs up by itself.
#[derive(Clone, Debug)]
pub struct BackupPlan {
    /// How each one is made.
    pub options: BackupOptions,
    /// How long after the newest one the next is due, by the server's clock.
    pub every_ms: i64,
    /// Where each one goes afterwards.
    pub second: Option<SecondPlan>,
}

/// The second place of a server's backups.
#[derive(Clone, Debug)]
pub struct SecondPlan {
    /// Where.
    pub objects: Objects,
    /// How many of this server stay there; all, if not given.
    pub keep: Option<usize>,
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

    /// The newest whole backup of this server.
    fn newest(&self, state: &AppState) -> Option<PathBuf> {
        let there = backups_in(&self.options.target).unwrap_or_default();
        let mut own = there.into_iter().filter(|(_, m)| m.facts.server == state.server_id);
        own.next().map(|(path, _)| path)
    }
}

/// How long to wait after so many failures in a row.
fn wait_after(failures: u32) -> i64 {
    match failures {
        0 => 0,
        n => SOONEST_MS.saturating_mul(1_i64 << (n - 1).min(10)).min(LATEST_MS),
    }
}

/// What one that runs remembers.
#[derive(Default)]
struct Course {
    failed_at: Option<i64>,
    /// Failures of the second place in a row, and when the last one was.
    missed: u32,
    missed_at: i64,
    /// How many people were erased when the second place was told of them last.
    told: Option<usize>,
}

/// Makes backups until the server stops. One that fails is told in the log, and tried again.
pub(crate) async fn keep_backed_up(state: AppState, plan: BackupPlan) {
    let mut stopping = state.stopping();
    let mut course = Course::default();
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
        if job.is_some() {
            // Half a backup at the stop of the server is cleared by the next one.
            tokio::select! {
                () = look(&state, &plan, &mut course) => {}
                _ = stopping.wait_for(|stop| *stop) => return,
            }
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            _ = stopping.wait_for(|stop| *stop) => return,
        }
    }
}

async fn look(state: &AppState, plan: &BackupPlan, course: &mut Course) {
    let waits = course
        .failed_at
        .map_or(0, |at| AGAIN_MS.saturating_sub(state.now().saturating_sub(at)));
    if waits <= 0 && plan.due_in(state) <= 0 {
        let mut quiet = |_| ();
        let span = tracing::debug_span!(target: crate::TRACE_TARGET, "backup");
        match make(state, &plan.options, &mut quiet).instrument(span).await {
            Ok(made) => {
                state.metrics.job("backup", true);
                course.failed_at = None;
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
                course.failed_at = Some(state.now());
                tracing::error!(code = %error.code(), %error, "A backup failed; no mark moved");
            }
        }
    }
    if let Some(second) = &plan.second {
        let passed = state.now().saturating_sub(course.missed_at);
        // A clock that went back waits for nothing.
        if (0..wait_after(course.missed)).contains(&passed) {
            return;
        }
        match bring(state, plan, second, course).await {
            Ok(()) => course.missed = 0,
            Err(error) => {
                state.metrics.job("backup_copy", false);
                course.missed = course.missed.saturating_add(1);
                course.missed_at = state.now();
                let again_ms = wait_after(course.missed);
                tracing::error!(code = %error.code(), %error, again_ms, "The second place of backups was missed");
            }
        }
    }
}

/// Brings the newest backup to the second place, unless it is known to be there; and who was erased since.
async fn bring(state: &AppState, plan: &BackupPlan, second: &SecondPlan, course: &mut Course) -> Result<(), Error> {
    let place = second.objects.place().to_string();
    if let Some(newest) = plan.newest(state) {
        let name = newest.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let places = places::of(state).await?;
        if !places.iter().any(|there| there.place == place && there.name == name) {
            let span = tracing::debug_span!(target: crate::TRACE_TARGET, "backup_copy", place, name);
            let sending = send(state, &newest, &second.objects, second.keep, Actor::Server);
            let sent = sending.instrument(span).await?;
            state.metrics.job("backup_copy", true);
            tracing::info!(
                place = sent.place,
                name = sent.name,
                same_file_system = sent.same_file_system,
                removed = sent.removed.len(),
                "A backup was sent to its second place, and read back from there"
            );
        }
    }
    let erased = super::erased::known(state).await?.len();
    if course.told != Some(erased) {
        send_list(state, &second.objects).await?;
        course.told = Some(erased);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_was_missed_is_tried_again_later_and_later() {
        let minutes = |n| wait_after(n) / 60_000;
        assert_eq!((0..8).map(minutes).collect::<Vec<_>>(), [0, 1, 2, 4, 8, 16, 32, 60]);
        assert_eq!(minutes(u32::MAX), 60);
    }
}
