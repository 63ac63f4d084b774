//! Surveys, risk and key figures.

use serde_json::{Value, json};

use super::{Rule, catalog, text};
use crate::rules::{kpi, risk, survey};

pub(super) const RULES: &[(&str, Rule)] = &[
    ("survey.stars", stars),
    ("survey.recommend", |i| {
        let found = survey::recommend(&answers(i));
        json!({"valid": found.valid, "score": found.score})
    }),
    ("survey.satisfaction", |i| {
        let found = survey::satisfaction(&answers(i));
        json!({"valid": found.valid, "share_percent": found.share_percent, "mean": found.mean,
               "few_answers": found.few_answers})
    }),
    ("survey.expectation", |i| {
        let found = survey::expectation(&answers(i));
        json!({"valid": found.valid, "index": found.index})
    }),
    (
        "survey.response_rate",
        |i| json!({"percent": survey::response_rate(whole(i, "answered"), whole(i, "due"))}),
    ),
    ("survey.before_more", before_more),
    ("kpi.first_pass", first_pass),
    ("delivery.risk", delivery_risk),
    ("delivery.gate", delivery_gate),
];

fn whole(input: &Value, key: &str) -> i64 {
    input[key].as_i64().unwrap()
}

fn answers(input: &Value) -> Vec<Option<i64>> {
    input["answers"].as_array().unwrap().iter().map(Value::as_i64).collect()
}

fn stars(input: &Value) -> Value {
    let found = survey::stars(whole(input, "yes"), whole(input, "replies") - whole(input, "blank"));
    json!({"valid": found.valid, "share_percent": found.share_percent, "stars": found.stars})
}

fn before_more(input: &Value) -> Value {
    let survey = &catalog().surveys[text(input, "survey")];
    let codes = |questions: &mut dyn Iterator<Item = &crate::catalog::SurveyQuestion>| -> Vec<String> {
        questions.map(|question| question.code.to_string()).collect()
    };
    json!({"first": codes(&mut survey.first()), "more": codes(&mut survey.more())})
}

fn first_pass(input: &Value) -> Value {
    let units = input["units"].as_array().unwrap().iter();
    let units: Vec<Vec<&str>> = units
        .map(|unit| unit.as_array().unwrap().iter().map(|s| s.as_str().unwrap()).collect())
        .collect();
    let found = kpi::first_pass(units.iter().map(|unit| unit.iter().copied()));
    json!({"passed": found.passed, "inspected": found.inspected, "percent": found.percent})
}

fn factors(input: &Value) -> risk::Factors {
    let found = input.as_object().unwrap().iter();
    found
        .map(|(code, n)| (code.clone(), u32::try_from(n.as_u64().unwrap()).unwrap()))
        .collect()
}

fn delivery_risk(input: &Value) -> Value {
    let found = risk::assess(&catalog().delivery_risk, &factors(&input["home"]));
    json!({"score": found.score, "band": found.band})
}

fn delivery_gate(input: &Value) -> Value {
    let rules = &catalog().delivery_risk;
    let now = risk::assess(rules, &factors(&input["home"]));
    let decision = input["decision"].as_object().map(|decision| risk::Decision {
        open: decision["open"].as_bool().unwrap(),
        reason: decision["reason"].as_str().unwrap().to_owned(),
        snapshot: risk::assess(rules, &factors(&decision["upon"])),
    });
    let role = input["decision"]["role"].as_str().unwrap_or_default();
    match decision.as_ref().map(|decision| risk::decide(rules, decision, role)) {
        Some(Err(refused)) => json!({"refused": refused.code()}),
        _ => json!({"gate": risk::gate(rules, &now, decision.as_ref()).as_str()}),
    }
}
