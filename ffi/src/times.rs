//! Days and deadlines of places, records and tasks.

use crate::{Cases, CoreError, Defects, Inspections, Places, Tasks};
use keyturn_client::facade::{ClockView, DefectDueView, ExpectedView, Recorded, RoundView, WarrantyView};

#[uniffi::export]
impl Places {
    /// Shows what of a home is covered until when: each component with its rule, its source and its own day.
    ///
    /// # Errors
    /// `unknown_place`; `unknown_profile` when the project names no profile that this version knows.
    pub fn warranty(&self, place: &str) -> Result<WarrantyView, CoreError> {
        Ok(self.0.warranty(place)?)
    }
}

#[uniffi::export]
impl Tasks {
    /// Shows what a home expects: each task of its rules with its day, and those that wait for an event without a day.
    ///
    /// # Errors
    /// `unknown_place`, `unknown_project`.
    pub fn expected(&self, place: &str) -> Result<Vec<ExpectedView>, CoreError> {
        Ok(self.0.expected(place)?)
    }
}

#[uniffi::export]
impl Defects {
    /// Shows by when a defect is looked after, who answers for it, and what covers it.
    ///
    /// # Errors
    /// `unknown_record`, `unknown_project`.
    pub fn due(&self, record: &str) -> Result<DefectDueView, CoreError> {
        Ok(self.0.due(record)?)
    }
}

#[uniffi::export]
impl Cases {
    /// Shows the deadlines of a case in the project's calendar.
    ///
    /// # Errors
    /// `unknown_record`, `unknown_project`; `no_clock` when the project's calendar never works.
    pub fn clock(&self, record: &str) -> Result<ClockView, CoreError> {
        Ok(self.0.clock(record)?)
    }
}

#[uniffi::export]
impl Inspections {
    /// Shows how a round of a patrol went, and the log of its day.
    ///
    /// # Errors
    /// `unknown_record`, `unknown_project`; `no_round` for an inspection that an owner signs, or one without a task.
    pub fn round(&self, record: &str) -> Result<RoundView, CoreError> {
        Ok(self.0.round(record)?)
    }

    /// Ends a round: nobody signs for it but whoever walked. One that is not on time, or not whole, says why.
    ///
    /// # Errors
    /// `missing` without a reason that is needed, `illegal` while a point that must be tested is open.
    pub fn end_round(&self, record: &str, heads: &[String], reason: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.end_round(record, heads, reason)?)
    }

    /// Leaves the stamp of a manager who read the log of a round.
    ///
    /// # Errors
    /// `role` for anybody else.
    pub fn read_round(&self, record: &str, heads: &[String]) -> Result<Recorded, CoreError> {
        Ok(self.0.read_round(record, heads)?)
    }
}
