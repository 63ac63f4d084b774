//! Places: buildings with floors and homes, and a home with everything recorded there.

use crate::CoreError;
use keyturn_client::facade::{BuildingCard, BuildingView, HomeView, PersonCard, RoomName, TimelineView};
use keyturn_domain::record::view::TextView;
use keyturn_domain::rules::kpi::Figure;
use keyturn_domain::rules::risk::RiskView;

/// Places: buildings with floors and homes, and a home with everything recorded there.
#[derive(uniffi::Object)]
pub struct Places(pub(crate) keyturn_client::facade::Places);

#[uniffi::export]
impl Places {
    /// Lists the buildings of all projects that this phone holds.
    ///
    /// # Errors
    /// A storage error.
    pub fn buildings(&self) -> Result<Vec<BuildingCard>, CoreError> {
        Ok(self.0.buildings()?)
    }

    /// Lists everybody who works in the projects that this phone holds, by staff code.
    ///
    /// # Errors
    /// A storage error.
    pub fn people(&self) -> Result<Vec<PersonCard>, CoreError> {
        Ok(self.0.people()?)
    }

    /// Shows a building: floors, the highest first, and their homes with their state.
    ///
    /// # Errors
    /// `unknown_place` when this phone does not hold it.
    pub fn building(&self, building: &str) -> Result<BuildingView, CoreError> {
        Ok(self.0.building(building)?)
    }

    /// Shows a home: its tasks by day, its records the newest first.
    ///
    /// # Errors
    /// `unknown_place` when this phone does not hold it.
    pub fn home(&self, place: &str) -> Result<HomeView, CoreError> {
        Ok(self.0.home(place)?)
    }

    /// Tells what a home or public place is called: empty where this phone does not know it.
    ///
    /// # Errors
    /// A storage error.
    pub fn name(&self, place: &str) -> Result<TextView, CoreError> {
        Ok(self.0.name(place)?)
    }

    /// Lists the rooms of a home, or the one room that a public place is, as records name them.
    ///
    /// # Errors
    /// A storage error.
    pub fn rooms(&self, place: &str) -> Result<Vec<RoomName>, CoreError> {
        Ok(self.0.rooms(place)?)
    }

    /// Counts every key figure of a project over some days (`2026-12-01`, the last one included), from the records that
    /// this phone holds.
    ///
    /// # Errors
    /// What is no day; `unknown_project` when this phone does not hold it.
    pub fn kpis(&self, project: &str, from: &str, to: &str) -> Result<Vec<Figure>, CoreError> {
        Ok(self.0.kpis(project, from, to)?)
    }

    /// Shows the risk of handing over a home, or a building with its homes, and how the gate stands.
    ///
    /// # Errors
    /// `unknown_place` when this phone does not hold it.
    pub fn risk(&self, subject: &str) -> Result<RiskView, CoreError> {
        Ok(self.0.risk(subject)?)
    }

    /// Opens the gate of a home or building, or keeps it shut, upon its risk as this phone knows it now.
    ///
    /// # Errors
    /// `unknown_place`, `no_grant`; `role`, `reason` or `stop` when nobody may decide so.
    pub fn decide_risk(&self, subject: &str, open: bool, reason: &str) -> Result<RiskView, CoreError> {
        Ok(self.0.decide_risk(subject, open, reason)?)
    }

    /// Shows the life of a home or public place: the last contact, then everything, the newest first.
    ///
    /// # Errors
    /// `unknown_place` when this phone does not hold it.
    pub fn timeline(&self, place: &str) -> Result<TimelineView, CoreError> {
        Ok(self.0.timeline(place)?)
    }
}
