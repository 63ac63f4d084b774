//! Milestones: the days of the journey that tasks count from.

use crate::CoreError;
use keyturn_client::facade::{MilestoneView, NewMilestone};

/// Milestones: the days of the journey that tasks count from.
#[derive(uniffi::Object)]
pub struct Milestones(pub(crate) keyturn_client::facade::Milestones);

#[uniffi::export]
impl Milestones {
    /// Tells a day, or another day than was known. The tasks that count from it are opened and moved by the server.
    ///
    /// # Errors
    /// `unknown_code` for an event that no rule counts from, `bad_input` for a day that is none, `unknown_subject` when
    /// nobody lives there, `collides` when somebody else told another day meanwhile, `role`, `no_grant`.
    pub fn tell(&self, new: &NewMilestone) -> Result<(), CoreError> {
        Ok(self.0.tell(new)?)
    }

    /// Lists the days that are known of a home, the earliest first; with those that wait for the verdict.
    ///
    /// # Errors
    /// `unknown_place` when this phone does not hold it.
    pub fn of_home(&self, place: &str) -> Result<Vec<MilestoneView>, CoreError> {
        Ok(self.0.of_home(place)?)
    }
}
