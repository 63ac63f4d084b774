//! Where a record is read from: the API of a server, or a phone's own database.

use crate::failure::Failure;
use crate::http;
use keyturn_server::domain::record::view::{DefectView, InspectionView, TextView};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A merged record with the names of those who wrote in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// The record.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// Unit number, or the code of a public place.
    pub place_name: String,
    /// An inspection by room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inspection: Option<InspectionView>,
    /// A defect with its life.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub defect: Option<DefectView>,
    /// Names by user id.
    #[serde(default)]
    pub people: BTreeMap<String, TextView>,
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
    let inspection = client.inspections().open(id);
    let (inspection, defect) = match inspection {
        Ok(view) => (Some(view), None),
        Err(error) if error.code() == "kind" => (None, Some(client.defects().open(id).map_err(told)?)),
        Err(error) => return Err(told(error)),
    };
    let place = inspection
        .as_ref()
        .map(|i| &i.place)
        .or(defect.as_ref().map(|d| &d.place));
    let home = place.and_then(|place| client.places().home(place).ok());
    let people = client.places().people().map_err(told)?;
    Ok(Shown {
        id: id.to_owned(),
        kind: if defect.is_some() { "defect" } else { "inspection" }.to_owned(),
        place_name: home.map(|home| home.home.no).unwrap_or_default(),
        inspection,
        defect,
        people: people.into_iter().map(|p| (p.user, p.name)).collect(),
    })
}
