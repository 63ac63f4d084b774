//! Delivery risk: may this home be handed over? And the gate: a manager's decision, with what it was made upon.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::catalog::{DeliveryRisk, Per, STOP};

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
    let weigh = |factor: &crate::catalog::RiskFactor| {
        let n = times(factor.code.as_str());
        let counted = if factor.per == Per::Each { n } else { n.min(1) };
        factor.weight.saturating_mul(counted)
    };
    let score = rules.factors.iter().map(weigh).fold(0, u32::saturating_add);
    let stops = rules.always_stop.iter().map(|code| code.as_str().to_owned());
    let stopped_by: Vec<String> = stops.filter(|code| times(code) > 0).collect();
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

/// What a manager decided of a gate, and upon what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Open, or kept shut.
    pub open: bool,
    /// The role of who decided.
    pub role: String,
    /// Why.
    pub reason: String,
    /// The risk as it was then.
    pub snapshot: Assessment,
}

/// Why a decision is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Another role decides.
    #[error("another role decides")]
    Role,
    /// There is no reason.
    #[error("a reason is missing")]
    Reason,
    /// What stops a home is not decided away; it has to be put right.
    #[error("the band is stop")]
    Stop,
}

impl Refused {
    /// Returns the stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::Reason => "reason",
            Self::Stop => "stop",
        }
    }
}

/// Tells whether somebody may decide so.
///
/// # Errors
/// [`Refused`]: the role, the reason, or a band that nobody opens.
pub fn decide(rules: &DeliveryRisk, decision: &Decision) -> Result<(), Refused> {
    if rules.gate.decided_by != decision.role.as_str() {
        return Err(Refused::Role);
    }
    if rules.gate.reason_required && decision.reason.trim().is_empty() {
        return Err(Refused::Reason);
    }
    if decision.open && decision.snapshot.band == STOP {
        return Err(Refused::Stop);
    }
    Ok(())
}

/// How a gate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    /// May be handed over.
    Open,
    /// Waits for a decision.
    Waiting,
    /// Decided upon something better than what is now: decide again.
    Outdated,
    /// Kept shut, or stopped.
    Shut,
}

impl Gate {
    /// Returns the code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Waiting => "waiting",
            Self::Outdated => "outdated",
            Self::Shut => "shut",
        }
    }
}

/// Returns how the gate of a home stands, with the newest decision on it or its building.
///
/// A home without points needs nobody. A decision to open covers what it was made upon, never what came afterwards.
#[must_use]
pub fn gate(rules: &DeliveryRisk, now: &Assessment, decision: Option<&Decision>) -> Gate {
    let ready = rules.bands.first().is_some_and(|band| band.code == now.band.as_str());
    match decision {
        _ if now.band == STOP => Gate::Shut,
        Some(decision) if !decision.open => Gate::Shut,
        _ if ready => Gate::Open,
        None => Gate::Waiting,
        Some(decision) if covers(&decision.snapshot, now) => Gate::Open,
        Some(_) => Gate::Outdated,
    }
}

/// Tells whether nothing has become worse since.
fn covers(snapshot: &Assessment, now: &Assessment) -> bool {
    let then = |code: &str| snapshot.factors.get(code).copied().unwrap_or_default();
    now.factors.iter().all(|(code, n)| *n <= then(code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    fn rules() -> &'static DeliveryRisk {
        &Catalog::built_in().unwrap().delivery_risk
    }

    fn of(found: &[(&str, u32)]) -> Assessment {
        assess(
            rules(),
            &found.iter().map(|(code, n)| ((*code).to_owned(), *n)).collect(),
        )
    }

    fn opened(snapshot: Assessment) -> Decision {
        Decision {
            open: true,
            role: "manager".into(),
            reason: "the owner knows".into(),
            snapshot,
        }
    }

    #[test]
    fn some_factors_count_each_and_some_once_and_unknown_ones_not_at_all() {
        let home = of(&[
            ("not_rehearsed", 3),
            ("promise_open", 2),
            ("moon", 9),
            ("papers_missing", 0),
        ]);
        assert_eq!((home.score, home.band.as_str(), home.factors.len()), (60, "stop", 2));
        assert!(home.stopped_by.is_empty());
        assert_eq!(of(&[]).band, "ready");
        assert_eq!(of(&[("rehearsal_c_open", u32::MAX)]).score, u32::MAX);
    }

    #[test]
    fn a_building_is_as_risky_as_its_worst_home() {
        let homes = [
            of(&[("papers_missing", 1)]),
            of(&[("rehearsal_c_open", 9), ("promise_open", 2)]),
        ];
        let building = assess_building(rules(), homes.iter());
        assert_eq!(
            (building.score, building.band.as_str(), building.factors.len()),
            (48, "watch", 3)
        );
        let decision = opened(building);
        assert!(
            homes
                .iter()
                .all(|home| gate(rules(), home, Some(&decision)) == Gate::Open)
        );
    }

    #[test]
    fn a_decision_covers_what_it_was_made_upon_and_nothing_stopped() {
        let (watch, worse) = (
            of(&[("papers_missing", 1)]),
            of(&[("papers_missing", 1), ("promise_open", 1)]),
        );
        assert_eq!(gate(rules(), &watch, None), Gate::Waiting);
        let decision = opened(watch.clone());
        assert_eq!(decide(rules(), &decision), Ok(()));
        assert_eq!(gate(rules(), &watch, Some(&decision)), Gate::Open);
        assert_eq!(gate(rules(), &of(&[]), Some(&decision)), Gate::Open);
        assert_eq!(gate(rules(), &worse, Some(&decision)), Gate::Outdated);
        let stopped = opened(of(&[("acceptance_missing", 1)]));
        assert_eq!(decide(rules(), &stopped), Err(Refused::Stop));
        assert_eq!(gate(rules(), &stopped.snapshot, Some(&stopped)), Gate::Shut);
        let kept = Decision {
            open: false,
            ..decision.clone()
        };
        assert_eq!(
            (decide(rules(), &kept), gate(rules(), &of(&[]), Some(&kept))),
            (Ok(()), Gate::Shut)
        );
        let nobody = Decision {
            role: "engineer".into(),
            ..decision.clone()
        };
        assert_eq!(decide(rules(), &nobody), Err(Refused::Role));
        let silent = Decision {
            reason: "  ".into(),
            ..decision
        };
        assert_eq!(decide(rules(), &silent), Err(Refused::Reason));
    }
}
