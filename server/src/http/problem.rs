//! One envelope for every error (RFC 9457): stable code, status, words in two languages.
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use keyturn_domain::catalog::CatalogError;
use keyturn_protocol::Code;
use serde::Serialize;

use crate::Error;

const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

const RETRY_AFTER_S: HeaderValue = HeaderValue::from_static("5");

/// A problem (RFC 9457).
#[derive(Serialize, schemars::JsonSchema)]
#[schemars(rename = "Problem")]
pub(super) struct Problem<'a> {
    /// What happened, for programs; stable, see docs/errors.md.
    #[schemars(with = "String", regex(pattern = "^[a-z][a-z0-9_]*$"))]
    code: Code,
    /// The HTTP status.
    status: u16,
    /// What happened, in English.
    title: &'static str,
    /// What happened, in Chinese.
    title_zh: &'static str,
    /// Of a refused command why, for programs; stable, see docs/errors.md.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    /// What exactly; for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    /// Of files with mistakes every one, with its place.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    mistakes: &'a [CatalogError],
}

/// What the log shall say about an error that the caller is not told.
#[derive(Clone)]
pub(super) struct Cause(pub String);

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let code = self.code();
        let (detail, nonce, cause) = match &self {
            Self::Refused { detail, .. } => (detail.as_deref(), None, None),
            Self::Command { detail, .. } => (Some(detail.as_str()).filter(|d| !d.is_empty()), None, None),
            Self::Changed(_) | Self::Later(_) | Self::Mistakes(_) => (None, None, None),
            Self::Nonce(nonce) => (None, Some(nonce.as_str()), None),
            Self::Db(error) => (None, None, Some(error.to_string())),
            Self::Internal(words) => (None, None, Some(words.clone())),
        };
        let problem = Problem {
            code,
            status: code.status(),
            title: code.en(),
            title_zh: code.zh(),
            reason: match &self {
                Self::Command { reason, .. } => Some(reason),
                _ => None,
            },
            detail,
            mistakes: match &self {
                Self::Mistakes(mistakes) => mistakes,
                _ => &[],
            },
        };
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
        let headers = response.headers_mut();
        if let Some(nonce) = nonce.and_then(|nonce| HeaderValue::from_str(nonce).ok()) {
            headers.insert(DPOP_NONCE, nonce);
        }
        if let Self::Changed(version) = &self
            && let Ok(tag) = HeaderValue::from_str(&format!("\"{version}\""))
        {
            headers.insert(header::ETAG, tag);
        }
        if status == StatusCode::UNAUTHORIZED {
            let scheme = if code == Code::UseDpopNonce {
                "DPoP error=\"use_dpop_nonce\""
            } else {
                "Bearer"
            };
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(scheme));
        }
        if matches!(
            code,
            Code::DbBusy | Code::DbUnreachable | Code::ShuttingDown | Code::Timeout | Code::TooManyRequests
        ) {
            response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER_S);
        }
        if let Self::Later(seconds) = &self {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
        }
        response.extensions_mut().insert(code);
        if let Some(cause) = cause {
            response.extensions_mut().insert(Cause(cause));
        }
        response
    }
}

pub(super) async fn not_found() -> Error {
    Code::NotFound.into()
}

pub(super) async fn method_not_allowed() -> Error {
    Code::MethodNotAllowed.into()
}
