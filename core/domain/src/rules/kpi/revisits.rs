//! Figures of revisits: was the owner asked whether all is well?

use super::facts::Recorded;
use super::figure::{Counted, count};
use super::index::{Index, steps};
use crate::ids::PlaceId;
use crate::rules::revisit_due;

/// The last second of a day belongs to it.
const SECOND: i64 = 1_000;

/// How a revisit ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Done,
    Refused,
    Unreachable,
}

/// Something after which the owner is asked, and how that ended.
struct Needed {
    at_ms: i64,
    ended: Option<(i64, Ending)>,
}

/// Revisits done by the end of the third day; refused and unreachable ones stay among those needed.
pub(super) fn within_three_days(index: &Index<'_>) -> Counted {
    let (rules, calendar) = (&index.facts.catalog.complaints, index.facts.calendar);
    let needed = needed(index);
    let in_time = |n: &&Needed| {
        let due = revisit_due(rules, n.at_ms, &[], calendar).due_ms;
        matches!(n.ended, Some((at, Ending::Done)) if at < due.saturating_add(SECOND))
    };
    let counted = Counted::share(count(needed.iter().filter(in_time)), count(needed.iter()));
    apart(counted, &needed)
}

/// Revisits done, refused or unreachable by rule.
pub(super) fn coverage(index: &Index<'_>) -> Counted {
    let needed = needed(index);
    let ended = needed.iter().filter(|n| n.ended.is_some());
    let counted = Counted::share(count(ended), count(needed.iter()));
    apart(counted, &needed)
}

fn apart(counted: Counted, needed: &[Needed]) -> Counted {
    let so = |ending: Ending| count(needed.iter().filter(|n| n.ended.is_some_and(|(_, e)| e == ending)));
    counted
        .apart("refused", so(Ending::Refused))
        .apart("unreachable", so(Ending::Unreachable))
}

/// Repairs closed, complaints answered, handovers and one-year checks signed, all of the period.
fn needed(index: &Index<'_>) -> Vec<Needed> {
    let mut all = Vec::new();
    let mut add = |records: &[&Recorded], events: &[&str], trigger: &str| {
        for record in records {
            for step in steps(record, events).filter(|s| index.holds(s.at_ms) && !s.has("refusal")) {
                let own = asked_in(record, step.at_ms);
                let visited = || visited(index, record.place, trigger, step.at_ms);
                all.push(Needed {
                    at_ms: step.at_ms,
                    ended: own.or_else(visited),
                });
            }
        }
    };
    let signed = |kind: &str| -> Vec<&Recorded> {
        let of_kind = index
            .inspections
            .iter()
            .filter(|i| i.projection.inspection_kind == kind);
        of_kind.copied().collect()
    };
    add(&index.defects, &["verify"], "repair_closed");
    add(
        &index.complaints,
        &["answer", "answer_without_plan"],
        "complaint_answered",
    );
    add(&signed("handover"), &["sign"], "handover");
    add(&signed("one_year"), &["sign"], "one_year_check_done");
    all
}

/// A complaint records its own revisit.
fn asked_in(record: &Recorded, after: i64) -> Option<(i64, Ending)> {
    let step = steps(record, &["revisit"]).find(|s| s.at_ms >= after)?;
    let ending = match step.fact("result") {
        "refused" => Ending::Refused,
        "unreachable" => Ending::Unreachable,
        _ => Ending::Done,
    };
    Some((step.at_ms, ending))
}

/// The first visit at the place, of a rule for such an event, that ended after it. One talk may be about several events.
fn visited(index: &Index<'_>, place: PlaceId, trigger: &str, after: i64) -> Option<(i64, Ending)> {
    let rules = &index.facts.catalog.task_rules;
    let asks = |visit: &&&Recorded| {
        let rule = rules.get(visit.projection.what.as_str());
        rule.is_some_and(|rule| rule.kind == "revisit" && rule.trigger.event == trigger)
    };
    let visits = index.visits_at.get(&place).into_iter().flatten();
    let ended = visits.filter(asks).filter_map(|visit| {
        let ending = match visit.projection.state.as_str() {
            "done" => Ending::Done,
            "refused" => Ending::Refused,
            "unreachable" => Ending::Unreachable,
            _ => return None,
        };
        let last = steps(visit, &["finish", "refuse", "give_up"]).map(|s| s.at_ms).max()?;
        Some((last, ending)).filter(|(at, _)| *at >= after)
    });
    ended.min_by_key(|(at, _)| *at)
}
