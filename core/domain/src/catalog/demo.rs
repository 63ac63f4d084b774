//! The demo project: the shape of demo_project.json.
//!
//! Names and telephone numbers of households are personal data and are not read here.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

use super::codes::{
    BuildingCode, CrewCode, FeatureCode, HouseholdCode, LayoutCode, PlaceCode, PlainCode, ProfileCode, ProjectCode,
    RoleCode, RoomCode, RoomKindCode, RulesetCode, StaffCode, TeamCode, TemplateId, TradeCode, UnitNo,
};
use super::rooms::Room;
use super::text::Text;
use super::tolerances::Grade;

/// The file of the demo project.
pub(super) const FILE: &str = "demo_project.json";

/// A project with everything that a server starts with.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Demo {
    /// The project and its settings.
    pub project: Project,
    /// Layouts of homes.
    pub layouts: Vec<Layout>,
    /// Buildings.
    pub buildings: Vec<Building>,
    /// Homes.
    pub units: Vec<Unit>,
    /// Homes that are not handed over to an owner.
    pub not_for_sale: Vec<NotForSale>,
    /// Public places.
    pub public_places: Vec<PublicPlace>,
    /// Inspection teams.
    pub teams: Vec<Team>,
    /// Staff.
    pub staff: Vec<Staff>,
    /// Repair crews.
    pub crews: Vec<Crew>,
    /// Households, without names.
    pub households: Vec<Household>,
    /// The handover event.
    pub event: Event,
    /// Its days.
    pub handover_plan: Vec<HandoverDay>,
    /// Rest days.
    pub calendar: Calendar,
    /// Who answers at night.
    pub duty_roster: Vec<Duty>,
    /// What was promised at sale.
    pub sales_promises: Vec<SalesPromise>,
    /// What buyers were told beforehand.
    pub disclosures: Vec<Disclosure>,
}

impl Demo {
    /// Returns a layout by its code.
    #[must_use]
    pub fn layout(&self, code: &str) -> Option<&Layout> {
        self.layouts.iter().find(|layout| layout.code == code)
    }

    /// Returns a home by its number.
    #[must_use]
    pub fn unit(&self, no: &str) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.no == no)
    }

    /// Returns the public places as rooms, for a round through all of them.
    #[must_use]
    pub fn public_rooms(&self) -> Vec<Room> {
        self.public_places.iter().filter_map(PublicPlace::as_room).collect()
    }
}

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

/// An inspection team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// Its code.
    pub code: TeamCode,
    /// Its name.
    #[serde(flatten)]
    pub text: Text,
    /// Its engineer.
    pub engineer: StaffCode,
    /// Its ambassador.
    pub ambassador: StaffCode,
}

/// A person of the staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staff {
    /// Their code.
    pub code: StaffCode,
    /// Their role.
    pub role: RoleCode,
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in Latin letters.
    pub name_en: String,
    /// Title in Chinese.
    pub title_zh: String,
    /// Title in English.
    pub title_en: String,
    /// Business telephone.
    pub phone: String,
}

/// A repair crew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crew {
    /// Its code.
    pub code: CrewCode,
    /// Its name.
    #[serde(flatten)]
    pub text: Text,
    /// Who leads it.
    pub head: StaffCode,
    /// What it repairs.
    pub trades: Vec<TradeCode>,
}

/// A household, without names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Household {
    /// Its code.
    pub code: HouseholdCode,
    /// Its home.
    pub unit: UnitNo,
    /// The language it is written to in.
    pub language: super::text::Lang,
    /// The ambassador who looks after it.
    pub ambassador: StaffCode,
    /// Who lives there, by relation only.
    pub people: Vec<Person>,
    /// When it does not want to be called.
    pub quiet_hours: Option<Vec<(NaiveTime, NaiveTime)>>,
}

/// A person of a household, by relation only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Owner, tenant … (`answer_codes.csv`, group `relation`).
    pub relation: PlainCode,
}

/// The handover event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its code.
    pub code: PlainCode,
    /// Which batch it is.
    pub batch: u32,
    /// Of how many.
    pub batches: u32,
    /// Area of the hall in square metres.
    pub area_m2: u32,
    /// When its slots begin.
    pub slots: Vec<NaiveTime>,
    /// How long a slot lasts.
    pub slot_minutes: u32,
    /// The stations that a household passes.
    pub stations: Vec<Station>,
}

/// A station of the event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Station {
    /// Its code.
    pub code: PlainCode,
    /// Its name.
    #[serde(flatten)]
    pub text: Text,
}

/// A day of the event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoverDay {
    /// Counts from 1.
    pub day: u32,
    /// Its date.
    pub date: NaiveDate,
    /// Whether it is a weekend day.
    pub weekend: bool,
    /// Homes noticed for it.
    pub noticed_units: usize,
    /// Homes expected on it.
    pub forecast_units: usize,
    /// Teams on duty.
    pub teams: Vec<TeamCode>,
    /// How many homes fit.
    pub slot_capacity: usize,
}

/// Rest days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// Days of the week that are free; 1 is Monday.
    pub weekend: Vec<u32>,
    /// Further free days.
    pub rest_days: Vec<NaiveDate>,
}

/// A duty at night.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    /// From this time of day.
    pub from: NaiveTime,
    /// To this one, perhaps of the next day.
    pub to: NaiveTime,
    /// Who.
    pub person: StaffCode,
    /// What for.
    pub covers: PlainCode,
}

/// Something promised at sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SalesPromise {
    /// To the owner of this home.
    pub unit: UnitNo,
    /// What.
    #[serde(flatten)]
    pub text: Text,
    /// By when.
    pub by: NaiveDate,
}

/// Something that buyers were told beforehand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disclosure {
    /// Its code.
    pub code: PlainCode,
    /// What.
    #[serde(flatten)]
    pub text: Text,
}
