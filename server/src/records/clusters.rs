//! Clusters of cases: those that somebody must decide first, then those that were confirmed.

use super::ask::Ask;
use super::list::{DOCUMENTS, Listed, item};
use super::page::{Cursor, Limit, Page, Select, Start};
use super::reach::Reach;
use super::rows::FACTS;
use crate::Error;
use crate::db::{bytes, id};
use crate::editions::edition;
use crate::http::Caller;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use keyturn_domain::catalog::Catalog;
use keyturn_domain::record::case::cluster::{self, Told};
use keyturn_domain::record::view::TextView;
use keyturn_domain::rows::{self, HomeRow, kind};
use keyturn_domain::{Hash, ProjectId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Whose clusters.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfClusters {
    /// Of this project.
    project: Uuid,
    /// The cursor of the page before.
    after: Option<Cursor>,
    /// At most so many.
    limit: Option<Limit>,
}

/// Cases that may have one cause.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ClusterShown {
    /// Its first case; none: it is proposed, and nobody has decided.
    pub cluster: Option<Uuid>,
    /// A person must decide: it is proposed, or another case came.
    pub proposed: bool,
    /// The building, or the public place.
    pub building: Uuid,
    /// What they are about.
    pub category: String,
    /// Its name.
    pub text: TextView,
    /// `cluster` or `major`; empty: nobody has decided.
    pub scale: String,
    /// Who leads a major one: a user.
    pub commander: Option<Uuid>,
    /// The cases, the earliest first.
    pub cases: Vec<Uuid>,
    /// How many homes.
    pub homes: usize,
}

impl ClusterShown {
    /// Its place in the list: those that somebody must decide first, then major ones; what it is of ends the order.
    fn key(&self) -> [u8; 16] {
        let first = self.cases.first().copied().unwrap_or_default();
        let of = [
            self.building.as_bytes().as_slice(),
            self.category.as_bytes(),
            first.as_bytes(),
        ]
        .concat();
        let mut key = [0; 16];
        let head = [u8::from(!self.proposed), u8::from(self.scale != "major")];
        let parts = head.into_iter().chain(Hash::of(&of).0);
        key.iter_mut().zip(parts).for_each(|(to, from)| *to = from);
        key
    }
}

/// A page of the clusters of a project.
pub type Clusters = Page<ClusterShown>;

/// `GET /api/v1/clusters`.
pub async fn clusters(
    State(state): State<AppState>,
    Caller(login): Caller,
    Ask(wanted): Ask<OfClusters>,
) -> Result<Json<Clusters>, Error> {
    let reach = Reach::of(&login, state.now());
    let mut tx = state.db.begin_read().await?;
    let in_force = edition(&mut tx, ProjectId(wanted.project), None).await?;
    let catalog = &*in_force.catalog;
    let homes = Select::new(FACTS)
        .and_id("project =", Some(wanted.project))
        .and_text("kind =", Some(kind::HOME.to_owned()));
    let mut buildings = BTreeMap::new();
    for row in homes.within(&reach).all(&mut tx).await? {
        if let Some(home) = rows::read::<HomeRow>(&bytes(&row, "body")?) {
            buildings.insert(id(&row, "id", Uuid::from_bytes)?, home.building.0);
        }
    }
    let cases = Select::new(DOCUMENTS)
        .and_id("project =", Some(wanted.project))
        .and_text("kind =", Some("case".to_owned()));
    let mut all = BTreeMap::new();
    for row in cases.within(&reach).all(&mut tx).await? {
        let case = item(&row)?;
        // A public place stands for itself.
        let building = buildings.get(&case.place).copied().unwrap_or(case.place);
        all.insert(case.id.to_string(), (told(&case, building), case));
    }
    let keyed = gather(catalog, &all).into_iter().map(|one| (one.key(), one)).collect();
    Ok(Json(Start::new(wanted.after, wanted.limit).keyed(keyed)))
}

type Known = BTreeMap<String, (Told, Listed)>;

fn told(case: &Listed, building: Uuid) -> Told {
    let shown = &case.projection;
    Told {
        record: case.id.to_string(),
        place: case.place.to_string(),
        building: building.to_string(),
        kind: shown.matter.case_kind.clone(),
        category: shown.matter.category.clone(),
        at_ms: shown.matter.received_ms.unwrap_or(shown.updated_ms),
        state: shown.state.clone(),
        cluster: shown.matter.cluster.clone(),
        refused: shown.history.iter().any(|step| step.event == "reject_cluster"),
    }
}

fn gather(catalog: &Catalog, all: &Known) -> Vec<ClusterShown> {
    let told: Vec<Told> = all.values().map(|(told, _)| told.clone()).collect();
    let proposed = cluster::propose(&told, catalog.complaints.major.cluster_min_homes);
    let mut views: Vec<ClusterShown> = proposed
        .iter()
        .filter_map(|one| view(catalog, all, &one.known, &one.cases, true))
        .collect();
    let mut known: BTreeMap<&str, Vec<&Told>> = BTreeMap::new();
    for case in told.iter().filter(|t| !t.cluster.is_empty()) {
        known.entry(&case.cluster).or_default().push(case);
    }
    known.retain(|cluster, _| !proposed.iter().any(|p| p.known == *cluster));
    for (cluster, mut members) in known {
        members.sort_by_key(|m| (m.at_ms, m.record.clone()));
        let members: Vec<String> = members.into_iter().map(|m| m.record.clone()).collect();
        views.extend(view(catalog, all, cluster, &members, false));
    }
    views
}

fn view(catalog: &Catalog, all: &Known, cluster: &str, members: &[String], proposed: bool) -> Option<ClusterShown> {
    let told: Vec<&Told> = members.iter().filter_map(|m| Some(&all.get(m)?.0)).collect();
    let first = told.first()?;
    let homes: BTreeSet<&str> = told.iter().map(|t| t.place.as_str()).collect();
    let lead = all.get(cluster).map(|(_, case)| &case.projection.matter);
    let text = catalog.codes.get("complaint_category", &first.category);
    Some(ClusterShown {
        cluster: cluster.parse().ok(),
        proposed,
        building: first.building.parse().ok()?,
        category: first.category.clone(),
        text: text.map(|code| TextView::from(&code.text)).unwrap_or_default(),
        scale: lead.map(|m| m.scale.clone()).unwrap_or_default(),
        commander: lead.and_then(|m| m.commander.parse().ok()),
        cases: members.iter().filter_map(|m| m.parse().ok()).collect(),
        homes: homes.len(),
    })
}
