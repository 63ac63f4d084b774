//! What was kept out of records: what it is, what would become of it now, and what somebody decides about it.

use super::ask::{Ask, Id};
use super::page::{Cursor, Limit, Page, Select, Start};
use super::reach::Reach;
use crate::Error;
use crate::auth::Login;
use crate::db::{AnyConnection, id, int, opt_id, text};
use crate::http::{Caller, JsonBody};
use crate::state::AppState;
use crate::sync::{Kept, SyncService};
use crate::users::Role;
use axum::Json;
use axum::extract::State;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use keyturn_domain::{DocumentId, Hash, ProjectId, ScopeId};
use keyturn_protocol::{Code, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A change with the record that it is of, or says that it is of.
const KEPT: &str = "SELECT id, document, hash, code, user_id, device_id, received_at, size, project, scope FROM \
                    (SELECT q.document AS id, q.document, q.hash, q.code, q.user_id, q.device_id, q.received_at, q.size, \
                    COALESCE(d.project, p.project) AS project, COALESCE(d.scope, p.scope) AS scope FROM quarantine q \
                    LEFT JOIN documents d ON d.id = q.document \
                    LEFT JOIN places p ON p.id = q.place AND p.project = q.project) kept WHERE 1 = 1";

/// Which changes in quarantine.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfQuarantine {
    /// Of this project.
    project: Option<Uuid>,
    /// Of this record.
    record: Option<Uuid>,
    /// From this device.
    device: Option<Uuid>,
    /// The cursor of the page before.
    after: Option<Cursor>,
    /// At most so many records.
    limit: Option<Limit>,
}

/// A change that was kept out of its record.
#[derive(Debug, Serialize, JsonSchema)]
pub struct QuarantineShown {
    /// The record that it says it is of.
    pub record: Uuid,
    /// The change.
    pub hash: String,
    /// Its project; none: this server has no such record.
    pub project: Option<Uuid>,
    /// Why it was kept out.
    pub code: String,
    /// Who sent it.
    pub user: Uuid,
    /// From which device.
    pub device: Uuid,
    /// When, in milliseconds.
    pub received_at: i64,
    /// How many bytes are kept.
    pub size: i64,
}

/// `GET /api/v1/quarantine`: changes that were kept out of their records, by record. Those of records that this server
/// does not know are for whoever holds the whole server.
pub async fn quarantine(
    State(state): State<AppState>,
    Caller(login): Caller,
    Ask(wanted): Ask<OfQuarantine>,
) -> Result<Json<Page<QuarantineShown>>, Error> {
    let reach = Reach::of(&login, state.now());
    let mut tx = state.db.begin_read().await?;
    let select = Select::new(KEPT)
        .and_id("project =", wanted.project)
        .and_id("document =", wanted.record)
        .and_id("device_id =", wanted.device)
        .within(&reach);
    let found = select.grouped(&mut tx, Start::new(wanted.after, wanted.limit), |row| {
        Ok(QuarantineShown {
            record: id(row, "document", Uuid::from_bytes)?,
            hash: hex::encode(crate::db::bytes(row, "hash")?),
            project: opt_id(row, "project", Uuid::from_bytes)?,
            code: text(row, "code")?,
            user: id(row, "user_id", Uuid::from_bytes)?,
            device: id(row, "device_id", Uuid::from_bytes)?,
            received_at: int(row, "received_at")?,
            size: int(row, "size")?,
        })
    });
    Ok(Json(found.await?))
}

/// A change in quarantine, opened.
#[derive(Debug, Serialize, JsonSchema)]
pub struct KeptShown {
    /// The change.
    pub hash: String,
    /// Why it was kept out.
    pub code: String,
    /// What would become of it now: `accepted`, `duplicate`, `purged`, or the code of why not.
    pub now: String,
    /// Who sent it.
    pub user: Uuid,
    /// From which device.
    pub device: Uuid,
    /// When, in milliseconds.
    pub received_at: i64,
    /// When it was made, by the device; none: it cannot be read.
    pub made_at: Option<i64>,
    /// The changes that it builds on.
    pub builds_on: Vec<String>,
    /// Its bytes, in base64.
    pub bytes: String,
}

/// Which part of what is kept of a record.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfKept {
    /// The cursor of the page before.
    after: Option<Cursor>,
    /// At most so many.
    limit: Option<Limit>,
}

/// `GET /api/v1/quarantine/{id}`: what is kept of a record, in an order in which each stands behind what it builds on.
pub async fn kept(
    State(state): State<AppState>,
    Caller(login): Caller,
    Id(record): Id,
    Ask(wanted): Ask<OfKept>,
) -> Result<Json<Page<KeptShown>>, Error> {
    let sync = SyncService::new(state.clone());
    let all = found(&state, &login, record).await?;
    let start = Start::new(wanted.after, wanted.limit);
    let behind = start
        .after
        .map_or(0, |cursor| usize::try_from(cursor.number()).unwrap_or(usize::MAX));
    let now = sync.try_out(DocumentId(record), &all).await?;
    let items: Vec<KeptShown> = all
        .iter()
        .skip(behind)
        .take(start.limit)
        .map(|one| shown(one, now.get(&one.hash)))
        .collect();
    let reached = behind.saturating_add(items.len());
    let more = reached < all.len();
    let next = i64::try_from(reached).ok().filter(|_| more).map(Cursor::of_number);
    Ok(Json(Page { items, next }))
}

fn shown(one: &Kept, now: Option<&Verdict>) -> KeptShown {
    let header = one.header.as_ref();
    KeptShown {
        hash: one.hash.to_string(),
        code: one.code.clone(),
        now: word(now),
        user: one.by.user.0,
        device: one.by.device.0,
        received_at: one.received_at,
        made_at: header.map(|header| header.at_ms),
        builds_on: header.iter().flat_map(|h| &h.deps).map(ToString::to_string).collect(),
        bytes: STANDARD.encode(&one.bytes),
    }
}

/// The verdict as a word.
fn word(verdict: Option<&Verdict>) -> String {
    match verdict {
        Some(Verdict::Accepted) => "accepted".to_owned(),
        Some(Verdict::Duplicate) => "duplicate".to_owned(),
        Some(Verdict::Purged) => "purged".to_owned(),
        Some(Verdict::ForkedActor) => "forked_actor".to_owned(),
        Some(Verdict::BlockedBy(_)) => "blocked_by".to_owned(),
        Some(Verdict::Rejected(code) | Verdict::Quarantined(code)) => code.clone(),
        Some(Verdict::MissingDeps) | None => "missing_deps".to_owned(),
    }
}

/// Finds what is kept of a record, for whoever answers for the place that it is of.
async fn found(state: &AppState, login: &Login, record: Uuid) -> Result<Vec<Kept>, Error> {
    let reach = Reach::of(login, state.now());
    let mut tx = state.db.begin_read().await?;
    may(&mut tx, &reach, record).await?;
    let sync = SyncService::new(state.clone());
    sync.kept(&mut tx, DocumentId(record)).await
}

async fn may(conn: &mut AnyConnection, reach: &Reach, record: Uuid) -> Result<(), Error> {
    let select = Select::new(KEPT).and_id("document =", Some(record)).within(reach);
    let mut known = false;
    for row in select.all(conn).await? {
        let project = opt_id(&row, "project", ProjectId::from_bytes)?;
        let scope = opt_id(&row, "scope", ScopeId::from_bytes)?;
        let roles = match (project, scope) {
            (Some(project), Some(scope)) => reach.roles(project, scope),
            // Of a record that is nowhere: for those who hold the whole server, whom alone it was found for.
            _ => return Ok(()),
        };
        known = true;
        let answers = [Role::Reviewer, Role::Manager, Role::Administrator].map(Role::as_str);
        if roles.iter().any(|role| answers.contains(role)) {
            return Ok(());
        }
    }
    Err(if known { Code::Forbidden } else { Code::NotFound }.into())
}

/// What shall be released.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// The changes; none named: all that is kept of the record.
    #[serde(default)]
    changes: Vec<String>,
}

/// What shall be discarded.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Discard {
    /// The changes; none named: all that is kept of the record.
    #[serde(default)]
    changes: Vec<String>,
    /// Why, without names: it stays in the audit log for ever.
    #[schemars(length(min = 1, max = 200))]
    reason: String,
}

/// What became of changes.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Released {
    /// The changes, each with its verdict: `accepted`, `duplicate` and `purged` have left the quarantine.
    pub changes: BTreeMap<String, String>,
}

/// `POST /api/v1/quarantine/{id}/release`: runs the gate again, in the name of who sent the changes.
pub async fn release(
    State(state): State<AppState>,
    Caller(login): Caller,
    Id(record): Id,
    JsonBody(asked): JsonBody<Release>,
) -> Result<Json<Released>, Error> {
    let all = found(&state, &login, record).await?;
    let meant = meant(all, &asked.changes)?;
    let verdicts = SyncService::new(state)
        .release(login.user, DocumentId(record), meant)
        .await?;
    let changes = verdicts
        .iter()
        .map(|(hash, verdict)| (hash.to_string(), word(Some(verdict))));
    Ok(Json(Released {
        changes: changes.collect(),
    }))
}

/// How many changes were deleted.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Discarded {
    /// So many.
    pub discarded: u64,
}

/// `POST /api/v1/quarantine/{id}/discard`: deletes changes for good.
pub async fn discard(
    State(state): State<AppState>,
    Caller(login): Caller,
    Id(record): Id,
    JsonBody(asked): JsonBody<Discard>,
) -> Result<Json<Discarded>, Error> {
    let reason = asked.reason.trim();
    if !(1..=200).contains(&reason.chars().count()) || reason.chars().any(char::is_control) {
        return Err(Error::refused(Code::BadValue, "a reason has 1 to 200 letters"));
    }
    let meant = meant(found(&state, &login, record).await?, &asked.changes)?;
    let hashes: Vec<Hash> = meant.iter().map(|one| one.hash).collect();
    let discarded = SyncService::new(state)
        .discard(login.user, DocumentId(record), &hashes, reason)
        .await?;
    Ok(Json(Discarded { discarded }))
}

/// Those of the changes that were named; one that is not kept is nowhere.
fn meant(mut all: Vec<Kept>, named: &[String]) -> Result<Vec<Kept>, Error> {
    if named.is_empty() {
        return Ok(all);
    }
    let named: BTreeSet<&str> = named.iter().map(String::as_str).collect();
    all.retain(|one| named.contains(one.hash.to_string().as_str()));
    if all.len() == named.len() {
        Ok(all)
    } else {
        Err(Code::NotFound.into())
    }
}
