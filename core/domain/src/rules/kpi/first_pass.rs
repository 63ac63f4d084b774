//! How many homes pass their first inspection.

use crate::rules::share::percent;

/// The severities that spoil a first pass; a cosmetic defect does not.
const SPOIL: &[&str] = &["A", "B", "C"];

/// Homes that passed among those inspected.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct FirstPass {
    /// Homes without a defect of severity A, B or C.
    pub passed: i64,
    /// Homes inspected.
    pub inspected: i64,
    /// The share in percent; none when nothing was inspected.
    pub percent: Option<f64>,
}

/// Counts homes, each with the severities of the defects of its first inspection.
pub fn first_pass<'a, D: Iterator<Item = &'a str>>(units: impl Iterator<Item = D>) -> FirstPass {
    let (mut passed, mut inspected) = (0, 0);
    for mut severities in units {
        inspected += 1;
        passed += i64::from(!severities.any(|severity| SPOIL.contains(&severity)));
    }
    FirstPass {
        passed,
        inspected,
        percent: percent(passed, inspected),
    }
}
