//! Whether a round kept its time and passed everything.

use chrono::{NaiveTime, TimeDelta};

use crate::catalog::{Patrols, Round};

/// How a round went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoundKept {
    /// Left and came back within the tolerance, and passed every point.
    pub on_time: bool,
    /// It did not, and says why.
    pub exception: bool,
}

/// Judges a round.
#[must_use]
pub fn round_kept(
    patrols: &Patrols,
    round: &Round,
    started: NaiveTime,
    ended: NaiveTime,
    points_missing: usize,
    reason: &str,
) -> RoundKept {
    let tolerance = TimeDelta::minutes(patrols.tolerance_minutes.into());
    let near = |at: NaiveTime, planned: NaiveTime| (at - planned).abs() <= tolerance;
    let on_time = near(started, round.start) && near(ended, round.end) && points_missing == 0;
    RoundKept {
        on_time,
        exception: !on_time && !reason.trim().is_empty(),
    }
}
