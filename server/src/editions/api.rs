//! Editions by the API: for managers and administrators of the project, or of the whole server.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use keyturn_domain::{Hash, ProjectId, ScopeId};
use keyturn_protocol::Code;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Chosen, Compared, EditionError, EditionShown, Imported, ProjectEditions, Published};
use crate::Error;
use crate::auth::Login;
use crate::http::{Caller, IfMatch, JsonBody};
use crate::records::ask::{Ask, Id};
use crate::state::AppState;
use crate::users::{Actor, Role};

/// Those who decide with what a project works.
const KEEPERS: &[Role] = &[Role::Manager, Role::Administrator];

/// How the draft is called in a path.
const DRAFT: &str = "draft";

impl From<EditionError> for Error {
    fn from(error: EditionError) -> Self {
        match error {
            EditionError::Refused(mistakes) => Self::Mistakes(mistakes),
            EditionError::Failed(error) => error,
        }
    }
}

/// Project and edition in a path; what is neither a number nor the draft is nowhere.
pub struct Which(Uuid, Chosen);

impl<S: Send + Sync> FromRequestParts<S> for Which {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let Path((project, edition)): Path<(String, String)> = Path::from_request_parts(parts, state)
            .await
            .map_err(|_| Code::NotFound)?;
        let project = project.parse().map_err(|_| Code::NotFound)?;
        let chosen = chosen(&edition).ok_or(Code::NotFound)?;
        Ok(Self(project, chosen))
    }
}

/// Reads what an edition is called; a number is written in one way only.
fn chosen(text: &str) -> Option<Chosen> {
    if text == DRAFT {
        return Some(Chosen::Draft);
    }
    let number: u32 = text.parse().ok()?;
    (number > 0 && number.to_string() == text).then_some(Chosen::Number(number))
}

/// The calls, for somebody who may: a project of others is not there.
async fn office<'a>(
    state: &'a AppState,
    login: &Login,
    project: Uuid,
) -> Result<(ProjectEditions<'a>, ProjectId), Error> {
    let project = ProjectId(project);
    let mut held = login.active(state.now());
    let whole = |scope: ScopeId| scope == ScopeId::project(project);
    if !held.any(|grant| {
        KEEPERS.contains(&grant.role) && (grant.is_server_wide() || grant.project == project && whole(grant.scope))
    }) {
        return Err(Code::NotFound.into());
    }
    let sync = crate::sync::SyncService::new(state.clone());
    sync.known_project(project).await.map_err(|error| match error.code() {
        Code::ProjectUnknown => Code::NotFound.into(),
        _ => error,
    })?;
    Ok((ProjectEditions::new(state, Actor::User(login.user)), project))
}

/// The editions of a project.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EditionList {
    /// The built-in one first, the draft last.
    pub items: Vec<EditionShown>,
}

/// `GET /api/v1/projects/{id}/editions`.
pub async fn list(
    State(state): State<AppState>,
    Caller(login): Caller,
    Id(project): Id,
) -> Result<Json<EditionList>, Error> {
    let (office, project) = office(&state, &login, project).await?;
    let items = office.list(project).await?;
    Ok(Json(EditionList { items }))
}

/// An edition with its files.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EditionWhole {
    /// What identifies it; a draft is published under it.
    pub hash: Hash,
    /// The project's own files, text by name.
    pub files: BTreeMap<String, String>,
}

/// `GET /api/v1/projects/{id}/editions/{edition}`: its files; the tag of a draft is what publishing names.
pub async fn one(
    State(state): State<AppState>,
    Caller(login): Caller,
    Which(project, chosen): Which,
) -> Result<Response, Error> {
    let (office, project) = office(&state, &login, project).await?;
    let files = office.files(project, chosen).await?;
    let hash = files.hash();
    let whole = EditionWhole {
        hash,
        files: files.own().clone(),
    };
    Ok(([(header::ETAG, format!("\"{hash}\""))], Json(whole)).into_response())
}

/// With which edition one is compared.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfComparison {
    /// A number; none: the draft with the edition in force, any other with the one before it.
    #[schemars(range(min = 1))]
    with: Option<u32>,
}

/// `GET /api/v1/projects/{id}/editions/{edition}/comparison`.
pub async fn comparison(
    State(state): State<AppState>,
    Caller(login): Caller,
    Which(project, chosen): Which,
    Ask(asked): Ask<OfComparison>,
) -> Result<Json<Compared>, Error> {
    let (office, project) = office(&state, &login, project).await?;
    let with = asked.with.map(Chosen::Number);
    Ok(Json(office.compare(project, chosen, with).await?))
}

/// Files that shall become an edition.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEdition {
    /// Text by name: every own file that the edition shall have. What is not here is built in.
    files: BTreeMap<String, String>,
    /// Why there is it.
    #[serde(default)]
    #[schemars(length(max = 500))]
    note: String,
    /// Only says what would come of it.
    #[serde(default)]
    check: bool,
}

/// `POST /api/v1/projects/{id}/editions`: makes the draft, in the place of the one before.
pub async fn import(
    State(state): State<AppState>,
    Caller(login): Caller,
    Id(project): Id,
    JsonBody(new): JsonBody<NewEdition>,
) -> Result<Json<Imported>, Error> {
    let (office, project) = office(&state, &login, project).await?;
    Ok(Json(office.import(project, new.files, &new.note, new.check).await?))
}

/// `POST /api/v1/projects/{id}/editions/{edition}/publish`: the draft, as it was seen.
pub async fn publish(
    State(state): State<AppState>,
    Caller(login): Caller,
    Which(project, chosen): Which,
    seen: IfMatch,
) -> Result<Json<Published>, Error> {
    let (office, project) = office(&state, &login, project).await?;
    if chosen != Chosen::Draft {
        return Err(Code::NotFound.into());
    }
    Ok(Json(office.publish(project, Some(seen.first())).await?))
}

/// `DELETE /api/v1/projects/{id}/editions/{edition}`: the draft; what was published stays for good.
pub async fn discard(
    State(state): State<AppState>,
    Caller(login): Caller,
    Which(project, chosen): Which,
) -> Result<StatusCode, Error> {
    let (office, project) = office(&state, &login, project).await?;
    if chosen != Chosen::Draft || !office.discard(project).await? {
        return Err(Code::NotFound.into());
    }
    Ok(StatusCode::NO_CONTENT)
}

/// The most that a body with the files of an edition may have: they are escaped in it.
pub const MOST: usize = 2 * keyturn_domain::catalog::edition::MOST_BYTES;
