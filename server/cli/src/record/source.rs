//! Where a record is read from: the API of a server, or a phone's own database.

use crate::failure::Failure;
use crate::http;
use keyturn_server::domain::record::case::CaseView;
use keyturn_server::domain::record::view::{DefectView, InspectionView, TextView};
use keyturn_server::domain::record::visit::view::VisitView;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A merged record with the names of those who wrote in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// The record.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// Unit number, or the name of a public place.
    pub place_name: TextView,
    /// An inspection by room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inspection: Option<InspectionView>,
    /// A defect with its life.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub defect: Option<DefectView>,
    /// A case with its life.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseView>,
    /// A visit along its script.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<VisitView>,
    /// Names by user id.
    #[serde(default)]
    pub people: BTreeMap<String, TextView>,
    /// Names of rooms by code.
    #[serde(default)]
    pub rooms: BTreeMap<String, TextView>,
}

/// Asks the server.
///
/// # Errors
/// What the server answers.
pub async fn of_server(server: &str, id: &str, token: Option<&str>) -> Result<Shown, Failure> {
    let answer = http::get(server, &format!("/api/v1/records/{id}"), token).await?;
    serde_json::from_value(answer).map_err(Failure::internal)
}

/// Reads a phone's database, which no app may have open at the time.
///
/// # Errors
/// What the client says.
#[cfg(feature = "demo")]
pub fn of_phone(folder: &std::path::Path, id: &str) -> Result<Shown, Failure> {
    use keyturn_server::protocol::Code;
    if !folder.join(crate::phone::PHONE).is_file() {
        return Err(Failure::new(
            Code::NotFound,
            folder.join(crate::phone::PHONE).display().to_string(),
        ));
    }
    let client = crate::phone::open(folder, "http://127.0.0.1", 0)?;
    let told = |error: keyturn_client::ClientError| crate::phone::of_client(&error, folder);
    let document = id.parse().map_err(|_| Failure::new(Code::NotFound, id.to_owned()))?;
    let listed = client.records().listed(document).map_err(told)?;
    let listed = listed.ok_or_else(|| told(keyturn_client::ClientError::UnknownDocument(document)))?;
    let mut shown = Shown {
        id: id.to_owned(),
        kind: listed.genesis.kind,
        ..Shown::default()
    };
    match shown.kind.as_str() {
        "inspection" => shown.inspection = Some(client.inspections().open(id).map_err(told)?),
        "defect" => shown.defect = Some(client.defects().open(id).map_err(told)?),
        "case" => shown.case = Some(client.cases().open(id).map_err(told)?),
        "visit" => shown.visit = Some(client.visits().open(id).map_err(told)?.visit),
        _ => {}
    }
    let place = listed.genesis.place.to_string();
    shown.place_name = client.places().name(&place).map_err(told)?;
    let rooms = client.places().rooms(&place).map_err(told)?;
    shown.rooms = rooms.into_iter().map(|room| (room.room, room.name)).collect();
    let people = client.places().people().map_err(told)?;
    shown.people = people.into_iter().map(|p| (p.user, p.name)).collect();
    Ok(shown)
}
