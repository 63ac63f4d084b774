//! What an app calls: small clients, one call for what one screen needs.
//!
//! - [`Inspections`], [`Defects`], [`Cases`], [`Visits`]: one record as one screen, and every command on it.
//! - [`Promises`]: what was promised, in whichever record; kept, moved, withdrawn.
//! - [`Milestones`]: the days of the journey that tasks count from.
//! - [`People`], [`Notices`]: who lives in a home, what they were told; commands about rows, pending until the verdict.
//! - [`Search`]: whatever has a few characters in it.
//! - [`Tasks`], [`Places`]: lists, from projections; no list loads a document.
//!
//! Calls return facts and codes, never sentences. Ids are text. A command brings back `seen`, the heads from which its
//! screen was drawn, and is answered when it is durable. Reads do not throw for what is missing, they say so.

mod after_signing;
mod case_views;
mod cases;
mod clusters;
mod complaints;
mod context;
mod danger;
mod defects;
mod duplicates;
mod figures;
mod households;
mod inspections;
mod intents;
mod lists;
mod milestones;
mod notices;
mod people;
mod people_at;
mod people_read;
mod people_views;
mod places;
mod promises;
mod questions;
mod record;
mod repairs;
mod search;
mod tasks;
mod terms;
mod timeline;
mod times;
mod views;
mod visits;

pub use case_views::{CaseCard, CaseDue, ClusterDecision, ClusterView, NewCase, PlanView, TellingView, TriageView};
pub use cases::Cases;
pub use defects::{Defects, NewDefect};
pub use duplicates::DuplicateView;
pub use inspections::{Inspections, NewPhoto};
pub use milestones::{MilestoneView, Milestones, NewMilestone};
pub use notices::{MissedHome, NewNotice, NoticeCard, NoticeView, Notices};
pub use people::{NewBooking, NewContact, NewPerson, People, PersonEdit};
pub use people_views::{
    BookingView, CollisionView, ContactView, HouseholdView, IntentView, PersonView, QuietHours, SalesPromiseView,
};
pub use places::Places;
pub use promises::{NewPromise, NewProof, PromiseCard, Promises};
pub(crate) use questions::KeptQuestions;
pub use repairs::{PromisedView, RepairCard};
pub(crate) use search::KeptNames;
pub use search::{PhraseView, Search, SearchHit, SearchView};
pub use tasks::Tasks;
pub use timeline::{TimelineEntry, TimelineView};
pub use times::{ClauseView, ComponentView, DefectDueView, ExpectedView, LogLine, PartView, RoundView, WarrantyView};
pub use views::{
    BuildingCard, BuildingView, BulkOutcome, FloorView, HomeCard, HomeView, LineageView, PersonCard, PromiseView,
    RecordCard, Recorded, RoomName, TaskCard,
};

pub use visits::{
    FirstContactView, NewAppointment, NewArrival, NewRequest, OpenAtHome, QuietView, Requested, VisitScreen, Visits,
};

pub use keyturn_domain::rules::{ClockStepView, ClockView, EscalationView};

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

    /// Visits and calls: screens and commands.
    #[must_use]
    pub fn visits(&self) -> Visits {
        Visits(self.clone())
    }

    /// Promises: lists and commands.
    #[must_use]
    pub fn promises(&self) -> Promises {
        Promises(self.clone())
    }

    /// Milestones: the days that tasks count from.
    #[must_use]
    pub fn milestones(&self) -> Milestones {
        Milestones(self.clone())
    }

    /// Cases: reports for an owner, screens and commands.
    #[must_use]
    pub fn cases(&self) -> Cases {
        Cases(self.clone())
    }

    /// Tasks: lists.
    #[must_use]
    pub fn tasks(&self) -> Tasks {
        Tasks(self.clone())
    }

    /// Search: places, people, records, ready words.
    #[must_use]
    pub fn search(&self) -> Search {
        Search(self.clone())
    }

    /// Places: buildings, floors, homes.
    #[must_use]
    pub fn places(&self) -> Places {
        Places(self.clone())
    }

    /// People: households, persons, contacts, agreed times, sales promises.
    #[must_use]
    pub fn people(&self) -> People {
        People(self.clone())
    }

    /// Notices: audience, version, proof, who was not reached.
    #[must_use]
    pub fn notices(&self) -> Notices {
        Notices(self.clone())
    }
}
