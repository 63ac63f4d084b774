//! Key figures of a project, and the risk of handing a home or building over.

use super::ask::Ask;
use super::page::Select;
use super::reach::Reach;
use crate::Error;
use crate::db::{AnyConnection, Cell, bytes, id};
use crate::editions::edition;
use crate::http::Caller;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use keyturn_domain::record::Projection;
use keyturn_domain::rows::kind;
use keyturn_domain::rules::kpi::{Figure, Health, Recorded};
use keyturn_domain::rules::risk::RiskView;
use keyturn_domain::rules::{Days, Gathered};
use keyturn_domain::{DocumentId, PlaceId, ProjectId, ScopeId};
use keyturn_protocol::Code;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use uuid::Uuid;

const FACTS: &str = "SELECT id, project, kind, body FROM facts WHERE body IS NOT NULL";
const DOCUMENTS: &str = "SELECT id, place, projection FROM documents WHERE purged_at IS NULL";
/// A device that was heard of longer ago may hold records that nobody has seen.
const SILENT_MS: i64 = 24 * 60 * 60 * 1_000;

/// Which figures.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfFigures {
    /// Of this project.
    project: Uuid,
    /// The first day.
    from: NaiveDate,
    /// The last day, which is included.
    to: NaiveDate,
}

/// Figures over some days.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Figures {
    /// The project.
    pub project: Uuid,
    /// The first day.
    pub from: NaiveDate,
    /// The last day, which is included.
    pub to: NaiveDate,
    /// The moment of counting, in milliseconds.
    pub counted_at: i64,
    /// The figures, in the order of `kpis.json`.
    pub items: Vec<Figure>,
}

/// `GET /api/v1/kpis`: every key figure of a project that the login holds whole. A part of a project has no figures:
/// two offices would get two numbers.
pub async fn kpis(
    State(state): State<AppState>,
    Caller(login): Caller,
    Ask(wanted): Ask<OfFigures>,
) -> Result<Json<Figures>, Error> {
    let now = state.now();
    let reach = Reach::of(&login, now);
    if !reach.holds(ProjectId(wanted.project)) {
        return Err(Code::NotFound.into());
    }
    if wanted.from > wanted.to {
        return Err(Error::refused(Code::ValuesDisagree, "to is not before from"));
    }
    let mut tx = state.db.begin_read().await?;
    let project = Select::new(FACTS)
        .and_id("project =", Some(wanted.project))
        .and_text("kind =", Some(kind::PROJECT.to_owned()));
    // Whoever holds the whole server may name a project that is not there.
    if project.all(&mut tx).await?.is_empty() {
        return Err(Code::NotFound.into());
    }
    let mut all = Gathered::default();
    for of in Gathered::FOR_FIGURES {
        take_rows(&mut tx, &reach, wanted.project, of, &mut all).await?;
    }
    let select = Select::new(DOCUMENTS).and_id("project =", Some(wanted.project));
    let stored = records(&mut tx, select.within(&reach)).await?;
    let health = Health {
        devices_silent: Some(u32::try_from(silent(&mut tx, wanted.project, now).await?.0).unwrap_or(u32::MAX)),
        ..Health::default()
    };
    let days = Days {
        from: wanted.from,
        to: wanted.to,
    };
    let in_force = edition(&mut tx, ProjectId(wanted.project), None).await?;
    // Reading and counting thousands of records is work for a thread that may be busy.
    let count = move || {
        stored.iter().for_each(|record| record.take(&mut all));
        all.figures(&in_force.catalog, days, now, health).map_err(internal)
    };
    let items = tokio::task::spawn_blocking(count).await.map_err(internal)??;
    Ok(Json(Figures {
        project: wanted.project,
        from: wanted.from,
        to: wanted.to,
        counted_at: now,
        items,
    }))
}

/// Whose risk.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfRisk {
    /// A home, or a building with its homes.
    subject: Uuid,
}

/// `GET /api/v1/risk`: the risk of handing over a home, or a building with its homes, and how the gate stands.
pub async fn risk(
    State(state): State<AppState>,
    Caller(login): Caller,
    Ask(wanted): Ask<OfRisk>,
) -> Result<Json<RiskView>, Error> {
    let now = state.now();
    let reach = Reach::of(&login, now);
    let mut tx = state.db.begin_read().await?;
    let place = Select::new(FACTS).and_id("id =", Some(wanted.subject)).within(&reach);
    let found = place.all(&mut tx).await?;
    let project = found
        .first()
        .map(|row| id(row, "project", Uuid::from_bytes))
        .transpose()?;
    let project = project.ok_or(Code::NotFound)?;
    let mut all = Gathered::default();
    for of in Gathered::FOR_RISKS {
        take_rows(&mut tx, &reach, project, of, &mut all).await?;
    }
    let homes = all.homes_of(wanted.subject);
    for home in &homes {
        let select = Select::new(DOCUMENTS).and_id("place =", Some(home.0));
        let stored = records(&mut tx, select.within(&reach)).await?;
        stored.iter().for_each(|record| record.take(&mut all));
    }
    let (_, scopes) = silent(&mut tx, project, now).await?;
    let unsynced = homes.iter().any(|home| scopes.contains(&ScopeId::home(*home)));
    let in_force = edition(&mut tx, ProjectId(project), None).await?;
    let shown = all.risk(&in_force.catalog, wanted.subject, now, unsynced);
    Ok(Json(shown.ok_or(Code::NotFound)?.1))
}

async fn take_rows(
    tx: &mut AnyConnection,
    reach: &Reach,
    project: Uuid,
    of: &str,
    all: &mut Gathered,
) -> Result<(), Error> {
    let select = Select::new(FACTS)
        .and_id("project =", Some(project))
        .and_text("kind =", Some(of.to_owned()))
        .within(reach);
    for row in select.all(tx).await? {
        all.row(of, id(&row, "id", Uuid::from_bytes)?, &bytes(&row, "body")?);
    }
    Ok(())
}

/// A record as it is stored.
struct Stored {
    id: DocumentId,
    place: PlaceId,
    projection: Vec<u8>,
}

impl Stored {
    /// One of another form is being projected anew; it counts as soon as it is.
    fn take(&self, all: &mut Gathered) {
        if let Some(projection) = Projection::from_bytes(&self.projection) {
            all.record(Recorded {
                id: self.id,
                place: self.place,
                projection,
            });
        }
    }
}

async fn records(tx: &mut AnyConnection, select: Select) -> Result<Vec<Stored>, Error> {
    let found = select.all(tx).await?;
    let stored = found.iter().map(|row| {
        Ok(Stored {
            id: id(row, "id", DocumentId::from_bytes)?,
            place: id(row, "place", PlaceId::from_bytes)?,
            projection: bytes(row, "projection")?,
        })
    });
    stored.collect()
}

/// How many devices of a project's people were not heard of for a day, and the scopes that these people hold.
async fn silent(tx: &mut AnyConnection, project: Uuid, now: i64) -> Result<(usize, BTreeSet<ScopeId>), Error> {
    let sql = "SELECT devices.id AS id, grants.scope AS scope FROM devices \
               JOIN grants ON grants.user_id = devices.user_id \
               WHERE devices.revoked_at IS NULL AND grants.until_seq IS NULL AND grants.ended_at IS NULL";
    let select = Select::new(sql)
        .and_id("grants.project =", Some(project))
        .and("devices.seen_at <", Some(Cell::Int(Some(now - SILENT_MS))));
    let (mut devices, mut scopes) = (BTreeSet::new(), BTreeSet::new());
    for row in select.all(tx).await? {
        devices.insert(id(&row, "id", Uuid::from_bytes)?);
        scopes.insert(id(&row, "scope", ScopeId::from_bytes)?);
    }
    Ok((devices.len(), scopes))
}

fn internal(error: impl std::fmt::Display) -> Error {
    Error::Internal(error.to_string())
}
