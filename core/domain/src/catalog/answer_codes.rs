//! The small closed lists, and the results of an answer.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::csv_table::Table;
use super::error::{CatalogError, Result};
use super::text::Text;

/// The file of these lists.
pub(super) const FILE: &str = "answer_codes.csv";

/// What the code knows by name needs its words.
const RESULTS: [&str; 5] = ["ok", "ok_bulk", "defect", "not_applicable", "not_inspected"];
const SEVERITIES: [&str; 4] = ["A", "B", "C", "D"];

/// One code of a closed list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerCode {
    /// The code; severities are upper case.
    pub code: String,
    /// Its words.
    pub text: Text,
    /// What it means, in English; may be empty.
    pub note: String,
    /// Where it stands in its list.
    pub order: u32,
}

/// The closed lists by group (`result`, `severity`, `feature` …).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AnswerCodes {
    groups: BTreeMap<String, Vec<AnswerCode>>,
}

impl AnswerCodes {
    pub(super) fn load(text: &str) -> Result<Self> {
        let mut groups: BTreeMap<String, Vec<AnswerCode>> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for row in Table::read(FILE, text)?.rows() {
            let (group, code) = (row.cell("group")?, row.cell("code")?);
            row.check("code", !code.is_empty(), "a code")?;
            row.unique(&mut seen, (group.to_owned(), code.to_owned()), "code")?;
            let known = match group {
                "result" => !matches!(code.parse(), Ok(ResultCode::Unknown(_))),
                "severity" => code.parse::<Severity>().is_ok(),
                _ => true,
            };
            row.check("code", known, "one of the codes that this group has by definition")?;
            let entry = AnswerCode {
                code: code.to_owned(),
                text: row.text("zh", "en")?,
                note: row.cell("note_en")?.to_owned(),
                order: row.whole("order")?,
            };
            groups.entry(group.to_owned()).or_default().push(entry);
        }
        for list in groups.values_mut() {
            list.sort_by_key(|entry| entry.order);
        }
        let codes = Self { groups };
        let needed = RESULTS.map(|code| ("result", code));
        let needed = needed.into_iter().chain(SEVERITIES.map(|code| ("severity", code)));
        match needed.into_iter().find(|(group, code)| !codes.has(group, code)) {
            None => Ok(codes),
            Some((group, code)) => Err(CatalogError {
                file: FILE.to_owned(),
                line: None,
                column: group.to_owned(),
                value: String::new(),
                expected: format!("a row for {code}"),
            }),
        }
    }

    /// Returns one list in its order; empty for an unknown group.
    #[must_use]
    pub fn group(&self, group: &str) -> &[AnswerCode] {
        self.groups.get(group).map_or(&[], Vec::as_slice)
    }

    /// Returns one code of a list.
    #[must_use]
    pub fn get(&self, group: &str, code: &str) -> Option<&AnswerCode> {
        self.group(group).iter().find(|entry| entry.code == code)
    }

    pub(super) fn has(&self, group: &str, code: impl AsRef<str>) -> bool {
        self.get(group, code.as_ref()).is_some()
    }
}

/// What an answer says. An older app keeps a code that it does not know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum ResultCode {
    /// In order, looked at one by one.
    Ok,
    /// In order, by "the rest of this room is fine".
    OkBulk,
    /// At least one defect.
    Defect,
    /// The thing does not exist here.
    NotApplicable,
    /// Not looked at; needs a reason.
    NotInspected,
    /// A code of a newer version.
    Unknown(String),
}

impl ResultCode {
    /// Returns the stored code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Ok => "ok",
            Self::OkBulk => "ok_bulk",
            Self::Defect => "defect",
            Self::NotApplicable => "not_applicable",
            Self::NotInspected => "not_inspected",
            Self::Unknown(code) => code,
        }
    }

    /// Tells whether the thing was found in order, either way.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        matches!(self, Self::Ok | Self::OkBulk)
    }
}

impl From<&str> for ResultCode {
    fn from(code: &str) -> Self {
        match code {
            "ok" => Self::Ok,
            "ok_bulk" => Self::OkBulk,
            "defect" => Self::Defect,
            "not_applicable" => Self::NotApplicable,
            "not_inspected" => Self::NotInspected,
            _ => Self::Unknown(code.to_owned()),
        }
    }
}

impl From<String> for ResultCode {
    fn from(code: String) -> Self {
        code.as_str().into()
    }
}

impl From<ResultCode> for String {
    fn from(code: ResultCode) -> Self {
        code.as_str().to_owned()
    }
}

impl FromStr for ResultCode {
    type Err = Infallible;

    fn from_str(code: &str) -> std::result::Result<Self, Infallible> {
        Ok(code.into())
    }
}

impl fmt::Display for ResultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How bad a defect is; a greater one is worse (`A > D`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// Cosmetic.
    D,
    /// Works badly, will get worse.
    C,
    /// A room or system cannot be used, or water gets in.
    B,
    /// Danger, or running damage.
    A,
}

impl Severity {
    /// Returns the stored code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that is no severity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no severity (A, B, C or D)")]
pub struct NotASeverity(pub String);

impl FromStr for Severity {
    type Err = NotASeverity;

    fn from_str(code: &str) -> std::result::Result<Self, NotASeverity> {
        match code {
            "A" => Ok(Self::A),
            "B" => Ok(Self::B),
            "C" => Ok(Self::C),
            "D" => Ok(Self::D),
            _ => Err(NotASeverity(code.to_owned())),
        }
    }
}
