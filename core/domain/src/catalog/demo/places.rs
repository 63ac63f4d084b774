//! The project, its layouts, buildings, homes and public places.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::catalog::codes::{
    BuildingCode, FeatureCode, LayoutCode, PlaceCode, ProfileCode, ProjectCode, RoomCode, RoomKindCode, RulesetCode,
    TeamCode, TemplateId, UnitNo,
};
use crate::catalog::rooms::Room;
use crate::catalog::text::Text;
use crate::catalog::tolerances::Grade;

/// A project and its settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// Its code.
    pub code: ProjectCode,
    /// Its name.
    #[serde(flatten)]
    pub text: Text,
    /// Its city in Chinese.
    pub city_zh: String,
    /// Its city in English.
    pub city_en: String,
    /// IANA time zone.
    pub time_zone: String,
    /// Day of the completion acceptance.
    pub completion_acceptance: NaiveDate,
    /// Design life of the structure in years.
    pub design_life_years: u32,
    /// Which warranty rules hold.
    pub warranty_profile: ProfileCode,
    /// Which deadlines hold for complaints.
    pub complaint_profile: ProfileCode,
    /// Which limits hold.
    pub tolerance_ruleset: RulesetCode,
    /// How strict they are.
    pub tolerance_grade: Grade,
    /// The checklist of its handovers.
    pub template: TemplateId,
    /// How many homes it has.
    pub units: usize,
}

/// A layout of homes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// Its code.
    pub code: LayoutCode,
    /// Its name.
    #[serde(flatten)]
    pub text: Text,
    /// How many bedrooms.
    pub bedrooms: u32,
    /// Floor area in square metres.
    pub area_m2: u32,
    /// What the home as a whole has.
    pub features: BTreeSet<FeatureCode>,
    /// Its rooms.
    pub rooms: Vec<Room>,
}

impl Layout {
    /// Returns the features of the home and of all its rooms.
    #[must_use]
    pub fn all_features(&self) -> BTreeSet<FeatureCode> {
        self.rooms
            .iter()
            .flat_map(|room| &room.features)
            .chain(&self.features)
            .cloned()
            .collect()
    }
}

/// A building.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Building {
    /// Its code.
    pub code: BuildingCode,
    /// Its name.
    #[serde(flatten)]
    pub text: Text,
    /// How many entrances.
    pub entrances: u32,
    /// How many floors.
    pub floors: u32,
    /// Homes on each floor of an entrance.
    pub flats_per_floor: u32,
    /// Homes in all.
    pub units: usize,
}

/// A home.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Its number, building-entrance-floor and room.
    pub no: UnitNo,
    /// Its building.
    pub building: BuildingCode,
    /// Its entrance.
    pub entrance: u32,
    /// Its floor.
    pub floor: u32,
    /// Its layout.
    pub layout: LayoutCode,
    /// The day of the event that its notice names.
    pub day: u32,
    /// The slot of that day; counts from 1.
    pub slot: u32,
    /// The team that walks it.
    pub team: TeamCode,
    /// The day on which the owner comes.
    pub comes_on_day: u32,
}

/// A home that is not handed over to an owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotForSale {
    /// Its number.
    pub no: UnitNo,
    /// What it is used for.
    #[serde(flatten)]
    pub text: Text,
}

/// A public place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicPlace {
    /// Its code.
    pub code: PlaceCode,
    /// Its kind.
    pub kind: RoomKindCode,
    /// Its name.
    #[serde(flatten)]
    pub text: Text,
    /// Its building; none on the ground.
    pub building: Option<BuildingCode>,
    /// Its entrance.
    pub entrance: Option<u32>,
}

impl PublicPlace {
    /// Returns the place as a room of a checklist; its code is the room's.
    #[must_use]
    pub fn as_room(&self) -> Option<Room> {
        let code: RoomCode = self.code.as_str().parse().ok()?;
        Some(Room {
            code,
            kind: self.kind.clone(),
            text: self.text.clone(),
            windows: 0,
            doors: 0,
            width_mm: None,
            depth_mm: None,
            height_mm: None,
            features: BTreeSet::new(),
        })
    }
}
