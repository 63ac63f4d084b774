//! Around every request: an id, a time limit, a net for panics, one line of log without personal data.
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use keyturn_protocol::Code;
use tracing::Instrument as _;
use tracing::field::Empty;

use super::Caller;
use super::problem::Cause;
use crate::Error;
use crate::state::AppState;

/// Long enough for 4 MiB over a bad line.
const LONGEST: Duration = Duration::from_secs(120);
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub(super) async fn observe(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let id = state.ids.key();
    let method = request.method().clone();
    // The matched path, not the path: that one holds ids.
    let path = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("-", |p| p.as_str())
        .to_owned();
    let began = Instant::now();
    let span = tracing::debug_span!(
        target: crate::TRACE_TARGET,
        "request",
        otel.name = format!("{method} {path}"),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = %method,
        http.route = path,
        http.response.status_code = Empty,
        keyturn.request_id = id,
        keyturn.code = Empty,
    );
    let run = AssertUnwindSafe(tokio::time::timeout(
        LONGEST,
        next.run(request).instrument(span.clone()),
    ))
    .catch_unwind();
    let mut response = match run.await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => Error::from(Code::Timeout).into_response(),
        Err(panic) => Error::Internal(format!("panic: {}", words(&*panic))).into_response(),
    };
    let status = response.status();
    if status.is_client_error() || status.is_server_error() {
        // Only here, so that an idle sync stays short.
        if let Ok(value) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
    }
    let extensions = response.extensions();
    let login = extensions.get::<Caller>().map(|caller| &caller.0);
    let user = login.map(|login| tracing::field::display(login.user));
    let device = login.and_then(|login| login.device).map(tracing::field::display);
    let code = extensions.get::<Code>().map(|code| code.as_str());
    let took = began.elapsed();
    state.metrics.request(method.as_str(), &path, status.as_u16(), took);
    let ms = took.as_secs_f64() * 1_000.0;
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
    if let Some(code) = code {
        span.record("keyturn.code", code);
    }
    let status = status.as_u16();
    match extensions.get::<Cause>() {
        Some(Cause(cause)) => tracing::error!(id, %method, path, status, code, ms, user, device, cause, "request"),
        None => tracing::info!(id, %method, path, status, code, ms, user, device, "request"),
    }
    response
}

fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no words".to_owned())
}
