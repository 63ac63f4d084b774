//! A danger for which somebody calls at any hour: the record that says so, or a code that does.

use super::lists::projection;
use crate::{Client, ClientError};
use keyturn_domain::record::CommandError;
use keyturn_domain::record::visit::life::Danger;
use keyturn_domain::rules::{danger_named, danger_of};
use keyturn_domain::{DocumentId, ProjectId};
use keyturn_store::documents;

/// Reads what somebody calls a danger: the id of a record that is one, or a code that the data call one; nothing is none.
///
/// # Errors
/// `no_danger` for a record that is none, or is at its end; `unknown_record`, `unknown_code`.
pub(super) fn read(client: &Client, project: ProjectId, said: &str) -> Result<Danger, ClientError> {
    if said.is_empty() {
        return Ok(Danger::default());
    }
    let in_force = client.in_force(project)?;
    let rules = &in_force.catalog.complaints.quiet_hours;
    let Ok(id) = said.parse::<DocumentId>() else {
        let what = danger_named(rules, said).ok_or_else(|| CommandError::UnknownCode(said.to_owned()))?;
        return Ok(Danger {
            what,
            record: String::new(),
        });
    };
    let listed = client.look(|conn| Ok(documents::listed(conn, id)?))?;
    let listed = listed.ok_or_else(|| ClientError::refused("unknown_record"))?;
    let what = danger_of(rules, &projection(&listed)).ok_or_else(|| ClientError::refused("no_danger"))?;
    Ok(Danger {
        what,
        record: said.to_owned(),
    })
}
