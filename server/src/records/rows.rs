//! Projects, homes and tasks.

use super::ask::Ask;
use super::page::{From, Page, Select};
use super::reach::Reach;
use crate::Error;
use crate::db::{AnyRow, bytes, id, text};
use crate::http::Caller;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use keyturn_domain::rows::{self, HomeRow, TaskRow, kind};
use keyturn_domain::{ProjectId, ScopeId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

pub(super) const FACTS: &str = "SELECT id, project, scope, kind, seq, body FROM facts WHERE body IS NOT NULL";

/// Which rows.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    project: Option<Uuid>,
    building: Option<Uuid>,
    place: Option<Uuid>,
    day: Option<String>,
    #[serde(flatten)]
    from: Flat,
}

/// Numbers and ids of a query come as text when they are flattened.
#[derive(Debug, Default, Deserialize)]
struct Flat {
    after: Option<Uuid>,
    limit: Option<String>,
}

/// A row as other systems see it.
#[derive(Debug, Serialize)]
pub struct RowShown {
    pub(super) id: Uuid,
    pub(super) project: Uuid,
    pub(super) scope: Uuid,
    seq: i64,
    #[serde(flatten)]
    pub(super) body: Value,
}

/// `GET /api/v1/projects`: the projects that the login may read something of.
pub async fn projects(State(state): State<AppState>, Caller(login): Caller) -> Result<Json<Page<RowShown>>, Error> {
    let reach = Reach::of(&login, state.now());
    let mut tx = state.db.begin_read().await?;
    let select = Select::new(FACTS)
        .and_text("kind =", Some(kind::PROJECT.to_owned()))
        .within(&reach);
    let found = select.all(&mut tx).await?;
    let mut items = Vec::new();
    for row in &found {
        items.extend(shown(row, &reach)?);
    }
    Ok(Json(Page { items, next: None }))
}

/// `GET /api/v1/homes`: homes, of a project or a building.
pub async fn homes(
    State(state): State<AppState>,
    Caller(login): Caller,
    Ask(wanted): Ask<Wanted>,
) -> Result<Json<Page<RowShown>>, Error> {
    let reach = Reach::of(&login, state.now());
    let select = Select::new(FACTS)
        .and_text("kind =", Some(kind::HOME.to_owned()))
        .and_id("project =", wanted.project)
        .and_id("scope =", wanted.building)
        .within(&reach);
    page(&state, select, &wanted.from()?, &reach, |row| {
        rows::read::<HomeRow>(row).is_some()
    })
    .await
}

/// `GET /api/v1/tasks`: tasks, of a project, a place, a day.
pub async fn tasks(
    State(state): State<AppState>,
    Caller(login): Caller,
    Ask(wanted): Ask<Wanted>,
) -> Result<Json<Page<RowShown>>, Error> {
    let reach = Reach::of(&login, state.now());
    let select = Select::new(FACTS)
        .and_text("kind =", Some(kind::TASK.to_owned()))
        .and_id("project =", wanted.project)
        .and_id("scope =", wanted.place)
        .within(&reach);
    let day = wanted.day.clone();
    let of_day = |row: &[u8]| {
        let task = rows::read::<TaskRow>(row);
        task.is_some_and(|task| day.as_ref().is_none_or(|day| task.day == *day))
    };
    page(&state, select, &wanted.from()?, &reach, of_day).await
}

impl Wanted {
    fn from(&self) -> Result<From, Error> {
        From::read(self.from.after, self.from.limit.as_deref())
    }
}

async fn page(
    state: &AppState,
    select: Select,
    from: &From,
    reach: &Reach,
    wanted: impl Fn(&[u8]) -> bool,
) -> Result<Json<Page<RowShown>>, Error> {
    let mut tx = state.db.begin_read().await?;
    let (found, more) = select.page(&mut tx, from).await?;
    let last = found.last().map(|row| id(row, "id", Uuid::from_bytes)).transpose()?;
    let mut items = Vec::new();
    for row in &found {
        if wanted(&bytes(row, "body")?) {
            items.extend(shown(row, reach)?);
        }
    }
    // A page may be shorter than asked for; only `next` says whether it was the last.
    Ok(Json(Page {
        items,
        next: last.filter(|_| more).map(|id| id.to_string()),
    }))
}

/// A row as the login may see it; `None`: it is not for them.
pub(super) fn shown(row: &AnyRow, reach: &Reach) -> Result<Option<RowShown>, Error> {
    let (kind, body) = (text(row, "kind")?, bytes(row, "body")?);
    let (project, scope) = (
        id(row, "project", ProjectId::from_bytes)?,
        id(row, "scope", ScopeId::from_bytes)?,
    );
    let Some(cut) = rows::cut(&kind, &body, &reach.roles(project, scope)) else {
        return Ok(None);
    };
    let map: ciborium::Value = rows::read(&cut).unwrap_or(ciborium::Value::Map(Vec::new()));
    Ok(Some(RowShown {
        id: id(row, "id", Uuid::from_bytes)?,
        project: project.0,
        scope: scope.0,
        seq: crate::db::int(row, "seq")?,
        body: json(&map),
    }))
}

/// A row of CBOR as JSON: sixteen bytes are an id, other bytes hexadecimal.
pub(crate) fn json(value: &ciborium::Value) -> Value {
    use ciborium::Value as Cbor;
    match value {
        Cbor::Bool(b) => Value::Bool(*b),
        Cbor::Integer(n) => i64::try_from(*n).map_or(Value::Null, Value::from),
        Cbor::Float(x) => Value::from(*x),
        Cbor::Text(t) => Value::String(t.clone()),
        Cbor::Bytes(b) => Value::String(Uuid::from_slice(b).map_or_else(|_| hex::encode(b), |id| id.to_string())),
        Cbor::Array(all) => Value::Array(all.iter().map(json).collect()),
        Cbor::Map(pairs) => Value::Object(
            pairs
                .iter()
                .filter_map(|(k, v)| Some((k.as_text()?.to_owned(), json(v))))
                .collect(),
        ),
        _ => Value::Null,
    }
}
