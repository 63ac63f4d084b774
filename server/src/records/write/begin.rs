//! `POST /api/v1/projects/{id}/records`: a case that somebody reported, a defect that somebody found.

use super::desk::{Desk, Draft, Sheet, TRIES, blank, busy, refused};
use super::record::answer;
use crate::Error;
use crate::db::{DbError, id};
use crate::http::{Caller, JsonBody, RequestKey};
use crate::records::ask::Id;
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use keyturn_domain::catalog::edition::Edition;
use keyturn_domain::document::Genesis;
use keyturn_domain::record::case::{self, Report};
use keyturn_domain::record::defect::{self, Finding};
use keyturn_domain::record::{CommandError, inspection, pinned};
use keyturn_domain::{DocumentId, PlaceId, ProjectId, ScopeId};
use keyturn_protocol::Code;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

/// A record to begin. What is left out is empty.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum NewRecord {
    /// Somebody reported a matter, for an owner: at any place of the project.
    Case {
        /// The home or public place.
        place: Uuid,
        /// Group `case_kind`.
        case_kind: String,
        /// What they said, in their words.
        words: String,
        /// Who called: a person.
        person: Option<Uuid>,
        /// Group `relation`.
        #[serde(default)]
        relation: String,
        /// The household.
        household: Option<Uuid>,
        /// How it reached us.
        #[serde(default)]
        channel: String,
        /// When it reached us, in milliseconds; none: now.
        received_ms: Option<i64>,
        /// What it is about (group `complaint_category`).
        #[serde(default)]
        category: String,
        /// Group `urgency`.
        #[serde(default)]
        urgency: String,
        /// Severity of a defect that is reported.
        #[serde(default)]
        severity: String,
        /// Code of the room.
        #[serde(default)]
        room: String,
        /// The ready phrase: a code of the defect catalogue.
        #[serde(default)]
        phrase: String,
        /// What they want.
        #[serde(default)]
        wanted_outcome: String,
    },
    /// Somebody found a defect.
    Defect {
        /// The home or public place.
        place: Uuid,
        /// Catalogue code.
        code: String,
        /// Severity; empty: that of the catalogue.
        #[serde(default)]
        severity: String,
        /// Code of the room, or `home`.
        #[serde(default)]
        room: String,
        /// Words.
        #[serde(default)]
        description: String,
        /// The inspection in which it was found; it then lists the defect.
        inspection: Option<Uuid>,
        /// The question of it that it answers.
        #[serde(default)]
        question: String,
        /// Where on the plan, in parts per 10,000 of its width and height.
        pin: Option<(i64, i64)>,
    },
}

impl NewRecord {
    const fn place(&self) -> (Uuid, &'static str) {
        match self {
            Self::Case { place, .. } => (*place, "case"),
            Self::Defect { place, .. } => (*place, "defect"),
        }
    }
}

/// `POST /api/v1/projects/{id}/records`. The same key names the same record, for ever.
pub async fn begin(
    State(state): State<AppState>,
    Caller(login): Caller,
    Id(project): Id,
    RequestKey(key): RequestKey,
    JsonBody(new): JsonBody<NewRecord>,
) -> Result<Response, Error> {
    let desk = Desk::new(state, login);
    let project = ProjectId(project);
    if !desk.holds_something(project) {
        return Err(Code::NotFound.into());
    }
    let document = DocumentId(match key {
        Some(key) => Uuid::new_v5(&desk.login.token, format!("record:{key}").as_bytes()),
        None => desk.state.ids.uuid_v7(desk.now),
    });
    let (place, kind) = new.place();
    let scope = desk.scope_at(project, place).await?;
    let genesis = Genesis {
        document,
        project,
        place: PlaceId(place),
        kind: kind.to_owned(),
    };
    for _ in 0..TRIES {
        let opened = blank(&genesis, scope, desk.edition_for(project, &new).await?)?;
        desk.may_write(&opened)?;
        let drafts = desk.draft(&opened, &new).await?;
        if desk.store(&drafts).await? {
            return answer(StatusCode::CREATED, &drafts);
        }
        if desk.is_there(document).await? {
            return Err(Code::IdempotencyKeyReused.into());
        }
    }
    Err(busy())
}

impl Desk {
    fn holds_something(&self, project: ProjectId) -> bool {
        let mut held = self.login.active(self.now);
        held.any(|grant| grant.is_server_wide() || grant.project == project)
    }

    /// The scope of a place of the project.
    async fn scope_at(&self, project: ProjectId, place: Uuid) -> Result<ScopeId, Error> {
        let mut tx = self.state.db.begin_read().await?;
        let row = sqlx::query("SELECT scope FROM places WHERE project = $1 AND id = $2")
            .bind(project.as_bytes().to_vec())
            .bind(place.as_bytes().to_vec())
            .fetch_optional(&mut *tx)
            .await
            .map_err(DbError::from)?;
        let row = row.ok_or_else(|| Error::reason("unknown_place", ""))?;
        Ok(id(&row, "scope", ScopeId::from_bytes)?)
    }

    /// The edition that a new record is begun with: of a defect that of the inspection in which it was found, whose
    /// checklist names its code; else the one in force.
    async fn edition_for(&self, project: ProjectId, new: &NewRecord) -> Result<Edition, Error> {
        if let NewRecord::Defect {
            inspection: Some(inspection),
            code,
            ..
        } = new
        {
            let found_in = self.named(*inspection).await?.edition;
            if found_in.catalog.defects.contains_key(code.as_str()) {
                return Ok(found_in);
            }
        }
        self.in_force(project).await
    }

    async fn is_there(&self, document: DocumentId) -> Result<bool, Error> {
        let mut tx = self.state.db.begin_read().await?;
        let row = sqlx::query("SELECT id FROM documents WHERE id = $1")
            .bind(document.as_bytes().to_vec())
            .fetch_optional(&mut *tx)
            .await
            .map_err(DbError::from)?;
        Ok(row.is_some())
    }

    async fn draft(&self, opened: &Sheet, new: &NewRecord) -> Result<Vec<Draft>, Error> {
        match new {
            NewRecord::Case { .. } => {
                let report = report(new);
                Ok(vec![self.make(opened, |scene| {
                    Ok(pinned(case::report(scene, &report)?, opened.edition.number))
                })?])
            }
            NewRecord::Defect {
                inspection, question, ..
            } => {
                let finding = finding(new);
                let mut drafts = vec![self.make(opened, |s| {
                    let writes = defect::record(s.document, s.seen, s.catalog, &finding)?;
                    Ok(pinned(writes, opened.edition.number))
                })?];
                if let Some(inspection) = inspection {
                    // Both or neither: a defect that no list names would be found by nobody.
                    let other = self.named(*inspection).await?;
                    self.may_write(&other)?;
                    let there = other.document.genesis();
                    if there.kind != "inspection" || there.place != opened.document.place() {
                        return Err(refused(&CommandError::Value("inspection")));
                    }
                    let own = opened.document.id();
                    drafts.push(self.make(&other, |s| {
                        inspection::link_defect(own, question, s.who, s.stamp).map(|write| vec![write])
                    })?);
                }
                Ok(drafts)
            }
        }
    }
}

fn report(new: &NewRecord) -> Report {
    let NewRecord::Case {
        case_kind,
        words,
        person,
        relation,
        household,
        channel,
        received_ms,
        category,
        urgency,
        severity,
        room,
        phrase,
        wanted_outcome,
        ..
    } = new
    else {
        return Report::default();
    };
    let text = |id: &Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    Report {
        kind: case_kind.clone(),
        words: words.clone(),
        person: text(person),
        relation: relation.clone(),
        household: text(household),
        channel: channel.clone(),
        received_ms: *received_ms,
        category: category.clone(),
        urgency: urgency.clone(),
        severity: severity.clone(),
        room: room.clone(),
        phrase: phrase.clone(),
        wanted_outcome: wanted_outcome.clone(),
    }
}

fn finding(new: &NewRecord) -> Finding {
    let NewRecord::Defect {
        code,
        severity,
        room,
        description,
        inspection,
        question,
        pin,
        ..
    } = new
    else {
        return Finding::default();
    };
    Finding {
        code: code.clone(),
        severity: severity.clone(),
        room: room.clone(),
        description: description.clone(),
        inspection: inspection.map(DocumentId),
        question: question.clone(),
        pin: *pin,
    }
}
