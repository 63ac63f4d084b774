//! Figures of what was arranged: handovers, dispatches, first contacts, rounds.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::facts::Recorded;
use super::figure::{Counted, count};
use super::index::{Index, first, steps};
use crate::catalog::{Round, Severity};
use crate::rows::TaskRow;
use crate::rules::{RoundKept, acknowledged_in_time, first_contact_by, round_kept};

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
    let on_day = |(task, at): &&(&TaskRow, i64)| index.day(*at).to_string() == task.day;
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
    task.day.parse().is_ok_and(|day: chrono::NaiveDate| day < today)
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
            let mut answers = steps(record, &["accept", "acknowledge"]).filter(|s| s.at_ms >= sent.at_ms);
            in_time += i64::from(answers.any(|answer| {
                let named = sent.person.is_empty() || answer.by.is_some_and(|by| by.to_string() == sent.person);
                named && acknowledged_in_time(target, sent.at_ms, Some(answer.at_ms), answer.time("promise_at"))
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
        let by = index
            .facts
            .calendar
            .end_of(first_contact_by(&index.facts.catalog.complaints, milestone.day));
        let span = index.begin_of(milestone.day)..=by;
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
        let kept = walked(index, task, record);
        on_time += i64::from(kept.is_some_and(|kept| kept.on_time));
        excused += i64::from(kept.is_some_and(|kept| kept.exception));
    }
    Counted::share(on_time, planned).apart("exceptions", excused)
}

/// How a round went; none: nobody knows when it was planned, or it is not over.
fn walked(index: &Index<'_>, task: &TaskRow, record: &Recorded) -> Option<RoundKept> {
    let rules = &index.facts.catalog.patrols;
    let slot = |round: &&Round| round.start.format("%H:%M").to_string() == task.slot;
    let round = rules.rounds.iter().find(slot)?;
    let signed = first(record, &["sign"])?;
    let (begun, ended) = (
        index.facts.calendar.local(came(index, task)?),
        index.facts.calendar.local(signed.at_ms),
    );
    let missing = usize::try_from(signed.time("points_missing").unwrap_or_default()).unwrap_or(usize::MAX);
    // On another day nothing is on time, whatever the hour.
    let on_day = [begun, ended].iter().all(|at| at.date().to_string() == task.day);
    let missing = if on_day { missing } else { usize::MAX };
    Some(round_kept(
        rules,
        round,
        begun.time(),
        ended.time(),
        missing,
        signed.fact("reason"),
    ))
}
