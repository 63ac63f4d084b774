//! Who lives in a home, as far as other screens need it: the household of today, and its quiet hours.

use super::lists::row;
use crate::ClientError;
use keyturn_domain::catalog::QuietPeriod;
use keyturn_domain::document::Genesis;
use keyturn_domain::record::Projection;
use keyturn_domain::rows::{self, HouseholdRow, PersonRow, kind};
use keyturn_domain::{PlaceId, ProjectId, ScopeId};
use keyturn_store::{Connection, StoreError};
use uuid::Uuid;

/// Returns the household that lives in a home.
pub(super) fn household_at(
    conn: &Connection,
    project: ProjectId,
    place: PlaceId,
) -> Result<Option<(Uuid, HouseholdRow)>, StoreError> {
    let stored = keyturn_store::rows::of_scope(conn, ScopeId::home(place), kind::HOUSEHOLD)?;
    let mut all = stored
        .into_iter()
        .filter(|row| row.project == project)
        .filter_map(|row| Some((row.id, rows::read::<HouseholdRow>(&row.body)?)));
    Ok(all.find(|(_, household)| household.moved_out.is_empty()))
}

/// Returns the quiet hours that a household, and the person who is met, asked for; none: they asked for none.
pub(super) fn own_quiet(
    conn: &Connection,
    project: ProjectId,
    household: &str,
    person: &str,
) -> Result<Option<Vec<QuietPeriod>>, ClientError> {
    let mut own = Vec::new();
    if let Ok(id) = household.parse() {
        let found = row::<HouseholdRow>(conn, project, kind::HOUSEHOLD, id)?;
        own.extend(found.map(|h| h.quiet).unwrap_or_default());
    }
    if let Ok(id) = person.parse() {
        let found = row::<PersonRow>(conn, project, kind::PERSON, id)?;
        own.extend(found.map(|p| p.quiet).unwrap_or_default());
    }
    let periods: Vec<QuietPeriod> = own.into_iter().map(|(from, to)| QuietPeriod(from, to)).collect();
    Ok((!periods.is_empty()).then_some(periods))
}

/// Returns the quiet hours of whom a call about a record would reach: the household that it names, or else lives there,
/// and the person who called about it.
pub(super) fn quiet_of(
    conn: &Connection,
    genesis: &Genesis,
    record: &Projection,
) -> Result<Option<Vec<QuietPeriod>>, ClientError> {
    let household = match record.household.as_str() {
        "" => household_at(conn, genesis.project, genesis.place)?.map(|(id, _)| id.to_string()),
        named => Some(named.to_owned()),
    };
    own_quiet(
        conn,
        genesis.project,
        &household.unwrap_or_default(),
        &record.matter.caller,
    )
}
