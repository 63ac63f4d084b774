//! Rows: facts that the server owns and phones hold a copy of. Each is a CBOR map; what a version does not know it keeps.
//!
//! | kind | scope | struct |
//! |---|---|---|
//! | `project` | public places | [`ProjectRow`] |
//! | `building` | public places | [`BuildingRow`] |
//! | `layout` | public places | [`LayoutRow`] |
//! | `place` | public places | [`PlaceRow`] |
//! | `staff` | public places | [`StaffRow`], telephone cut by role |
//! | `team` | public places | [`TeamRow`] |
//! | `home` | its building | [`HomeRow`] |
//! | `task` | its home, or public places | [`TaskRow`] |
//! | `milestone` | its home, or public places | [`MilestoneRow`] |
//!
//! Ids are derived from the project and the code (UUIDv5), so that importing the same data twice names the same rows.

mod cut;
mod kinds;
mod milestone;
mod settings;

pub use cut::{body, cut, read};
pub use kinds::{BuildingRow, HomeRow, LayoutRow, PlaceRow, ProjectRow, Rest, StaffRow, TaskRow, TeamRow, row_id};
pub use milestone::MilestoneRow;
pub use settings::ProjectSettings;

/// The kinds of rows, as they stand in the log and on the phone.
pub mod kind {
    /// The project itself.
    pub const PROJECT: &str = "project";
    /// A building.
    pub const BUILDING: &str = "building";
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
}
