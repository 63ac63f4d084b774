//! The one test that runs every vector of `data/vectors.json`.
//!
//! Each area lists its rules in a table of its own; a vector whose rule no table names fails, unless the rule stands in
//! [`WAITING`] with the reason.

mod checklists;
mod time;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::catalog::Catalog;

const VECTORS: &str = include_str!("../../../data/vectors.json");

/// How a rule answers the input of a vector.
type Rule = fn(&Value) -> Value;

/// Rules of later work, with the reason.
const WAITING: &[(&str, &str)] = &[
    ("csv.guard_cell", "comes with the export of tables"),
    ("csv.line", "comes with the export of tables"),
    ("ifc.guid", "comes with the export of building models"),
    ("webhook.signature", "comes with the calls to other systems"),
];

/// The tables.
const TABLES: &[&[(&str, Rule)]] = &[checklists::RULES, time::RULES, words::RULES];

#[test]
fn every_vector_holds() {
    let mut rules: BTreeMap<&str, Rule> = BTreeMap::new();
    for (rule, compute) in TABLES.iter().copied().flatten() {
        assert!(rules.insert(rule, *compute).is_none(), "{rule} stands in two tables");
    }
    let waiting: BTreeMap<&str, &str> = WAITING.iter().copied().collect();
    let file: Value = serde_json::from_str(VECTORS).unwrap();
    let (mut ran, mut late, mut unknown, mut ids) =
        (BTreeMap::new(), BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
    let mut wrong = Vec::new();
    for vector in file["vectors"].as_array().unwrap() {
        let rule = text(vector, "rule");
        assert!(ids.insert(text(vector, "id")), "{} stands there twice", vector["id"]);
        if let Some(compute) = rules.get(rule) {
            let got = compute(&vector["input"]);
            if !same(&got, &vector["expected"]) {
                wrong.push(format!("{}: expected {}, got {got}", vector["id"], vector["expected"]));
            }
            *ran.entry(rule).or_insert(0) += 1;
        } else if waiting.contains_key(rule) {
            *late.entry(rule).or_insert(0) += 1;
        } else {
            unknown.insert(rule);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for (rule, count) in &late {
        println!("waiting: {count} of {rule}: {}", waiting[rule]);
    }
    println!("{} vectors of {} rules hold", ran.values().sum::<i32>(), ran.len());
    let idle: Vec<_> = rules
        .keys()
        .chain(waiting.keys())
        .filter(|rule| !ran.contains_key(*rule) && !late.contains_key(*rule))
        .collect();
    assert!(idle.is_empty(), "rules without a vector: {idle:?}");
    assert!(unknown.is_empty(), "rules that no table names: {unknown:?}");
}

/// Equal, where 10 and 10.0 are one number.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, value)| b.get(key).is_some_and(|other| same(value, other)))
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        _ => a == b,
    }
}

fn text<'a>(input: &'a Value, key: &str) -> &'a str {
    input[key].as_str().unwrap_or_else(|| panic!("{key} of {input}"))
}

fn catalog() -> &'static Catalog {
    Catalog::built_in().unwrap()
}
