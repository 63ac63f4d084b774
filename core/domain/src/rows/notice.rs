//! What we tell owners: one notice for many homes, and what became of it in each.

use super::{Rest, RowEvent, RowLife};
use crate::catalog::{Machine, Text};
use crate::ids::{PlaceId, ScopeId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use uuid::Uuid;

/// A notice in one version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NoticeRow {
    /// Its code; all versions have the same.
    pub code: String,
    /// What it is (`answer_codes.csv`, group `notice_kind`).
    pub kind: String,
    /// Counts from 1.
    pub version: u32,
    /// Its title.
    pub title: Text,
    /// What it says, point by point.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<Text>,
    /// For whom.
    #[serde(default)]
    pub audience: Audience,
    /// What happened to it in all homes at once: sent, superseded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<RowEvent>,
    /// What a newer version knows.
    #[serde(flatten)]
    pub rest: Rest,
}

/// The homes that a notice is for; nothing named: all of the project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audience {
    /// Whole buildings.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub buildings: BTreeSet<ScopeId>,
    /// Single homes.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub homes: BTreeSet<PlaceId>,
}

impl Audience {
    /// Tells whether a home is meant.
    #[must_use]
    pub fn has(&self, home: PlaceId, building: ScopeId) -> bool {
        let all = self.buildings.is_empty() && self.homes.is_empty();
        all || self.buildings.contains(&building) || self.homes.contains(&home)
    }
}

/// What happened to a notice in one home. There is no row until something did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NoticeCopyRow {
    /// The notice.
    pub notice: Uuid,
    /// The home.
    pub home: PlaceId,
    /// What happened here.
    pub events: Vec<RowEvent>,
    /// What a newer version knows.
    #[serde(flatten)]
    pub rest: Rest,
}

impl NoticeCopyRow {
    /// Returns the id of the row of a notice in a home.
    #[must_use]
    pub fn id_of(notice: Uuid, home: PlaceId) -> Uuid {
        Uuid::new_v5(&notice, home.as_bytes())
    }
}

/// Folds what happened to a notice in one home: events of all homes and of this one, as the server received them.
#[must_use]
pub fn notice_life(machine: &Machine, notice: &NoticeRow, copy: Option<&NoticeCopyRow>) -> RowLife {
    fold(machine, notice, copy).0
}

/// Tells whether a version of a notice has reached a home: with proof of delivery, or acknowledged. It stays so when a
/// newer version takes its place.
#[must_use]
pub fn is_reached(machine: &Machine, notice: &NoticeRow, copy: Option<&NoticeCopyRow>) -> bool {
    fold(machine, notice, copy).1
}

fn fold(machine: &Machine, notice: &NoticeRow, copy: Option<&NoticeCopyRow>) -> (RowLife, bool) {
    let mut events: Vec<&RowEvent> = notice
        .events
        .iter()
        .chain(copy.iter().flat_map(|c| &c.events))
        .collect();
    // What waits on one phone will be received together, in the order in which it was said there.
    events.sort_by_key(|event| (event.received_ms, event.at_ms));
    let (mut life, mut reached) = (RowLife::begin(machine), false);
    for event in events {
        // "Sent to all" says nothing about a home that has acknowledged before.
        let _ = life.take(machine, event);
        reached |= ["delivered", "acknowledged"].contains(&life.state.as_str());
    }
    (life, reached)
}
