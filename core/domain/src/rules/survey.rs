//! What surveys say. A skipped question is no answer: it counts nowhere, least of all in the middle.

use super::share::{mean, percent};

/// Below so many valid answers a share says little and is marked.
pub const FEW: i64 = 30;

/// The shares of yes, in percent, that give one more star each.
const STARS: [i64; 5] = [50, 60, 70, 80, 90];

/// How many yes, as stars.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stars {
    /// Valid answers.
    pub valid: i64,
    /// Share of yes in percent; none without valid answers.
    pub share_percent: Option<f64>,
    /// 0 to 5; none without valid answers.
    pub stars: Option<i64>,
}

/// Returns the stars of `yes` among `valid` answers: compared first, rounded afterwards.
#[must_use]
pub fn stars(yes: i64, valid: i64) -> Stars {
    let reached = STARS.iter().filter(|limit| 100 * yes >= **limit * valid).count();
    Stars {
        valid,
        share_percent: percent(yes, valid),
        stars: i64::try_from(reached).ok().filter(|_| valid > 0),
    }
}

/// How many are satisfied.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Satisfaction {
    /// Valid answers.
    pub valid: i64,
    /// Answers of 4 or 5.
    pub satisfied: i64,
    /// Their share in percent.
    pub share_percent: Option<f64>,
    /// The mean of all.
    pub mean: Option<f64>,
    /// Fewer than [`FEW`] valid answers.
    pub few_answers: bool,
}

/// Returns the satisfaction of `S5` answers, 1 to 5; none: skipped.
#[must_use]
pub fn satisfaction(answers: &[Option<i64>]) -> Satisfaction {
    let valid = valid(answers, 1..=5);
    let satisfied = count(&valid, |a| a >= 4);
    let n = size(&valid);
    Satisfaction {
        valid: n,
        satisfied,
        share_percent: percent(satisfied, n),
        mean: mean(valid.iter().sum(), n),
        few_answers: n < FEW,
    }
}

/// Who would recommend us.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recommend {
    /// Valid answers.
    pub valid: i64,
    /// Answers of 9 or 10, less those of 0 to 6.
    pub balance: i64,
    /// The balance in percentage points, −100 to 100.
    pub score: Option<f64>,
}

/// Returns the recommend score of `R10` answers, 0 to 10; none: skipped.
#[must_use]
pub fn recommend(answers: &[Option<i64>]) -> Recommend {
    let valid = valid(answers, 0..=10);
    let balance = count(&valid, |a| a >= 9) - count(&valid, |a| a <= 6);
    let n = size(&valid);
    Recommend {
        valid: n,
        balance,
        score: percent(balance, n),
    }
}

/// How we compare with what was expected.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expectation {
    /// Valid answers.
    pub valid: i64,
    /// Their sum.
    pub sum: i64,
    /// Their mean; 3 is as expected.
    pub index: Option<f64>,
}

/// Returns the expectation index of `E5` answers, 1 to 5; none: skipped.
#[must_use]
pub fn expectation(answers: &[Option<i64>]) -> Expectation {
    let valid = valid(answers, 1..=5);
    let (sum, n) = (valid.iter().sum(), size(&valid));
    Expectation {
        valid: n,
        sum,
        index: mean(sum, n),
    }
}

/// Returns the share of surveys with at least one answer; refused and unreachable ones stay among those due.
#[must_use]
pub fn response_rate(answered: i64, due: i64) -> Option<f64> {
    percent(answered, due)
}

/// What is off the scale is no answer.
fn valid(answers: &[Option<i64>], scale: std::ops::RangeInclusive<i64>) -> Vec<i64> {
    answers
        .iter()
        .flatten()
        .copied()
        .filter(|a| scale.contains(a))
        .collect()
}

fn count(answers: &[i64], fits: impl Fn(i64) -> bool) -> i64 {
    i64::try_from(answers.iter().filter(|a| fits(**a)).count()).unwrap_or(i64::MAX)
}

fn size(answers: &[i64]) -> i64 {
    count(answers, |_| true)
}
