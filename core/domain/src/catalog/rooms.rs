//! Kinds of rooms, and the rooms of a home.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::codes::{FeatureCode, RoomCode, RoomGroup, RoomKindCode};
use super::csv_table::Table;
use super::error::Result;
use super::text::Text;

/// The file of the kinds.
pub(super) const FILE: &str = "rooms.csv";

/// A kind of room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomKind {
    /// Its code.
    pub code: RoomKindCode,
    /// Its name.
    pub text: Text,
    /// The group that checklists may name instead.
    pub group: RoomGroup,
    /// Where it stands in lists.
    pub order: u32,
}

/// Kinds of rooms by code.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RoomKinds {
    kinds: BTreeMap<RoomKindCode, RoomKind>,
}

impl RoomKinds {
    pub(super) fn load(text: &str) -> Result<Self> {
        let mut kinds = BTreeMap::new();
        for row in Table::read(FILE, text)?.rows() {
            let kind = RoomKind {
                code: row.code("room_code")?,
                text: row.text("zh", "en")?,
                group: row.code("group")?,
                order: row.whole("order")?,
            };
            row.check(
                "room_code",
                !kinds.contains_key(&kind.code),
                "a key that no earlier row has",
            )?;
            kinds.insert(kind.code.clone(), kind);
        }
        Ok(Self { kinds })
    }

    /// Returns a kind by its code.
    #[must_use]
    pub fn get(&self, code: &str) -> Option<&RoomKind> {
        self.kinds.get(code)
    }

    /// Returns all kinds by code.
    pub fn iter(&self) -> impl Iterator<Item = &RoomKind> {
        self.kinds.values()
    }

    /// Returns the kinds that a name stands for: the kind itself and all of the group of that name.
    #[must_use]
    pub fn named(&self, name: &str) -> BTreeSet<RoomKindCode> {
        self.iter()
            .filter(|kind| kind.code == name || kind.group == name)
            .map(|kind| kind.code.clone())
            .collect()
    }
}

/// A room of a layout: what a checklist needs to know of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    /// Its code inside the home, as it stands in answer keys.
    pub code: RoomCode,
    /// Its kind.
    pub kind: RoomKindCode,
    /// Its name on the plan.
    #[serde(flatten)]
    pub text: Text,
    /// How many windows it has.
    pub windows: u32,
    /// How many inner doors it has.
    pub doors: u32,
    /// Design width in millimetres; absent in public places.
    #[serde(default)]
    pub width_mm: Option<u32>,
    /// Design depth in millimetres.
    #[serde(default)]
    pub depth_mm: Option<u32>,
    /// Design clear height in millimetres.
    #[serde(default)]
    pub height_mm: Option<u32>,
    /// What this room has, beyond what the whole home has.
    pub features: BTreeSet<FeatureCode>,
}

impl Room {
    /// Returns the design value for a reading named `width`, `depth` or `height`.
    #[must_use]
    pub fn design(&self, reading: &str) -> Option<f64> {
        match reading {
            "width" => self.width_mm,
            "depth" => self.depth_mm,
            "height" => self.height_mm,
            _ => None,
        }
        .map(f64::from)
    }
}
