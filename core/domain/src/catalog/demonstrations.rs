//! What is shown to the owner at handover.

use std::collections::BTreeSet;

use super::answer_codes::AnswerCodes;
use super::codes::{DemonstrationCode, FeatureCode};
use super::csv_table::Table;
use super::error::Result;
use super::instantiate::FeatureMode;
use super::text::Text;

/// The file of the demonstrations.
pub(super) const FILE: &str = "demonstrations.csv";

/// One thing that is shown and ticked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demonstration {
    /// Its code.
    pub code: DemonstrationCode,
    /// What is shown.
    pub text: Text,
    /// Only in a home with this feature.
    pub only_if: Option<FeatureCode>,
    /// Where it stands in the list.
    pub order: u32,
}

impl Demonstration {
    /// Tells whether it belongs into a home with these features (of the home and all its rooms).
    #[must_use]
    pub fn fits(&self, features: &BTreeSet<FeatureCode>, mode: FeatureMode) -> bool {
        mode == FeatureMode::All || self.only_if.as_ref().is_none_or(|feature| features.contains(feature))
    }
}

/// Reads all demonstrations in their order.
pub(super) fn load(text: &str, codes: &AnswerCodes) -> Result<Vec<Demonstration>> {
    let (mut all, mut seen) = (Vec::new(), BTreeSet::new());
    for row in Table::read(FILE, text)?.rows() {
        let one = Demonstration {
            code: row.code("code")?,
            text: row.text("zh", "en")?,
            only_if: row.maybe_code("only_if")?,
            order: row.whole("order")?,
        };
        row.unique(&mut seen, one.code.clone(), "code")?;
        let known = one.only_if.as_ref().is_none_or(|feature| codes.has("feature", feature));
        row.check("only_if", known, "a feature of answer_codes.csv")?;
        all.push(one);
    }
    all.sort_by_key(|one| one.order);
    Ok(all)
}
