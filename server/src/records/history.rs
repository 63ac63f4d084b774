//! The history of a record: every change that it is made of, in the order in which the server received them.

use super::ask::{Ask, Id};
use super::open::open;
use super::page::{Cursor, Limit, Page, Select, Start};
use super::reach::Reach;
use crate::Error;
use crate::db::{bytes, id, int, opt_id, opt_text};
use crate::http::Caller;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use keyturn_domain::Hash;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where the list begins.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfHistory {
    /// The cursor of the page before.
    after: Option<Cursor>,
    /// At most so many.
    limit: Option<Limit>,
}

/// A change of a record.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ChangeShown {
    /// Its seat in the project's log.
    pub seq: i64,
    /// The change.
    pub hash: String,
    /// Who made it; none: the first change, which is computed.
    pub user: Option<Uuid>,
    /// On which device.
    pub device: Option<Uuid>,
    /// Device time, in milliseconds.
    pub at_ms: i64,
    /// When the server received it.
    pub received_at: i64,
    /// `late`, `role`, `lifted`.
    pub mark: Option<String>,
    /// Who brought it for somebody else.
    pub relayed_by: Option<Uuid>,
}

/// `GET /api/v1/records/{id}/history`.
pub async fn history(
    State(state): State<AppState>,
    Caller(login): Caller,
    Id(record): Id,
    Ask(wanted): Ask<OfHistory>,
) -> Result<Json<Page<ChangeShown>>, Error> {
    let reach = Reach::of(&login, state.now());
    let mut tx = state.db.begin_read().await?;
    let opened = open(&state, &mut tx, &reach, record).await?;
    let sql = "SELECT seq, hash, user_id, device_id, received_at, relayed_by, mark FROM changes WHERE 1 = 1";
    let select = Select::new(sql).and_id("document =", Some(record));
    let page = select.numbered(&mut tx, Start::new(wanted.after, wanted.limit), "seq", |row| {
        let hash = bytes(row, "hash")?;
        let written = Hash::from_slice(&hash).and_then(|hash| opened.document.written(&hash));
        let nobody = |id: Uuid| (!id.is_nil()).then_some(id);
        Ok(ChangeShown {
            seq: int(row, "seq")?,
            hash: hex::encode(hash),
            user: nobody(id(row, "user_id", Uuid::from_bytes)?),
            device: nobody(id(row, "device_id", Uuid::from_bytes)?),
            at_ms: written.map_or(0, |written| written.at_ms),
            received_at: int(row, "received_at")?,
            mark: opt_text(row, "mark")?,
            relayed_by: opt_id(row, "relayed_by", Uuid::from_bytes)?,
        })
    });
    Ok(Json(page.await?))
}
