//! The cells of one table: header, forms, what is required, keys that stand twice.

use keyturn_domain::catalog::Catalog;
use std::collections::{BTreeMap, BTreeSet};

use super::super::problem::{At, Problems, words};
use super::super::row::{Row, Table};
use super::super::tables::{Column, TableDef};
use super::{MOST_ROWS, Raw};

/// Reads all cells of a table.
pub(super) fn read(
    def: &'static TableDef,
    file: String,
    columns: &[String],
    raw: Vec<Raw>,
    catalog: &Catalog,
    problems: &mut Problems,
) -> Table {
    let known = header(def, &file, columns, problems);
    let mut table = Table {
        def,
        given: known.iter().flatten().map(|column| column.name).collect(),
        rows: Vec::new(),
        file,
    };
    if raw.len() > MOST_ROWS {
        let expected = words(format!("不超过 {MOST_ROWS} 行"), format!("at most {MOST_ROWS} rows"));
        problems.of_file(&table.file, Some(&raw.len().to_string()), expected);
        return table;
    }
    for raw in raw {
        let mut cells = BTreeMap::new();
        for (column, cell) in known.iter().zip(&raw.cells) {
            let Some(column) = column else { continue };
            let at = At {
                file: &table.file,
                row: Some(raw.line),
                column: column.name,
            };
            if cell.trim().is_empty() {
                if column.required {
                    let form = column.form.expected();
                    let expected = words(format!("必填：{}", form.zh), format!("required: {}", form.en));
                    problems.add(at, Some(""), expected);
                }
            } else if let Some(value) = column.form.read(cell, catalog) {
                cells.insert(column.name, value);
            } else {
                let shown = (!column.personal).then_some(cell.as_str());
                problems.add(at, shown, column.form.expected());
            }
        }
        table.rows.push(Row { line: raw.line, cells });
    }
    unique(&table, problems);
    table
}

/// Finds the columns; a name that nobody knows is a mistake, so that nothing is left out silently.
fn header(
    def: &'static TableDef,
    file: &str,
    columns: &[String],
    problems: &mut Problems,
) -> Vec<Option<&'static Column>> {
    let mut seen = BTreeSet::new();
    let mut known = Vec::new();
    for name in columns {
        let at = At {
            file,
            row: Some(1),
            column: name,
        };
        let column = def.column(name);
        if column.is_none() {
            let names: Vec<&str> = def.columns.iter().map(|c| c.name).collect();
            let names = names.join(", ");
            let expected = words(format!("列名之一：{names}"), format!("one of the columns {names}"));
            problems.add(at, Some(name), expected);
        } else if !seen.insert(name.as_str()) {
            problems.add(at, Some(name), words("每列只出现一次", "each column once"));
        }
        known.push(column);
    }
    for column in def.columns.iter().filter(|c| c.required && !seen.contains(c.name)) {
        let at = At {
            file,
            row: Some(1),
            column: column.name,
        };
        problems.add(at, None, words("这一列（必填）", "this column, which is required"));
    }
    known
}

/// Refuses a key that an earlier row has.
fn unique(table: &Table, problems: &mut Problems) {
    let Some(last) = table.def.key.last() else { return };
    let mut seen: BTreeMap<Vec<String>, u64> = BTreeMap::new();
    for row in table.rows() {
        let key: Option<Vec<String>> = table
            .def
            .key
            .iter()
            .map(|c| Some(row.row.cells.get(c)?.shown()))
            .collect();
        let Some(key) = key else { continue };
        match seen.get(&key) {
            Some(line) => {
                let expected = words(
                    format!("没有出现过的键（第 {line} 行已有）"),
                    format!("a key that no earlier row has (row {line} has it)"),
                );
                row.wrong(problems, last, expected);
            }
            None => {
                seen.insert(key, row.row.line);
            }
        }
    }
}
