//! What differs between a row as it is and as it shall be, field by field.

use ciborium::Value;
use keyturn_domain::rows::{self, kind};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

use super::report::FieldChange;

/// Fields whose content is never printed, only that it differs.
const PERSONAL: &[(&str, &str)] = &[
    (kind::STAFF, "phone"),
    (kind::PERSON, "name"),
    (kind::PERSON, "contact"),
    (kind::PERSON, "way"),
    (kind::PERSON, "quiet"),
    (kind::HOUSEHOLD, "quiet"),
];

/// Tells whether two bodies say the same, in whatever order their fields stand.
pub(super) fn same(a: Option<&[u8]>, b: Option<&[u8]>) -> bool {
    if a == b {
        return true;
    }
    let read = |body: Option<&[u8]>| rows::read::<Value>(body?).map(sorted);
    let (a, b) = (read(a), read(b));
    a.is_some() && a == b
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Map(pairs) => {
            let mut pairs: Vec<(Value, Value)> = pairs.into_iter().map(|(k, v)| (k, sorted(v))).collect();
            pairs.sort_by(|(a, _), (b, _)| a.as_text().cmp(&b.as_text()));
            Value::Map(pairs)
        }
        Value::Array(all) => Value::Array(all.into_iter().map(sorted).collect()),
        other => other,
    }
}

/// Returns the fields that differ. Ids are told by the codes that people know.
pub(super) fn fields(of: &str, before: &[u8], after: &[u8], names: &BTreeMap<Uuid, String>) -> Vec<FieldChange> {
    let flat = |body: &[u8]| {
        let mut out = BTreeMap::new();
        if let Some(value) = rows::read::<Value>(body) {
            flatten(&value, String::new(), names, &mut out);
        }
        out
    };
    let (before, after) = (flat(before), flat(after));
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut changes = Vec::new();
    for path in paths {
        let (old, new) = (before.get(path), after.get(path));
        if old == new {
            continue;
        }
        let top = path.split(['.', '[']).next().unwrap_or_default();
        let personal = PERSONAL.contains(&(of, top));
        let shown = |value: Option<&String>| value.filter(|_| !personal).cloned();
        changes.push(FieldChange {
            field: path.clone(),
            old: shown(old),
            new: shown(new),
            personal,
        });
    }
    changes
}

/// Lays a value out as paths with texts. Lists of plain values stay one text.
fn flatten(value: &Value, path: String, names: &BTreeMap<Uuid, String>, out: &mut BTreeMap<String, String>) {
    match value {
        Value::Map(pairs) => {
            for (key, value) in pairs {
                let key = key.as_text().unwrap_or_default();
                let path = if path.is_empty() {
                    key.to_owned()
                } else {
                    format!("{path}.{key}")
                };
                flatten(value, path, names, out);
            }
        }
        Value::Array(all) if all.iter().any(|one| matches!(one, Value::Map(_))) => {
            for (n, one) in all.iter().enumerate() {
                flatten(one, format!("{path}[{}]", n + 1), names, out);
            }
        }
        other => {
            out.insert(path, text(other, names));
        }
    }
}

fn text(value: &Value, names: &BTreeMap<Uuid, String>) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Integer(n) => i128::from(*n).to_string(),
        Value::Float(x) => x.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Bytes(bytes) => match Uuid::from_slice(bytes) {
            Ok(id) => names.get(&id).cloned().unwrap_or_else(|| id.to_string()),
            Err(_) => hex::encode(bytes),
        },
        Value::Array(all) => all.iter().map(|one| text(one, names)).collect::<Vec<_>>().join("|"),
        _ => String::new(),
    }
}
