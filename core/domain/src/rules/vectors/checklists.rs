//! What a checklist asks, measures and judges, and what a state machine allows.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Rule, catalog, text};
use crate::catalog::*;

pub(super) const RULES: &[(&str, Rule)] = &[
    ("measure.deviation_and_range", measure),
    ("tolerance.verdict", tolerance),
    ("checklist.instantiate", instantiated),
    ("checklist.bulk_ok", bulk),
    ("state.transition", transition),
];

fn numbers(value: &Value) -> Vec<f64> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|number| number.as_f64().unwrap())
        .collect()
}

fn measure(input: &Value) -> Value {
    let found = deviation_and_range(input["design"].as_f64().unwrap(), &numbers(&input["readings"])).unwrap();
    json!({"max_deviation": found.max_deviation, "range": found.range})
}

fn tolerance(input: &Value) -> Value {
    let limits = catalog()
        .tolerances
        .choose(text(input, "ruleset"), text(input, "grade").parse().unwrap())
        .unwrap();
    let rule = limits.rule(text(input, "rule_id")).unwrap();
    match verdict(rule.comparator, input["design"].as_f64(), &numbers(&input["readings"])) {
        Verdict::Ok { value } => json!({"value": value, "verdict": "ok"}),
        Verdict::Defect { value } => json!({"value": value, "verdict": "defect"}),
        Verdict::Undecided(why) => json!({"undecided": format!("{why:?}")}),
    }
}

fn instantiated(input: &Value) -> Value {
    let mode = if input["features"] == "all" {
        FeatureMode::All
    } else {
        FeatureMode::Stated
    };
    let demo = &catalog().demo;
    let (rooms, features) = match text(input, "layout") {
        "public_places" => (demo.public_rooms(), BTreeSet::new()),
        layout => demo
            .layout(layout)
            .map(|layout| (layout.rooms.clone(), layout.features.clone()))
            .unwrap(),
    };
    let questions = instantiate(
        &catalog().templates[text(input, "template_id")],
        &rooms,
        &features,
        mode,
    );
    json!({"answers": questions.asked.len(), "must_test": questions.must_test()})
}

fn bulk(input: &Value) -> Value {
    let section = text(input, "section_code");
    let template = &catalog().templates[text(input, "template_id")];
    let kind = if section == "bth" { "bathroom" } else { "bedroom" };
    let features: BTreeSet<FeatureCode> = input["features"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|f| f.as_str().unwrap().parse().unwrap())
        .collect();
    let room = Room {
        code: "r01".parse().unwrap(),
        kind: kind.parse().unwrap(),
        features,
        ..catalog().demo.layouts[0].rooms[0].clone()
    };
    let mode = if input.get("features").is_some() {
        FeatureMode::Stated
    } else {
        FeatureMode::All
    };
    let questions = instantiate(template, &[room], &BTreeSet::new(), mode);
    let scope = BulkScope::Section("r01".parse().unwrap(), section.parse().unwrap());
    let done = bulk_ok(&questions.asked, &scope, |key| {
        input["answers"].get(key.item.as_str()).is_some()
    });
    json!({"ok_bulk": done.write.len(), "still_open": done.still_open.iter().map(|key| key.item.as_str()).collect::<Vec<_>>(), "room_complete": done.complete()})
}

fn transition(input: &Value) -> Value {
    let machine = catalog().machines.get(text(input, "machine")).unwrap();
    let met = input["guards_met"]
        .as_array()
        .unwrap()
        .iter()
        .map(|guard| guard.as_str().unwrap().parse().unwrap())
        .collect();
    match machine.transition(text(input, "state"), text(input, "event"), text(input, "role"), &met) {
        Ok(state) => json!({"state": state}),
        Err(Illegal::Guard(missing)) => json!({"error": "guard", "missing": missing}),
        Err(illegal) => json!({"error": illegal.code()}),
    }
}
