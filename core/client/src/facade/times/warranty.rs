//! The warranty of a home, component by component.

use super::home::home;
use crate::ClientError;
use crate::facade::context::project_of;
use crate::facade::places::Places;
use crate::facade::record::parse;
use crate::records::edition;
use keyturn_domain::PlaceId;
use keyturn_domain::rules::{WarrantyView, warranty_view};

impl Places {
    /// Shows what of a home is covered until when: each component with its rule, its source and its own day.
    ///
    /// # Errors
    /// `unknown_place`; `unknown_profile` when the project names no profile that this version knows.
    pub fn warranty(&self, place: &str) -> Result<WarrantyView, ClientError> {
        let place: PlaceId = parse(place, "place")?;
        let now = self.0.inner.now_ms();
        self.0.look(|conn| {
            let project = project_of(conn, place)?.ok_or_else(|| ClientError::refused("unknown_place"))?;
            let home = home(conn, project, place)?;
            let in_force = edition(conn, project, None)?;
            let shown = warranty_view(&in_force.catalog, &home, home.calendar.day_of(now));
            shown.ok_or_else(|| ClientError::refused("unknown_profile"))
        })
    }
}
