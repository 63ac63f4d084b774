//! Days, periods, clocks and what is due.

use super::Rule;

pub(super) const RULES: &[(&str, Rule)] = &[];
