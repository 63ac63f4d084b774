//! Milestones: to be told, and known ones.

use keyturn_client::facade::{MilestoneView, NewMilestone};

/// A day that somebody tells.
#[uniffi::remote(Record)]
pub struct NewMilestone {
    /// The project.
    pub project: String,
    /// The home; empty: something of the project, a batch or a round.
    pub place: String,
    /// What happened: an event that a task rule counts from, e.g. `moved_in`, `handover_planned`.
    pub event: String,
    /// Which one: the code of a batch or a round, the id of a case; empty: the home, its household, the project.
    pub of: String,
    /// The day, `2027-03-01`, in the project's time zone.
    pub day: String,
    /// The day on which it no longer holds; empty: it holds.
    pub until: String,
}

/// A day that is known.
#[uniffi::remote(Record)]
pub struct MilestoneView {
    /// What happened, or is planned.
    pub event: String,
    /// To which home, household, batch, project, round or case.
    pub subject: String,
    /// Which one, where it happens more than once.
    pub occurrence: String,
    /// The day.
    pub day: String,
    /// The day on which it no longer holds; empty: it holds.
    pub until: String,
    /// Waits for the server's verdict.
    pub pending: bool,
}
