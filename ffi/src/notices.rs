//! Notices: what we told owners, in which version, and whom it did not reach.

use crate::CoreError;
use keyturn_client::facade::{NewNotice, NoticeCard, NoticeView};
use keyturn_domain::record::view::FactView;

/// Notices: what we told owners, in which version, and whom it did not reach.
#[derive(uniffi::Object)]
pub struct Notices(pub(crate) keyturn_client::facade::Notices);

#[uniffi::export]
impl Notices {
    /// Lists the notices of a home, the newest version of each first.
    ///
    /// # Errors
    /// `unknown_place` when this phone does not hold it.
    pub fn of_home(&self, place: &str) -> Result<Vec<NoticeCard>, CoreError> {
        Ok(self.0.of_home(place)?)
    }

    /// Lists all notices with who was not reached, as far as this phone holds the homes.
    ///
    /// # Errors
    /// A storage error.
    pub fn all(&self) -> Result<Vec<NoticeView>, CoreError> {
        Ok(self.0.all()?)
    }

    /// Gives the proof that a notice was delivered in a home: a code of group `notice_proof`.
    ///
    /// # Errors
    /// `illegal` when it was not sent or the proof says that it came back, `unknown_code`, `role`, `no_grant`.
    pub fn give_proof(&self, place: &str, notice: &str, proof: &str) -> Result<(), CoreError> {
        Ok(self.0.give_proof(place, notice, proof)?)
    }

    /// Records what happened to a notice in a home: delivered, acknowledged, come back.
    ///
    /// # Errors
    /// `illegal`, `role`, `unknown_code`, `no_grant`.
    pub fn event(&self, place: &str, notice: &str, event: &str, carries: &[FactView]) -> Result<(), CoreError> {
        Ok(self.0.event(place, notice, event, carries)?)
    }

    /// Records what happened to a notice in all homes of its audience: sent.
    ///
    /// # Errors
    /// `illegal`, `role`, `no_grant`.
    pub fn event_everywhere(
        &self,
        project: &str,
        notice: &str,
        event: &str,
        carries: &[FactView],
    ) -> Result<(), CoreError> {
        Ok(self.0.event_everywhere(project, notice, event, carries)?)
    }

    /// Makes a notice, or the next version of one; returns it.
    ///
    /// # Errors
    /// `unknown_code`, `missing`, `collides` when the version was replaced before, `no_grant`.
    pub fn make(&self, new: &NewNotice) -> Result<String, CoreError> {
        Ok(self.0.make(new)?)
    }
}
