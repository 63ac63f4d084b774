//! Figures of repairs that were closed.

use super::facts::Recorded;
use super::figure::{Counted, count};
use super::index::{DAY, Index, first, steps};

/// How long a repair must hold.
const HOLDS: i64 = 30 * DAY;

/// Defects whose repair was verified in the period and that are closed.
fn closed<'a>(index: &'a Index<'_>) -> impl Iterator<Item = &'a Recorded> {
    let verified = |defect: &&Recorded| steps(defect, &["verify"]).any(|step| index.holds(step.at_ms));
    let all = index.defects.iter().copied();
    all.filter(|defect| defect.projection.state == "closed")
        .filter(verified)
}

/// Closed defects that kept the person who was responsible first. Being returned before anybody accepted is no
/// reassignment.
pub(super) fn assigned_once(index: &Index<'_>) -> Counted {
    let once = closed(index).filter(|defect| steps(defect, &["reassign"]).next().is_none());
    Counted::share(count(once), count(closed(index)))
}

/// Closed defects with a photo of the protection at each begin of work and a record of the cleaning at each end. A waiver
/// counts as done and is listed apart.
pub(super) fn protection_cleaning(index: &Index<'_>) -> Counted {
    let (mut repaired, mut done, mut waived) = (0, 0, 0);
    for defect in closed(index) {
        if steps(defect, &["finish_repair"]).next().is_none() {
            continue;
        }
        repaired += 1;
        let begun = steps(defect, &["start_repair", "resume"]);
        let protected: Vec<bool> = begun.map(|s| s.has("protection_photo") || s.has("waived_by")).collect();
        let clean = steps(defect, &["finish_repair"]).all(|s| s.has("clean") || s.has("clean_photo"));
        done += i64::from(clean && !protected.is_empty() && protected.iter().all(|p| *p));
        let waiver =
            steps(defect, &["start_repair", "resume"]).any(|s| s.has("waived_by") && !s.has("protection_photo"));
        waived += i64::from(waiver);
    }
    Counted::share(done, repaired).apart("waived", waived)
}

/// Repairs of the period, closed at least 30 days ago, that were neither rejected before nor reopened within 30 days.
pub(super) fn first_time_fix(index: &Index<'_>) -> Counted {
    let (mut fixed, mut all) = (0, 0);
    for defect in &index.defects {
        let Some(closed) = first(defect, &["verify"]) else {
            continue;
        };
        if !index.holds(closed.at_ms) || index.facts.now_ms.saturating_sub(closed.at_ms) < HOLDS {
            continue;
        }
        all += 1;
        let rejected = steps(defect, &["reject"]).any(|s| s.at_ms <= closed.at_ms);
        let until = closed.at_ms.saturating_add(HOLDS);
        let reopened = steps(defect, &["reopen"]).any(|s| (closed.at_ms..=until).contains(&s.at_ms));
        fixed += i64::from(!rejected && !reopened);
    }
    Counted::share(fixed, all)
}
