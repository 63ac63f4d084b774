//! `POST /api/v1/records/{id}/commands`.

use super::Deed;
use super::desk::{Desk, Draft, TRIES, busy};
use crate::Error;
use crate::http::{Caller, IfMatch, JsonBody};
use crate::records::ask::Id;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

/// What was recorded.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CommandDone")]
pub struct Recorded {
    /// The record.
    pub record: Uuid,
    /// The change; none: everything that was asked for stood there.
    pub change: Option<String>,
    /// The record as it is now, for the next `If-Match`.
    pub version: String,
    /// Other records that were written with it: what was begun, or took over what was promised.
    pub others: Vec<Uuid>,
}

/// `POST /api/v1/records/{id}/commands`: does something to a record as it was read, or not at all.
pub async fn record(
    State(state): State<AppState>,
    Caller(login): Caller,
    Id(id): Id,
    expected: IfMatch,
    JsonBody(deed): JsonBody<Deed>,
) -> Result<Response, Error> {
    let desk = Desk::new(state, login);
    for _ in 0..TRIES {
        let opened = desk.open(id).await?;
        if !expected.names(&opened.version()) {
            return Err(Error::Changed(opened.version()));
        }
        let drafts = desk.act(&opened, &deed).await?;
        if desk.store(&drafts).await? {
            return answer(StatusCode::OK, &drafts);
        }
    }
    Err(busy())
}

/// Answers with what was recorded; the first draft is the record that was asked for.
pub(super) fn answer(status: StatusCode, drafts: &[Draft]) -> Result<Response, Error> {
    let (first, rest) = drafts
        .split_first()
        .ok_or_else(|| Error::Internal("a command without a record".into()))?;
    let done = Recorded {
        record: first.record(),
        change: first.change(),
        version: first.version.clone(),
        others: rest.iter().map(Draft::record).collect(),
    };
    let tag = format!("\"{}\"", done.version);
    Ok((status, [(header::ETAG, tag)], Json(done)).into_response())
}
