//! What administrators look at: users with their roles, devices, the audit log.

use super::ask::Ask;
use super::page::{Cursor, Limit, Page, Select, Start};
use crate::Error;
use crate::db::{AnyRow, id, int, opt_id, opt_int, opt_text, text};
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use keyturn_domain::UserId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where a list begins.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfAll {
    /// The cursor of the page before.
    after: Option<Cursor>,
    /// At most so many.
    limit: Option<Limit>,
}

/// A person who may log in.
#[derive(Debug, Serialize, JsonSchema)]
pub struct UserShown {
    /// The user.
    pub id: Uuid,
    /// What it logs in as.
    pub name: String,
    /// What others see.
    pub display: String,
    /// When it was made, in milliseconds.
    pub made_at: i64,
    /// When it was disabled.
    pub disabled_at: Option<i64>,
    /// What it holds now.
    pub grants: Vec<GrantShown>,
}

/// A role on a scope.
#[derive(Debug, Serialize, JsonSchema)]
pub struct GrantShown {
    /// The grant.
    pub id: Uuid,
    /// Its project; none: the whole server.
    pub project: Option<Uuid>,
    /// The scope; none: the whole server.
    pub scope: Option<Uuid>,
    /// As what.
    pub role: String,
    /// `write` or `read`.
    pub access: String,
    /// When it was made, in milliseconds.
    pub made_at: i64,
    /// When it ends by itself.
    pub expires_at: Option<i64>,
}

/// `GET /api/v1/users`: everybody who may log in, with their roles.
pub async fn users(State(state): State<AppState>, Ask(wanted): Ask<OfAll>) -> Result<Json<Page<UserShown>>, Error> {
    let mut tx = state.db.begin_read().await?;
    let select = Select::new("SELECT id, name, display, made_at, disabled_at FROM users WHERE 1 = 1");
    let page = select.page(&mut tx, Start::new(wanted.after, wanted.limit), |row| {
        Ok(Some(UserShown {
            id: id(row, "id", Uuid::from_bytes)?,
            name: text(row, "name")?,
            display: text(row, "display")?,
            made_at: int(row, "made_at")?,
            disabled_at: opt_int(row, "disabled_at")?,
            grants: Vec::new(),
        }))
    });
    let mut page = page.await?;
    let now = state.now();
    for user in &mut page.items {
        let grants = crate::users::grants_of(&mut tx, UserId(user.id)).await?;
        let held = grants.into_iter().filter(|grant| grant.is_active(now));
        user.grants = held
            .map(|grant| {
                let whole = grant.is_server_wide();
                GrantShown {
                    id: grant.id,
                    project: (!whole).then_some(grant.project.0),
                    scope: (!whole).then_some(grant.scope.0),
                    role: grant.role.to_string(),
                    access: grant.access.as_str().to_owned(),
                    made_at: grant.made_at,
                    expires_at: grant.expires_at,
                }
            })
            .collect();
    }
    Ok(Json(page))
}

/// Which devices.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfDevices {
    /// Of this user.
    user: Option<Uuid>,
    /// Withdrawn, or not.
    revoked: Option<bool>,
    /// Not heard of since this moment, in milliseconds.
    silent_since: Option<i64>,
    /// The cursor of the page before.
    after: Option<Cursor>,
    /// At most so many.
    limit: Option<Limit>,
}

/// A phone.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DeviceShown {
    /// The device.
    pub id: Uuid,
    /// Whose it is.
    pub user: Uuid,
    /// What it calls itself.
    pub name: String,
    /// When it was enrolled, in milliseconds.
    pub made_at: i64,
    /// When it last made contact.
    pub seen_at: i64,
    /// When it was withdrawn.
    pub revoked_at: Option<i64>,
    /// The version of its app, as it last said.
    pub app: Option<String>,
    /// The protocol that it spoke last.
    pub protocol: Option<i64>,
    /// When it last made an exchange, give or take some minutes.
    pub synced_at: Option<i64>,
    /// How many changes and commands it still held then, as it said.
    pub unsent: Option<i64>,
    /// The life of the database that it has followed.
    pub epoch: Option<Uuid>,
    /// When somebody said that it shall erase itself.
    pub wipe_at: Option<i64>,
    /// When it last said that it does.
    pub wiped_at: Option<i64>,
    /// How many changes and commands nobody had then, as it said.
    pub wipe_lost: Option<i64>,
    /// How many of its changes are in quarantine: handed in after it was withdrawn, or refused.
    pub quarantined: i64,
}

/// `GET /api/v1/devices`: phones, with what they last said of themselves.
pub async fn devices(
    State(state): State<AppState>,
    Ask(wanted): Ask<OfDevices>,
) -> Result<Json<Page<DeviceShown>>, Error> {
    let mut tx = state.db.begin_read().await?;
    let sql = "SELECT id, user_id, name, made_at, seen_at, revoked_at, wipe_at, wiped_at, wipe_lost, app, protocol, \
               synced_at, unsent, epoch, (SELECT COUNT(*) FROM quarantine q WHERE q.device_id = devices.id) AS \
               quarantined FROM devices LEFT JOIN device_contacts ON device_contacts.device_id = devices.id WHERE 1 = 1";
    let select = Select::new(sql)
        .and_id("user_id =", wanted.user)
        .and_int("seen_at <", wanted.silent_since);
    let page = select.page(&mut tx, Start::new(wanted.after, wanted.limit), |row| {
        let shown = device(row)?;
        let fits = wanted
            .revoked
            .is_none_or(|revoked| revoked == shown.revoked_at.is_some());
        Ok(fits.then_some(shown))
    });
    Ok(Json(page.await?))
}

fn device(row: &AnyRow) -> Result<DeviceShown, Error> {
    let (seen_at, synced_at) = (int(row, "seen_at")?, opt_int(row, "synced_at")?);
    Ok(DeviceShown {
        id: id(row, "id", Uuid::from_bytes)?,
        user: id(row, "user_id", Uuid::from_bytes)?,
        name: text(row, "name")?,
        made_at: int(row, "made_at")?,
        seen_at: synced_at.map_or(seen_at, |synced| synced.max(seen_at)),
        revoked_at: opt_int(row, "revoked_at")?,
        app: opt_text(row, "app")?,
        protocol: opt_int(row, "protocol")?,
        synced_at,
        unsent: opt_int(row, "unsent")?,
        epoch: opt_id(row, "epoch", Uuid::from_bytes)?,
        wipe_at: opt_int(row, "wipe_at")?,
        wiped_at: opt_int(row, "wiped_at")?,
        wipe_lost: opt_int(row, "wipe_lost")?,
        quarantined: int(row, "quarantined")?,
    })
}

/// An entry of the audit log.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AuditShown {
    /// Its number; they have no gap.
    pub seq: i64,
    /// When, in milliseconds.
    pub at: i64,
    /// Who: `command`, `server`, `user:` with an id.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// To what.
    pub subject: String,
    /// What else matters.
    pub detail: String,
    /// Chains the entry to the one before.
    pub chain: String,
}

/// Which entries.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfAudit {
    /// What was done, such as `device.revoke`.
    action: Option<String>,
    /// By whom.
    actor: Option<String>,
    /// To what.
    subject: Option<String>,
    /// The cursor of the page before.
    after: Option<Cursor>,
    /// At most so many.
    limit: Option<Limit>,
}

/// `GET /api/v1/audit`: who did what to whom may do what, the oldest first.
pub async fn audit(State(state): State<AppState>, Ask(wanted): Ask<OfAudit>) -> Result<Json<Page<AuditShown>>, Error> {
    let start = Start::new(wanted.after, wanted.limit);
    let mut tx = state.db.begin_read().await?;
    let select = Select::new("SELECT seq, at, actor, action, subject, detail, chain FROM audit WHERE 1 = 1")
        .and_text("action =", wanted.action)
        .and_text("actor =", wanted.actor)
        .and_text("subject =", wanted.subject);
    let page = select.numbered(&mut tx, start, "seq", |row| {
        Ok(AuditShown {
            seq: int(row, "seq")?,
            at: int(row, "at")?,
            actor: text(row, "actor")?,
            action: text(row, "action")?,
            subject: text(row, "subject")?,
            detail: text(row, "detail")?,
            chain: hex::encode(crate::db::bytes(row, "chain")?),
        })
    });
    Ok(Json(page.await?))
}
