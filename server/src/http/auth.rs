//! Enrolment and token over HTTP.
use axum::Json;
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use keyturn_protocol::Code;
use keyturn_protocol::auth::{EnrolReply, EnrolRequest};

use super::{JsonBody, Origin};
use crate::state::AppState;
use crate::{Error, auth};

/// `POST /v1/enrol`: binds a device key to the person of a code. Safe to repeat with the same code and key.
///
/// # Errors
/// `enrol_code_unknown`, `enrol_code_used`, `enrol_code_expired`, `device_key_bad`, `device_key_used`,
/// `user_disabled`.
pub async fn enrol(
    State(state): State<AppState>,
    JsonBody(request): JsonBody<EnrolRequest>,
) -> Result<Json<EnrolReply>, Error> {
    auth::enrol(&state, &request).await.map(Json)
}

/// `POST /v1/token`: a proof in the header `DPoP` gives a token. Answers every proof with the nonce for the next one.
///
/// # Errors
/// `use_dpop_nonce`, `dpop_bad`, `dpop_replayed`, `device_unknown`.
pub async fn token(State(state): State<AppState>, request: Request) -> Result<Response, Error> {
    let headers = request.headers();
    let proof = headers
        .get("dpop")
        .and_then(|value| value.to_str().ok())
        .ok_or(Code::DpopBad)?;
    let origin = Origin::of(request.extensions(), headers, &state.proxies);
    let reply = auth::token(&state, proof, &auth::addresses(&state, &origin.host)).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(reply)).into_response())
}
