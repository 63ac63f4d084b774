//! Rows as other systems see them: projects, places, homes, staff, tasks, milestones, appointments, decisions.

use super::ask::Ask;
use super::page::{Cursor, Limit, Page, Select, Start};
use super::reach::Reach;
use crate::Error;
use crate::auth::Login;
use crate::db::{AnyRow, bytes, id, text};
use crate::http::Caller;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use keyturn_domain::rows::{self, AppointmentRow, HomeRow, MilestoneRow, RiskDecisionRow, TaskRow, kind};
use keyturn_domain::{ProjectId, ScopeId, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

pub(super) const FACTS: &str = "SELECT id, project, scope, kind, seq, body FROM facts WHERE body IS NOT NULL";

/// Members that stand beside the body of every row.
const BESIDE: [&str; 4] = ["id", "project", "scope", "seq"];

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

type Listing = Result<Json<Page<RowShown>>, Error>;

/// Which rows of a project.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfProject {
    /// Of this project.
    project: Option<Uuid>,
    /// The cursor of the page before.
    after: Option<Cursor>,
    /// At most so many.
    limit: Option<Limit>,
}

macro_rules! whole_kinds {
    ($($(#[$doc:meta])* $name:ident: $kind:expr,)*) => {$(
        $(#[$doc])*
        pub async fn $name(State(state): State<AppState>, Caller(login): Caller, Ask(wanted): Ask<OfProject>) -> Listing {
            let select = Select::new(FACTS).and_id("project =", wanted.project);
            list(&state, &login, $kind, select, Start::new(wanted.after, wanted.limit), |_| true).await
        }
    )*};
}

whole_kinds! {
    /// `GET /api/v1/projects`: the projects that the login may read something of.
    projects: kind::PROJECT,
    /// `GET /api/v1/buildings`.
    buildings: kind::BUILDING,
    /// `GET /api/v1/places`: public places.
    places: kind::PLACE,
    /// `GET /api/v1/layouts`.
    layouts: kind::LAYOUT,
    /// `GET /api/v1/staff`: who works on a project; telephones for those who dispatch.
    staff: kind::STAFF,
    /// `GET /api/v1/teams`.
    teams: kind::TEAM,
}

/// Which homes.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfHomes {
    /// Of this project.
    project: Option<Uuid>,
    /// Of this building.
    building: Option<Uuid>,
    /// With this number, as it stands in the import.
    no: Option<String>,
    /// The cursor of the page before.
    after: Option<Cursor>,
    /// At most so many.
    limit: Option<Limit>,
}

/// `GET /api/v1/homes`: homes, of a project or a building.
pub async fn homes(State(state): State<AppState>, Caller(login): Caller, Ask(wanted): Ask<OfHomes>) -> Listing {
    let select = Select::new(FACTS)
        .and_id("project =", wanted.project)
        .and_id("scope =", wanted.building);
    let fits = |row: &[u8]| {
        let home = rows::read::<HomeRow>(row);
        home.is_some_and(|home| wanted.no.as_ref().is_none_or(|no| home.no == *no))
    };
    let start = Start::new(wanted.after, wanted.limit);
    list(&state, &login, kind::HOME, select, start, fits).await
}

/// Which tasks.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfTasks {
    /// Of this project.
    project: Option<Uuid>,
    /// At this place.
    place: Option<Uuid>,
    /// The one whose record this is.
    record: Option<Uuid>,
    /// This user is among those who do it.
    person: Option<Uuid>,
    /// Of this kind (group `task_kind`).
    kind: Option<String>,
    /// Opened by this rule.
    rule: Option<String>,
    /// For this role.
    role: Option<String>,
    /// On this day.
    day: Option<NaiveDate>,
    /// On this day or later.
    from: Option<NaiveDate>,
    /// On this day or earlier.
    to: Option<NaiveDate>,
    /// Somebody has said what became of it, or nobody has. A task with a record is told by its record.
    closed: Option<bool>,
    /// The cursor of the page before.
    after: Option<Cursor>,
    /// At most so many.
    limit: Option<Limit>,
}

impl OfTasks {
    fn fits(&self, task: &TaskRow) -> bool {
        let same = |wanted: &Option<String>, is: &str| wanted.as_ref().is_none_or(|wanted| wanted == is);
        let day: Option<NaiveDate> = task.day.parse().ok();
        let on = |fits: fn(NaiveDate, NaiveDate) -> bool, wanted: Option<NaiveDate>| {
            wanted.is_none_or(|wanted| day.is_some_and(|day| fits(day, wanted)))
        };
        same(&self.kind, &task.kind)
            && same(&self.rule, &task.rule)
            && same(&self.role, &task.role)
            && on(|day, wanted| day == wanted, self.day)
            && on(|day, wanted| day >= wanted, self.from)
            && on(|day, wanted| day <= wanted, self.to)
            && self.record.is_none_or(|record| task.record.0 == record)
            && self.person.is_none_or(|user| task.assignees.contains(&UserId(user)))
            && self.closed.is_none_or(|closed| closed == task.closed.is_some())
    }
}

/// `GET /api/v1/tasks`: tasks, of a project, a place, a day, a person.
pub async fn tasks(State(state): State<AppState>, Caller(login): Caller, Ask(wanted): Ask<OfTasks>) -> Listing {
    let select = Select::new(FACTS)
        .and_id("project =", wanted.project)
        .and_id("scope =", wanted.place);
    let fits = |row: &[u8]| rows::read::<TaskRow>(row).is_some_and(|task| wanted.fits(&task));
    let start = Start::new(wanted.after, wanted.limit);
    list(&state, &login, kind::TASK, select, start, fits).await
}

/// Which milestones.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfMilestones {
    /// Of this project.
    project: Option<Uuid>,
    /// Of this home, household, batch, project, route or case.
    subject: Option<Uuid>,
    /// This event.
    event: Option<String>,
    /// The cursor of the page before.
    after: Option<Cursor>,
    /// At most so many.
    limit: Option<Limit>,
}

/// `GET /api/v1/milestones`: what happened, or is planned, on a day.
pub async fn milestones(
    State(state): State<AppState>,
    Caller(login): Caller,
    Ask(wanted): Ask<OfMilestones>,
) -> Listing {
    let select = Select::new(FACTS).and_id("project =", wanted.project);
    let fits = |row: &[u8]| {
        rows::read::<MilestoneRow>(row).is_some_and(|row| {
            wanted.subject.is_none_or(|subject| row.subject == subject)
                && wanted.event.as_ref().is_none_or(|event| row.event == *event)
        })
    };
    let start = Start::new(wanted.after, wanted.limit);
    list(&state, &login, kind::MILESTONE, select, start, fits).await
}

/// Which appointments.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfAppointments {
    /// Of this project.
    project: Option<Uuid>,
    /// At this home.
    place: Option<Uuid>,
    /// With this household.
    household: Option<Uuid>,
    /// This user comes.
    by: Option<Uuid>,
    /// Ends after this moment, in milliseconds.
    from_ms: Option<i64>,
    /// Begins before this moment, in milliseconds.
    to_ms: Option<i64>,
    /// Called off, or not.
    cancelled: Option<bool>,
    /// The cursor of the page before.
    after: Option<Cursor>,
    /// At most so many.
    limit: Option<Limit>,
}

/// `GET /api/v1/appointments`: times agreed with households.
pub async fn appointments(
    State(state): State<AppState>,
    Caller(login): Caller,
    Ask(wanted): Ask<OfAppointments>,
) -> Listing {
    let select = Select::new(FACTS)
        .and_id("project =", wanted.project)
        .and_id("scope =", wanted.place);
    let fits = |row: &[u8]| {
        rows::read::<AppointmentRow>(row).is_some_and(|row| {
            wanted.household.is_none_or(|household| row.household == household)
                && wanted.by.is_none_or(|by| row.by.0 == by)
                && wanted.from_ms.is_none_or(|from| row.to_ms > from)
                && wanted.to_ms.is_none_or(|to| row.from_ms < to)
                && wanted
                    .cancelled
                    .is_none_or(|cancelled| cancelled != row.cancelled.is_empty())
        })
    };
    let start = Start::new(wanted.after, wanted.limit);
    list(&state, &login, kind::APPOINTMENT, select, start, fits).await
}

/// Which decisions.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfDecisions {
    /// Of this project.
    project: Option<Uuid>,
    /// About this home or building.
    subject: Option<Uuid>,
    /// The cursor of the page before.
    after: Option<Cursor>,
    /// At most so many.
    limit: Option<Limit>,
}

/// `GET /api/v1/risk-decisions`: what managers decided at the gate of delivery risk.
pub async fn risk_decisions(
    State(state): State<AppState>,
    Caller(login): Caller,
    Ask(wanted): Ask<OfDecisions>,
) -> Listing {
    let select = Select::new(FACTS).and_id("project =", wanted.project);
    let fits = |row: &[u8]| {
        let row = rows::read::<RiskDecisionRow>(row);
        row.is_some_and(|row| wanted.subject.is_none_or(|subject| row.subject == subject))
    };
    let start = Start::new(wanted.after, wanted.limit);
    list(&state, &login, kind::RISK_DECISION, select, start, fits).await
}

async fn list(
    state: &AppState,
    login: &Login,
    of: &str,
    select: Select,
    start: Start,
    fits: impl Fn(&[u8]) -> bool,
) -> Listing {
    let reach = Reach::of(login, state.now());
    let mut tx = state.db.begin_read().await?;
    let select = select.and_text("kind =", Some(of.to_owned())).within(&reach);
    let page = select.page(&mut tx, start, |row| {
        if fits(&bytes(row, "body")?) {
            shown(row, &reach)
        } else {
            Ok(None)
        }
    });
    Ok(Json(page.await?))
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
    let mut body = json(&map);
    if let Value::Object(members) = &mut body {
        BESIDE.iter().for_each(|name| drop(members.remove(*name)));
    }
    Ok(Some(RowShown {
        id: id(row, "id", Uuid::from_bytes)?,
        project: project.0,
        scope: scope.0,
        seq: crate::db::int(row, "seq")?,
        body,
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
