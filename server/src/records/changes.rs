//! The log of a project as JSON: what moved, in order, without a gap, cut to what the login holds.

use super::ask::Ask;
use super::page::{Cursor, Limit, Select, Start};
use super::reach::Reach;
use crate::Error;
use crate::db::{AnyConnection, bytes, bytes_n, id, int, opt_text, text};
use crate::http::Caller;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use keyturn_domain::rows::{self, kind};
use keyturn_domain::{ProjectId, ScopeId};
use keyturn_protocol::Code;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where to go on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfChanges {
    /// Of this project.
    project: Uuid,
    /// `next` of the answer before; none: from the beginning.
    after: Option<Cursor>,
    /// At most so many.
    limit: Option<Limit>,
}

/// An entry of the log.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Moved {
    /// Its seat; the login may not see those that are missing between two.
    pub seq: i64,
    /// `begin`, `change`, `mark`, `purge` of a record; `row`; `grant`, `revoke`.
    pub kind: String,
    /// The record, the row or the grant.
    pub id: Uuid,
    /// Of a row what it is, such as `home`; none: it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row_kind: Option<String>,
    /// The scope that it is in.
    pub scope: Uuid,
    /// Of a record the change, of a row the digest of its body.
    pub hash: String,
}

/// Some entries.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Feed {
    /// The entries, in the order of the log.
    pub items: Vec<Moved>,
    /// Give this as `after`, now or later; none: the log is empty.
    pub next: Option<Cursor>,
    /// There is more already.
    pub more: bool,
}

/// `GET /api/v1/changes`: what moved in a project after a cursor.
///
/// # Errors
/// `cursor_foreign` when the log does not hold the place of the cursor: the server was restored from a backup. Begin
/// again without one.
pub async fn changes(
    State(state): State<AppState>,
    Caller(login): Caller,
    Ask(wanted): Ask<OfChanges>,
) -> Result<Json<Feed>, Error> {
    let reach = Reach::of(&login, state.now());
    let start = Start::new(wanted.after, wanted.limit);
    let mut tx = state.db.begin_read().await?;
    if !login
        .active(state.now())
        .any(|g| g.is_server_wide() || g.project.0 == wanted.project)
    {
        return Err(Code::NotFound.into());
    }
    let after = match start.after {
        Some(cursor) => place_of(&mut tx, wanted.project, cursor).await?,
        None => 0,
    };
    let sql = "SELECT seq, kind, id, scope, hash, (SELECT facts.kind FROM facts WHERE facts.project = log.project \
               AND facts.id = log.id) AS row_kind FROM log WHERE 1 = 1";
    let select = Select::new(sql)
        .and_id("project =", Some(wanted.project))
        .and_int("seq >", Some(after))
        .within(&reach);
    let found = select.first(&mut tx, "seq", start.limit + 1).await?;
    let more = found.len() > start.limit;
    let mut items = Vec::new();
    let mut last = after;
    for row in found.iter().take(start.limit) {
        last = int(row, "seq")?;
        let scope = id(row, "scope", ScopeId::from_bytes)?;
        let row_kind = opt_text(row, "row_kind")?;
        let roles = reach.roles(ProjectId(wanted.project), scope);
        // Who may not see a key is not told that there is one.
        if row_kind
            .as_deref()
            .is_some_and(|of| of == kind::SUBJECT_KEY && rows::cut(of, &[], &roles).is_none())
        {
            continue;
        }
        items.push(Moved {
            seq: last,
            kind: text(row, "kind")?,
            id: id(row, "id", Uuid::from_bytes)?,
            row_kind,
            scope: scope.0,
            hash: hex::encode(bytes(row, "hash")?),
        });
    }
    // Everything up to the newest entry was looked at, whoever may see it.
    let upto = if more {
        last
    } else {
        head(&mut tx, wanted.project).await?.max(last)
    };
    let next = cursor_of(&mut tx, wanted.project, upto).await?;
    Ok(Json(Feed { items, next, more }))
}

async fn head(conn: &mut AnyConnection, project: Uuid) -> Result<i64, Error> {
    let select = Select::new("SELECT seq FROM projects WHERE 1 = 1").and_id("id =", Some(project));
    let found = select.all(conn).await?;
    Ok(found.first().map(|row| int(row, "seq")).transpose()?.unwrap_or(0))
}

/// A cursor is a seat and the beginning of the chain there: it proves that the log did not go back.
async fn cursor_of(conn: &mut AnyConnection, project: Uuid, seq: i64) -> Result<Option<Cursor>, Error> {
    let select = Select::new("SELECT chain FROM log WHERE 1 = 1")
        .and_id("project =", Some(project))
        .and_int("seq =", Some(seq));
    let found = select.all(conn).await?;
    let Some(row) = found.first() else {
        return Ok(None);
    };
    let chain: [u8; 16] = bytes_n(row, "chain")?;
    let Cursor(mut bytes) = Cursor::of_number(seq);
    bytes.iter_mut().zip(chain).take(8).for_each(|(to, from)| *to = from);
    Ok(Some(Cursor(bytes)))
}

async fn place_of(conn: &mut AnyConnection, project: Uuid, cursor: Cursor) -> Result<i64, Error> {
    let seq = cursor.number();
    if cursor_of(conn, project, seq).await? == Some(cursor) {
        Ok(seq)
    } else {
        Err(Code::CursorForeign.into())
    }
}
