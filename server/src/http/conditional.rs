//! `ETag` and `If-None-Match` of answers that read: whoever has them already is told so in a few bytes.
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use keyturn_domain::Hash;

use crate::Error;

/// Nobody else may keep an answer, and whoever keeps it asks again.
const KEEP: HeaderValue = HeaderValue::from_static("private, no-cache");

/// Names what a handler answers by a digest of its bytes. A handler may say before what it stands for (`"heads"` of a
/// record); that part comes first, and a write names it in `If-Match`.
pub(super) async fn conditional(request: Request, next: Next) -> Response {
    let known = known(request.headers());
    let response = next.run(request).await;
    if response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let bytes = match to_bytes(body, usize::MAX).await {
        Ok(bytes) => bytes,
        Err(error) => return Error::Internal(error.to_string()).into_response(),
    };
    let digest = hex::encode(Hash::of(&bytes).prefix());
    let tag = match parts.headers.get(header::ETAG).and_then(|tag| tag.to_str().ok()) {
        Some(state) => format!("\"{}.{digest}\"", state.trim_matches('"')),
        None => format!("\"{digest}\""),
    };
    if let Ok(value) = HeaderValue::from_str(&tag) {
        parts.headers.insert(header::ETAG, value);
    }
    parts.headers.insert(header::CACHE_CONTROL, KEEP);
    if known.iter().any(|one| one == "*" || *one == tag) {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_TYPE);
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// The tags that a caller has; a weak one is as good as a strong one for reading.
fn known(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(header::IF_NONE_MATCH).iter();
    let tags = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    tags.map(|tag| tag.trim().trim_start_matches("W/").to_owned()).collect()
}
