//! Lists of records, from their projections.

use super::ask::Ask;
use super::page::{From, Page, Select};
use super::reach::Reach;
use crate::Error;
use crate::auth::Login;
use crate::db::{Cell, bytes, id, int, text};
use crate::http::Caller;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use keyturn_domain::record::Projection;
use keyturn_protocol::Code;
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
    person: Option<String>,
    household: Option<String>,
    severity: Option<String>,
    room: Option<String>,
    what: Option<String>,
    case_kind: Option<String>,
    category: Option<String>,
    due_before: Option<String>,
    after: Option<Uuid>,
    limit: Option<String>,
}

impl Wanted {
    fn of(self, kind: &str) -> Self {
        Self {
            kind: Some(kind.to_owned()),
            ..self
        }
    }

    /// Tells whether a record is wanted by what only its projection knows.
    fn fits(&self, shown: &Projection) -> Result<bool, Error> {
        let same = |wanted: &Option<String>, is: &str| wanted.as_ref().is_none_or(|wanted| wanted == is);
        let due = match &self.due_before {
            None => true,
            Some(text) => {
                let before: i64 = text
                    .parse()
                    .map_err(|_| Error::refused(Code::BadValue, "due_before is a time in milliseconds"))?;
                shown.due_ms.is_some_and(|due| due < before)
            }
        };
        Ok(due
            && same(&self.person, &shown.person)
            && same(&self.household, &shown.household)
            && same(&self.severity, &shown.severity)
            && same(&self.room, &shown.room)
            && same(&self.what, &shown.what)
            && same(&self.case_kind, &shown.matter.case_kind)
            && same(&self.category, &shown.matter.category))
    }
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
    listed(&state, &login, wanted).await
}

/// `GET /api/v1/defects`: defects, also by who is responsible, severity, room, code, and what is due before a time.
pub async fn defects(
    State(state): State<AppState>,
    Caller(login): Caller,
    Ask(wanted): Ask<Wanted>,
) -> Result<Json<Page<Listed>>, Error> {
    listed(&state, &login, wanted.of("defect")).await
}

/// `GET /api/v1/cases`: cases, also by kind of case, category, household, and what is due before a time.
pub async fn cases(
    State(state): State<AppState>,
    Caller(login): Caller,
    Ask(wanted): Ask<Wanted>,
) -> Result<Json<Page<Listed>>, Error> {
    listed(&state, &login, wanted.of("case")).await
}

/// `GET /api/v1/visits`: visits, also by household and rule.
pub async fn visits(
    State(state): State<AppState>,
    Caller(login): Caller,
    Ask(wanted): Ask<Wanted>,
) -> Result<Json<Page<Listed>>, Error> {
    listed(&state, &login, wanted.of("visit")).await
}

async fn listed(state: &AppState, login: &Login, wanted: Wanted) -> Result<Json<Page<Listed>>, Error> {
    let reach = Reach::of(login, state.now());
    let from = From::read(wanted.after, wanted.limit.as_deref())?;
    let contested = wanted
        .contested
        .as_ref()
        .is_some_and(|c| ["1", "true"].contains(&c.as_str()));
    let sql = "SELECT id, project, place, scope, kind, made_at, changed_at, projection FROM documents \
               WHERE purged_at IS NULL";
    let select = Select::new(sql)
        .and_id("project =", wanted.project)
        .and_id("place =", wanted.place)
        .and_text("kind =", wanted.kind.clone())
        .and_text("state =", wanted.state.clone())
        .and("contested >", contested.then_some(Cell::Int(Some(0))))
        .within(&reach);
    let mut tx = state.db.begin_read().await?;
    let (found, more) = select.page(&mut tx, &from).await?;
    let mut items = Vec::new();
    for row in &found {
        let stored = Projection::from_bytes(&bytes(row, "projection")?);
        if !wanted.fits(stored.as_ref().unwrap_or(&Projection::default()))? {
            continue;
        }
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
    // A page may be shorter than asked for; only `next` says whether it was the last.
    let last = found.last().filter(|_| more).map(|row| id(row, "id", Uuid::from_bytes));
    let next = last.transpose()?.map(|id| id.to_string());
    Ok(Json(Page { items, next }))
}
