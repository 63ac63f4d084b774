//! Figures of what was arranged: handovers, dispatches, first contacts, rounds.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::days::{begin_of, end_of_day_after};
use super::facts::Recorded;
use super::figure::{Counted, count};
use super::index::{Index, first, steps};
use crate::catalog::Severity;
use crate::rows::TaskRow;

/// The tasks of the handover, opened when a home was notified.
const HANDOVER: &str = "handover_inspection";

/// Homes signed over among those notified; refused and absent ones apart.
pub(super) fn handover(index: &Index<'_>) -> Counted {
    let (mut noticed, mut over, mut refused, mut absent) = (0, 0, 0, 0);
    for task in index.tasks(HANDOVER) {
        noticed += 1;
        let signed = index.record_of(task).and_then(|r| first(r, &["sign"]));
        match signed {
            Some(step) if step.has("refusal") => refused += 1,
            Some(_) => over += 1,
            None => absent += i64::from(is_past(index, task) && came(index, task).is_none()),
        }
    }
    Counted::share(over, noticed)
        .apart("refused", refused)
        .apart("absent", absent)
}

/// Homes that came on the day of their notice among those that came.
pub(super) fn arrived(index: &Index<'_>) -> Counted {
    let came: Vec<(&TaskRow, i64)> = index
        .tasks(HANDOVER)
        .filter_map(|task| Some((task, came(index, task)?)))
        .collect();
    let on_day = |(task, at): &&(&TaskRow, i64)| index.day(*at).is_some_and(|day| day.to_string() == task.day);
    Counted::share(count(came.iter().filter(on_day)), count(came.iter()))
}

/// When the inspection of a task began.
fn came(index: &Index<'_>, task: &TaskRow) -> Option<i64> {
    index
        .record_of(task)
        .and_then(|r| first(r, &["start"]))
        .map(|s| s.at_ms)
}

fn is_past(index: &Index<'_>, task: &TaskRow) -> bool {
    let today = index.day(index.facts.now_ms);
    task.day.parse().is_ok_and(|day| Some(day) < today)
}

/// Dispatches that the person named answered with a promised time, within the contact time of the severity. A matter
/// without a severity has no such time: it is listed apart.
pub(super) fn acknowledged(index: &Index<'_>) -> Counted {
    let (mut all, mut in_time, mut without) = (0, 0, 0);
    for record in index.defects.iter().chain(&index.cases) {
        let severity: Result<Severity, _> = record.projection.severity.parse();
        let target = severity.ok().and_then(|s| index.facts.catalog.complaints.target(s));
        for sent in steps(record, &["assign", "reassign", "dispatch"]).filter(|s| index.holds(s.at_ms)) {
            let Some(target) = target else {
                without += 1;
                continue;
            };
            all += 1;
            let limit = sent.at_ms.saturating_add(i64::from(target.contact_minutes) * 60_000);
            let mut answers = steps(record, &["accept", "acknowledge"]);
            in_time += i64::from(answers.any(|answer| {
                let named = sent.person.is_empty() || answer.by.is_some_and(|by| by.to_string() == sent.person);
                named && (sent.at_ms..=limit).contains(&answer.at_ms) && answer.time("promise_at").is_some()
            }));
        }
    }
    Counted::share(in_time, all).apart("without_severity", without)
}

/// Households spoken to within the days of the first contact, among those assigned in the period.
pub(super) fn first_contact(index: &Index<'_>) -> Counted {
    let rule = &index.facts.catalog.complaints.first_contact;
    let mut spoken: BTreeMap<Uuid, Vec<i64>> = BTreeMap::new();
    for (household, at) in index.facts.contacts.iter().copied().chain(visited(index)) {
        spoken.entry(household).or_default().push(at);
    }
    let assigned = index.facts.milestones.iter().filter(|m| rule.event == m.event.as_str());
    let (mut all, mut in_time) = (0, 0);
    for milestone in assigned.filter(|m| index.holds_day(m.day)) {
        all += 1;
        let begin = begin_of(milestone.day, index.facts.zone);
        let end = begin.and_then(|at| end_of_day_after(at, rule.days, index.facts.zone));
        let span = begin.unwrap_or_default()..end.unwrap_or_default();
        let heard = spoken
            .get(&milestone.subject)
            .into_iter()
            .flatten()
            .any(|at| span.contains(at));
        in_time += i64::from(heard);
    }
    Counted::share(in_time, all)
}

/// Talks that were held, as contacts with their household.
fn visited<'a>(index: &'a Index<'_>) -> impl Iterator<Item = (Uuid, i64)> + 'a {
    index.visits.iter().filter_map(|visit: &&Recorded| {
        let at = first(visit, &["finish"])?.at_ms;
        Some((visit.projection.household.parse().ok()?, at))
    })
}

/// Rounds that began and ended in time with a result at every point; what a reason excuses is listed apart.
pub(super) fn patrols(index: &Index<'_>) -> Counted {
    let (mut planned, mut on_time, mut excused) = (0, 0, 0);
    for task in index
        .tasks("patrol")
        .filter(|task| is_past(index, task) || index.record_of(task).is_some())
    {
        planned += 1;
        let Some(record) = index.record_of(task) else {
            continue;
        };
        let good = walked_in_time(index, task, record);
        on_time += i64::from(good);
        excused += i64::from(!good && steps(record, &["sign"]).any(|s| s.has("reason")));
    }
    Counted::share(on_time, planned).apart("exceptions", excused)
}

fn walked_in_time(index: &Index<'_>, task: &TaskRow, record: &Recorded) -> bool {
    let rules = &index.facts.catalog.patrols;
    let slot = |round: &&crate::catalog::Round| round.start.format("%H:%M").to_string() == task.slot;
    let (Some(round), Some(signed)) = (rules.rounds.iter().find(slot), first(record, &["sign"])) else {
        return false;
    };
    let tolerance = i64::from(rules.tolerance_minutes);
    let near = |at_ms: i64, planned: chrono::NaiveTime| {
        let local = super::days::time_of(at_ms, index.facts.zone);
        local.is_some_and(|(day, time)| {
            day.to_string() == task.day && time.signed_duration_since(planned).num_seconds().abs() <= tolerance * 60
        })
    };
    let begun = came(index, task).is_some_and(|at| near(at, round.start));
    begun && near(signed.at_ms, round.end) && signed.time("points_missing").unwrap_or_default() == 0
}
