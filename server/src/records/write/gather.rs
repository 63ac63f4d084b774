//! `POST /api/v1/projects/{id}/clusters`: somebody decides that cases are one matter.

use super::desk::{Desk, Sheet, TRIES, busy};
use super::record::answer;
use crate::Error;
use crate::http::{Caller, JsonBody};
use crate::records::ask::Id;
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use keyturn_domain::ProjectId;
use keyturn_domain::record::Projection;
use keyturn_domain::record::case::cluster::{self, Decision};
use keyturn_protocol::Code;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A person's decision that cases have one cause.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClusterDecided {
    /// The cases, two or more, each as it was read.
    #[schemars(length(min = 2, max = 50))]
    cases: Vec<CaseRead>,
    /// `cluster` or `major`.
    scale: String,
    /// The one person who leads a major one: a user.
    commander: Option<Uuid>,
    /// What everybody says about a major one.
    #[serde(default)]
    agreed_text: String,
    /// Why.
    #[serde(default)]
    reason: String,
}

/// A case as it was read.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseRead {
    /// The case.
    record: Uuid,
    /// Its `version`, as the record says.
    version: String,
}

/// `POST /api/v1/projects/{id}/clusters`: all of the cases say so, or none; the first of them leads.
pub async fn cluster(
    State(state): State<AppState>,
    Caller(login): Caller,
    Id(project): Id,
    JsonBody(asked): JsonBody<ClusterDecided>,
) -> Result<Response, Error> {
    let desk = Desk::new(state, login);
    let cases: BTreeMap<Uuid, &str> = asked.cases.iter().map(|c| (c.record, c.version.as_str())).collect();
    if !(2..=50).contains(&cases.len()) || asked.cases.len() != cases.len() {
        return Err(Error::refused(Code::BadValue, "two to fifty cases, each once"));
    }
    for _ in 0..TRIES {
        let mut opened = Vec::with_capacity(cases.len());
        for (record, version) in &cases {
            let case = desk.open(*record).await?;
            if case.document.genesis().project != ProjectId(project) {
                return Err(Code::NotFound.into());
            }
            if case.version() != *version {
                return Err(Error::Changed(case.version()));
            }
            opened.push((Projection::of(&case.document, &case.marks), case));
        }
        // Their order: the earliest first.
        opened.sort_by_key(|(shown, case)| (shown.matter.received_ms.unwrap_or_default(), case.document.id()));
        let decided = decision(&asked, &opened);
        let drafts = opened
            .iter()
            .map(|(_, case)| desk.make(case, |s| cluster::confirm(s, &decided)));
        let drafts = drafts.collect::<Result<Vec<_>, _>>()?;
        if desk.store(&drafts).await? {
            return answer(StatusCode::OK, &drafts);
        }
    }
    Err(busy())
}

/// A case that comes later joins the cluster that is there.
fn decision(asked: &ClusterDecided, cases: &[(Projection, Sheet)]) -> Decision {
    let known = cases.iter().map(|(shown, _)| &shown.matter.cluster);
    let known = known.into_iter().find(|cluster| !cluster.is_empty()).cloned();
    let first = cases.first().map(|(_, case)| case.document.id().to_string());
    Decision {
        cluster: known.or(first).unwrap_or_default(),
        scale: asked.scale.clone(),
        commander: asked.commander.map(|user| user.to_string()).unwrap_or_default(),
        agreed_text: asked.agreed_text.clone(),
        reason: asked.reason.clone(),
    }
}
