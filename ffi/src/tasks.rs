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

    /// Says what became of a task that produces no record: a code of group `task_outcome`, with the reason when it was
    /// not done; an empty code opens it again. `was` is the state that the screen showed.
    ///
    /// # Errors
    /// `unknown_task`, `unknown_code`, `missing` without a reason, `illegal` for a task with a record, `role`,
    /// `collides` when somebody said something else meanwhile.
    pub fn close(&self, task: &str, outcome: &str, reason: &str, was: &str) -> Result<(), CoreError> {
        Ok(self.0.close(task, outcome, reason, was)?)
    }

    /// Lists all of the person's tasks that this phone holds, by day.
    ///
    /// # Errors
    /// A storage error.
    pub fn mine(&self) -> Result<Vec<TaskCard>, CoreError> {
        Ok(self.0.mine()?)
    }
}
