//! Whether readings keep their limits.
//!
//! A verdict is a proposal: the person on site answers, and may answer otherwise.

use std::collections::BTreeMap;

use super::checklist::{Item, ReadingSpec};
use super::codes::{ReadingCode, RuleId};
use super::tolerances::{Comparator, Limits};

/// Whether readings keep one limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Verdict {
    /// They do. `value` is what was compared; a `between` has no single one.
    Ok {
        /// What was compared with the limit.
        value: Option<f64>,
    },
    /// They do not.
    Defect {
        /// What was compared with the limit.
        value: Option<f64>,
    },
    /// Nothing can be said.
    Undecided(Undecided),
}

/// Why nothing can be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undecided {
    /// No reading was entered, or a formula lacks one.
    NoReading,
    /// The plan states no design value.
    NoDesignValue,
    /// A reading is no finite number.
    NotANumber,
    /// A formula divides by zero.
    NoValue,
    /// The project's rulesets have no such rule.
    NoRule,
}

/// Largest distance from the design value, and largest minus smallest reading.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DeviationAndRange {
    /// Largest distance from the design value.
    pub max_deviation: f64,
    /// Largest minus smallest reading.
    pub range: f64,
}

/// Measures readings against a design value; nothing without readings.
#[must_use]
pub fn deviation_and_range(design: f64, readings: &[f64]) -> Option<DeviationAndRange> {
    Some(DeviationAndRange {
        max_deviation: deviation(design, readings)?,
        range: range(readings)?,
    })
}

/// Compares readings with one limit.
#[must_use]
pub fn verdict(comparator: Comparator, design: Option<f64>, readings: &[f64]) -> Verdict {
    if readings.iter().chain(&design).any(|reading| !reading.is_finite()) {
        return Verdict::Undecided(Undecided::NotANumber);
    }
    let judged = match comparator {
        Comparator::Max(limit) => highest(readings).map(|value| (Some(value), value <= limit)),
        Comparator::Min(limit) => lowest(readings).map(|value| (Some(value), value >= limit)),
        Comparator::Range(limit) => range(readings).map(|value| (Some(value), value <= limit)),
        Comparator::Between { low, high } => lowest(readings)
            .zip(highest(readings))
            .map(|(least, most)| (None, low <= least && most <= high)),
        Comparator::Deviation(limit) => match design {
            None if !readings.is_empty() => return Verdict::Undecided(Undecided::NoDesignValue),
            _ => design
                .and_then(|design| deviation(design, readings))
                .map(|value| (Some(value), value <= limit)),
        },
    };
    match judged {
        Some((value, true)) => Verdict::Ok { value },
        Some((value, false)) => Verdict::Defect { value },
        None => Verdict::Undecided(Undecided::NoReading),
    }
}

/// What one rule says of one reading of an item.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleVerdict {
    /// The number field.
    pub reading: ReadingCode,
    /// The rule.
    pub rule: RuleId,
    /// What it says of what was entered so far.
    pub verdict: Verdict,
    /// How many readings are still to be entered.
    pub missing: u32,
}

/// Judges everything that was entered for an item. `design` gives the design value of a reading that needs one.
#[must_use]
pub fn assess(
    item: &Item,
    limits: Limits<'_>,
    design: impl Fn(&ReadingSpec) -> Option<f64>,
    entered: &BTreeMap<ReadingCode, Vec<f64>>,
) -> Vec<RuleVerdict> {
    let mut all = Vec::new();
    for spec in item.readings() {
        let readings = readings_of(spec, entered);
        let missing = if spec.formula.is_some() {
            0
        } else {
            spec.count
                .saturating_sub(u32::try_from(readings.as_ref().map_or(0, Vec::len)).unwrap_or(u32::MAX))
        };
        for rule in &spec.rules {
            let verdict = match (&readings, limits.rule(rule.as_str())) {
                (_, None) => Verdict::Undecided(Undecided::NoRule),
                (Err(why), _) => Verdict::Undecided(*why),
                (Ok(readings), Some(tolerance)) => verdict(tolerance.comparator, design(spec), readings),
            };
            all.push(RuleVerdict {
                reading: spec.code.clone(),
                rule: rule.clone(),
                verdict,
                missing,
            });
        }
    }
    all
}

/// Returns the readings of a field: those entered, or the one that its formula gives.
///
/// # Errors
///
/// Why a formula gives none.
pub fn readings_of(spec: &ReadingSpec, entered: &BTreeMap<ReadingCode, Vec<f64>>) -> Result<Vec<f64>, Undecided> {
    let Some(formula) = &spec.formula else {
        return Ok(entered.get(&spec.code).cloned().unwrap_or_default());
    };
    let mut values = BTreeMap::new();
    for name in formula.names() {
        let value = entered
            .get(name)
            .and_then(|readings| readings.first())
            .ok_or(Undecided::NoReading)?;
        if !value.is_finite() {
            return Err(Undecided::NotANumber);
        }
        values.insert(name, *value);
    }
    formula
        .value(&values)
        .map(|value| vec![exact(value)])
        .ok_or(Undecided::NoValue)
}

fn highest(readings: &[f64]) -> Option<f64> {
    readings.iter().copied().reduce(f64::max)
}

fn lowest(readings: &[f64]) -> Option<f64> {
    readings.iter().copied().reduce(f64::min)
}

fn range(readings: &[f64]) -> Option<f64> {
    highest(readings)
        .zip(lowest(readings))
        .map(|(most, least)| exact(most - least))
}

fn deviation(design: f64, readings: &[f64]) -> Option<f64> {
    readings
        .iter()
        .map(|reading| exact((reading - design).abs()))
        .reduce(f64::max)
}

/// Cuts what binary fractions add: 0.63 - 0.58 is 0.05000000000000004, and the limit itself must pass.
fn exact(value: f64) -> f64 {
    let scaled = (value * 1e9).round() / 1e9;
    if scaled.is_finite() { scaled } else { value }
}
