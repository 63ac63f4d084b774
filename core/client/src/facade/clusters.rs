//! Clusters of cases: proposed from projections, decided by a person.

use super::case_views::{ClusterDecision, ClusterView};
use super::cases::Cases;
use super::lists::{count, projection, row};
use super::record::{on_scene, parse, recorded, recording, seen};
use super::views::Recorded;
use crate::ClientError;
use crate::records::edition;
use keyturn_domain::catalog::Catalog;
use keyturn_domain::document::Genesis;
use keyturn_domain::record::Projection;
use keyturn_domain::record::case::cluster::{self, Decision, Told};
use keyturn_domain::record::view::TextView;
use keyturn_domain::rows::{BuildingRow, HomeRow, kind};
use keyturn_domain::{DocumentId, Hash, ProjectId};
use keyturn_store::{Connection, documents, progress};
use std::collections::{BTreeMap, BTreeSet};

impl Cases {
    /// Lists the clusters: those that somebody must decide first, then those that were confirmed.
    ///
    /// # Errors
    /// A storage error.
    pub fn clusters(&self) -> Result<Vec<ClusterView>, ClientError> {
        self.0.look(|conn| {
            let mut views = Vec::new();
            for (project, _) in progress::projects(conn)? {
                let cases = cases_of(conn, project)?;
                let told: Vec<Told> = cases.values().map(|(told, _)| told.clone()).collect();
                let rules = edition(conn, project, None)?;
                let proposed = cluster::propose(&told, rules.catalog.complaints.major.cluster_min_homes);
                for one in &proposed {
                    views.push(view(conn, project, &cases, &one.known, &one.cases, true)?);
                }
                let mut known: BTreeMap<&str, Vec<&Told>> = BTreeMap::new();
                for case in told.iter().filter(|t| !t.cluster.is_empty()) {
                    known.entry(&case.cluster).or_default().push(case);
                }
                known.retain(|cluster, _| !proposed.iter().any(|p| p.known == *cluster));
                for (cluster, mut members) in known {
                    members.sort_by_key(|m| (m.at_ms, m.record.clone()));
                    let members: Vec<String> = members.into_iter().map(|m| m.record.clone()).collect();
                    views.push(view(conn, project, &cases, cluster, &members, false)?);
                }
            }
            views.sort_by_key(|v| (!v.proposed, v.scale != "major", v.building.clone(), v.category.clone()));
            Ok(views)
        })
    }

    /// Confirms that cases are one matter: all of them say so, or none. Their first case leads.
    ///
    /// # Errors
    /// `role`, `missing` for fewer than two cases or a major one without a commander, `contested`.
    pub fn confirm_cluster(&self, decision: &ClusterDecision) -> Result<Recorded, ClientError> {
        let mut cases: Vec<(i64, DocumentId, String)> = Vec::new();
        for record in &decision.cases {
            let id: DocumentId = parse(record, "record")?;
            let shown = self.listed_case(id)?;
            cases.push((shown.matter.received_ms.unwrap_or_default(), id, shown.matter.cluster));
        }
        cases.sort();
        cases.dedup_by_key(|(_, id, _)| *id);
        // A case that comes later joins the cluster that is there.
        let known = cases
            .iter()
            .map(|(_, _, cluster)| cluster)
            .find(|cluster| !cluster.is_empty());
        let Some(((_, first, _), [_, ..])) = cases.split_first() else {
            return Err(ClientError::Command(keyturn_domain::record::CommandError::Missing(
                "cases",
            )));
        };
        let decided = Decision {
            cluster: known.cloned().unwrap_or_else(|| first.to_string()),
            scale: decision.scale.clone(),
            commander: decision.commander.clone(),
            agreed_text: decision.agreed_text.clone(),
            reason: decision.reason.clone(),
        };
        let recordings = cases
            .iter()
            .map(|(_, id, _)| {
                let seen = self.seen_of(*id, &decision.seen)?;
                recording(&self.0, *id, Some(seen), |s| cluster::confirm(s, &decided))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let saved = self.0.records().record_all(recordings)?;
        let first = saved.first().ok_or_else(|| ClientError::refused("unknown_record"))?;
        Ok(recorded(first, &[]))
    }

    /// Says that a case belongs to no cluster, and why.
    ///
    /// # Errors
    /// `role`, `missing` without a reason.
    pub fn reject_cluster(&self, record: &str, heads: &[String], reason: &str) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, |s| cluster::reject(s, reason))
    }

    /// Those of the heads that a screen of several cases was drawn from that belong to this one.
    fn seen_of(&self, id: DocumentId, heads: &[String]) -> Result<Vec<Hash>, ClientError> {
        let heads = seen(heads)?;
        let own = self.0.looked(id, |document| {
            heads.into_iter().filter(|head| document.has(head)).collect()
        })?;
        own.ok_or_else(|| ClientError::refused("unknown_record"))
    }

    fn listed_case(&self, id: DocumentId) -> Result<Projection, ClientError> {
        let listed = self.0.records().listed(id)?;
        let listed = listed.filter(|d| d.genesis.kind == "case");
        Ok(projection(
            &listed.ok_or_else(|| ClientError::refused("unknown_record"))?,
        ))
    }
}

type Known = BTreeMap<String, (Told, Projection)>;

fn cases_of(conn: &Connection, project: ProjectId) -> Result<Known, ClientError> {
    let mut cases = BTreeMap::new();
    for listed in documents::of_project(conn, project, "case")? {
        let shown = projection(&listed);
        let told = Told {
            record: listed.genesis.document.to_string(),
            place: listed.genesis.place.to_string(),
            building: building_of(conn, &listed.genesis)?,
            kind: shown.matter.case_kind.clone(),
            category: shown.matter.category.clone(),
            at_ms: shown.matter.received_ms.unwrap_or(listed.updated_ms),
            state: shown.state.clone(),
            cluster: shown.matter.cluster.clone(),
            refused: shown.history.iter().any(|step| step.event == "reject_cluster"),
        };
        cases.insert(told.record.clone(), (told, shown));
    }
    Ok(cases)
}

/// The building of a home; a public place stands for itself.
fn building_of(conn: &Connection, genesis: &Genesis) -> Result<String, ClientError> {
    let home = row::<HomeRow>(conn, genesis.project, kind::HOME, genesis.place.0)?;
    Ok(home.map_or_else(|| genesis.place.to_string(), |home| home.building.to_string()))
}

fn view(
    conn: &Connection,
    project: ProjectId,
    cases: &Known,
    cluster: &str,
    members: &[String],
    proposed: bool,
) -> Result<ClusterView, ClientError> {
    let told = |record: &String| cases.get(record).map(|(told, _)| told);
    let first = members.iter().find_map(told).cloned().unwrap_or_default();
    let homes: BTreeSet<&str> = members.iter().filter_map(told).map(|t| t.place.as_str()).collect();
    let lead = cases.get(cluster).map(|(_, shown)| &shown.matter);
    let building = match first.building.parse::<uuid::Uuid>() {
        Ok(id) => row::<BuildingRow>(conn, project, kind::BUILDING, id)?,
        Err(_) => None,
    };
    let text = Catalog::built_in()?.codes.get("complaint_category", &first.category);
    let mut seen = Vec::new();
    for id in members.iter().filter_map(|record| record.parse().ok()) {
        let stored = documents::get(conn, id)?;
        seen.extend(stored.iter().flat_map(|s| &s.heads).map(ToString::to_string));
    }
    Ok(ClusterView {
        cluster: cluster.to_owned(),
        proposed,
        building_text: building.map(|b| TextView::from(&b.name)).unwrap_or_default(),
        building: first.building,
        text: text.map(|code| TextView::from(&code.text)).unwrap_or_default(),
        category: first.category,
        scale: lead.map(|m| m.scale.clone()).unwrap_or_default(),
        commander: lead.map(|m| m.commander.clone()).unwrap_or_default(),
        cases: members.to_vec(),
        homes: count(homes.len()),
        seen,
    })
}
