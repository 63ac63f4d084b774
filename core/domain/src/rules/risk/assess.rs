//! The score of a home and its band.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::catalog::{DeliveryRisk, Per, RiskFactor, STOP};

/// How often each factor was found, by its code. A factor that is not there was not found.
pub type Factors = BTreeMap<String, u32>;

/// The risk of one home, or of a building with all its homes.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Assessment {
    /// What was found.
    pub factors: Factors,
    /// The sum of the weights.
    pub score: u32,
    /// The band of the score, or `stop`.
    pub band: String,
    /// The factors that stop whatever the score.
    pub stopped_by: Vec<String>,
}

/// Returns the risk of a home.
///
/// The first band whose limit is not exceeded holds; a factor that always stops goes before the score. What the data do
/// not know weighs nothing.
#[must_use]
pub fn assess(rules: &DeliveryRisk, found: &Factors) -> Assessment {
    let times = |code: &str| found.get(code).copied().unwrap_or_default();
    let weigh = |factor: &RiskFactor| {
        let n = times(factor.code.as_str());
        let counted = if factor.per == Per::Each { n } else { n.min(1) };
        factor.weight.saturating_mul(counted)
    };
    let score = rules.factors.iter().map(weigh).fold(0, u32::saturating_add);
    let stopped_by = stopped_by(rules, found);
    let holds = |limit: Option<u32>| limit.is_none_or(|limit| score <= limit);
    let band = rules.bands.iter().find(|band| holds(band.up_to));
    let band = band
        .filter(|_| stopped_by.is_empty())
        .map_or(STOP, |band| band.code.as_str())
        .to_owned();
    let known = |code: &str| rules.factors.iter().any(|factor| factor.code == *code);
    let factors = found.iter().filter(|(code, n)| **n > 0 && known(code));
    Assessment {
        factors: factors.map(|(code, n)| (code.clone(), *n)).collect(),
        score,
        band,
        stopped_by,
    }
}

/// The factors that were found and stop whatever the score.
pub(super) fn stopped_by(rules: &DeliveryRisk, found: &Factors) -> Vec<String> {
    let stops = rules.always_stop.iter().map(|code| code.as_str().to_owned());
    stops.filter(|code| found.get(code).is_some_and(|n| *n > 0)).collect()
}

/// Returns the risk of a building: that of its worst home, with the most that any home has of each factor. So a decision
/// upon it covers every home, and none that got worse afterwards.
#[must_use]
pub fn assess_building<'a>(rules: &DeliveryRisk, homes: impl Iterator<Item = &'a Assessment> + Clone) -> Assessment {
    let mut factors = Factors::new();
    for (code, n) in homes.clone().flat_map(|home| &home.factors) {
        let most = factors.entry(code.clone()).or_default();
        *most = (*most).max(*n);
    }
    let worst = homes.max_by_key(|home| (home.band == STOP, home.score));
    Assessment {
        factors,
        ..worst.cloned().unwrap_or_else(|| assess(rules, &Factors::new()))
    }
}
