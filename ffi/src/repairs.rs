//! The repair of a defect, and two reports of one.

use crate::{CoreError, Defects};
use keyturn_client::facade::{DuplicateView, PromisedView, Recorded, RepairCard};

#[uniffi::export]
impl Defects {
    /// Lists the repairs that the person answers for: danger first, then by what is due.
    ///
    /// # Errors
    /// A storage error.
    pub fn my_repairs(&self) -> Result<Vec<RepairCard>, CoreError> {
        Ok(self.0.my_repairs()?)
    }

    /// Lists every defect that is not at its end: danger first, then by what is due.
    ///
    /// # Errors
    /// A storage error.
    pub fn unsettled(&self) -> Result<Vec<RepairCard>, CoreError> {
        Ok(self.0.unsettled()?)
    }

    /// Lists the defects for which nobody answers yet.
    ///
    /// # Errors
    /// A storage error.
    pub fn to_assign(&self) -> Result<Vec<RepairCard>, CoreError> {
        Ok(self.0.to_assign()?)
    }

    /// Names the engineer who answers for it until it is closed.
    ///
    /// # Errors
    /// `illegal` with what is missing, or when somebody is named already.
    pub fn assign(&self, record: &str, heads: &[String], person: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.assign(record, heads, person)?)
    }

    /// Names somebody else: with the reason, and the owner told.
    ///
    /// # Errors
    /// `illegal` with what is missing, `bad_value` for the same person.
    pub fn reassign(
        &self,
        record: &str,
        heads: &[String],
        person: &str,
        reason: &str,
        owner_told: bool,
    ) -> Result<Recorded, CoreError> {
        Ok(self.0.reassign(record, heads, person, reason, owner_told)?)
    }

    /// Gives it back to the office, with the reason.
    ///
    /// # Errors
    /// `not_named`, `illegal` without a reason.
    pub fn return_to_dispatch(&self, record: &str, heads: &[String], reason: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.return_to_dispatch(record, heads, reason)?)
    }

    /// Takes it over, with a time that the owner was told.
    ///
    /// # Errors
    /// `not_named`, `illegal` when the owner was not told.
    pub fn accept(&self, record: &str, heads: &[String], promised: &PromisedView) -> Result<Recorded, CoreError> {
        Ok(self.0.accept(record, heads, promised)?)
    }

    /// Lets the repair begin without a photo of the protection laid: reviewer or manager, with the reason.
    ///
    /// # Errors
    /// `role`, `missing` without a reason.
    pub fn waive_protection(&self, record: &str, heads: &[String], reason: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.waive_protection(record, heads, reason)?)
    }

    /// Begins the repair, or goes on after it was rejected.
    ///
    /// # Errors
    /// `illegal` without a photo of the protection or a waiver.
    pub fn start(&self, record: &str, heads: &[String]) -> Result<Recorded, CoreError> {
        Ok(self.0.start(record, heads)?)
    }

    /// Ends the repair; `clean`: the owner ticked that the place is clean, where there is no photo of it.
    ///
    /// # Errors
    /// `illegal` with the photo that is missing.
    pub fn finish(&self, record: &str, heads: &[String], clean: bool) -> Result<Recorded, CoreError> {
        Ok(self.0.finish(record, heads, clean)?)
    }

    /// Sets it right where it was found: photos before and after.
    ///
    /// # Errors
    /// `illegal` with what is missing.
    pub fn fix_on_spot(&self, record: &str, heads: &[String]) -> Result<Recorded, CoreError> {
        Ok(self.0.fix_on_spot(record, heads)?)
    }

    /// Finds it in order: somebody who did not repair it, or with the owner's word.
    ///
    /// # Errors
    /// `illegal` for one's own work.
    pub fn verify(&self, record: &str, heads: &[String], owner_confirmed: bool) -> Result<Recorded, CoreError> {
        Ok(self.0.verify(record, heads, owner_confirmed)?)
    }

    /// Finds it not in order, and says what.
    ///
    /// # Errors
    /// `illegal` without a reason.
    pub fn reject(&self, record: &str, heads: &[String], reason: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.reject(record, heads, reason)?)
    }

    /// Says that it cannot be repaired as usual: a manager does, and the owner is told.
    ///
    /// # Errors
    /// `illegal` with what is missing.
    pub fn mark_hard(
        &self,
        record: &str,
        heads: &[String],
        reason: &str,
        owner_told: bool,
    ) -> Result<Recorded, CoreError> {
        Ok(self.0.mark_hard(record, heads, reason, owner_told)?)
    }

    /// Plans a hard one: how, on which day (`2026-12-04`), with a time that the owner was told.
    ///
    /// # Errors
    /// `illegal` with what is missing.
    pub fn plan_hard(
        &self,
        record: &str,
        heads: &[String],
        plan: &str,
        date: &str,
        promised: &PromisedView,
    ) -> Result<Recorded, CoreError> {
        Ok(self.0.plan_hard(record, heads, plan, date, promised)?)
    }

    /// Leaves it as it is, because the owner agreed: a manager does.
    ///
    /// # Errors
    /// `illegal` with what is missing.
    pub fn accept_as_is(
        &self,
        record: &str,
        heads: &[String],
        reason: &str,
        owner_agreed: bool,
    ) -> Result<Recorded, CoreError> {
        Ok(self.0.accept_as_is(record, heads, reason, owner_agreed)?)
    }

    /// Cancels it, and the owner is told.
    ///
    /// # Errors
    /// `illegal` with what is missing.
    pub fn cancel(
        &self,
        record: &str,
        heads: &[String],
        reason: &str,
        owner_told: bool,
    ) -> Result<Recorded, CoreError> {
        Ok(self.0.cancel(record, heads, reason, owner_told)?)
    }

    /// Opens it again: a code, and words where the code says `other`.
    ///
    /// # Errors
    /// `illegal`, `unknown_code`.
    pub fn reopen(
        &self,
        record: &str,
        heads: &[String],
        reason_code: &str,
        reason: &str,
    ) -> Result<Recorded, CoreError> {
        Ok(self.0.reopen(record, heads, reason_code, reason)?)
    }

    /// Lists which defects of a place may be one: same room and part, by two people, near on the plan or in time.
    ///
    /// # Errors
    /// A storage error.
    pub fn duplicates(&self, place: &str) -> Result<Vec<DuplicateView>, CoreError> {
        Ok(self.0.duplicates(place)?)
    }

    /// Proposes that a defect is the same as another; it moves nothing, and a person decides.
    ///
    /// # Errors
    /// `bad_value` for itself, `illegal` when nothing is to be done about it any more.
    pub fn propose_duplicate(&self, record: &str, heads: &[String], target: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.propose_duplicate(record, heads, target)?)
    }

    /// Confirms a proposal, by its event: this defect ends, the other goes on. Reviewer or manager.
    ///
    /// # Errors
    /// `unknown_entry`, `illegal`; `bad_value` when the other is at its end as a duplicate itself.
    pub fn confirm_duplicate(&self, record: &str, heads: &[String], proposal: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.confirm_duplicate(record, heads, proposal)?)
    }

    /// Says that it is another defect, and why; the pair is not proposed again.
    ///
    /// # Errors
    /// `unknown_entry`, `illegal` without a reason.
    pub fn reject_duplicate(
        &self,
        record: &str,
        heads: &[String],
        proposal: &str,
        reason: &str,
    ) -> Result<Recorded, CoreError> {
        Ok(self.0.reject_duplicate(record, heads, proposal, reason)?)
    }
}
