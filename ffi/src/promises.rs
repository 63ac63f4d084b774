//! Promises: what is due today, at a home, for a person; kept with a proof, moved with the owner's agreement.

use crate::CoreError;
use keyturn_client::facade::{NewPromise, NewProof, PromiseCard, Recorded};
use keyturn_domain::record::view::PromiseShown;

/// Promises: what is due today, at a home, for a person; kept with a proof, moved with the owner's agreement.
#[derive(uniffi::Object)]
pub struct Promises(pub(crate) keyturn_client::facade::Promises);

#[uniffi::export]
impl Promises {
    /// Lists every promise on this phone that is due today, in its project's time zone, or overdue; the oldest first.
    ///
    /// # Errors
    /// `data` when a project names no time zone, or a storage error.
    pub fn today(&self) -> Result<Vec<PromiseCard>, CoreError> {
        Ok(self.0.today()?)
    }

    /// Lists the promises of a home, those that are open first, each part by its time.
    ///
    /// # Errors
    /// A storage error.
    pub fn of_home(&self, place: &str) -> Result<Vec<PromiseCard>, CoreError> {
        Ok(self.0.of_home(place)?)
    }

    /// Lists the open promises that a person keeps, the next due first.
    ///
    /// # Errors
    /// A storage error.
    pub fn of_person(&self, user: &str) -> Result<Vec<PromiseCard>, CoreError> {
        Ok(self.0.of_person(user)?)
    }

    /// Shows the promises of a record with everything that became of them.
    ///
    /// # Errors
    /// `unknown_record`.
    pub fn of_record(&self, record: &str) -> Result<Vec<PromiseShown>, CoreError> {
        Ok(self.0.of_record(record)?)
    }

    /// Promises something in a record.
    ///
    /// # Errors
    /// `missing` without words, `bad_value` for a time that has passed.
    pub fn make(&self, record: &str, heads: &[String], new: &NewPromise) -> Result<Recorded, CoreError> {
        Ok(self.0.make(record, heads, new)?)
    }

    /// Records that a promise was kept; after its time it is kept late.
    ///
    /// # Errors
    /// `illegal` without a proof, `unknown_entry`.
    pub fn keep(&self, record: &str, heads: &[String], key: &str, proof: &NewProof) -> Result<Recorded, CoreError> {
        Ok(self.0.keep(record, heads, key, proof)?)
    }

    /// Moves the time of a promise.
    ///
    /// # Errors
    /// `illegal` without the owner's agreement or a reason, `bad_value` for a time that has passed.
    pub fn postpone(
        &self,
        record: &str,
        heads: &[String],
        key: &str,
        due_ms: i64,
        owner_agreed: bool,
        reason: &str,
    ) -> Result<Recorded, CoreError> {
        Ok(self.0.postpone(record, heads, key, due_ms, owner_agreed, reason)?)
    }

    /// Takes a promise back, which a manager does when the owner agreed.
    ///
    /// # Errors
    /// `illegal` with what is missing.
    pub fn withdraw(
        &self,
        record: &str,
        heads: &[String],
        key: &str,
        owner_agreed: bool,
        reason: &str,
    ) -> Result<Recorded, CoreError> {
        Ok(self.0.withdraw(record, heads, key, owner_agreed, reason)?)
    }

    /// Hands what is still open in a record that ended in favour of another on to that one: both or neither.
    ///
    /// # Errors
    /// `unknown_record` while this phone does not have the other one either, `missing` when nothing is open, `illegal`.
    pub fn hand_on(&self, record: &str, heads: &[String]) -> Result<Recorded, CoreError> {
        Ok(self.0.hand_on(record, heads)?)
    }

    /// Says that an overdue promise will not be kept, which a manager tells the owner.
    ///
    /// # Errors
    /// `illegal` with what is missing.
    pub fn give_up(
        &self,
        record: &str,
        heads: &[String],
        key: &str,
        owner_told: bool,
        reason: &str,
    ) -> Result<Recorded, CoreError> {
        Ok(self.0.give_up(record, heads, key, owner_told, reason)?)
    }
}
