//! Seasons of heating and cooling: the days of every year between which they last.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

/// A day that every year has, `11-15`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MonthDay {
    month: u32,
    day: u32,
}

/// A text that is no day of every year.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no day that every year has, as 11-15 is")]
pub struct NotAMonthDay(pub String);

impl MonthDay {
    /// Returns this day in a year; none outside of the calendar.
    #[must_use]
    pub fn in_year(self, year: i32) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(year, self.month, self.day)
    }
}

impl FromStr for MonthDay {
    type Err = NotAMonthDay;

    fn from_str(text: &str) -> Result<Self, NotAMonthDay> {
        // 2001 is no leap year: a day that it has, every year has.
        let date = NaiveDate::parse_from_str(&format!("2001-{text}"), "%Y-%m-%d").ok();
        let found = date.map(|date| Self {
            month: date.month(),
            day: date.day(),
        });
        found
            .filter(|found| found.to_string() == text)
            .ok_or_else(|| NotAMonthDay(text.to_owned()))
    }
}

impl TryFrom<String> for MonthDay {
    type Error = NotAMonthDay;

    fn try_from(text: String) -> Result<Self, NotAMonthDay> {
        text.parse()
    }
}

impl From<MonthDay> for String {
    fn from(day: MonthDay) -> Self {
        day.to_string()
    }
}

impl fmt::Display for MonthDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

/// A season; it may run over the end of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Season {
    /// Its first day.
    pub start: MonthDay,
    /// Its last day.
    pub end: MonthDay,
}

/// Which season is the first that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountFrom {
    /// The first that begins on the first day or after it.
    FirstFullSeason,
    /// The one that is running on the first day.
    CurrentSeason,
}
