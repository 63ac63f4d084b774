//! Reading a table: rows that know their file and line.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use super::error::{CatalogError, Result};
use super::text::Text;

/// The rows of one CSV file.
pub(super) struct Table<'a> {
    file: &'a str,
    columns: BTreeMap<String, usize>,
    records: Vec<csv::StringRecord>,
}

impl<'a> Table<'a> {
    /// Reads a table. Every row must have as many cells as the header.
    pub(super) fn read(file: &'a str, text: &str) -> Result<Self> {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let columns = reader
            .headers()
            .map_err(|e| broken(file, &e))?
            .iter()
            .enumerate()
            .map(|(n, c)| (c.to_owned(), n))
            .collect();
        let records = reader
            .records()
            .collect::<std::result::Result<Vec<_>, _>>()
            .map_err(|e| broken(file, &e))?;
        Ok(Self { file, columns, records })
    }

    /// Returns the rows in the order of the file.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.records.iter().map(|record| Row {
            file: self.file,
            columns: &self.columns,
            record,
        })
    }
}

fn broken(file: &str, error: &csv::Error) -> CatalogError {
    let (line, found, expected) = match error.kind() {
        csv::ErrorKind::UnequalLengths { pos, expected_len, len } => (
            pos.as_ref(),
            format!("{len} cells"),
            format!("{expected_len} cells, as the header has"),
        ),
        _ => (
            error.position(),
            error.to_string(),
            "a table in RFC 4180 CSV, UTF-8".to_owned(),
        ),
    };
    CatalogError {
        file: file.to_owned(),
        line: line.map(csv::Position::line),
        column: String::new(),
        value: found,
        expected,
    }
}

/// One row; every getter names the cell when it is wrong.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    file: &'a str,
    columns: &'a BTreeMap<String, usize>,
    record: &'a csv::StringRecord,
}

impl<'a> Row<'a> {
    /// Returns the cell as it stands.
    pub(super) fn cell(&self, column: &str) -> Result<&'a str> {
        self.columns
            .get(column)
            .and_then(|&n| self.record.get(n))
            .ok_or_else(|| CatalogError {
                file: self.file.to_owned(),
                line: Some(1),
                column: column.to_owned(),
                value: String::new(),
                expected: "a column of this name in the header".to_owned(),
            })
    }

    /// Makes the error for this row and column.
    pub(super) fn error(&self, column: &str, expected: impl Into<String>) -> CatalogError {
        CatalogError {
            file: self.file.to_owned(),
            line: self.record.position().map(csv::Position::line),
            column: column.to_owned(),
            value: self.cell(column).unwrap_or_default().to_owned(),
            expected: expected.into(),
        }
    }

    /// Reads a cell that must hold something of type `T`.
    pub(super) fn parse<T: FromStr>(&self, column: &str, expected: &str) -> Result<T> {
        self.cell(column)?.parse().map_err(|_| self.error(column, expected))
    }

    /// Reads a stable code.
    pub(super) fn code<T: FromStr>(&self, column: &str) -> Result<T> {
        self.parse(column, "a stable code (a-z 0-9 . _ -)")
    }

    /// Reads a stable code, or nothing from an empty cell.
    pub(super) fn maybe_code<T: FromStr>(&self, column: &str) -> Result<Option<T>> {
        if self.cell(column)?.is_empty() {
            Ok(None)
        } else {
            self.code(column).map(Some)
        }
    }

    /// Reads a list of codes separated by `|`.
    pub(super) fn code_list<T: FromStr>(&self, column: &str) -> Result<Vec<T>> {
        let parts = self.cell(column)?.split('|').filter(|part| !part.is_empty());
        parts
            .map(|part| {
                part.parse()
                    .map_err(|_| self.error(column, "stable codes separated by |"))
            })
            .collect()
    }

    /// Reads `0` or `1`.
    pub(super) fn flag(&self, column: &str) -> Result<bool> {
        match self.cell(column)? {
            "0" => Ok(false),
            "1" => Ok(true),
            _ => Err(self.error(column, "0 or 1")),
        }
    }

    /// Reads a whole number.
    pub(super) fn whole(&self, column: &str) -> Result<u32> {
        self.parse(column, "a whole number")
    }

    /// Reads a finite number.
    pub(super) fn number(&self, column: &str) -> Result<f64> {
        let number: f64 = self.parse(column, "a number")?;
        if number.is_finite() {
            Ok(number)
        } else {
            Err(self.error(column, "a number"))
        }
    }

    /// Reads a number, or nothing from an empty cell.
    pub(super) fn maybe_number(&self, column: &str) -> Result<Option<f64>> {
        if self.cell(column)?.is_empty() {
            Ok(None)
        } else {
            self.number(column).map(Some)
        }
    }

    /// Reads a text from its two columns; neither may be empty.
    pub(super) fn text(&self, zh: &str, en: &str) -> Result<Text> {
        for column in [zh, en] {
            if self.cell(column)?.trim().is_empty() {
                return Err(self.error(column, "a text in both languages"));
            }
        }
        Ok(Text {
            zh: self.cell(zh)?.to_owned(),
            en: self.cell(en)?.to_owned(),
        })
    }

    /// Reads two lists of equally many texts.
    pub(super) fn text_list(&self, zh: &str, en: &str) -> Result<Vec<Text>> {
        let split = |column| {
            Ok(self
                .cell(column)?
                .split('|')
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>())
        };
        let (chinese, english) = (split(zh)?, split(en)?);
        if chinese.len() != english.len() {
            return Err(self.error(en, format!("{} texts, as {zh} has", chinese.len())));
        }
        Ok(chinese
            .into_iter()
            .zip(english)
            .map(|(zh, en)| Text {
                zh: zh.to_owned(),
                en: en.to_owned(),
            })
            .collect())
    }

    /// Refuses a cell whose value `known` does not know; empty list elements do not occur.
    pub(super) fn check(&self, column: &str, known: bool, expected: &str) -> Result<()> {
        if known {
            Ok(())
        } else {
            Err(self.error(column, expected))
        }
    }

    /// Refuses a key that an earlier row has.
    pub(super) fn unique<K: Ord>(&self, seen: &mut BTreeSet<K>, key: K, column: &str) -> Result<()> {
        self.check(column, seen.insert(key), "a key that no earlier row has")
    }
}
