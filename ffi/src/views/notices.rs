//! Notices: in one home, with their audience, to be made.

use keyturn_client::facade::{MissedHome, NewNotice, NoticeCard, NoticeView};
use keyturn_domain::record::view::TextView;

/// A notice in one home.
#[uniffi::remote(Record)]
pub struct NoticeCard {
    /// The notice.
    pub notice: String,
    /// Its code; all versions have the same.
    pub code: String,
    /// What it is.
    pub kind: String,
    /// Its version.
    pub version: u32,
    /// Its title.
    pub title: TextView,
    /// What it says.
    pub points: Vec<TextView>,
    /// The state in this home.
    pub state: String,
    /// Whether it has reached the home.
    pub reached: bool,
    /// The last event here.
    pub event: String,
    /// When that was, by the device that said so.
    pub at_ms: i64,
    /// Waits for the server.
    pub pending: bool,
}

/// A notice with its audience.
#[uniffi::remote(Record)]
pub struct NoticeView {
    /// The notice.
    pub notice: String,
    /// Its project.
    pub project: String,
    /// Its code; all versions have the same.
    pub code: String,
    /// What it is.
    pub kind: String,
    /// Its version.
    pub version: u32,
    /// Its title.
    pub title: TextView,
    /// What it says.
    pub points: Vec<TextView>,
    /// Homes of the audience that this phone knows of.
    pub homes: u32,
    /// Of them reached.
    pub reached: u32,
    /// Of them reached by a proof that waits for the server.
    pub waiting: u32,
    /// The others, by unit number.
    pub not_reached: Vec<MissedHome>,
}

/// A home that a notice has not reached.
#[uniffi::remote(Record)]
pub struct MissedHome {
    /// The home.
    pub place: String,
    /// Its unit number.
    pub no: String,
    /// The state there.
    pub state: String,
}

/// A notice to be made, or the next version of one.
#[uniffi::remote(Record)]
pub struct NewNotice {
    /// The project.
    pub project: String,
    /// Its code.
    pub code: String,
    /// What it is (group `notice_kind`).
    pub kind: String,
    /// Its title.
    pub title: TextView,
    /// What it says.
    pub points: Vec<TextView>,
    /// Buildings that it is for; with `homes` empty: all of the project.
    pub buildings: Vec<String>,
    /// Single homes that it is for.
    pub homes: Vec<String>,
    /// The version that it replaces; empty: it is the first.
    pub supersedes: String,
    /// Why there is a new version.
    pub reason: String,
}
