//! What is wrong with a file: where, what stands there, what was expected.

use keyturn_domain::catalog::Text;
use serde::Serialize;

/// The most mistakes that are told one by one.
pub const MOST: usize = 1_000;
/// The most letters of a value that are shown.
const SHOWN: usize = 60;

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The file, by its name in the folder.
    pub file: String,
    /// The line in a table, or the number of the element in a list of JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// The column; empty: the row or file as a whole.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub column: String,
    /// What stands there; never of a column with personal data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What should stand there.
    pub expected: Text,
}

/// All mistakes, in the order in which they were found.
#[derive(Debug, Default)]
pub struct Problems {
    /// Those that are told.
    pub list: Vec<Problem>,
    /// How many more there are.
    pub more: usize,
}

/// Where something is wrong.
#[derive(Clone, Copy, Debug)]
pub(super) struct At<'a> {
    pub(super) file: &'a str,
    pub(super) row: Option<u64>,
    pub(super) column: &'a str,
}

impl Problems {
    /// Tells whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Tells one mistake; `value` is none where it is not to be shown.
    pub(super) fn add(&mut self, at: At<'_>, value: Option<&str>, expected: Text) {
        if self.list.len() >= MOST {
            self.more += 1;
            return;
        }
        self.list.push(Problem {
            file: at.file.to_owned(),
            row: at.row,
            column: at.column.to_owned(),
            value: value.map(shown),
            expected,
        });
    }

    /// Cuts what is too long, after two lists became one.
    pub(super) fn settle(&mut self) {
        self.more += self.list.len().saturating_sub(MOST);
        self.list.truncate(MOST);
    }

    /// A mistake of a file as a whole.
    pub(super) fn of_file(&mut self, file: &str, value: Option<&str>, expected: Text) {
        let at = At {
            file,
            row: None,
            column: "",
        };
        self.add(at, value, expected);
    }
}

/// A value on one line, not too long, with nothing that moves a cursor.
pub(super) fn shown(value: &str) -> String {
    let mut out: String = value
        .chars()
        .take(SHOWN)
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect();
    if value.chars().nth(SHOWN).is_some() {
        out.push('…');
    }
    out
}

/// Words in both languages.
pub(super) fn words(zh: impl Into<String>, en: impl Into<String>) -> Text {
    Text {
        zh: zh.into(),
        en: en.into(),
    }
}
