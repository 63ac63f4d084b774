//! Names of the staff whom a record mentions, so that a reader need not ask for each.

use super::page::Select;
use crate::Error;
use crate::db::{AnyConnection, bytes};
use keyturn_domain::catalog::Text;
use keyturn_domain::rows::{self, StaffRow, kind};
use keyturn_domain::{ProjectId, UserId};
use std::collections::BTreeMap;

/// Returns the names of a project's staff. The login reads a record of the project, and everybody who holds anything
/// there holds the scope of these rows.
pub(super) async fn staff(conn: &mut AnyConnection, project: ProjectId) -> Result<BTreeMap<UserId, Text>, Error> {
    let found = Select::new("SELECT body FROM facts WHERE body IS NOT NULL")
        .and_id("project =", Some(project.0))
        .and_text("kind =", Some(kind::STAFF.to_owned()))
        .all(conn)
        .await?;
    let mut names = BTreeMap::new();
    for row in &found {
        if let Some(staff) = rows::read::<StaffRow>(&bytes(row, "body")?) {
            names.insert(staff.user, staff.name);
        }
    }
    Ok(names)
}
