//! Promises: made in records, by their projections; made in sales, as rows.

use super::ask::Ask;
use super::page::{Cursor, Limit, Page, Select, Start};
use super::reach::Reach;
use super::rows::FACTS;
use crate::Error;
use crate::db::{bytes, id};
use crate::editions::Shelf;
use crate::http::Caller;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use keyturn_domain::ProjectId;
use keyturn_domain::catalog::{Catalog, Text};
use keyturn_domain::record::Projection;
use keyturn_domain::rows::{self, SalesPromiseRow, kind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Which promises.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfPromises {
    /// Of this project.
    project: Option<Uuid>,
    /// At this place.
    place: Option<Uuid>,
    /// This user keeps it.
    person: Option<Uuid>,
    /// In this state.
    state: Option<String>,
    /// Due before this moment, in milliseconds.
    due_before: Option<i64>,
    /// The cursor of the page before.
    after: Option<Cursor>,
    /// At most so many; of promises made in records, those of so many records.
    limit: Option<Limit>,
}

impl OfPromises {
    fn fits(&self, person: &str, state: &str, due_ms: i64) -> bool {
        self.person.is_none_or(|wanted| person.parse() == Ok(wanted))
            && self.state.as_ref().is_none_or(|wanted| wanted == state)
            && self.due_before.is_none_or(|before| due_ms < before)
    }
}

/// A promise as it stands now.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PromiseListed")]
pub struct PromiseShown {
    /// The record in which it was made, or the row of what sales promised.
    pub id: Uuid,
    /// Its key in the record.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// Its project.
    pub project: Uuid,
    /// Its place.
    pub place: Uuid,
    /// What, in the words of whoever promised.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub what: String,
    /// What, in both languages: of what sales promised, and the name of a defect that whoever took it over promised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
    /// Who keeps it: a user.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub person: String,
    /// To whom: the id of a household or person.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub to: String,
    /// The state by machine `promise`; overdue without anybody saying so.
    pub state: String,
    /// The time that counts.
    pub due_ms: i64,
    /// The time that was promised first.
    pub first_due_ms: i64,
}

/// `GET /api/v1/promises`: promises made in records, by project, place, person, state. A page holds those of up to
/// `limit` records.
pub async fn promises(
    State(state): State<AppState>,
    Caller(login): Caller,
    Ask(wanted): Ask<OfPromises>,
) -> Result<Json<Page<PromiseShown>>, Error> {
    let now = state.now();
    let select = Select::new("SELECT id, project, place, scope, projection FROM documents WHERE purged_at IS NULL")
        .and_id("project =", wanted.project)
        .and_id("place =", wanted.place)
        .within(&Reach::of(&login, now));
    let mut tx = state.db.begin_read().await?;
    let page = select.page(&mut tx, Start::new(wanted.after, wanted.limit), |row| {
        let shown = Projection::from_bytes(&bytes(row, "projection")?).unwrap_or_default();
        let (edition, mut items) = (shown.edition, Vec::new());
        for promise in shown.promises {
            let state = promise.state_at(now).to_owned();
            if !wanted.fits(&promise.person, &state, promise.due_ms) {
                continue;
            }
            let shown = PromiseShown {
                id: id(row, "id", Uuid::from_bytes)?,
                project: id(row, "project", Uuid::from_bytes)?,
                place: id(row, "place", Uuid::from_bytes)?,
                key: promise.key,
                text: None,
                what: promise.what,
                person: promise.person,
                to: promise.to,
                state,
                due_ms: promise.due_ms,
                first_due_ms: promise.first_due_ms,
            };
            items.push((edition, shown));
        }
        Ok((!items.is_empty()).then_some(items))
    });
    let Page { items, next } = page.await?;
    let (mut shelf, mut named) = (Shelf::default(), Vec::new());
    for (pinned, mut promise) in items.into_iter().flatten() {
        let edition = shelf.get(&mut tx, ProjectId(promise.project), pinned).await?;
        let known = edition.catalog.defects.get(promise.what.as_str());
        promise.text = known.map(|known| known.text.clone());
        named.push(promise);
    }
    Ok(Json(Page { items: named, next }))
}

/// `GET /api/v1/sales-promises`: what sales promised, by project, place, state.
pub async fn sales_promises(
    State(state): State<AppState>,
    Caller(login): Caller,
    Ask(wanted): Ask<OfPromises>,
) -> Result<Json<Page<PromiseShown>>, Error> {
    let catalog = Catalog::built_in().map_err(|e| Error::Internal(e.to_string()))?;
    let machine = catalog.machines.get("promise");
    let machine = machine.ok_or_else(|| Error::Internal("no machine of promises".into()))?;
    let select = Select::new(FACTS)
        .and_text("kind =", Some(kind::SALES_PROMISE.to_owned()))
        .and_id("project =", wanted.project)
        .and_id("scope =", wanted.place)
        .within(&Reach::of(&login, state.now()));
    let mut tx = state.db.begin_read().await?;
    let page = select.page(&mut tx, Start::new(wanted.after, wanted.limit), |row| {
        let Some(promise) = rows::read::<SalesPromiseRow>(&bytes(row, "body")?) else {
            return Ok(None);
        };
        let stand = promise.stand(machine, state.now());
        if !wanted.fits("", &stand.state, stand.due_ms) {
            return Ok(None);
        }
        Ok(Some(PromiseShown {
            id: id(row, "id", Uuid::from_bytes)?,
            key: String::new(),
            project: id(row, "project", Uuid::from_bytes)?,
            place: promise.home.0,
            what: String::new(),
            text: Some(promise.text),
            person: String::new(),
            to: String::new(),
            state: stand.state,
            due_ms: stand.due_ms,
            first_due_ms: promise.first_due_ms,
        }))
    });
    Ok(Json(page.await?))
}
