//! Two people who reported the same defect: the core proposes, a person decides, both histories stay.

use super::defects::Defects;
use super::lists::{DONE, projection};
use super::promises::hand_over;
use super::record::{on_scene, parse};
use super::views::Recorded;
use crate::ClientError;
use keyturn_domain::record::duplicates::{self, Reported};
use keyturn_domain::{DocumentId, PlaceId};
use keyturn_store::documents::{self, ListedDocument};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Two defects that may be one: the later report, and the earlier one that would go on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DuplicateView {
    /// The later report.
    pub record: String,
    /// The earlier one.
    pub target: String,
    /// The building part of both.
    pub part: String,
    /// The room of the later one.
    pub room: String,
    /// Somebody proposed it already; a person has to decide.
    pub proposed: bool,
}

impl Defects {
    /// Lists which defects of a place may be one: same room and part, by two people, near on the plan or in time.
    ///
    /// # Errors
    /// A storage error.
    pub fn duplicates(&self, place: &str) -> Result<Vec<DuplicateView>, ClientError> {
        let place: PlaceId = parse(place, "place")?;
        self.0.look(|conn| {
            let mut listed = documents::at_place(conn, place)?;
            listed.retain(|d| d.genesis.kind == "defect");
            let mut all: Vec<(Reported, BTreeSet<String>)> = listed.iter().map(reported).collect();
            all.sort_by(|(a, _), (b, _)| (a.at_ms, &a.record).cmp(&(b.at_ms, &b.record)));
            let mut views = Vec::new();
            for (n, (one, proposed)) in all.iter().enumerate() {
                let earlier: Vec<Reported> = all.iter().take(n).map(|(r, _)| r.clone()).collect();
                let same = duplicates::same(one, &earlier).into_iter().map(|r| r.record.clone());
                let mut targets: BTreeSet<String> = same.collect();
                if !one.done {
                    targets.extend(proposed.iter().filter(|t| !one.not.contains(t)).cloned());
                }
                views.extend(targets.into_iter().map(|target| DuplicateView {
                    record: one.record.clone(),
                    proposed: proposed.contains(&target),
                    target,
                    part: one.part.clone(),
                    room: one.room.clone(),
                }));
            }
            Ok(views)
        })
    }

    /// Proposes that a defect is the same as another; it moves nothing, and a person decides.
    ///
    /// # Errors
    /// `bad_value` for itself, `illegal` when nothing is to be done about it any more.
    pub fn propose_duplicate(&self, record: &str, heads: &[String], target: &str) -> Result<Recorded, ClientError> {
        let _known: DocumentId = parse(target, "target")?;
        on_scene(&self.0, record, heads, |s| duplicates::propose(s, target))
    }

    /// Confirms a proposal, by its event: this defect ends, the other goes on, also with what was promised. Reviewer or
    /// manager.
    ///
    /// # Errors
    /// `unknown_entry`, `illegal`; `bad_value` when the other is at its end as a duplicate itself.
    pub fn confirm_duplicate(&self, record: &str, heads: &[String], proposal: &str) -> Result<Recorded, ClientError> {
        let shown = self.open(record)?;
        let named = shown.repair.proposals.iter().find(|p| p.proposal == proposal);
        let target = named.map(|p| p.target.clone()).unwrap_or_default();
        if let Ok(target) = target.parse() {
            let other = self.0.records().listed(target)?;
            if other.is_some_and(|d| d.state == "duplicate") {
                return Err(ClientError::Command(keyturn_domain::record::CommandError::Value(
                    "target",
                )));
            }
        }
        hand_over(&self.0, record, heads, &target, |s, taken| {
            duplicates::confirm(s, proposal, taken)
        })
    }

    /// Says that it is another defect, and why; the pair is not proposed again.
    ///
    /// # Errors
    /// `unknown_entry`, `illegal` without a reason.
    pub fn reject_duplicate(
        &self,
        record: &str,
        heads: &[String],
        proposal: &str,
        reason: &str,
    ) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, |s| duplicates::reject(s, proposal, reason))
    }
}

/// What the rule must know of a defect, and of which defects it was proposed to be the same.
fn reported(listed: &ListedDocument) -> (Reported, BTreeSet<String>) {
    let shown = projection(listed);
    let targets = |event: &str| {
        let steps = shown.history.iter().filter(|step| step.event == event);
        steps.map(|step| step.fact("target").to_owned()).collect::<Vec<_>>()
    };
    let proposed = targets("propose_duplicate").into_iter().collect();
    let one = Reported {
        record: listed.genesis.document.to_string(),
        place: listed.genesis.place.to_string(),
        not: targets("reject_duplicate"),
        room: shown.room.clone(),
        part: shown.matter.part.clone(),
        pin: shown.matter.pin.clone(),
        at_ms: shown.matter.received_ms.unwrap_or(listed.updated_ms),
        by: shown
            .matter
            .reported_by
            .map(|user| user.to_string())
            .unwrap_or_default(),
        done: DONE.contains(&shown.state.as_str()),
    };
    (one, proposed)
}
