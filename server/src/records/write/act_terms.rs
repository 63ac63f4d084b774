//! The terms of a defect on the day on which it is handed in, as the office knows them.

use super::desk::Sheet;
use crate::Error;
use crate::db::{AnyConnection, bytes};
use crate::records::Reach;
use crate::records::list::{DOCUMENTS, item};
use crate::records::page::Select;
use crate::records::rows::FACTS;
use crate::state::AppState;
use keyturn_domain::ProjectId;
use keyturn_domain::record::defect::Terms;
use keyturn_domain::record::terms::{Known, terms};
use keyturn_domain::rows::{self, MilestoneRow, ProjectRow, kind, row_id};
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// Returns the terms of a defect, counted from when it was recorded; with another severity from now on. What nobody can
/// say yet stays empty.
pub(super) async fn terms_of(
    state: &AppState,
    opened: &Sheet,
    severity: Option<&str>,
    now: i64,
) -> Result<Terms, Error> {
    let genesis = opened.document.genesis();
    let (project, place) = (genesis.project, genesis.place);
    let mut tx = state.db.begin_read().await?;
    let Some(settings) = row::<ProjectRow>(&mut tx, project, project.0).await? else {
        return Ok(Terms::default());
    };
    let told = row_id(project, kind::MILESTONE, &format!("handover:{place}:"));
    let handover = row::<MilestoneRow>(&mut tx, project, told).await?;
    // What the rules ask of a place does not depend on who asks.
    let all = Select::new(DOCUMENTS)
        .and_id("place =", Some(place.0))
        .within(&Reach::everything());
    let mut here = Vec::new();
    let mut own = None;
    for found in all.all(&mut tx).await? {
        let listed = item(&found)?;
        if listed.id == genesis.document.0 {
            own = Some(listed.projection.clone());
        }
        here.push(listed.projection);
    }
    let Some(mut shown) = own else {
        return Ok(Terms::default());
    };
    let known = Known {
        project: &settings,
        handover: handover.as_ref(),
        here: &here,
    };
    let from = match severity {
        Some(severity) => {
            severity.clone_into(&mut shown.severity);
            now
        }
        None => shown.matter.received_ms.unwrap_or(now),
    };
    Ok(terms(&opened.edition.catalog, known, &shown, from))
}

async fn row<T: DeserializeOwned>(conn: &mut AnyConnection, project: ProjectId, id: Uuid) -> Result<Option<T>, Error> {
    let select = Select::new(FACTS)
        .and_id("project =", Some(project.0))
        .and_id("id =", Some(id));
    let found = select.all(conn).await?;
    let body = found.first().map(|row| bytes(row, "body")).transpose()?;
    Ok(body.and_then(|body| rows::read(&body)))
}
