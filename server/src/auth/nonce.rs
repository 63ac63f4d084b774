//! The server's nonces: a new one every hour, each valid for a day. They stand in the database, so that they outlive a
//! restart and serve several processes.
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::db::{AnyConnection, DbError, int, text};
use crate::state::AppState;

/// How long a nonce is valid.
pub const NONCE_LIFE_MS: i64 = 24 * 3_600_000;
const RENEWED_EVERY_MS: i64 = 3_600_000;

/// Returns the nonce that proofs should be made with now; `None` when it is time for a new one.
pub(super) async fn current(conn: &mut AnyConnection, now: i64) -> Result<Option<String>, DbError> {
    // One from the future was made before the clock was set back.
    let row = sqlx::query(
        "SELECT value FROM nonces WHERE made_at > $1 AND made_at <= $2 ORDER BY made_at DESC, value LIMIT 1",
    )
    .bind(now - RENEWED_EVERY_MS)
    .bind(now)
    .fetch_optional(conn)
    .await?;
    row.map(|row| text(&row, "value")).transpose()
}

/// Makes a nonce, unless another request just did, and forgets those that have ended.
pub(super) async fn renew(state: &AppState, now: i64) -> Result<String, DbError> {
    let mut tx = state.db.begin_write().await?;
    if let Some(nonce) = current(&mut tx, now).await? {
        return Ok(nonce);
    }
    let value = URL_SAFE_NO_PAD.encode(state.ids.bytes16());
    sqlx::query("DELETE FROM nonces WHERE made_at <= $1")
        .bind(now - NONCE_LIFE_MS)
        .execute(&mut *tx)
        .await?;
    sqlx::query("INSERT INTO nonces (value, made_at) VALUES ($1, $2)")
        .bind(value.clone())
        .bind(now)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(value)
}

/// Returns when `nonce` ends, or `None` when it is not valid now.
pub(super) async fn valid_until(conn: &mut AnyConnection, nonce: &str, now: i64) -> Result<Option<i64>, DbError> {
    let row = sqlx::query("SELECT made_at FROM nonces WHERE value = $1")
        .bind(nonce.to_owned())
        .fetch_optional(conn);
    let Some(row) = row.await? else { return Ok(None) };
    let until = int(&row, "made_at")? + NONCE_LIFE_MS;
    Ok((until > now).then_some(until))
}
