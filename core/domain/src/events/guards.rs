//! Guards: what an event must carry to be legal. Judged from the event alone: commands copy facts that live elsewhere
//! into the event, so that every machine comes to the same verdict at any time.

use crate::catalog::{GuardCode, Transition};
use crate::document::{EntryView, Value};
use std::collections::BTreeSet;

/// How one guard is judged.
type Guard = (&'static str, fn(&EntryView) -> bool);

fn has(event: &EntryView, field: &str) -> bool {
    !event.text(field).trim().is_empty()
}

fn yes(event: &EntryView, field: &str) -> bool {
    event.fields.get(field) == Some(&Value::Bool(true))
}

fn one_of(event: &EntryView, field: &str, codes: &[&str]) -> bool {
    codes.contains(&event.text(field))
}

/// A code, and words where the code says `other`.
fn code_or_text(event: &EntryView, code: &str, words: &str) -> bool {
    has(event, code) && (event.text(code) != "other" || has(event, words))
}

/// Every guard that this version can judge. One that is not here is not met.
pub const GUARDS: &[Guard] = &[
    ("reason_given", |e| has(e, "reason")),
    ("location_and_code", |e| has(e, "room") && has(e, "code")),
    ("photo_or_reason", |e| has(e, "photo") || has(e, "no_photo_reason")),
    ("person_named", |e| has(e, "person")),
    ("promise_time_set", |e| {
        e.int("promise_at").is_some() && yes(e, "owner_told")
    }),
    ("protection_photo", |e| {
        has(e, "protection_photo") || (has(e, "waived_by") && has(e, "reason"))
    }),
    ("after_photo", |e| has(e, "after_photo")),
    ("before_and_after_photo", |e| {
        has(e, "before_photo") && has(e, "after_photo")
    }),
    ("clean_tick", |e| has(e, "clean_photo") || yes(e, "clean")),
    ("verifier_not_repairer", |e| {
        let repaired = |by: &str| e.text("repairer").split_whitespace().any(|one| one == by);
        (has(e, "repairer") && !repaired(e.text("by"))) || yes(e, "owner_confirmed")
    }),
    ("owner_told", |e| yes(e, "owner_told")),
    ("owner_agreed", |e| yes(e, "owner_agreed")),
    ("manager_approved", |e| has(e, "approved_by")),
    ("plan_person_date", |e| {
        has(e, "plan") && has(e, "person") && has(e, "plan_date")
    }),
    ("reopen_reason_code", |e| code_or_text(e, "reason_code", "reason")),
    ("same_issue_target", |e| has(e, "target")),
    ("proposal_named", |e| has(e, "proposal")),
    ("must_test_answered", |e| e.int("must_test_open") == Some(0)),
    ("not_inspected_reasons", |e| e.int("without_reason") == Some(0)),
    ("signed_or_refusal", |e| has(e, "signature") || has(e, "refusal")),
    ("hash_matches", |e| {
        has(e, "manifest") && e.text("manifest") == e.text("signed_manifest")
    }),
    ("reviewer_not_inspector", |e| {
        has(e, "inspectors") && !e.text("inspectors").contains(e.text("by"))
    }),
    ("new_version_signed", |e| {
        has(e, "successor") && has(e, "successor_signature")
    }),
    // Visits.
    ("owner_consented_time", |e| {
        e.int("time").is_some() && yes(e, "owner_consented")
    }),
    ("outside_quiet_hours", |e| {
        // A danger waits for nobody; the event says which.
        yes(e, "outside_quiet_hours") || yes(e, "owner_asked") || has(e, "danger")
    }),
    ("required_fields", |e| e.int("required_open") == Some(0)),
    ("interviewer_not_rated", interviewer_not_rated),
    ("three_tries_two_days", |e| {
        e.int("tries").is_some_and(|n| n >= 3) && e.int("try_days").is_some_and(|n| n >= 2)
    }),
    // Promises.
    ("proof_given", |e| {
        has(e, "proof_photo") || has(e, "proof_record") || yes(e, "owner_confirmed")
    }),
    ("record_ended", |e| has(e, "ended")),
    // Notices. What came back was not delivered.
    ("delivery_proof", |e| has(e, "proof") && e.text("proof") != "returned"),
    // Cases and complaints.
    ("linked_record", |e| has(e, "linked")),
    ("result_told", |e| has(e, "told_way") && e.int("told_at").is_some()),
    ("triage_complete", |e| {
        code_or_text(e, "category", "category_text") && has(e, "urgency") && has(e, "department")
    }),
    ("investigate_until_told", |e| {
        e.int("until").is_some() && yes(e, "owner_told")
    }),
    ("verdict_with_text", |e| {
        one_of(e, "verdict", &["founded", "partly", "not_founded"]) && has(e, "verdict_text")
    }),
    ("verdict_not_founded", |e| {
        e.text("verdict") == "not_founded" || has(e, "solved_at_once")
    }),
    ("basis_given", |e| has(e, "basis")),
    ("manager_chose_option", |e| {
        has(e, "option") && e.text("chosen_role") == "manager" && has(e, "chosen_by")
    }),
    ("next_level_named", |e| has(e, "receiver") && e.int("level").is_some()),
    ("revisit_result", |e| {
        one_of(e, "result", &["satisfied", "not_satisfied", "refused", "unreachable"])
    }),
    ("satisfied_or_manager_closes", |e| {
        e.text("result") == "satisfied" || (e.text("role") == "manager" && has(e, "reason"))
    }),
    ("root_cause_set", |e| has(e, "root_cause")),
];

/// Who is rated never asks. The event names who asked, and all whom the survey rates: nobody is also an answer, but it
/// must be given. Both are lists with spaces between, because two may have asked.
fn interviewer_not_rated(event: &EntryView) -> bool {
    let rated = event.fields.get("rated").and_then(Value::as_text);
    let asked = event.text("interviewer");
    rated.is_some_and(|rated| !asked.is_empty() && !asked.split(' ').any(|one| rated.split(' ').any(|r| r == one)))
}

/// Returns those guards of a transition that the event meets.
#[must_use]
pub fn guards_met(transition: &Transition, event: &EntryView) -> BTreeSet<GuardCode> {
    let met = |code: &GuardCode| {
        GUARDS
            .iter()
            .any(|(name, judge)| *name == code.as_str() && judge(event))
    };
    transition.guards.iter().filter(|code| met(code)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::document::Written;

    #[test]
    fn every_guard_of_the_data_is_judged_once_and_none_is_met_by_an_empty_event() {
        let machines = &Catalog::built_in().unwrap().machines;
        let asked: BTreeSet<&str> = machines.guards.iter().map(|g| g.code.as_str()).collect();
        let judged: Vec<&str> = GUARDS.iter().map(|(code, _)| *code).collect();
        assert_eq!(judged.len(), judged.iter().collect::<BTreeSet<_>>().len());
        assert_eq!(judged.into_iter().collect::<BTreeSet<_>>(), asked);
        let empty = EntryView {
            key: "e1".into(),
            fields: [("by".to_owned(), "anna".into())].into(),
            made: Written {
                author: None,
                at_ms: 0,
                change: crate::Hash::default(),
            },
        };
        let met: Vec<&str> = GUARDS
            .iter()
            .filter(|(_, judge)| judge(&empty))
            .map(|(code, _)| *code)
            .collect();
        assert!(met.is_empty(), "{met:?}");
    }
}
