//! Surveys, risk and key figures.

use super::Rule;

pub(super) const RULES: &[(&str, Rule)] = &[];
