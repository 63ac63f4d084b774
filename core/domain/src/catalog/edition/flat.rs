//! A data file as rows with fields, whatever its form: what a comparison looks at.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// The columns by which people know the row of a table.
const KEYS: &[(&str, &[&str])] = &[
    ("checklist_readings.csv", &["template_id", "item_code", "reading_code"]),
    ("checklists.csv", &["template_id", "item_code"]),
    ("focus_tags.csv", &["tag_code"]),
    ("rooms.csv", &["room_code"]),
    ("surveys.csv", &["survey_id", "question_id"]),
    ("task_rules.csv", &["rule_code"]),
    ("tolerances.csv", &["rule_id", "ruleset", "grade"]),
    ("tools.csv", &["tool_code"]),
    ("trades.csv", &["trade_code"]),
    ("visit_scripts.csv", &["script_id", "part_code", "when"]),
];

/// Members by which an element of a JSON list is known, where all of its neighbours have another one.
const MEMBERS: [&str; 7] = [
    "code",
    "template_id",
    "item_code",
    "reading_code",
    "component_class",
    "severity",
    "level",
];

/// The rows of a file in its order, each under its key.
#[derive(Debug, Default)]
pub(super) struct Flat {
    pub(super) order: Vec<String>,
    pub(super) rows: BTreeMap<String, BTreeMap<String, String>>,
}

/// Lays a file out. A JSON file is one row, whose fields are the paths of its values.
pub(super) fn flat(file: &str, text: &str) -> Flat {
    if file.ends_with(".csv") {
        return table(file, text);
    }
    let mut fields = BTreeMap::new();
    if let Ok(value) = serde_json::from_str::<Value>(text) {
        lay_out(&value, String::new(), &mut fields);
    }
    Flat {
        order: vec![String::new()],
        rows: BTreeMap::from([(String::new(), fields)]),
    }
}

fn table(file: &str, text: &str) -> Flat {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let header: Vec<String> = match reader.headers() {
        Ok(header) => header.iter().map(str::to_owned).collect(),
        Err(_) => return Flat::default(),
    };
    let keys = KEYS
        .iter()
        .find(|(name, _)| *name == file)
        .map_or(&["code"][..], |(_, keys)| keys);
    let mut flat = Flat::default();
    for record in reader.records().flatten() {
        let fields: BTreeMap<String, String> = header
            .iter()
            .zip(record.iter())
            .map(|(column, cell)| (column.clone(), cell.to_owned()))
            .collect();
        let parts = keys.iter().map(|key| fields.get(*key).map_or("", String::as_str));
        let key = parts.collect::<Vec<_>>().join("/");
        let mut name = key.clone();
        // A line of a script may stand twice.
        for n in 2.. {
            if !flat.rows.contains_key(&name) {
                break;
            }
            name = format!("{key}#{n}");
        }
        flat.order.push(name.clone());
        flat.rows.insert(name, fields);
    }
    flat
}

fn lay_out(value: &Value, path: String, out: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let below = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                lay_out(value, below, out);
            }
        }
        Value::Array(all) if all.iter().any(Value::is_object) => {
            let known = known_by(all);
            for (n, value) in all.iter().enumerate() {
                let name = known.and_then(|member| value.get(member)).map(text_of);
                lay_out(value, format!("{path}[{}]", name.unwrap_or_else(|| n.to_string())), out);
            }
        }
        plain => {
            out.insert(path, text_of(plain));
        }
    }
}

/// The member by which the elements of a list are told apart.
fn known_by(all: &[Value]) -> Option<&'static str> {
    MEMBERS.into_iter().find(|member| {
        let names: Option<BTreeSet<String>> = all.iter().map(|one| one.get(member).map(text_of)).collect();
        names.is_some_and(|names| names.len() == all.len())
    })
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
