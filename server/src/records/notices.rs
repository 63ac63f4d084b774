//! Notices with those whom they have not reached.

use super::ask::Ask;
use super::page::{Cursor, Limit, Page, Select, Start};
use super::reach::Reach;
use super::rows::FACTS;
use crate::Error;
use crate::db::{AnyRow, bytes, id};
use crate::http::Caller;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use keyturn_domain::catalog::{Catalog, Text};
use keyturn_domain::rows::{self, HomeRow, NoticeCopyRow, NoticeRow, is_reached, kind, notice_life};
use keyturn_domain::{PlaceId, ProjectId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Which notices.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfNotices {
    /// Of this project.
    project: Option<Uuid>,
    /// Of this kind (group `notice_kind`).
    kind: Option<String>,
    /// All versions of this one.
    code: Option<String>,
    /// The cursor of the page before.
    after: Option<Cursor>,
    /// At most so many.
    limit: Option<Limit>,
}

/// A notice with its audience, as far as the login reads the homes.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NoticeShown {
    /// The notice.
    pub id: Uuid,
    /// Its project.
    pub project: Uuid,
    /// Its code; all versions have the same.
    pub code: String,
    /// What it is.
    pub kind: String,
    /// Its version.
    pub version: u32,
    /// Its title.
    pub title: Text,
    /// What it says.
    pub points: Vec<Text>,
    /// How many homes are meant.
    pub homes: usize,
    /// In how many of them it is in which state.
    pub states: BTreeMap<String, usize>,
    /// The homes that it has not reached, by unit number, each with its state.
    pub not_reached: BTreeMap<String, String>,
}

/// `GET /api/v1/notices`: notices of a project, a kind, a code.
pub async fn notices(
    State(state): State<AppState>,
    Caller(login): Caller,
    Ask(wanted): Ask<OfNotices>,
) -> Result<Json<Page<NoticeShown>>, Error> {
    let catalog = Catalog::built_in().map_err(|e| Error::Internal(e.to_string()))?;
    let Some(machine) = catalog.machines.get("notice") else {
        return Err(Error::Internal("no machine of notices".into()));
    };
    let reach = Reach::of(&login, state.now());
    let mut tx = state.db.begin_read().await?;
    let select = |of: &str| {
        let select = Select::new(FACTS).and_text("kind =", Some(of.to_owned()));
        select.and_id("project =", wanted.project).within(&reach)
    };
    let homes = select(kind::HOME).all(&mut tx).await?;
    let copies = select(kind::NOTICE_COPY).all(&mut tx).await?;
    let homes: Vec<(ProjectId, Uuid, HomeRow)> = read(&homes)?;
    let copies: Vec<(ProjectId, Uuid, NoticeCopyRow)> = read(&copies)?;
    let copies: BTreeMap<Uuid, NoticeCopyRow> = copies.into_iter().map(|(_, id, row)| (id, row)).collect();
    let start = Start::new(wanted.after, wanted.limit);
    let page = select(kind::NOTICE).page(&mut tx, start, |found| {
        let Some(row) = rows::read::<NoticeRow>(&bytes(found, "body")?) else {
            return Ok(None);
        };
        let (project, id) = (
            id(found, "project", ProjectId::from_bytes)?,
            id(found, "id", Uuid::from_bytes)?,
        );
        let other = |wanted: &Option<String>, is: &str| wanted.as_ref().is_some_and(|wanted| wanted != is);
        if other(&wanted.kind, &row.kind) || other(&wanted.code, &row.code) {
            return Ok(None);
        }
        let mut shown = NoticeShown {
            id,
            project: project.0,
            homes: 0,
            states: BTreeMap::new(),
            not_reached: BTreeMap::new(),
            code: row.code.clone(),
            kind: row.kind.clone(),
            version: row.version,
            title: row.title.clone(),
            points: row.points.clone(),
        };
        for (of, home, facts) in &homes {
            if *of != project || !row.audience.has(PlaceId(*home), facts.building) {
                continue;
            }
            let copy = copies.get(&NoticeCopyRow::id_of(id, PlaceId(*home)));
            let state = notice_life(machine, &row, copy).state;
            shown.homes += 1;
            *shown.states.entry(state.clone()).or_default() += 1;
            if !is_reached(machine, &row, copy) {
                shown.not_reached.insert(facts.no.clone(), state);
            }
        }
        Ok(Some(shown))
    });
    Ok(Json(page.await?))
}

fn read<T: serde::de::DeserializeOwned>(found: &[AnyRow]) -> Result<Vec<(ProjectId, Uuid, T)>, Error> {
    let mut all = Vec::new();
    for row in found {
        if let Some(read) = rows::read(&bytes(row, "body")?) {
            all.push((
                id(row, "project", ProjectId::from_bytes)?,
                id(row, "id", Uuid::from_bytes)?,
                read,
            ));
        }
    }
    Ok(all)
}
