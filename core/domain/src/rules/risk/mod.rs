//! Delivery risk: may this home be handed over? What was found, what it weighs, and a manager's gate.

mod assess;
mod found;
mod gate;
mod view;

#[cfg(test)]
mod tests;

pub use assess::{Assessment, Factors, assess, assess_building};
pub use found::{Found, found};
pub use gate::{Decision, Gate, Refused, decide, gate};
pub use view::{HomeRiskView, RiskDecisionView, RiskFactorView, RiskView};

pub(crate) use view::Risks;

use assess::stopped_by;
