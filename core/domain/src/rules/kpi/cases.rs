//! Figures of complaints.

use super::facts::Recorded;
use super::figure::{Counted, count};
use super::index::{DAY, Index, first, steps};
use crate::rules::{next_update, percent};

/// How long it took: up to so many days, and the code of the band.
const AGES: [(i64, &str); 4] = [(3, "3d"), (7, "7d"), (15, "15d"), (30, "30d")];

/// Complaints of the period that are closed, by how long it took. Of merged ones the one that they were merged into
/// counts; withdrawn ones do not count at all.
pub(super) fn handling(index: &Index<'_>) -> Counted {
    let received = |c: &&&Recorded| index.holds(c.projection.begun_ms);
    let counts = |c: &&&Recorded| !["merged", "withdrawn"].contains(&c.projection.state.as_str());
    let all: Vec<&Recorded> = index
        .complaints
        .iter()
        .filter(received)
        .filter(counts)
        .copied()
        .collect();
    let took: Vec<i64> = all.iter().filter_map(|c| took(c)).collect();
    let (closed, n) = (count(took.iter()), count(all.iter()));
    let mut counted = Counted::share(closed, n);
    let mut below = i64::MIN;
    for (days, code) in AGES {
        let within = count(took.iter().filter(|ms| **ms > below && **ms <= days * DAY));
        counted = counted.split("age", code, percent(within, n), within);
        below = days * DAY;
    }
    let longer = count(took.iter().filter(|ms| **ms > below));
    counted.split("age", "longer", percent(longer, n), longer)
}

/// How long a closed complaint took; none: it is open.
fn took(complaint: &Recorded) -> Option<i64> {
    let closed = steps(complaint, &["close"]).map(|s| s.at_ms).max()?;
    (complaint.projection.state == "closed").then(|| closed.saturating_sub(complaint.projection.begun_ms))
}

/// Complaints closed in the period of which the cause is known: `not_found` says that it is not.
pub(super) fn cause_found(index: &Index<'_>) -> Counted {
    let mut closed: Vec<&str> = Vec::new();
    for complaint in index.complaints.iter().filter(|c| c.projection.state == "closed") {
        let last = steps(complaint, &["close"]).max_by_key(|s| s.at_ms);
        closed.extend(last.filter(|s| index.holds(s.at_ms)).map(|s| s.fact("root_cause")));
    }
    let found = closed
        .iter()
        .filter(|cause| !cause.is_empty() && **cause != "not_found");
    let unknown = count(closed.iter().filter(|cause| **cause == "not_found"));
    Counted::share(count(found), count(closed.iter())).apart("not_found", unknown)
}

/// What was told unasked within the interval, among what was to be told until there was an answer.
///
/// An interval begins with the complaint and with what was told last, and ends with a day. One that passes in silence is
/// missed, and the next begins there.
pub(super) fn progress_told(index: &Index<'_>) -> Counted {
    let (rules, calendar) = (&index.facts.catalog.complaints, index.facts.calendar);
    let (mut due, mut told) = (0, 0);
    for complaint in &index.complaints {
        let ends = ["answer", "answer_without_plan", "close", "withdraw", "merge"];
        let end = first(complaint, &ends).map_or(index.facts.now_ms, |s| s.at_ms);
        let mut updates: Vec<i64> = steps(complaint, &["update"]).map(|s| s.at_ms).collect();
        updates.sort_unstable();
        let mut updates = updates.into_iter().peekable();
        let mut until = next_update(rules, complaint.projection.begun_ms, calendar);
        while until <= end.min(index.facts.now_ms) {
            // Several updates in one interval are one; the last of them begins the next.
            let mut heard = None;
            while let Some(at) = updates.next_if(|at| *at <= until) {
                heard = Some(at);
            }
            if index.holds(until) {
                due += 1;
                told += i64::from(heard.is_some());
            }
            let silent = next_update(rules, until, calendar);
            if silent <= until {
                break; // Nobody wants to be told.
            }
            let next = heard.map_or(silent, |at| next_update(rules, at, calendar));
            until = if next > until { next } else { silent };
        }
    }
    Counted::share(told, due)
}
