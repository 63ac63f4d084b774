//! Lists of records, from their projections.

use super::ask::Ask;
use super::page::{From, Page, Select};
use super::reach::Reach;
use crate::Error;
use crate::db::{Cell, bytes, id, int, text};
use crate::http::Caller;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use keyturn_domain::record::Projection;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Which records.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    project: Option<Uuid>,
    place: Option<Uuid>,
    kind: Option<String>,
    state: Option<String>,
    contested: Option<String>,
    after: Option<Uuid>,
    limit: Option<String>,
}

/// A record in a list.
#[derive(Debug, Serialize)]
pub struct Listed {
    /// The record.
    pub id: Uuid,
    /// Its project.
    pub project: Uuid,
    /// Its place.
    pub place: Uuid,
    /// The scope that it is in.
    pub scope: Uuid,
    /// When the server first heard of it, in milliseconds.
    pub made_at: i64,
    /// When it changed last, by the server's clock.
    pub changed_at: i64,
    /// What lists show of it.
    #[serde(flatten)]
    pub projection: Projection,
}

/// `GET /api/v1/records`: records, by project, place, kind, state, and whether something is contested.
pub async fn records(
    State(state): State<AppState>,
    Caller(login): Caller,
    Ask(wanted): Ask<Wanted>,
) -> Result<Json<Page<Listed>>, Error> {
    let reach = Reach::of(&login, state.now());
    let from = From::read(wanted.after, wanted.limit.as_deref())?;
    let contested = wanted.contested.is_some_and(|c| ["1", "true"].contains(&c.as_str()));
    let sql = "SELECT id, project, place, scope, kind, made_at, changed_at, projection FROM documents \
               WHERE purged_at IS NULL";
    let select = Select::new(sql)
        .and_id("project =", wanted.project)
        .and_id("place =", wanted.place)
        .and_text("kind =", wanted.kind)
        .and_text("state =", wanted.state)
        .and("contested >", contested.then_some(Cell::Int(Some(0))))
        .within(&reach);
    let mut tx = state.db.begin_read().await?;
    let (found, more) = select.page(&mut tx, &from).await?;
    let mut items = Vec::new();
    for row in &found {
        let stored = Projection::from_bytes(&bytes(row, "projection")?);
        items.push(Listed {
            id: id(row, "id", Uuid::from_bytes)?,
            project: id(row, "project", Uuid::from_bytes)?,
            place: id(row, "place", Uuid::from_bytes)?,
            scope: id(row, "scope", Uuid::from_bytes)?,
            made_at: int(row, "made_at")?,
            changed_at: int(row, "changed_at")?,
            projection: match stored {
                Some(projection) => projection,
                None => Projection {
                    kind: text(row, "kind")?,
                    ..Projection::default()
                },
            },
        });
    }
    let next = items.last().filter(|_| more).map(|last| last.id.to_string());
    Ok(Json(Page { items, next }))
}
