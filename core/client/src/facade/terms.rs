//! What the rules must know of a defect on the day on which it is handed in.

use super::lists::{projection, row, rows_of};
use crate::{Client, ClientError};
use keyturn_domain::document::Genesis;
use keyturn_domain::record::defect::Terms;
use keyturn_domain::record::terms::{Known, terms};
use keyturn_domain::rows::{MilestoneRow, ProjectRow, kind, row_id};
use keyturn_store::documents;

/// Returns the terms of a defect, counted from when it was recorded; what nobody can say yet stays empty.
pub(super) fn terms_of(client: &Client, genesis: &Genesis) -> Result<Terms, ClientError> {
    terms_as(client, genesis, None)
}

/// Returns the terms that a defect has with another severity from now on.
pub(super) fn regraded(client: &Client, genesis: &Genesis, severity: &str) -> Result<Terms, ClientError> {
    terms_as(client, genesis, Some(severity))
}

fn terms_as(client: &Client, genesis: &Genesis, severity: Option<&str>) -> Result<Terms, ClientError> {
    let (edition, now) = (client.edition_of(genesis)?, client.inner.now_ms());
    client.look(|conn| {
        let projects = rows_of::<ProjectRow>(conn, genesis.project, kind::PROJECT)?;
        let listed = documents::listed(conn, genesis.document)?;
        let (Some(project), Some(listed)) = (projects.into_values().next(), listed) else {
            return Ok(Terms::default());
        };
        let told = row_id(
            genesis.project,
            kind::MILESTONE,
            &format!("handover:{}:", genesis.place),
        );
        let handover = row::<MilestoneRow>(conn, genesis.project, kind::MILESTONE, told)?;
        let here: Vec<_> = documents::at_place(conn, genesis.place)?
            .iter()
            .map(projection)
            .collect();
        let mut shown = projection(&listed);
        let known = Known {
            project: &project,
            handover: handover.as_ref(),
            here: &here,
        };
        let recorded = shown.matter.received_ms.unwrap_or(now);
        let from = match severity {
            Some(severity) => {
                severity.clone_into(&mut shown.severity);
                now
            }
            None => recorded,
        };
        Ok(terms(&edition.catalog, known, &shown, from))
    })
}
