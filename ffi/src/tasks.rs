//! Tasks: what is to be done, where.

use crate::CoreError;
use keyturn_client::facade::TaskCard;

/// Tasks: what is to be done, where.
#[derive(uniffi::Object)]
pub struct Tasks(pub(crate) keyturn_client::facade::Tasks);

#[uniffi::export]
impl Tasks {
    /// Lists the person's tasks of a day (`2026-12-04`, in the project's time zone), by slot and unit number.
    ///
    /// # Errors
    /// A storage error.
    pub fn of_day(&self, day: &str) -> Result<Vec<TaskCard>, CoreError> {
        Ok(self.0.of_day(day)?)
    }

    /// Lists all of the person's tasks that this phone holds, by day.
    ///
    /// # Errors
    /// A storage error.
    pub fn mine(&self) -> Result<Vec<TaskCard>, CoreError> {
        Ok(self.0.mine()?)
    }
}
