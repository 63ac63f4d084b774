//! The demo project: the shape of demo_project.json.
//!
//! Names and telephone numbers of households, though invented, are treated as the personal data that they stand for.

mod check;
mod check_people;
mod event;
mod people;
mod places;

use serde::Deserialize;

pub use self::event::{Calendar, Disclosure, Event, HandoverDay, SalesPromise, Station};
pub use self::people::{Crew, Duty, Household, Owner, Person, Staff, Team};
pub use self::places::{Building, Layout, NotForSale, Project, PublicPlace, Unit};
pub(super) use check::check;

use super::rooms::Room;

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
    /// Households.
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
