//! What a screen shows of the repair of a defect: who answers for it, which times the owner was given, the terms of the
//! day on which it was handed in, and whether somebody takes it for the same as another.

use super::repair::{promised, repairers};
use super::scene::{fact, with_name};
use crate::document::Value;
use crate::events::Life;
use crate::rules::responsible;
use serde::{Deserialize, Serialize};

/// Once somebody was named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NamedView {
    /// The event.
    pub event: String,
    /// Who was named.
    pub person: String,
    /// By whom.
    pub by: String,
    /// When, by the device's clock.
    pub at_ms: i64,
    /// Why; empty: the first time.
    pub reason: String,
    /// The owner was told.
    pub owner_told: bool,
}

/// A time that the owner was given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GivenView {
    /// The event that gave it.
    pub event: String,
    /// The time.
    pub at_ms: i64,
    /// Who gave it.
    pub person: String,
    /// It counts: the first one, or one that the owner agreed to.
    pub counts: bool,
    /// The event that pushed it aside; empty: none did.
    pub displaced_by: String,
}

/// A proposal that it is the same as another defect.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProposalView {
    /// The event that proposed it; confirming and rejecting name it.
    pub proposal: String,
    /// The other defect.
    pub target: String,
    /// Who proposed it.
    pub by: String,
    /// `open`, `confirmed`, `rejected`.
    pub state: String,
    /// Why it was rejected.
    pub reason: String,
}

/// The repair of a defect.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RepairView {
    /// Everybody who answered for it, the present one last.
    pub named: Vec<NamedView>,
    /// How often it went to somebody else.
    pub reassignments: u32,
    /// Events that would have named somebody and were not legal: kept, and nothing changed.
    pub flagged: Vec<String>,
    /// The times that the owner was given, in their order.
    pub given: Vec<GivenView>,
    /// The time that the owner was given first.
    pub first_promise_ms: Option<i64>,
    /// The time that counts.
    pub promise_ms: Option<i64>,
    /// Who worked on it: none of them verifies it.
    pub repairers: Vec<String>,
    /// Until when the person named has answered.
    pub contact_by_ms: Option<i64>,
    /// Until when somebody was there.
    pub visit_by_ms: Option<i64>,
    /// Until when there is a plan.
    pub plan_by_ms: Option<i64>,
    /// Until when it is fixed.
    pub fix_by_ms: Option<i64>,
    /// Rule of the warranty.
    pub warranty_rule: String,
    /// Its profile.
    pub warranty_profile: String,
    /// The last day of the warranty.
    pub warranty_last_day: String,
    /// It was covered when it was handed in; none: nobody could say.
    pub covered: Option<bool>,
    /// Why no photo of the protection is asked for; empty: one is.
    pub waived: String,
    /// Proposals that it is the same as another.
    pub proposals: Vec<ProposalView>,
}

/// Reads the repair out of a life.
#[must_use]
pub fn repair_view(life: &Life) -> RepairView {
    let submitted = with_name(life, "submit").next_back();
    let word = |name: &str| submitted.map(|e| fact(e, name).to_owned()).unwrap_or_default();
    let covered = submitted.and_then(|e| e.facts.get("covered")).and_then(|v| match v {
        Value::Bool(yes) => Some(*yes),
        _ => None,
    });
    let given: Vec<GivenView> = promised(life)
        .map(|g| GivenView {
            event: g.event,
            at_ms: g.at_ms,
            person: g.person,
            counts: g.counts,
            displaced_by: g.displaced_by,
        })
        .collect();
    let responsible = responsible(life);
    let counting = || given.iter().filter(|g| g.counts).map(|g| g.at_ms);
    RepairView {
        named: named(life),
        reassignments: super::show::count(responsible.reassign_count),
        flagged: responsible.flagged,
        first_promise_ms: given.first().map(|g| g.at_ms),
        promise_ms: counting().next_back(),
        repairers: repairers(life).into_iter().collect(),
        contact_by_ms: super::matter::target(life, "contact_by"),
        visit_by_ms: super::matter::target(life, "visit_by"),
        plan_by_ms: super::matter::target(life, "plan_by"),
        fix_by_ms: super::matter::target(life, "fix_by"),
        warranty_rule: word("warranty_rule"),
        warranty_profile: word("warranty_profile"),
        warranty_last_day: word("warranty_last_day"),
        covered,
        waived: with_name(life, "waive")
            .next_back()
            .map(|e| fact(e, "reason").to_owned())
            .unwrap_or_default(),
        proposals: proposals(life),
        given,
    }
}

fn named(life: &Life) -> Vec<NamedView> {
    let events = life
        .events
        .iter()
        .filter(|e| ["assign", "reassign"].contains(&e.event.as_str()));
    let counting = events.filter(|e| e.standing == crate::events::Standing::Legal);
    counting
        .map(|e| NamedView {
            event: e.id.clone(),
            person: fact(e, "person").to_owned(),
            by: fact(e, "by").to_owned(),
            at_ms: e.written.at_ms,
            reason: fact(e, "reason").to_owned(),
            owner_told: e.facts.get("owner_told") == Some(&Value::Bool(true)),
        })
        .collect()
}

fn proposals(life: &Life) -> Vec<ProposalView> {
    let decided = |name: &'static str, id: &str| with_name(life, name).find(|e| fact(e, "proposal") == id);
    with_name(life, "propose_duplicate")
        .map(|e| {
            let rejected = decided("reject_duplicate", &e.id);
            let state = match (decided("confirm_duplicate", &e.id), rejected) {
                (Some(_), _) => "confirmed",
                (None, Some(_)) => "rejected",
                (None, None) => "open",
            };
            ProposalView {
                proposal: e.id.clone(),
                target: fact(e, "target").to_owned(),
                by: fact(e, "by").to_owned(),
                state: state.to_owned(),
                reason: rejected.map(|r| fact(r, "reason").to_owned()).unwrap_or_default(),
            }
        })
        .collect()
}
