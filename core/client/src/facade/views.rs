//! What lists and commands give back. Owned, plain types: they cross the FFI as they are.

use keyturn_domain::catalog::Room;
use keyturn_domain::record::view::TextView;
use serde::{Deserialize, Serialize};

/// How far the own work on a record is, in the words of the three promises.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromiseView {
    /// The weakest that holds for all own changes: `saved`, `received`, `in_backup`; `nothing` when nothing is own.
    pub state: String,
    /// Own changes that are durable on this phone.
    pub saved: u64,
    /// Of those, received by the server.
    pub received: u64,
    /// Of those, in a backup that was read back.
    pub in_backup: u64,
    /// Changes that a reviewer must look at.
    pub marked: u64,
    /// Commands that go nowhere by themselves.
    pub stuck: u64,
    /// Why, or nothing.
    pub stuck_code: String,
}

/// A command is durable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// The record.
    pub record: String,
    /// What the next command may bring back as `seen`: what was seen before, and this.
    pub seen: Vec<String>,
    /// The change; empty: there was nothing to change.
    pub change: String,
}

/// What "the rest of this room is fine" did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkOutcome {
    /// The command.
    pub recorded: Recorded,
    /// How many questions were answered by it.
    pub answered: u32,
    /// Must-test questions that stay open.
    pub still_open: Vec<String>,
}

/// A room as records name it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomName {
    /// Its code, as it stands in records.
    pub room: String,
    /// Its name on the plan.
    pub name: TextView,
}

impl From<&Room> for RoomName {
    fn from(room: &Room) -> Self {
        Self {
            room: room.code.to_string(),
            name: TextView::from(&room.text),
        }
    }
}

/// A task of a day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskCard {
    /// The task.
    pub task: String,
    /// Its project.
    pub project: String,
    /// `handover_inspection`, …
    pub kind: String,
    /// Where.
    pub place: String,
    /// Unit number, or the name of a public place.
    pub place_name: TextView,
    /// The day in the project's time zone.
    pub day: String,
    /// Begin of the slot; empty: the whole day.
    pub slot: String,
    /// The record that it produces.
    pub record: String,
    /// Kind of the record.
    pub record_kind: String,
    /// Its state; empty: not begun. Of a task without a record what became of it: `done`, `not_done`.
    pub state: String,
    /// Why a task without a record was not done.
    pub reason: String,
    /// What became of it waits for the server.
    pub pending: bool,
    /// Questions asked here; 0 when the record asks none.
    pub asked: u32,
    /// The edition of the data that it pins is not here yet: another one is asked meanwhile.
    pub edition_waiting: bool,
    /// Of them answered.
    pub answered: u32,
    /// Homes that have answered the survey of a task for many ([`super::Visits::begin_survey`]).
    pub surveyed: u32,
    /// Answers that say defect.
    pub defects: u32,
    /// Fields on which people disagree.
    pub contested: u32,
    /// How far the own work on it is.
    pub promise: PromiseView,
}

/// A building in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildingCard {
    /// The building.
    pub building: String,
    /// Its project.
    pub project: String,
    /// Its name.
    pub name: TextView,
    /// Homes that this phone knows of.
    pub homes: u32,
}

/// Somebody who works here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonCard {
    /// The person.
    pub user: String,
    /// Staff code.
    pub code: String,
    /// The name.
    pub name: TextView,
    /// The role in the project.
    pub role: String,
}

/// A home on its floor.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeCard {
    /// The place.
    pub place: String,
    /// Unit number.
    pub no: String,
    /// Entrance.
    pub entrance: u32,
    /// Layout.
    pub layout: String,
    /// State of its newest inspection; empty: none on this phone.
    pub state: String,
    /// Answers given in it.
    pub answered: u32,
    /// Defects that are not closed.
    pub open_defects: u32,
    /// Fields on which people disagree, over all records here.
    pub contested: u32,
    /// The person may record here.
    pub may_write: bool,
}

/// A floor.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FloorView {
    /// Its number.
    pub floor: u32,
    /// Its homes, by number.
    pub homes: Vec<HomeCard>,
}

/// A building with its floors, the highest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildingView {
    /// The building.
    pub building: String,
    /// Its name.
    pub name: TextView,
    /// Its floors.
    pub floors: Vec<FloorView>,
}

/// A record in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordCard {
    /// The record.
    pub record: String,
    /// Its kind.
    pub kind: String,
    /// The place.
    pub place: String,
    /// Template of an inspection, code of a defect.
    pub what: String,
    /// The name of a defect in the catalogue.
    pub text: TextView,
    /// State.
    pub state: String,
    /// Severity of a defect.
    pub severity: String,
    /// Room of a defect.
    pub room: String,
    /// Answers given.
    pub answered: u32,
    /// Answers that say defect.
    pub defects: u32,
    /// Fields on which people disagree.
    pub contested: u32,
    /// Events that were not legal or are held back: somebody should look.
    pub irregular: u32,
    /// The newest device time in it.
    pub updated_ms: i64,
    /// How far the own work on it is.
    pub promise: PromiseView,
}

/// A home with everything recorded there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeView {
    /// The home.
    pub home: HomeCard,
    /// Its floor.
    pub floor: u32,
    /// Its building.
    pub building: String,
    /// Its tasks, by day.
    pub tasks: Vec<TaskCard>,
    /// Its records, the newest first.
    pub records: Vec<RecordCard>,
}

/// One value that a field once had.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineageView {
    /// The value.
    pub value: String,
    /// The person.
    pub user: String,
    /// Device time.
    pub at_ms: i64,
    /// The change.
    pub change: String,
    /// The changes whose values it replaced.
    pub replaced: Vec<String>,
    /// One of the values that the field has now.
    pub current: bool,
}
