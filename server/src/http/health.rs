//! Whether the process lives, and whether it can work.
use axum::Json;
use axum::extract::State;
use keyturn_protocol::Code;
use serde::Serialize;

use crate::Error;
use crate::state::AppState;

/// An answer to a health check.
#[derive(Serialize, schemars::JsonSchema)]
pub struct Health {
    status: &'static str,
}

/// `GET /health/live`: the process answers.
pub async fn live() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// `GET /health/ready`: the database answers too, and the server is not stopping.
///
/// # Errors
/// `shutting_down` or `not_ready`.
pub async fn ready(State(state): State<AppState>) -> Result<Json<Health>, Error> {
    if *state.stopping().borrow() {
        return Err(Code::ShuttingDown.into());
    }
    state.db.ping().await.map_err(|error| {
        tracing::error!(%error, "The database does not answer");
        Error::from(Code::NotReady)
    })?;
    Ok(Json(Health { status: "ok" }))
}
