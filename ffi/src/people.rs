//! People: who lives in a home, how to reach them, what was said.

use crate::CoreError;
use keyturn_client::facade::{
    CollisionView, HouseholdView, IntentView, NewBooking, NewContact, NewPerson, PersonEdit, QuietHours,
};
use keyturn_domain::record::view::FactView;

/// People: who lives in a home, how to reach them, what was said.
#[derive(uniffi::Object)]
pub struct People(pub(crate) keyturn_client::facade::People);

#[uniffi::export]
impl People {
    /// Shows who lives in a home: persons, contacts with the last one first, agreed times, sales promises.
    ///
    /// # Errors
    /// `unknown_place` when this phone does not hold it.
    pub fn household(&self, place: &str) -> Result<HouseholdView, CoreError> {
        Ok(self.0.household(place)?)
    }

    /// Lists the commands of this phone about people, places and notices that wait or were refused.
    ///
    /// # Errors
    /// A storage error.
    pub fn intents(&self) -> Result<Vec<IntentView>, CoreError> {
        Ok(self.0.intents()?)
    }

    /// Forgets a refused command: somebody has read why.
    ///
    /// # Errors
    /// `not_refused`.
    pub fn dismiss(&self, intent: &str) -> Result<(), CoreError> {
        Ok(self.0.dismiss(intent)?)
    }

    /// Adds a person, e.g. a caller; returns the person. Works without a signal: id and key are made here.
    ///
    /// # Errors
    /// `unknown_code`, `no_grant`.
    pub fn add(&self, project: &str, new: &NewPerson) -> Result<String, CoreError> {
        Ok(self.0.add(project, new)?)
    }

    /// Changes what is known of a person.
    ///
    /// # Errors
    /// `stale_screen` when the row has changed since it was shown; `unknown_subject`, `unknown_code`, `no_grant`.
    pub fn change(&self, edit: &PersonEdit) -> Result<(), CoreError> {
        Ok(self.0.change(edit)?)
    }

    /// Says when nobody of a household wants to be called.
    ///
    /// # Errors
    /// `bad_input` for a time that is none, `unknown_subject`, `no_grant`.
    pub fn quiet(&self, place: &str, hours: &[QuietHours]) -> Result<(), CoreError> {
        Ok(self.0.quiet(place, hours)?)
    }

    /// Logs a contact; returns it.
    ///
    /// # Errors
    /// `unknown_subject`, `unknown_code`, `no_grant`.
    pub fn log(&self, new: &NewContact) -> Result<String, CoreError> {
        Ok(self.0.log(new)?)
    }

    /// Lets the household of a home move out on a day; `next` is the code of the one that comes, or nothing.
    ///
    /// # Errors
    /// `unknown_subject` when nobody lives there, `missing` for a day that is none, `no_grant`.
    pub fn move_out(&self, place: &str, day: &str, next: &str, english: bool) -> Result<(), CoreError> {
        Ok(self.0.move_out(place, day, next, english)?)
    }

    /// Lets a household move into a home in which nobody lives; returns it.
    ///
    /// # Errors
    /// `missing` without a code, `collides` when somebody lives there, `no_grant`.
    pub fn move_in(&self, place: &str, code: &str, english: bool) -> Result<String, CoreError> {
        Ok(self.0.move_in(place, code, english)?)
    }

    /// Says in which language a household is written to, or, for the office, who looks after it; empty: as it is.
    ///
    /// # Errors
    /// `unknown_subject` when nobody lives there, `role`, `no_grant`.
    pub fn look_after(&self, place: &str, language: &str, ambassador: &str) -> Result<(), CoreError> {
        Ok(self.0.look_after(place, language, ambassador)?)
    }

    /// Agrees on a time, moves it or calls it off; returns the appointment.
    ///
    /// # Errors
    /// `collides` when the household is taken then, `missing` for a time that is none, `unknown_code`, `no_grant`.
    pub fn book(&self, new: &NewBooking) -> Result<String, CoreError> {
        Ok(self.0.book(new)?)
    }

    /// Records what happened to a sales promise: kept with a proof, moved with consent, withdrawn, broken.
    ///
    /// # Errors
    /// `illegal` when the machine does not allow it, `role`, `missing`, `no_grant`.
    pub fn sales_event(&self, place: &str, promise: &str, event: &str, facts: &[FactView]) -> Result<(), CoreError> {
        Ok(self.0.sales_event(place, promise, event, facts)?)
    }

    /// Lists what collided in the homes that this phone holds, for the office to decide.
    ///
    /// # Errors
    /// A storage error.
    pub fn collisions(&self) -> Result<Vec<CollisionView>, CoreError> {
        Ok(self.0.collisions()?)
    }

    /// Says that a collision is decided: by a change that somebody made since, or by leaving it as it is.
    ///
    /// # Errors
    /// `unknown_subject`, `no_grant`.
    pub fn settle_collision(&self, place: &str, task: &str) -> Result<(), CoreError> {
        Ok(self.0.settle_collision(place, task)?)
    }
}
