//! What this phone knows of a home that its days count from.

use crate::ClientError;
use crate::facade::context::settings;
use crate::facade::lists::projection;
use crate::records::edition;
use keyturn_domain::rows::{self, MilestoneRow, kind};
use keyturn_domain::rules::HomeFacts;
use keyturn_domain::{PlaceId, ProjectId, ScopeId};
use keyturn_store::{Connection, documents};

pub(super) fn home(conn: &Connection, project: ProjectId, place: PlaceId) -> Result<HomeFacts, ClientError> {
    let row = settings(conn, project)?.ok_or_else(|| ClientError::refused("unknown_project"))?;
    let mut home = HomeFacts::new(row, place).map_err(|e| ClientError::Data(e.to_string()))?;
    for stored in keyturn_store::rows::of_scope(conn, ScopeId::home(place), kind::MILESTONE)? {
        if let Some(milestone) = rows::read::<MilestoneRow>(&stored.body) {
            home.learn(milestone);
        }
    }
    for listed in documents::at_place(conn, place)? {
        let shown = projection(&listed);
        let edition = edition(conn, project, Some(shown.edition))?;
        home.learn_record(&edition.catalog, listed.genesis.document, &shown);
    }
    Ok(home)
}
