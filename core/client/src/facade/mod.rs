//! What an app calls: small clients, one call for what one screen needs.
//!
//! - [`Inspections`], [`Defects`]: one record as one screen, and every command on it.
//! - [`Tasks`], [`Places`]: lists, from projections; no list loads a document.
//!
//! Calls return facts and codes, never sentences. Ids are text. A command brings back `seen`, the heads from which its
//! screen was drawn, and is answered when it is durable. Reads do not throw for what is missing, they say so.

mod context;
mod defects;
mod inspections;
mod lists;
mod places;
mod questions;
mod record;
mod tasks;
mod views;

pub use defects::{Defects, NewDefect};
pub use inspections::{Inspections, NewPhoto};
pub use places::Places;
pub(crate) use questions::KeptQuestions;
pub use tasks::Tasks;
pub use views::{
    BuildingCard, BuildingView, BulkOutcome, FloorView, HomeCard, HomeView, LineageView, PersonCard, PromiseView,
    RecordCard, Recorded, TaskCard,
};

use crate::Client;

impl Client {
    /// Inspections: screens and commands.
    #[must_use]
    pub fn inspections(&self) -> Inspections {
        Inspections(self.clone())
    }

    /// Defects: screens and commands.
    #[must_use]
    pub fn defects(&self) -> Defects {
        Defects(self.clone())
    }

    /// Tasks: lists.
    #[must_use]
    pub fn tasks(&self) -> Tasks {
        Tasks(self.clone())
    }

    /// Places: buildings, floors, homes.
    #[must_use]
    pub fn places(&self) -> Places {
        Places(self.clone())
    }
}
