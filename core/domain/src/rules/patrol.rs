//! Whether a round kept its time and passed everything.

use std::ops::RangeInclusive;

use chrono::{NaiveDate, NaiveTime, TimeDelta};

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

/// Judges a round that has days and no hours, as a fit-out patrol or a survey of common parts: it begins and ends on the
/// days of its task, and passes every point.
#[must_use]
pub fn days_kept(
    days: &RangeInclusive<NaiveDate>,
    started: NaiveDate,
    ended: NaiveDate,
    points_missing: usize,
    reason: &str,
) -> RoundKept {
    let on_time = days.contains(&started) && days.contains(&ended) && points_missing == 0;
    RoundKept {
        on_time,
        exception: !on_time && !reason.trim().is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_without_hours_keeps_its_days_and_says_why_it_did_not() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let days = day("2030-12-05")..=day("2031-01-04");
        let kept = |ended: &str, missing, reason| days_kept(&days, day("2030-12-20"), day(ended), missing, reason);
        let (yes, no) = ((true, false), (false, false));
        let told = |kept: RoundKept| (kept.on_time, kept.exception);
        assert_eq!(told(kept("2031-01-04", 0, "")), yes);
        assert_eq!(told(kept("2031-01-05", 0, "")), no);
        assert_eq!(told(kept("2031-01-04", 1, "")), no);
        assert_eq!(told(kept("2031-01-04", 1, "snow")), (false, true));
        let early = days_kept(&days, day("2030-12-04"), day("2030-12-20"), 0, "");
        assert_eq!(told(early), no);
    }
}
