//! `POST /api/v1/records/{id}/commands`.

use super::Deed;
use crate::Error;
use crate::editions::edition;
use crate::http::{Caller, IfMatch, JsonBody};
use crate::records::Reach;
use crate::records::ask::Id;
use crate::records::open::{Opened, open};
use crate::state::AppState;
use crate::sync::SyncService;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use keyturn_domain::catalog::Catalog;
use keyturn_domain::document::Author;
use keyturn_domain::record::{CommandError, Scene, Stamp, Who, edition_of};
use keyturn_domain::{DeviceId, DocumentId, Write};
use keyturn_protocol::Code;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

/// What was recorded.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CommandDone")]
pub struct Recorded {
    /// The record.
    pub record: Uuid,
    /// The change; none: everything that was asked for stood there.
    pub change: Option<String>,
    /// The record as it is now, for the next `If-Match`.
    pub version: String,
}

/// `POST /api/v1/records/{id}/commands`: does something to a record as it was read, or not at all.
pub async fn record(
    State(state): State<AppState>,
    Caller(login): Caller,
    Id(id): Id,
    IfMatch(version): IfMatch,
    JsonBody(deed): JsonBody<Deed>,
) -> Result<Response, Error> {
    let now = state.now();
    let reach = Reach::of(&login, now);
    let mut tx = state.db.begin_read().await?;
    let opened = open(&state, &mut tx, &reach, id).await?;
    let of = &opened.document;
    let edition = edition(&mut tx, of.genesis().project, Some(edition_of(of))).await?;
    drop(tx);
    if opened.version() != version {
        return Err(Error::Changed(opened.version()));
    }
    let project = opened.document.genesis().project;
    let sync = SyncService::new(state.clone());
    sync.may_write(&login.grants, opened.document.genesis(), opened.scope, now)?;
    let stamp = Stamp {
        at_ms: now,
        key: state.ids.key(),
    };
    let roles = reach.roles(project, opened.scope);
    let writes = writes(&deed, &opened, &edition.catalog, &roles, login.user, &stamp)?;
    // The token stands where a phone's device does.
    let me = Author {
        user: login.user,
        device: DeviceId(login.token),
    };
    let mut document = opened.document;
    let seen = document.heads();
    document.write_as(state.ids.bytes16(), me.user, me.device);
    let refused = |error: keyturn_domain::DocumentError| Error::command(&CommandError::from(error));
    let change = document.write(&seen, now, &writes).map_err(refused)?;
    if let Some(change) = &change {
        sync.write_change(me, DocumentId(id), change.bytes.clone()).await?;
    }
    let mut tx = state.db.begin_read().await?;
    let now = open(&state, &mut tx, &reach, id).await?.version();
    let done = Recorded {
        record: id,
        change: change.map(|change| change.hash.to_string()),
        version: now.clone(),
    };
    Ok(([(header::ETAG, format!("\"{now}\""))], Json(done)).into_response())
}

/// Makes the writes in the first of the person's roles that may.
fn writes(
    deed: &Deed,
    opened: &Opened,
    catalog: &Catalog,
    roles: &[&'static str],
    user: keyturn_domain::UserId,
    stamp: &Stamp,
) -> Result<Vec<Write>, Error> {
    let seen = opened.document.heads();
    let mut refused = None;
    for role in roles {
        let who = Who {
            user,
            role: (*role).to_owned(),
        };
        let scene = Scene {
            document: &opened.document,
            seen: &seen,
            catalog,
            who: &who,
            stamp,
        };
        match deed.writes(&scene, catalog) {
            Ok(writes) => return Ok(writes),
            Err(error) => refused = Some(error),
        }
    }
    Err(refused.map_or_else(|| Code::Forbidden.into(), |error| Error::command(&error)))
}
