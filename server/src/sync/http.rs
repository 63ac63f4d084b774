//! `POST /v1/sync`: CBOR in zstd, both ways.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use keyturn_protocol::{Code, SyncRequest, codec};

use super::service::SyncService;
use crate::Error;
use crate::http::{Caller, RawBody};
use crate::state::AppState;

/// The most that a request may have on the wire.
pub(crate) const MOST: usize = 8 << 20;
/// The most that it may unpack to.
const MOST_UNPACKED: usize = 24 << 20;

/// Makes one exchange.
///
/// # Errors
/// `body_too_large`, `body_bomb`, `body_too_deep`, `body_not_zstd`, `body_not_cbor`, and those of the exchange.
pub async fn sync(State(state): State<AppState>, caller: Caller, RawBody(body): RawBody) -> Result<Response, Error> {
    let request: SyncRequest = codec::unpack(&body, MOST_UNPACKED).map_err(|error| match error {
        codec::CodecError::TooLarge => Code::BodyBomb,
        codec::CodecError::TooDeep => Code::BodyTooDeep,
        codec::CodecError::NotZstd => Code::BodyNotZstd,
        codec::CodecError::NotCbor => Code::BodyNotCbor,
    })?;
    let reply = SyncService::new(state).sync_as(&caller.0, request).await?;
    let bytes = codec::pack(&reply).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(([(header::CONTENT_TYPE, "application/cbor")], bytes).into_response())
}
