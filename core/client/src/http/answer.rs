//! From an HTTP answer to a reply or an error; whatever another than our server says is recognised as such.

use keyturn_protocol::ApiError;
use reqwest::Response;
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use serde::Deserialize;

#[derive(Deserialize)]
struct Problem {
    code: String,
}

/// Turns what went wrong on the way into an error; no address and no body goes into it.
pub(super) fn way(error: &reqwest::Error) -> ApiError {
    let what = if error.is_timeout() {
        "timed out"
    } else if error.is_connect() {
        "could not connect"
    } else {
        "was cut off"
    };
    ApiError::Offline(what.to_owned())
}

/// Returns the body of a success, at most `limit` bytes of it.
pub(super) async fn body(mut response: Response, limit: usize) -> Result<Vec<u8>, ApiError> {
    let status = response.status();
    let headers = response.headers().clone();
    // No route of ours moves: whoever sends us elsewhere is not our server.
    if status.is_redirection() || is_page(&headers) {
        return Err(ApiError::CaptivePortal);
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|e| way(&e))? {
        if bytes.len() + chunk.len() > limit {
            return Err(ApiError::Protocol("the answer is larger than the limit".to_owned()));
        }
        bytes.extend_from_slice(&chunk);
    }
    if status.is_success() {
        // Some portals do not even say that they send a page.
        return if looks_like_page(&bytes) {
            Err(ApiError::CaptivePortal)
        } else {
            Ok(bytes)
        };
    }
    Err(problem(status.as_u16(), &headers, &bytes))
}

fn problem(status: u16, headers: &HeaderMap, body: &[u8]) -> ApiError {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let Ok(problem) = serde_json::from_slice::<Problem>(body) else {
        // A proxy in between speaks without our envelope.
        return match status {
            502..=504 => ApiError::Offline(format!("a proxy answered {status}")),
            511 => ApiError::CaptivePortal,
            _ => ApiError::Protocol(format!("status {status} without a problem")),
        };
    };
    if problem.code == "use_dpop_nonce"
        && let Some(nonce) = text("dpop-nonce")
    {
        return ApiError::Nonce(nonce);
    }
    let retry_after_s = text(RETRY_AFTER.as_str()).and_then(|v| v.parse().ok());
    ApiError::Problem {
        status,
        code: problem.code,
        retry_after_s,
    }
}

fn is_page(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    kind.starts_with("text/html") || kind.starts_with("application/xhtml")
}

fn looks_like_page(bytes: &[u8]) -> bool {
    let start = bytes.trim_ascii_start();
    start.first() == Some(&b'<')
}
