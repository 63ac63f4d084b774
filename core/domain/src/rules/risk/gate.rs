//! The gate: a manager's decision, with what it was made upon.

use serde::{Deserialize, Serialize};

use super::{Assessment, Factors};
use crate::catalog::{DeliveryRisk, STOP};
use crate::rows::RiskDecisionRow;

/// What a manager decided of a gate, and upon what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Open, or kept shut.
    pub open: bool,
    /// Why.
    pub reason: String,
    /// The risk as it was then.
    pub snapshot: Assessment,
}

impl Decision {
    /// Reads a decision as it was stored.
    #[must_use]
    pub fn of(rules: &DeliveryRisk, row: &RiskDecisionRow) -> Self {
        let factors: Factors = row
            .factors
            .iter()
            .map(|(code, n)| (code.clone(), u32::try_from(*n).unwrap_or_default()))
            .collect();
        Self {
            open: row.open,
            reason: row.reason.clone(),
            snapshot: Assessment {
                stopped_by: super::stopped_by(rules, &factors),
                factors,
                score: u32::try_from(row.score).unwrap_or_default(),
                band: row.band.clone(),
            },
        }
    }
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

/// Tells whether somebody in a role may decide so.
///
/// # Errors
/// [`Refused`]: the role, the reason, or a band that nobody opens.
pub fn decide(rules: &DeliveryRisk, decision: &Decision, role: &str) -> Result<(), Refused> {
    if rules.gate.decided_by != *role {
        return Err(Refused::Role);
    }
    if rules.gate.reason_required && decision.reason.trim().is_empty() {
        return Err(Refused::Reason);
    }
    let stopped = decision.snapshot.band == STOP || !decision.snapshot.stopped_by.is_empty();
    if decision.open && stopped {
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
    let ready = rules.bands.first().is_some_and(|band| band.code == *now.band);
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
