//! `GET /metrics`, on a listener of its own.

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::encoding::text::encode;
use tokio::net::TcpListener;

use crate::Error;
use crate::state::AppState;

/// The form in which the figures are written.
const FORM: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Answers until the server stops.
pub(crate) async fn serve(listener: TcpListener, state: AppState) {
    let mut stopping = state.stopping();
    let router = Router::new().route("/metrics", get(metrics)).with_state(state);
    let stop = async move {
        // An error says that the server is gone, which is a reason to stop, too.
        let _ = stopping.wait_for(|stop| *stop).await;
    };
    if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stop).await {
        tracing::warn!(%error, "Metrics are not told any longer");
    }
}

async fn metrics(State(state): State<AppState>) -> Response {
    match told(&state).await {
        Ok(text) => ([(CONTENT_TYPE, FORM)], text).into_response(),
        Err(error) => error.into_response(),
    }
}

async fn told(state: &AppState) -> Result<String, Error> {
    let mut read = state.db.begin_read().await?;
    state.metrics.gauges.look(&mut read, &state.db.path()).await?;
    drop(read);
    let mut text = String::new();
    encode(&mut text, &state.metrics.registry).map_err(|e| Error::Internal(format!("metrics: {e}")))?;
    Ok(text)
}
