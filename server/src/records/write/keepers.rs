//! Users, devices and rights, for those who look after the server.

use crate::Error;
use crate::http::{Caller, JsonBody, Origin};
use crate::records::ask::Id;
use crate::state::AppState;
use crate::sync::SyncService;
use crate::users::{Access, Actor, Devices, Grants, NewGrant, Role, Users, enrolment_url, find_grant, svg};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use keyturn_domain::{DeviceId, ProjectId, ScopeId, UserId};
use keyturn_protocol::Code;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A person who shall be able to log in.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUserAsked {
    /// What it logs in as: 1 to 80 letters a to z, digits, `.`, `_`, `-`, `@`.
    #[schemars(regex(pattern = "^[A-Za-z0-9._@-]{1,80}$"))]
    name: String,
    /// What others see.
    #[serde(default)]
    #[schemars(regex(pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]{0,80}$"))]
    display: String,
}

/// A person who may log in.
#[derive(Debug, Serialize, JsonSchema)]
pub struct UserMade {
    /// The user.
    pub id: Uuid,
}

/// `POST /api/v1/users`.
pub async fn user(
    State(state): State<AppState>,
    Caller(login): Caller,
    JsonBody(asked): JsonBody<NewUserAsked>,
) -> Result<(StatusCode, Json<UserMade>), Error> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._@-".contains(c);
    if !asked.name.chars().all(plain) {
        return Err(Error::refused(
            Code::BadValue,
            "a name has 1 to 80 letters a to z, digits, . _ - @",
        ));
    }
    let users = Users::new(&state, Actor::User(login.user));
    let made = users.create(&asked.name, &asked.display).await?;
    Ok((StatusCode::CREATED, Json(UserMade { id: made.id.0 })))
}

/// `POST /api/v1/users/{id}/disable`.
pub async fn disable_user(
    State(state): State<AppState>,
    Caller(login): Caller,
    Id(user): Id,
) -> Result<StatusCode, Error> {
    let users = Users::new(&state, Actor::User(login.user));
    users.disable(UserId(user)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A code that enrols one phone, once.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EnrolmentMade {
    /// Such as `7QK2-M9XD-40FA`; shown now and never again.
    pub code: String,
    /// When it ends, in milliseconds.
    pub expires_at: i64,
    /// Which server it is for.
    pub server: Uuid,
    /// What a phone scans: the address of this server, as the caller knows it unless it has one of its own, and the code.
    pub url: String,
    /// The same as a QR code, in SVG.
    pub svg: String,
}

/// `POST /api/v1/users/{id}/enrolments`.
pub async fn enrol(
    State(state): State<AppState>,
    Caller(login): Caller,
    Id(user): Id,
    origin: Origin,
) -> Result<(StatusCode, Json<EnrolmentMade>), Error> {
    let devices = Devices::new(&state, Actor::User(login.user));
    let made = devices.create_enrolment(UserId(user)).await?;
    let address = state.public_url.as_deref().map_or_else(|| origin.url(), str::to_owned);
    let url = enrolment_url(&address, &made.text);
    let made = EnrolmentMade {
        svg: svg(&url)?,
        code: made.text,
        expires_at: made.expires_at,
        server: made.server,
        url,
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// `POST /api/v1/devices/{id}/revoke`: from its next request on it may hand in its work and nothing else.
pub async fn revoke_device(
    State(state): State<AppState>,
    Caller(login): Caller,
    Id(device): Id,
) -> Result<StatusCode, Error> {
    // Not known here is nowhere, as for everything in a path.
    let devices = Devices::new(&state, Actor::User(login.user));
    match devices.revoke(DeviceId(device)).await {
        Err(error) if error.code() == Code::DeviceUnknown => Err(Code::NotFound.into()),
        other => other.map(|()| StatusCode::NO_CONTENT),
    }
}

/// `POST /api/v1/devices/{id}/wipe`: at its next contact it hands in what it can, and erases itself.
pub async fn wipe_device(
    State(state): State<AppState>,
    Caller(login): Caller,
    Id(device): Id,
) -> Result<StatusCode, Error> {
    let devices = Devices::new(&state, Actor::User(login.user));
    match devices.wipe(DeviceId(device)).await {
        Err(error) if error.code() == Code::DeviceUnknown => Err(Code::NotFound.into()),
        other => other.map(|()| StatusCode::NO_CONTENT),
    }
}

/// A role that somebody shall hold.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGrantAsked {
    /// Who: a user.
    user: Uuid,
    /// As what.
    #[schemars(schema_with = "roles")]
    role: String,
    /// In which project; none: on the whole server.
    project: Option<Uuid>,
    /// A building, a home, the public places; none: the whole project.
    scope: Option<Uuid>,
    /// Only to read.
    #[serde(default)]
    read_only: bool,
    /// When it ends by itself, in milliseconds.
    expires_at: Option<i64>,
}

fn roles(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": Role::ALL.map(Role::as_str) })
}

/// A role that somebody holds.
#[derive(Debug, Serialize, JsonSchema)]
pub struct GrantMade {
    /// The grant.
    pub id: Uuid,
}

/// `POST /api/v1/grants`.
pub async fn grant(
    State(state): State<AppState>,
    Caller(login): Caller,
    JsonBody(asked): JsonBody<NewGrantAsked>,
) -> Result<(StatusCode, Json<GrantMade>), Error> {
    let role: Role = asked.role.parse()?;
    let actor = Actor::User(login.user);
    let made = match asked.project {
        None if asked.scope.is_some() || asked.read_only || asked.expires_at.is_some() => {
            return Err(Error::refused(Code::ValuesDisagree, "a scope is of a project"));
        }
        None if !role.may_be_server_wide() => {
            let words = format!("{role} is held on a project, building or home");
            return Err(Error::refused(Code::ValuesDisagree, words));
        }
        None => {
            Grants::new(&state, actor)
                .grant_server_wide(UserId(asked.user), role)
                .await?
        }
        Some(project) => {
            let sync = SyncService::new(state.clone());
            let project = ProjectId(project);
            sync.known_project(project).await?;
            let scope = asked.scope.map_or(ScopeId::project(project), ScopeId);
            sync.known_scope(project, scope).await?;
            let wanted = NewGrant {
                project,
                user: UserId(asked.user),
                role,
                scope,
                access: if asked.read_only { Access::Read } else { Access::Write },
                expires_at: asked.expires_at,
            };
            sync.grant(actor, &wanted).await?
        }
    };
    Ok((StatusCode::CREATED, Json(GrantMade { id: made.id })))
}

/// `POST /api/v1/grants/{id}/end`. Safe to repeat.
pub async fn end_grant(
    State(state): State<AppState>,
    Caller(login): Caller,
    Id(grant): Id,
) -> Result<StatusCode, Error> {
    let found = find_grant(&mut *state.db.begin_read().await?, grant).await?;
    let found = found.ok_or(Code::NotFound)?;
    let actor = Actor::User(login.user);
    if found.is_server_wide() {
        Grants::new(&state, actor)
            .end_server_wide(found.user, found.role)
            .await?;
    } else {
        SyncService::new(state.clone()).revoke(actor, &found).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
