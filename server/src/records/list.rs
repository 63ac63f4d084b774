//! Lists of records, from their projections.

use super::ask::Ask;
use super::page::{Cursor, Limit, Page, Select, Start};
use super::reach::Reach;
use crate::Error;
use crate::auth::Login;
use crate::db::{AnyRow, Cell, bytes, id, int, text};
use crate::http::Caller;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use keyturn_domain::catalog::{Catalog, StateKind};
use keyturn_domain::record::Projection;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Which records.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Of this project.
    project: Option<Uuid>,
    /// At this place.
    place: Option<Uuid>,
    /// `inspection`, `visit`, `defect`, `case`.
    kind: Option<String>,
    /// In this state.
    state: Option<String>,
    /// Not yet at their end, or at it: `closed`, `withdrawn` and the like.
    open: Option<bool>,
    /// Something in them is contested, or nothing is.
    contested: Option<bool>,
    /// This user is responsible.
    person: Option<Uuid>,
    /// Of this household.
    household: Option<Uuid>,
    /// Of this severity.
    severity: Option<String>,
    /// In the room with this code.
    room: Option<String>,
    /// Code of a defect, template of an inspection, rule of a visit.
    what: Option<String>,
    /// Kind of a case.
    case_kind: Option<String>,
    /// What a case is about.
    category: Option<String>,
    /// The next step is due before this moment, in milliseconds.
    due_before: Option<i64>,
    /// Changed on the server at or after this moment, in milliseconds.
    changed_since: Option<i64>,
    /// The cursor of the page before.
    after: Option<Cursor>,
    /// At most so many.
    limit: Option<Limit>,
}

impl Wanted {
    fn of(self, kind: &str) -> Self {
        Self {
            kind: Some(kind.to_owned()),
            ..self
        }
    }

    /// Tells whether a record is wanted by what only its projection knows.
    fn fits(&self, shown: &Projection) -> bool {
        let same = |wanted: &Option<String>, is: &str| wanted.as_ref().is_none_or(|wanted| wanted == is);
        let is = |wanted: Option<Uuid>, is: &str| wanted.is_none_or(|wanted| is.parse() == Ok(wanted));
        let due = |before: i64| shown.due_ms.is_some_and(|due| due < before);
        self.due_before.is_none_or(due)
            && self.open.is_none_or(|open| open != is_final(shown))
            && self
                .contested
                .is_none_or(|contested| contested != shown.contested.is_empty())
            && is(self.person, &shown.person)
            && is(self.household, &shown.household)
            && same(&self.severity, &shown.severity)
            && same(&self.room, &shown.room)
            && same(&self.what, &shown.what)
            && same(&self.case_kind, &shown.matter.case_kind)
            && same(&self.category, &shown.matter.category)
    }
}

/// A record in a list.
#[derive(Debug, Serialize, JsonSchema)]
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

pub(super) const DOCUMENTS: &str = "SELECT id, project, place, scope, kind, made_at, changed_at, projection \
                                    FROM documents WHERE purged_at IS NULL";

/// `GET /api/v1/records`: records, by project, place, kind, state, and whether something is contested.
pub async fn records(
    State(state): State<AppState>,
    Caller(login): Caller,
    Ask(wanted): Ask<Wanted>,
) -> Result<Json<Page<Listed>>, Error> {
    listed(&state, &login, wanted).await
}

/// `GET /api/v1/inspections`: inspections, also by template and place.
pub async fn inspections(
    State(state): State<AppState>,
    Caller(login): Caller,
    Ask(wanted): Ask<Wanted>,
) -> Result<Json<Page<Listed>>, Error> {
    listed(&state, &login, wanted.of("inspection")).await
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
    let select = Select::new(DOCUMENTS)
        .and_id("project =", wanted.project)
        .and_id("place =", wanted.place)
        .and_text("kind =", wanted.kind.clone())
        .and_text("state =", wanted.state.clone())
        .and_int("changed_at >=", wanted.changed_since)
        .and(
            "contested >",
            (wanted.contested == Some(true)).then_some(Cell::Int(Some(0))),
        )
        .within(&reach);
    let mut tx = state.db.begin_read().await?;
    let page = select.page(&mut tx, Start::new(wanted.after, wanted.limit), |row| {
        let item = item(row)?;
        Ok(wanted.fits(&item.projection).then_some(item))
    });
    Ok(Json(page.await?))
}

/// Reads a record as lists show it; one of another form shows its kind until it is projected anew.
pub(super) fn item(row: &AnyRow) -> Result<Listed, Error> {
    let stored = Projection::from_bytes(&bytes(row, "projection")?);
    Ok(Listed {
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
    })
}

/// Tells whether a record goes on no further, by the machine of its kind.
pub(super) fn is_final(shown: &Projection) -> bool {
    let Ok(catalog) = Catalog::built_in() else {
        return false;
    };
    let of = |machine: &str| {
        catalog
            .machines
            .get(machine)?
            .state(&shown.state)
            .map(|state| state.kind)
    };
    let own = match shown.matter.case_kind.as_str() {
        "complaint" => of("complaint"),
        _ => of(&shown.kind),
    };
    own == Some(StateKind::Final)
}
