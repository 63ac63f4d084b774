//! Whom a survey rates: those who did the work that it asks about. Who is rated never asks.

use crate::catalog::Survey;
use crate::record::Projection;
use std::collections::BTreeSet;

/// What people did who are rated for it; whoever dispatched or sorted is not.
const WORK: &[&str] = &[
    "start",
    "sign",
    "fix_on_spot",
    "accept",
    "start_repair",
    "finish_repair",
    "resume",
    "acknowledge",
    "act",
    "answer",
    "answer_without_plan",
];

/// Returns all whom a survey rates, by user id, out of the records of a home; nobody when it asks about nobody's work.
///
/// Of defects and cases the one that was touched last counts: it is the one that the survey asks about.
#[must_use]
pub fn rated<'a>(survey: &Survey, records: impl Iterator<Item = &'a Projection>) -> BTreeSet<String> {
    let asks = |event: &str| survey.questions.iter().any(|q| q.asked_after == *event);
    let mut whole: Vec<&Projection> = Vec::new();
    let (mut defect, mut case): (Option<&Projection>, Option<&Projection>) = (None, None);
    for record in records {
        match record.kind.as_str() {
            "inspection" if asks("handover") && record.inspection_kind == "handover" => whole.push(record),
            "inspection" if asks("one_year") && record.inspection_kind == "one_year" => whole.push(record),
            "defect" if asks("repair_closed") => defect = newer(defect, record),
            "case" if asks("complaint_answered") => case = newer(case, record),
            _ => {}
        }
    }
    whole.extend(defect.into_iter().chain(case));
    whole.into_iter().flat_map(workers).collect()
}

fn newer<'a>(known: Option<&'a Projection>, other: &'a Projection) -> Option<&'a Projection> {
    // Only what was worked on can be asked about.
    if workers(other).is_empty() {
        return known;
    }
    known
        .filter(|known| known.updated_ms >= other.updated_ms)
        .or(Some(other))
}

/// Those who worked on a record: who is responsible, and who did something that is rated.
fn workers(record: &Projection) -> BTreeSet<String> {
    let did = record.history.iter().filter(|step| WORK.contains(&step.event.as_str()));
    let mut found: BTreeSet<String> = did.filter_map(|step| step.by).map(|by| by.to_string()).collect();
    if !record.person.is_empty() {
        found.insert(record.person.clone());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::ids::UserId;
    use crate::record::Step;

    fn record(kind: &str, updated_ms: i64, steps: &[(&str, u8)]) -> Projection {
        let step = |(event, by): &(&str, u8)| Step {
            event: (*event).to_owned(),
            by: Some(UserId::from_bytes([*by; 16])),
            ..Step::default()
        };
        Projection {
            kind: kind.to_owned(),
            inspection_kind: "handover".to_owned(),
            updated_ms,
            history: steps.iter().map(step).collect(),
            ..Projection::default()
        }
    }

    #[test]
    fn those_who_did_the_work_are_rated_and_those_who_dispatched_are_not() {
        let surveys = &Catalog::built_in().unwrap().surveys;
        let records = [
            record("inspection", 1, &[("start", 1), ("review", 2)]),
            record("defect", 5, &[("assign", 3), ("accept", 4), ("finish_repair", 5)]),
            record("defect", 4, &[("accept", 6)]),
            record("defect", 9, &[("submit", 7)]),
            record("case", 8, &[("dispatch", 8), ("acknowledge", 9)]),
        ];
        let of = |survey: &str| -> Vec<String> { rated(&surveys[survey], records.iter()).into_iter().collect() };
        let ids =
            |all: &[u8]| -> Vec<String> { all.iter().map(|n| UserId::from_bytes([*n; 16]).to_string()).collect() };
        assert_eq!(of("handover"), ids(&[1]));
        assert_eq!(of("repair"), ids(&[4, 5]));
        assert_eq!(of("complaint"), ids(&[9]));
        assert!(of("y1").is_empty() && of("move_in").is_empty());
    }
}
