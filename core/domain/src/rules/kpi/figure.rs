//! A figure with everything that must stand beside it.

use serde::{Deserialize, Serialize};

use crate::catalog::Kpi;
use crate::record::view::TextView;
use crate::rules::{mean, percent};

/// A number that stands beside a figure.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Part {
    /// What it is of: `severity`, `part`, `trade`, `age`, `family`; empty: itself.
    pub of: String,
    /// Which one.
    pub code: String,
    /// The number.
    pub value: f64,
    /// How many it was counted from.
    pub n: i64,
}

/// A key figure.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Figure {
    /// Its code in `kpis.json`.
    pub code: String,
    /// Its name.
    pub text: TextView,
    /// Its exact definition.
    pub definition: TextView,
    /// Its unit.
    pub unit: String,
    /// The figure; none: nothing to count.
    pub value: Option<f64>,
    /// How many it was counted from.
    pub n: i64,
    /// What was counted.
    pub numerator: i64,
    /// Among what; 0: it is no share.
    pub denominator: i64,
    /// So few answers that it says little.
    pub few_answers: bool,
    /// What the definition lists apart: exceptions, refusals, rehearsals. Never part of the figure itself.
    pub apart: Vec<Part>,
    /// The figure split, or its means, as the definition says.
    pub split: Vec<Part>,
}

/// What was counted, before it has a name.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Counted {
    value: Option<f64>,
    n: i64,
    numerator: i64,
    denominator: i64,
    few_answers: bool,
    apart: Vec<Part>,
    split: Vec<Part>,
}

impl Counted {
    /// A share in percent.
    pub(super) fn share(numerator: i64, denominator: i64) -> Self {
        Self::of(percent(numerator, denominator), numerator, denominator)
    }

    /// A mean: so many per one.
    pub(super) fn mean(sum: i64, n: i64) -> Self {
        Self::of(mean(sum, n), sum, n)
    }

    /// A figure that a rule has computed from `n` answers.
    pub(super) fn of(value: Option<f64>, numerator: i64, denominator: i64) -> Self {
        Self {
            value,
            n: denominator,
            numerator,
            denominator,
            ..Self::default()
        }
    }

    /// A plain number.
    pub(super) fn number(count: i64) -> Self {
        Self {
            n: count,
            denominator: 0,
            ..Self::of(whole(count), count, 0)
        }
    }

    /// A number that was measured `n` times.
    pub(super) fn measured(value: Option<f64>, n: i64) -> Self {
        Self {
            value,
            n,
            ..Self::default()
        }
    }

    /// Marks it when there are few answers.
    pub(super) fn few(mut self, few: bool) -> Self {
        self.few_answers = few;
        self
    }

    /// Lists a count apart.
    pub(super) fn apart(mut self, code: &str, n: i64) -> Self {
        self.apart.push(part("", code, whole(n), n));
        self
    }

    /// Lists a share apart.
    pub(super) fn apart_share(mut self, code: &str, numerator: i64, denominator: i64) -> Self {
        let share = percent(numerator, denominator);
        self.apart
            .extend(share.map(|value| part("", code, Some(value), denominator)));
        self
    }

    /// Splits it; what has no value is left out.
    pub(super) fn split(mut self, of: &str, code: &str, value: Option<f64>, n: i64) -> Self {
        self.split.extend(value.map(|value| part(of, code, Some(value), n)));
        self
    }

    /// Splits it into counts.
    pub(super) fn split_count(self, of: &str, code: &str, n: i64) -> Self {
        self.split(of, code, whole(n), n)
    }

    pub(super) fn named(self, kpi: &Kpi) -> Figure {
        Figure {
            code: kpi.code.as_str().to_owned(),
            text: TextView::from(&kpi.text),
            definition: TextView::from(&kpi.definition),
            unit: kpi.unit.as_str().to_owned(),
            value: self.value,
            n: self.n,
            numerator: self.numerator,
            denominator: self.denominator,
            few_answers: self.few_answers,
            apart: self.apart,
            split: self.split,
        }
    }
}

fn part(of: &str, code: &str, value: Option<f64>, n: i64) -> Part {
    Part {
        of: of.to_owned(),
        code: code.to_owned(),
        value: value.unwrap_or_default(),
        n,
    }
}

/// A count as a number.
pub(super) fn whole(n: i64) -> Option<f64> {
    i32::try_from(n).ok().map(f64::from)
}

/// How many there are.
pub(super) fn count<T>(all: impl Iterator<Item = T>) -> i64 {
    i64::try_from(all.count()).unwrap_or(i64::MAX)
}
