//! `Idempotency-Key` on writes: the same request under the same key is done once and answered the same way again.
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use keyturn_domain::Hash;
use keyturn_protocol::Code;
use uuid::Uuid;

use super::Caller;
use crate::Error;
use crate::db::{AnyRow, DbError, bytes, int, text};
use crate::state::AppState;

pub(super) const KEY: &str = "idempotency-key";
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// How long an answer is kept.
const LIFE_MS: i64 = 24 * 3_600_000;
/// The longest key.
const LONGEST: usize = 200;

/// The key of a request, if it has one.
pub struct RequestKey(pub Option<String>);

impl<S: Sync> FromRequestParts<S> for RequestKey {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let Some(value) = parts.headers.get(KEY) else {
            return Ok(Self(None));
        };
        let is_key = |key: &&str| {
            let plain = |c: u8| c.is_ascii_alphanumeric() || c == b'-';
            (1..=LONGEST).contains(&key.len()) && key.bytes().all(plain)
        };
        let key = value.to_str().ok().filter(is_key);
        let key =
            key.ok_or_else(|| Error::refused(Code::BadValue, "a key has 1 to 200 letters, digits and hyphens"))?;
        Ok(Self(Some(key.to_owned())))
    }
}

/// The states of a record that a write may be made on: the first part of its `ETag`, of each tag that is named.
pub struct IfMatch(Vec<String>);

impl IfMatch {
    /// Tells whether a state is one of those that were named. A weak tag names none, and there is no `*`: whoever writes
    /// has read.
    pub fn names(&self, version: &str) -> bool {
        self.0.iter().any(|named| named == version)
    }

    /// The first state that was named.
    pub fn first(&self) -> &str {
        self.0.first().map_or("", String::as_str)
    }
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let values = parts.headers.get_all(header::IF_MATCH).iter();
        let values: Vec<&str> = values.filter_map(|value| value.to_str().ok()).collect();
        if values.is_empty() {
            return Err(Code::IfMatchMissing.into());
        }
        let tags = values.iter().flat_map(|value| value.split(','));
        let states = tags.map(|tag| tag.trim().trim_matches('"').split('.').next().unwrap_or_default());
        Ok(Self(states.map(str::to_owned).collect()))
    }
}

struct Kept {
    request: Vec<u8>,
    status: i64,
    kind: String,
    body: Vec<u8>,
    tag: String,
}

/// Does a request once. Without a key it is done as often as it is sent.
pub(super) async fn idempotent(
    State((state, limit)): State<(AppState, usize)>,
    caller: Caller,
    RequestKey(key): RequestKey,
    request: Request,
    next: Next,
) -> Response {
    let Some(key) = key else {
        return next.run(request).await;
    };
    once(&state, caller.0.token, &key, limit, request, next)
        .await
        .unwrap_or_else(IntoResponse::into_response)
}

async fn once(
    state: &AppState,
    token: Uuid,
    key: &str,
    limit: usize,
    request: Request,
    next: Next,
) -> Result<Response, Error> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, limit).await.map_err(|_| Code::BodyTooLarge)?;
    let named = format!(
        "{} {} {:?}\n",
        parts.method,
        parts.uri,
        parts.headers.get(header::IF_MATCH)
    );
    let digest = Hash::of(&[named.as_bytes(), &body].concat());
    if let Some(kept) = claim(state, token, key, &digest).await? {
        if kept.request != digest.0 {
            return Err(Code::IdempotencyKeyReused.into());
        }
        return replay(kept);
    }
    // On a task of its own: a caller who hangs up does not leave a key without an answer.
    let (state, key) = (state.clone(), key.to_owned());
    let request = Request::from_parts(parts, Body::from(body));
    let done = tokio::spawn(async move { finish(&state, token, &key, &digest, request, next).await });
    done.await
        .map_err(|error| Error::Internal(format!("a request ended: {error}")))?
}

/// Does a request whose key was taken, and keeps the answer.
async fn finish(
    state: &AppState,
    token: Uuid,
    key: &str,
    digest: &Hash,
    request: Request,
    next: Next,
) -> Result<Response, Error> {
    let (parts, body) = next.run(request).await.into_parts();
    let body = to_bytes(body, usize::MAX)
        .await
        .map_err(|error| Error::Internal(error.to_string()))?;
    let of = |name: HeaderName| {
        let value = parts.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let kept = Kept {
        request: digest.0.to_vec(),
        status: parts.status.as_u16().into(),
        kind: of(header::CONTENT_TYPE),
        body: body.to_vec(),
        tag: of(header::ETAG),
    };
    keep(state, token, key, &kept).await?;
    Ok(Response::from_parts(parts, Body::from(body)))
}

/// Takes a key for a request; returns what is kept under it when it was taken before.
async fn claim(state: &AppState, token: Uuid, key: &str, digest: &Hash) -> Result<Option<Kept>, Error> {
    let now = state.now();
    let mut tx = state.db.begin_write().await?;
    sqlx::query("DELETE FROM api_requests WHERE expires_at <= $1")
        .bind(now)
        .execute(&mut *tx)
        .await
        .map_err(DbError::from)?;
    let found =
        sqlx::query("SELECT request, status, kind, body, tag FROM api_requests WHERE token_id = $1 AND name = $2")
            .bind(token.as_bytes().to_vec())
            .bind(key.to_owned())
            .fetch_optional(&mut *tx)
            .await
            .map_err(DbError::from)?;
    if let Some(row) = found {
        return Ok(Some(read(&row)?));
    }
    let sql = "INSERT INTO api_requests (token_id, name, request, status, kind, body, tag, expires_at) \
               VALUES ($1, $2, $3, 0, '', $4, '', $5)";
    sqlx::query(sql)
        .bind(token.as_bytes().to_vec())
        .bind(key.to_owned())
        .bind(digest.0.to_vec())
        .bind(Vec::<u8>::new())
        .bind(now.saturating_add(LIFE_MS))
        .execute(&mut *tx)
        .await
        .map_err(DbError::from)?;
    tx.commit().await?;
    Ok(None)
}

/// Keeps an answer; one that says "try again" is forgotten, so that it can be tried again.
async fn keep(state: &AppState, token: Uuid, key: &str, kept: &Kept) -> Result<(), Error> {
    let again = kept.status >= 500 || kept.status == 429;
    let mut tx = state.db.begin_write().await?;
    let done = if again {
        sqlx::query("DELETE FROM api_requests WHERE token_id = $1 AND name = $2")
            .bind(token.as_bytes().to_vec())
            .bind(key.to_owned())
            .execute(&mut *tx)
            .await
    } else {
        let sql =
            "UPDATE api_requests SET status = $1, kind = $2, body = $3, tag = $4 WHERE token_id = $5 AND name = $6";
        sqlx::query(sql)
            .bind(kept.status)
            .bind(kept.kind.clone())
            .bind(kept.body.clone())
            .bind(kept.tag.clone())
            .bind(token.as_bytes().to_vec())
            .bind(key.to_owned())
            .execute(&mut *tx)
            .await
    };
    done.map_err(DbError::from)?;
    tx.commit().await?;
    Ok(())
}

fn replay(kept: Kept) -> Result<Response, Error> {
    // Its answer is not known: it is being done at this moment, or the server fell while it was.
    let status = u16::try_from(kept.status)
        .ok()
        .and_then(|status| StatusCode::from_u16(status).ok());
    let status = status.ok_or(Code::RequestUnderWay)?;
    let mut response = (status, kept.body).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    for (name, value) in [(header::CONTENT_TYPE, kept.kind), (header::ETAG, kept.tag)] {
        if let Some(value) = HeaderValue::from_str(&value).ok().filter(|value| !value.is_empty()) {
            headers.insert(name, value);
        }
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}

fn read(row: &AnyRow) -> Result<Kept, DbError> {
    Ok(Kept {
        request: bytes(row, "request")?,
        status: int(row, "status")?,
        kind: text(row, "kind")?,
        body: bytes(row, "body")?,
        tag: text(row, "tag")?,
    })
}
