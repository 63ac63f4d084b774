//! Typed rows of one table.

use chrono::{NaiveDate, NaiveTime};
use keyturn_domain::Hash;
use keyturn_domain::catalog::Text;
use keyturn_domain::rows::Quiet;
use std::collections::{BTreeMap, BTreeSet};

use super::form::Value;
use super::problem::{At, Problems};
use super::tables::TableDef;

/// A table that was given.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) def: &'static TableDef,
    pub(super) file: String,
    /// The columns that it has.
    pub(super) given: BTreeSet<&'static str>,
    pub(super) rows: Vec<Row>,
}

/// One row: the cells that are not empty.
#[derive(Debug)]
pub(super) struct Row {
    /// The line, or the number of the element.
    pub(super) line: u64,
    pub(super) cells: BTreeMap<&'static str, Value>,
}

/// A row with its table: where a mistake is, and which columns leave a field as it is.
#[derive(Clone, Copy)]
pub(super) struct In<'a> {
    pub(super) table: &'a Table,
    pub(super) row: &'a Row,
}

impl Table {
    pub(super) fn rows(&self) -> impl Iterator<Item = In<'_>> {
        self.rows.iter().map(|row| In { table: self, row })
    }
}

impl<'a> In<'a> {
    /// Tells whether the table has this column: an empty cell then means "nothing", not "as before".
    pub(super) fn given(&self, column: &str) -> bool {
        self.table.given.contains(column)
    }

    pub(super) fn has(&self, column: &str) -> bool {
        self.row.cells.contains_key(column)
    }

    pub(super) fn str(&self, column: &str) -> &'a str {
        match self.row.cells.get(column) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    pub(super) fn list(&self, column: &str) -> &'a [String] {
        match self.row.cells.get(column) {
            Some(Value::List(all)) => all,
            _ => &[],
        }
    }

    pub(super) fn days(&self, column: &str) -> &'a [u32] {
        match self.row.cells.get(column) {
            Some(Value::Days(days)) => days,
            _ => &[],
        }
    }

    /// Times of day; none: the cell is empty.
    pub(super) fn periods(&self, column: &str) -> Option<&'a [Quiet]> {
        match self.row.cells.get(column) {
            Some(Value::Periods(all)) => Some(all),
            _ => None,
        }
    }

    pub(super) fn whole(&self, column: &str) -> Option<i64> {
        match self.row.cells.get(column) {
            Some(Value::Whole(n)) => Some(*n),
            _ => None,
        }
    }

    /// A whole number whose form keeps it small; an empty cell is 0.
    pub(super) fn small(&self, column: &str) -> u32 {
        self.whole(column)
            .and_then(|n| u32::try_from(n).ok())
            .unwrap_or_default()
    }

    pub(super) fn number(&self, column: &str) -> Option<f64> {
        match self.row.cells.get(column) {
            Some(Value::Number(x)) => Some(*x),
            _ => None,
        }
    }

    pub(super) fn date(&self, column: &str) -> Option<NaiveDate> {
        match self.row.cells.get(column) {
            Some(Value::Date(day)) => Some(*day),
            _ => None,
        }
    }

    pub(super) fn time(&self, column: &str) -> Option<NaiveTime> {
        match self.row.cells.get(column) {
            Some(Value::Time(time)) => Some(*time),
            _ => None,
        }
    }

    pub(super) fn moment(&self, column: &str) -> Option<i64> {
        match self.row.cells.get(column) {
            Some(Value::Moment(at)) => Some(*at),
            _ => None,
        }
    }

    pub(super) fn flag(&self, column: &str) -> bool {
        matches!(self.row.cells.get(column), Some(Value::Flag(true)))
    }

    pub(super) fn hash(&self, column: &str) -> Option<Hash> {
        match self.row.cells.get(column) {
            Some(Value::Hash(hash)) => Some(*hash),
            _ => None,
        }
    }

    /// Puts a text in both languages; where there is no English, the Chinese stands in for it.
    pub(super) fn text(&self, zh: &str, en: &str, to: &mut Text) {
        let stood_in = to.en.is_empty() || to.en == to.zh;
        self.str(zh).clone_into(&mut to.zh);
        if self.has(en) {
            self.str(en).clone_into(&mut to.en);
        } else if self.given(en) || stood_in {
            to.en.clone_from(&to.zh);
        }
    }

    /// Puts a text, unless the table lacks the column.
    pub(super) fn put(&self, column: &str, to: &mut String) {
        if self.given(column) {
            self.str(column).clone_into(to);
        }
    }

    /// Tells a mistake of a cell.
    pub(super) fn wrong(&self, problems: &mut Problems, column: &str, expected: Text) {
        let personal = self.table.def.column(column).is_some_and(|c| c.personal);
        let at = At {
            file: &self.table.file,
            row: Some(self.row.line),
            column,
        };
        let value = self.row.cells.get(column).map(Value::shown).unwrap_or_default();
        problems.add(at, (!personal).then_some(value.as_str()), expected);
    }
}

impl Value {
    /// The value as it could stand in a cell.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Whole(n) => n.to_string(),
            Self::Number(x) => x.to_string(),
            Self::Date(day) => day.to_string(),
            Self::Time(time) => time.format("%H:%M").to_string(),
            Self::Moment(ms) => super::form::moment_text(*ms),
            Self::Flag(flag) => u8::from(*flag).to_string(),
            Self::Hash(hash) => hash.to_string(),
            Self::List(all) => all.join("|"),
            Self::Days(days) => days.iter().map(u32::to_string).collect::<Vec<_>>().join("|"),
            Self::Periods(all) => super::form::periods_text(all),
        }
    }
}
