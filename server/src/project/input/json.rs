//! One JSON file: an object of lists, each a table, each element a row. The same names and forms as in CSV.

use keyturn_domain::catalog::Catalog;
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;

use super::super::problem::{At, words};
use super::super::tables::{TABLES, table as table_of};
use super::{Input, MOST_ROWS, Raw, decode, table};

/// What the member `format` says, if it is there.
pub(crate) const FORMAT: &str = "keyturn-import/1";

/// A JSON value that keeps members in order, also those that stand twice.
enum Json {
    Null,
    Scalar(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// Reads the file.
pub(super) fn read(file: &str, bytes: &[u8], catalog: &Catalog, input: &mut Input) {
    let text = match decode::decode(bytes) {
        Ok(text) => text,
        Err((row, expected)) => {
            let at = At { file, row, column: "" };
            input.problems.add(at, None, expected);
            return;
        }
    };
    let members = match serde_json::from_str(&text) {
        Ok(Json::Object(members)) => members,
        Ok(_) => {
            let expected = words("一个 JSON 对象，每个成员是一张表", "a JSON object, each member a table");
            input.problems.of_file(file, None, expected);
            return;
        }
        Err(error) => {
            let at = At {
                file,
                row: Some(error.line() as u64),
                column: "",
            };
            let what = format!("{} {}", error.column(), reason(&error));
            input.problems.add(at, Some(&what), words("正确的 JSON", "sound JSON"));
            return;
        }
    };
    let mut seen = std::collections::BTreeSet::new();
    for (name, value) in members {
        let at = At {
            file,
            row: None,
            column: &name,
        };
        if !seen.insert(name.clone()) {
            input
                .problems
                .add(at, Some(&name), words("每个成员只出现一次", "each member once"));
            continue;
        }
        if name == "format" {
            if !matches!(&value, Json::Scalar(text) if text == FORMAT) {
                input.problems.add(at, None, words(FORMAT, FORMAT));
            }
            continue;
        }
        let Some(def) = table_of(&name) else {
            let known: Vec<&str> = TABLES.iter().map(|def| def.name).collect();
            let known = known.join(", ");
            let expected = words(format!("表名：{known}"), format!("the name of a table: {known}"));
            input.problems.add(at, Some(&name), expected);
            continue;
        };
        // The one project may stand without a list around it.
        let elements = match value {
            Json::List(elements) => elements,
            object @ Json::Object(_) if name == "project" => vec![object],
            _ => {
                input
                    .problems
                    .add(at, None, words("由对象组成的数组", "a list of objects"));
                continue;
            }
        };
        if elements.len() > MOST_ROWS {
            let expected = words(format!("不超过 {MOST_ROWS} 行"), format!("at most {MOST_ROWS} rows"));
            input.problems.add(at, Some(&elements.len().to_string()), expected);
            continue;
        }
        let label = format!("{file}: {name}");
        let (columns, rows) = rows(&label, elements, input);
        let read = table::read(def, label, &columns, rows, catalog, &mut input.problems);
        input.tables.insert(def.name, read);
    }
}

/// Lays objects out as rows. A member that any of them has is a column.
fn rows(file: &str, elements: Vec<Json>, input: &mut Input) -> (Vec<String>, Vec<Raw>) {
    let mut columns: Vec<String> = Vec::new();
    let mut rows = Vec::new();
    for (element, line) in elements.into_iter().zip(1..) {
        let Json::Object(members) = element else {
            input
                .problems
                .add(at(file, line, ""), None, words("一个对象", "an object"));
            continue;
        };
        let mut cells = vec![String::new(); columns.len()];
        let mut seen = std::collections::BTreeSet::new();
        for (name, value) in members {
            if !seen.insert(name.clone()) {
                input.problems.add(
                    at(file, line, &name),
                    None,
                    words("每个成员只出现一次", "each member once"),
                );
                continue;
            }
            let n = columns.iter().position(|c| *c == name).unwrap_or_else(|| {
                columns.push(name.clone());
                columns.len() - 1
            });
            cells.resize(columns.len(), String::new());
            match cell(value) {
                Some(text) => {
                    if let Some(slot) = cells.get_mut(n) {
                        *slot = text;
                    }
                }
                None => {
                    let expected = words(
                        "文字、数字、布尔值，或它们的数组",
                        "a text, number or boolean, or a list of them",
                    );
                    input.problems.add(at(file, line, &name), None, expected);
                }
            }
        }
        rows.push(Raw { line, cells });
    }
    for row in &mut rows {
        row.cells.resize(columns.len(), String::new());
    }
    if columns.is_empty() {
        // A table without rows has its columns all the same; nothing is asked of it.
        let required = table_of(file.rsplit(' ').next().unwrap_or_default());
        let required = required.into_iter().flat_map(|def| def.columns).filter(|c| c.required);
        columns = required.map(|c| c.name.to_owned()).collect();
    }
    (columns, rows)
}

const fn at<'a>(file: &'a str, line: u64, column: &'a str) -> At<'a> {
    At {
        file,
        row: Some(line),
        column,
    }
}

/// A value as a cell: lists have `|` between their elements.
fn cell(value: Json) -> Option<String> {
    match value {
        Json::Null => Some(String::new()),
        Json::Scalar(text) => Some(text),
        Json::List(all) => {
            let parts = all.into_iter().map(|one| match one {
                Json::Scalar(text) if !text.contains('|') && !text.is_empty() => Some(text),
                _ => None,
            });
            Some(parts.collect::<Option<Vec<String>>>()?.join("|"))
        }
        Json::Object(_) => None,
    }
}

/// What serde_json says, without the place that is told already.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Scalar(u8::from(value).to_string()))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Scalar(value.to_string()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Scalar(value.to_string()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Scalar(value.to_string()))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Scalar(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut all = Vec::new();
        while let Some(one) = access.next_element()? {
            all.push(one);
        }
        Ok(Json::List(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut all = Vec::new();
        while let Some(pair) = access.next_entry()? {
            all.push(pair);
        }
        Ok(Json::Object(all))
    }
}
