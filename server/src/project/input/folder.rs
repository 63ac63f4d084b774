//! A folder of CSV files.

use keyturn_domain::Hash;
use keyturn_domain::catalog::Catalog;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use super::super::form::media_of;
use super::super::problem::{At, Problems, words};
use super::super::tables::{TABLES, TableDef};
use super::{Drawing, EDITIONS, Input, LARGEST, Raw, decode, table};
use crate::editions::{is_table, text_of};

/// Where drawings lie.
const PLANS: &str = "plans";
/// The most entries of a folder that are looked at.
const MOST_FILES: usize = 10_000;

/// Reads every table of a folder. A file that looks like a table and is none is a mistake: its name may be mistyped.
pub(super) fn read(folder: &Path, catalog: &Catalog, input: &mut Input) {
    for name in names(folder, input) {
        let Some(stem) = name.to_lowercase().strip_suffix(".csv").map(str::to_owned) else {
            continue;
        };
        if TABLES.iter().all(|def| def.name != stem || name != def.file()) {
            let known: Vec<String> = TABLES.iter().map(TableDef::file).collect();
            let known = known.join(", ");
            input.problems.of_file(
                &name,
                None,
                words(format!("表的文件名：{known}"), format!("the name of a table: {known}")),
            );
        }
    }
    for def in TABLES {
        let path = folder.join(def.file());
        if !path.exists() {
            continue;
        }
        let Some(bytes) = bytes(&path, &def.file(), &mut input.problems) else {
            continue;
        };
        match decode::decode(&bytes) {
            Ok(text) => {
                if let Some((columns, rows)) = split(def, &text, &mut input.problems) {
                    let read = table::read(def, def.file(), &columns, rows, catalog, &mut input.problems);
                    input.tables.insert(def.name, read);
                }
            }
            Err((row, expected)) => {
                let at = At {
                    file: &def.file(),
                    row,
                    column: "",
                };
                input.problems.add(at, None, expected);
            }
        }
    }
    drawings(folder, input);
    editions(folder, input);
}

fn names(folder: &Path, input: &mut Input) -> Vec<String> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            let expected = words("可读的文件夹", "a folder that can be read");
            let name = folder.display().to_string();
            input.problems.of_file(&name, Some(&error.to_string()), expected);
            return Vec::new();
        }
    };
    let names = entries.take(MOST_FILES).filter_map(Result::ok);
    let mut names: Vec<String> = names.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Reads a file whole; not one that is too large, and nothing that is no file.
pub(super) fn bytes(path: &Path, name: &str, problems: &mut Problems) -> Option<Vec<u8>> {
    let megabytes = LARGEST >> 20;
    let fail = |problems: &mut Problems, value: &str| {
        let expected = words(
            format!("可读的文件，不超过 {megabytes} MiB"),
            format!("a file that can be read, of at most {megabytes} MiB"),
        );
        problems.of_file(name, Some(value), expected);
        None
    };
    // A pipe or device would be waited for, and never end.
    match std::fs::metadata(path) {
        Ok(found) if !found.is_file() => return fail(problems, "-"),
        Ok(found) if found.len() > LARGEST => return fail(problems, &format!("{} bytes", found.len())),
        Ok(_) => {}
        Err(error) => return fail(problems, &error.to_string()),
    }
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
    match read {
        Ok(n) if n as u64 > LARGEST => fail(problems, "it grows"),
        Ok(_) => Some(bytes),
        Err(error) => fail(problems, &error.to_string()),
    }
}

/// Splits a table into a header and rows of as many cells.
fn split(def: &TableDef, text: &str, problems: &mut Problems) -> Option<(Vec<String>, Vec<Raw>)> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let (mut columns, mut rows) = (None, Vec::new());
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let expected = words("RFC 4180 格式的 CSV", "CSV as in RFC 4180");
                problems.of_file(&def.file(), Some(&error.to_string()), expected);
                return None;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        let cells: Vec<String> = record.iter().map(str::to_owned).collect();
        let Some(header) = &columns else {
            columns = Some(cells.iter().map(|c| c.trim().to_owned()).collect::<Vec<String>>());
            continue;
        };
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if cells.len() == header.len() {
            rows.push(Raw { line, cells });
        } else {
            let at = At {
                file: &def.file(),
                row: Some(line),
                column: "",
            };
            let n = header.len();
            let expected = words(format!("{n} 列，与表头一致"), format!("{n} cells, as the header has"));
            problems.add(at, Some(&cells.len().to_string()), expected);
        }
    }
    if columns.is_none() {
        problems.of_file(&def.file(), None, words("有表头的表", "a table with a header"));
    }
    Some((columns?, rows))
}

/// Looks at the drawings beside the tables.
pub(super) fn drawings(folder: &Path, input: &mut Input) {
    let folder = folder.join(PLANS);
    if !folder.is_dir() || input.table("plans").is_none() {
        return;
    }
    for name in names(&folder, input) {
        let path = folder.join(&name);
        let named = input.rows("plans").any(|row| row.str("file") == name);
        if media_of(&name).is_none() || !named {
            continue;
        }
        if let Some(bytes) = bytes(&path, &format!("{PLANS}/{name}"), &mut input.problems) {
            let drawing = Drawing {
                sha256: Hash::of(&bytes),
                media: sniff(&bytes),
            };
            input.drawings.insert(name, drawing);
        }
    }
}

/// Reads the own files of the editions that the tables name.
pub(super) fn editions(folder: &Path, input: &mut Input) {
    let numbers: Vec<u32> = input.rows("editions").map(|row| row.small("number")).collect();
    for number in numbers {
        let folder = folder.join(EDITIONS).join(number.to_string());
        let mut files = BTreeMap::new();
        // One without own files goes back to what is built in.
        let found = if folder.is_dir() {
            names(&folder, input)
        } else {
            Vec::new()
        };
        for name in found.into_iter().filter(|name| is_table(name)) {
            match text_of(&folder.join(&name)) {
                Ok(text) => {
                    files.insert(name, text);
                }
                Err((row, found, expected)) => {
                    let at = At {
                        file: &format!("{EDITIONS}/{number}/{name}"),
                        row,
                        column: "",
                    };
                    input.problems.add(at, Some(&found), words(expected.clone(), expected));
                }
            }
        }
        input.editions.insert(number, files);
    }
}

/// What the first bytes of a file say that it is.
fn sniff(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some("png");
    }
    if bytes.starts_with(b"\xff\xd8\xff") {
        return Some("jpeg");
    }
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(4_096)).unwrap_or_default());
    head.contains("<svg").then_some("svg")
}
