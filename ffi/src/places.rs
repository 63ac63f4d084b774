//! Places: buildings with floors and homes, and a home with everything recorded there.

use crate::CoreError;
use keyturn_client::facade::{BuildingCard, BuildingView, HomeView};

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
}
