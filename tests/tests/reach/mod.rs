//! Every transition of every machine, and every rule of the vectors, is reached from a call of the facade.

mod records;
mod walk;

use keyturn_client::facade::{Cases, Defects, Inspections, Notices, People, Places, Promises, Search, Tasks, Visits};
use keyturn_domain::catalog::Catalog;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A machine or area, an event or rule, and the call that reaches it. A call that is not there does not compile.
macro_rules! calls {
    ($($of:literal { $($what:literal => $call:path),* $(,)? })*) => {{
        let mut calls: BTreeMap<(&'static str, &'static str), &'static str> = BTreeMap::new();
        $($(
            let _ = $call;
            calls.insert(($of, $what), stringify!($call));
        )*)*
        calls
    }};
}

/// Transitions that have a call and that no walk of a minute can make, with the test that makes them.
const TAKES_DAYS: &[(&str, &str, &str)] = &[("visit", "give_up", "domain: record::tests::visits")];

fn transitions() -> BTreeMap<(&'static str, &'static str), &'static str> {
    calls! {
        "defect" {
            "submit" => Defects::submit, "fix_on_spot" => Defects::fix_on_spot, "assign" => Defects::assign,
            "return_to_dispatch" => Defects::return_to_dispatch, "accept" => Defects::accept,
            "reassign" => Defects::reassign, "start_repair" => Defects::start, "resume" => Defects::start,
            "finish_repair" => Defects::finish, "verify" => Defects::verify, "reject" => Defects::reject,
            "mark_hard" => Defects::mark_hard, "plan_hard" => Defects::plan_hard,
            "accept_as_is" => Defects::accept_as_is, "cancel" => Defects::cancel,
            "propose_duplicate" => Defects::propose_duplicate, "confirm_duplicate" => Defects::confirm_duplicate,
            "reject_duplicate" => Defects::reject_duplicate, "reopen" => Defects::reopen,
        }
        "complaint" {
            "triage" => Cases::triage, "investigate" => Cases::investigate, "judge" => Cases::judge,
            "plan" => Cases::plan, "act" => Cases::act, "answer" => Cases::answer,
            "answer_without_plan" => Cases::answer_without_plan, "revisit" => Cases::revisit,
            "close" => Cases::close_complaint, "act_again" => Cases::act_again, "escalate" => Cases::escalate,
            "return_with_plan" => Cases::return_with_plan, "merge" => Cases::merge, "withdraw" => Cases::withdraw,
            "reopen" => Cases::reopen,
        }
        "case" {
            "dispatch" => Cases::dispatch, "acknowledge" => Cases::acknowledge,
            "return_to_dispatch" => Cases::return_to_dispatch, "answer" => Cases::answer, "link" => Cases::link,
            "merge" => Cases::merge, "close" => Cases::close, "reopen" => Cases::reopen,
        }
        "visit" {
            "book" => Visits::book, "arrive" => Visits::arrive, "start_unbooked" => Visits::arrive,
            "finish" => Visits::finish, "reschedule" => Visits::reschedule, "miss" => Visits::miss,
            "plan_again" => Visits::plan_again, "refuse" => Visits::refuse, "give_up" => Visits::give_up,
            "call_later" => Visits::call_later,
        }
        "inspection" {
            "start" => Inspections::begin, "sign" => Inspections::sign, "sync" => Inspections::countersign,
            "review" => Inspections::review, "lock" => Inspections::lock, "supersede" => Inspections::supersede,
        }
        "promise" {
            "keep" => Promises::keep, "keep_late" => Promises::keep, "move" => Promises::postpone,
            "fall_due" => Promises::today, "give_up" => Promises::give_up, "withdraw" => Promises::withdraw,
            "release" => Defects::cancel,
        }
        "notice" {
            "send" => Notices::event_everywhere, "deliver" => Notices::give_proof, "bounce" => Notices::event,
            "acknowledge" => Notices::event, "supersede" => Notices::make,
        }
    }
}

#[test]
fn every_transition_has_a_call() {
    let calls = transitions();
    let mut known = BTreeSet::new();
    let mut without = Vec::new();
    let catalog = Catalog::built_in().expect("sound data");
    for machine in catalog.machines.iter() {
        for transition in &machine.transitions {
            let of = (machine.code.as_str(), transition.event.as_str());
            known.insert(of);
            if !calls.contains_key(&of) {
                without.push(of);
            }
        }
    }
    assert!(without.is_empty(), "transitions without a call: {without:?}");
    let gone: Vec<_> = calls.keys().filter(|of| !known.contains(*of)).collect();
    assert!(gone.is_empty(), "no machine has them: {gone:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_of_a_transition_makes_it() {
    let reached = walk::walk().await;
    let later = TAKES_DAYS.iter().map(|(machine, event, _)| (*machine, *event));
    let later: BTreeSet<(&str, &str)> = later.collect();
    let missed: Vec<_> = transitions()
        .into_iter()
        .filter(|(of, _)| !later.contains(of))
        .filter(|((machine, event), _)| !reached.contains(&((*machine).to_owned(), (*event).to_owned())))
        .collect();
    assert!(missed.is_empty(), "no walk came through: {missed:?}");
}

/// Rules of later work.
const LATER: &[(&str, &str)] = &[
    ("csv", "comes with the export of tables"),
    ("ifc", "comes with the export of building models"),
    ("webhook", "comes with the calls to other systems"),
];

#[test]
fn every_rule_of_the_vectors_is_used_by_a_call() {
    let calls = calls! {
        "rule" {
            "checklist.bulk_ok" => Inspections::rest_is_fine, "checklist.instantiate" => Inspections::begin,
            "complaint.calendar_clock" => Cases::clock, "complaint.working_clock" => Cases::today,
            "date.add_period" => Places::warranty, "defect.reassignments" => Defects::due,
            "delivery.gate" => Places::decide_risk, "delivery.risk" => Places::risk,
            "dispatch.acknowledged" => Defects::due, "kpi.first_pass" => Places::kpis,
            "measure.deviation_and_range" => Inspections::reading, "patrol.on_time" => Inspections::round,
            "promise.kept" => Promises::keep, "quiet_hours.check" => Visits::arrive, "revisit.due" => Cases::clock,
            "state.transition" => Defects::event, "survey.before_more" => Visits::open,
            "survey.expectation" => Places::kpis, "survey.recommend" => Places::kpis,
            "survey.response_rate" => Places::kpis, "survey.satisfaction" => Places::kpis,
            "survey.stars" => Places::kpis, "task.occurrences" => Tasks::mine, "task.open" => Tasks::expected,
            "task.replan" => Tasks::expected, "tolerance.verdict" => Inspections::reading,
            "warranty.ended_components" => Places::warranty, "warranty.last_day" => Places::warranty,
            "warranty.longer_governs" => Defects::due, "warranty.parts_last_day" => Places::warranty,
            "warranty.season_last_day" => Places::warranty, "warranty.within_six_months" => Defects::due,
        }
        // What no vector is about, and what people come for all the same.
        "also" {
            "people" => People::household, "search" => Search::find, "timeline" => Places::timeline,
            "due today" => Promises::today, "notices" => Notices::all,
        }
    };
    let file = include_str!("../../../core/domain/data/vectors.json");
    let file: Value = serde_json::from_str(file).expect("JSON");
    let rules: BTreeSet<&str> = file["vectors"]
        .as_array()
        .expect("vectors")
        .iter()
        .filter_map(|v| v["rule"].as_str())
        .collect();
    let is_later = |rule: &str| LATER.iter().any(|(area, _)| rule.split('.').next() == Some(area));
    let without: Vec<&&str> = rules
        .iter()
        .filter(|rule| calls.contains_key(&("rule", **rule)) == is_later(rule))
        .collect();
    assert!(without.is_empty(), "rules without a call: {without:?}");
    let gone: Vec<_> = calls
        .keys()
        .filter(|(of, rule)| *of == "rule" && !rules.contains(rule))
        .collect();
    assert!(gone.is_empty(), "no vector is about {gone:?}");
    for (area, why) in LATER {
        println!("waiting: {area}: {why}");
    }
}
