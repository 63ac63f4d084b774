//! Rows: facts that the server owns and phones hold a copy of. Each is a CBOR map; what a version does not know it keeps.
//!
//! | kind | scope | struct |
//! |---|---|---|
//! | `project` | public places | [`ProjectRow`] |
//! | `building` | public places | [`BuildingRow`] |
//! | `floor` | public places | [`FloorRow`] |
//! | `layout` | public places | [`LayoutRow`] |
//! | `place` | public places | [`PlaceRow`] |
//! | `plan` | public places | [`PlanRow`] |
//! | `staff` | public places | [`StaffRow`], telephone cut by role |
//! | `team` | public places | [`TeamRow`] |
//! | `home` | its building | [`HomeRow`] |
//! | `task` | its home, or public places | [`TaskRow`] |
//! | `milestone` | its home, or public places | [`MilestoneRow`] |
//! | `household` | its home; after moving out the project | [`HouseholdRow`] |
//! | `person` | as its household | [`PersonRow`], name and contact sealed and cut by role |
//! | `subject_key` | as its subject | [`SubjectKeyRow`], only for roles that may read something sealed with it |
//! | `contact` | as its household | [`ContactRow`], words sealed and cut by role |
//! | `sales_promise` | its home | [`SalesPromiseRow`] |
//! | `notice` | public places | [`NoticeRow`] |
//! | `notice_copy` | its home | [`NoticeCopyRow`] |
//! | `appointment` | its home | [`AppointmentRow`] |
//! | `risk_decision` | the home, or public places | [`RiskDecisionRow`] |
//! | `edition` | public places | [`EditionRow`] |
//! | `edition_file` | public places | [`EditionFileRow`] |
//!
//! Ids are derived from the project and the code (UUIDv5), so that importing the same data twice names the same rows.

mod cut;
mod day;
mod edition;
mod kinds;
mod life;
mod milestone;
mod notice;
mod office;
mod people;
mod plan;
mod promise;
mod sales_items;
mod settings;

pub use cut::{CUT_KINDS, body, cut, read};
pub use edition::{EditionFileRow, EditionRow};
pub use kinds::{
    BuildingRow, HomeRow, LayoutRow, PlaceRow, ProjectRow, Rest, StaffRow, TaskClosed, TaskRow, TeamRow, row_id,
};
pub use life::{Facts, RowEvent, RowLife};
pub use milestone::MilestoneRow;
pub use notice::{Audience, NoticeCopyRow, NoticeRow, is_reached, notice_life};
pub use office::{AppointmentRow, RiskDecisionRow};
pub use people::{ContactRow, HouseholdRow, PersonName, PersonRow, Quiet, Reach, SubjectKeyRow, quiet_of, quiet_text};
pub use plan::{FloorRow, PlanRow};
pub use promise::{PromiseStand, SalesPromiseRow};
pub use sales_items::{SALES_SECTION, ask_sales};
pub use settings::ProjectSettings;

/// The kinds of rows, as they stand in the log and on the phone.
pub mod kind {
    /// The project itself.
    pub const PROJECT: &str = "project";
    /// A building.
    pub const BUILDING: &str = "building";
    /// A floor with a name of its own.
    pub const FLOOR: &str = "floor";
    /// A drawing with its scale.
    pub const PLAN: &str = "plan";
    /// A layout: rooms, windows, doors, features.
    pub const LAYOUT: &str = "layout";
    /// A public place.
    pub const PLACE: &str = "place";
    /// Somebody who works here.
    pub const STAFF: &str = "staff";
    /// An inspection team.
    pub const TEAM: &str = "team";
    /// A home.
    pub const HOME: &str = "home";
    /// A task.
    pub const TASK: &str = "task";
    /// What happened, or is planned, on a day.
    pub const MILESTONE: &str = "milestone";
    /// A household.
    pub const HOUSEHOLD: &str = "household";
    /// A person of a household.
    pub const PERSON: &str = "person";
    /// The key of a household or person.
    pub const SUBJECT_KEY: &str = "subject_key";
    /// A contact with a household.
    pub const CONTACT: &str = "contact";
    /// Something promised in sales.
    pub const SALES_PROMISE: &str = "sales_promise";
    /// A notice.
    pub const NOTICE: &str = "notice";
    /// What became of a notice in one home.
    pub const NOTICE_COPY: &str = "notice_copy";
    /// A time agreed with a household.
    pub const APPOINTMENT: &str = "appointment";
    /// A decision at the gate of delivery risk.
    pub const RISK_DECISION: &str = "risk_decision";
    /// A published edition of the project's data.
    pub const EDITION: &str = "edition";
    /// A file of editions.
    pub const EDITION_FILE: &str = "edition_file";
}
