//! Limits for readings: rulesets, grades, and the ruleset that others fall back to.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::codes::{RuleId, RulesetCode};
use super::csv_table::{Row, Table};
use super::error::Result;
use super::text::Text;

/// The file of the limits.
pub(super) const FILE: &str = "tolerances.csv";

/// How strict a project is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// The usual limits.
    Ordinary,
    /// The stricter ones.
    High,
}

/// A text that is no grade.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no grade (ordinary or high)")]
pub struct NotAGrade(pub String);

impl FromStr for Grade {
    type Err = NotAGrade;

    fn from_str(text: &str) -> std::result::Result<Self, NotAGrade> {
        match text {
            "ordinary" => Ok(Self::Ordinary),
            "high" => Ok(Self::High),
            _ => Err(NotAGrade(text.to_owned())),
        }
    }
}

/// What a limit is compared with. The limit itself passes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Comparator {
    /// No reading above the limit.
    Max(f64),
    /// No reading below the limit.
    Min(f64),
    /// Every reading from `low` to `high`.
    Between {
        /// Smallest good reading.
        low: f64,
        /// Largest good reading.
        high: f64,
    },
    /// No reading farther than this from the design value.
    Deviation(f64),
    /// Largest minus smallest reading at most this.
    Range(f64),
}

/// One limit.
#[derive(Debug, Clone, PartialEq)]
pub struct Tolerance {
    /// The rule that checklists name.
    pub rule: RuleId,
    /// The ruleset that it stands in.
    pub ruleset: RulesetCode,
    /// The grade that it is for; none: for all.
    pub grade: Option<Grade>,
    /// What is measured.
    pub text: Text,
    /// The limit.
    pub comparator: Comparator,
    /// Unit of the limit and of the readings.
    pub unit: String,
    /// Where such a value is commonly found, in both languages in one text.
    pub note: String,
}

/// All rulesets. The first one in the file is complete; the others override single rules and fall back to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Tolerances {
    base: RulesetCode,
    sets: BTreeMap<RulesetCode, BTreeMap<RuleId, Vec<Tolerance>>>,
}

impl Tolerances {
    pub(super) fn load(text: &str) -> Result<Self> {
        let table = Table::read(FILE, text)?;
        let (mut base, mut seen) = (None, BTreeSet::new());
        let mut sets: BTreeMap<RulesetCode, BTreeMap<RuleId, Vec<Tolerance>>> = BTreeMap::new();
        for row in table.rows() {
            let one = tolerance(row)?;
            row.unique(&mut seen, (one.ruleset.clone(), one.grade, one.rule.clone()), "rule_id")?;
            base.get_or_insert_with(|| one.ruleset.clone());
            let rules = sets
                .entry(one.ruleset.clone())
                .or_default()
                .entry(one.rule.clone())
                .or_default();
            row.check(
                "grade",
                rules.iter().all(|other| other.grade.is_some() && one.grade.is_some()),
                "either all, or ordinary and high",
            )?;
            row.check(
                "unit",
                rules.iter().all(|other| other.unit == one.unit),
                "one unit in every grade of a rule",
            )?;
            rules.push(one);
        }
        let base = base.ok_or_else(|| super::error::CatalogError {
            file: FILE.to_owned(),
            line: Some(2),
            column: "ruleset".to_owned(),
            value: String::new(),
            expected: "at least one rule".to_owned(),
        })?;
        Ok(Self { base, sets })
    }

    /// Returns the limits that a project uses; nothing for an unknown ruleset.
    #[must_use]
    pub fn choose(&self, ruleset: &str, grade: Grade) -> Option<Limits<'_>> {
        let own = self.sets.get(ruleset)?;
        Some(Limits {
            own,
            base: self.sets.get(&self.base)?,
            grade,
        })
    }

    /// Returns the rulesets.
    pub fn rulesets(&self) -> impl Iterator<Item = &RulesetCode> {
        self.sets.keys()
    }

    /// Returns the limits of a rule in the complete ruleset, provided that every grade has one.
    pub(super) fn complete(&self, rule: &RuleId) -> Option<&[Tolerance]> {
        let rows = self.sets.get(&self.base)?.get(rule)?;
        let every = rows.iter().any(|row| row.grade.is_none())
            || [Grade::Ordinary, Grade::High]
                .iter()
                .all(|grade| rows.iter().any(|row| row.grade == Some(*grade)));
        every.then_some(rows.as_slice())
    }
}

/// The limits of one ruleset and grade, with what they fall back to.
#[derive(Debug, Clone, Copy)]
pub struct Limits<'a> {
    own: &'a BTreeMap<RuleId, Vec<Tolerance>>,
    base: &'a BTreeMap<RuleId, Vec<Tolerance>>,
    grade: Grade,
}

impl<'a> Limits<'a> {
    /// Returns the limit of a rule.
    #[must_use]
    pub fn rule(&self, rule: &str) -> Option<&'a Tolerance> {
        [self.own, self.base].into_iter().find_map(|set| {
            set.get(rule)?
                .iter()
                .find(|row| row.grade.is_none_or(|grade| grade == self.grade))
        })
    }
}

fn tolerance(row: Row<'_>) -> Result<Tolerance> {
    let grade = match row.cell("grade")? {
        "all" => None,
        _ => Some(row.parse("grade", "all, ordinary or high")?),
    };
    let (value, second, basis) = (row.number("value")?, row.maybe_number("value2")?, row.cell("basis")?);
    let comparator = match (row.cell("comparator")?, basis, second) {
        ("max", "reading", None) => Comparator::Max(value),
        ("max", "deviation", None) => Comparator::Deviation(value),
        ("min", "reading", None) => Comparator::Min(value),
        ("range", "spread", None) => Comparator::Range(value),
        ("between", "reading", Some(high)) if value <= high => Comparator::Between { low: value, high },
        ("between", _, _) => {
            return Err(row.error("value2", "with between: basis reading, and a value2 not below value"));
        }
        ("max" | "min" | "range", _, Some(_)) => {
            return Err(row.error("value2", "an empty cell, unless the comparator is between"));
        }
        ("max" | "min" | "range", _, _) => {
            return Err(row.error("basis", "max: reading or deviation; min: reading; range: spread"));
        }
        _ => return Err(row.error("comparator", "max, min, between or range")),
    };
    let unit = row.cell("unit")?;
    row.check("unit", !unit.is_empty(), "a unit")?;
    Ok(Tolerance {
        rule: row.code("rule_id")?,
        ruleset: row.code("ruleset")?,
        grade,
        text: row.text("item_zh", "item_en")?,
        comparator,
        unit: unit.to_owned(),
        note: row.cell("edition_note")?.to_owned(),
    })
}
