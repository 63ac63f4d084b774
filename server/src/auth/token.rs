//! A proof of the device key becomes a token for twelve hours. A withdrawn device gets one too: to hand in its work.
use keyturn_domain::{DeviceId, Hash, UserId};
use keyturn_protocol::Code;
use keyturn_protocol::auth::{DpopProof, ProofError, TOKEN_METHOD, TOKEN_PATH, TokenReply};
use uuid::Uuid;

use super::{Secret, TokenKind, nonce};
use crate::Error;
use crate::db::{AnyConnection, DbError, WriteTx, id, opt_int};
use crate::state::AppState;

/// How long a token is valid.
pub const TOKEN_LIFE_MS: i64 = 12 * 3_600_000;

/// Gives a token for a proof; `addresses` are those that the proof may name. When the proof was made by the phone's
/// clock does not matter: the nonce says that it is fresh, and the answer tells a phone whose clock is off.
///
/// # Errors
/// `use_dpop_nonce` with a nonce, `dpop_bad`, `dpop_replayed`, `device_unknown`.
pub async fn token(state: &AppState, proof: &str, addresses: &[String]) -> Result<TokenReply, Error> {
    let proof = DpopProof::verify(proof)?;
    if !addresses
        .iter()
        .any(|address| proof.check_target(TOKEN_METHOD, address).is_ok())
    {
        return Err(ProofError::Target.into());
    }
    let now = state.now();
    // Strangers only read: the writer is for devices that are known and have a nonce.
    let mut read = state.db.begin_read().await?;
    let nonce_ends = match &proof.claims.nonce {
        Some(nonce) => nonce::valid_until(&mut read, nonce, now).await?,
        None => None,
    };
    let Some(nonce_ends) = nonce_ends else {
        let current = nonce::current(&mut read, now).await?;
        drop(read);
        return Err(Error::Nonce(match current {
            Some(nonce) => nonce,
            None => nonce::renew(state, now).await?,
        }));
    };
    let key = proof.key.to_sec1();
    let Known { device, user, wipe } = device(&mut read, &key).await?.ok_or(Code::DeviceUnknown)?;
    drop(read);
    let mut tx = state.db.begin_write().await?;
    if !spend(&mut tx, &key, &proof.claims.jti, nonce_ends, now).await? {
        return Err(Code::DpopReplayed.into());
    }
    seen(&mut tx, device, now).await?;
    let secret = Secret::token(&*state.ids);
    let expires_at = now + TOKEN_LIFE_MS;
    forget_ended(&mut tx, now).await?;
    let token = NewToken {
        hash: secret.hash,
        id: state.ids.uuid_v7(now),
        kind: TokenKind::Device,
        user,
        device: Some(device),
        may_write: false,
    };
    insert(&mut tx, &token, "", now, expires_at).await?;
    tx.commit().await?;
    Ok(TokenReply {
        token: secret.text,
        expires_at,
        server_time: now,
        wipe,
    })
}

/// Returns the addresses that a proof may name: the one this server is known by, else whatever the caller called it.
pub fn addresses(state: &AppState, host: &str) -> Vec<String> {
    match &state.public_url {
        Some(url) => vec![format!("{url}{TOKEN_PATH}")],
        // Behind a proxy that ends TLS, the phone knows https and the server does not.
        None => vec![
            format!("http://{host}{TOKEN_PATH}"),
            format!("https://{host}{TOKEN_PATH}"),
        ],
    }
}

/// A token to be stored.
pub(crate) struct NewToken {
    pub hash: Hash,
    pub id: Uuid,
    pub kind: TokenKind,
    pub user: UserId,
    pub device: Option<DeviceId>,
    /// It may also write by the API.
    pub may_write: bool,
}

pub(crate) async fn insert(
    tx: &mut WriteTx,
    token: &NewToken,
    label: &str,
    now: i64,
    expires_at: i64,
) -> Result<(), DbError> {
    sqlx::query(include_str!("token_insert.sql"))
        .bind(token.hash.0.to_vec())
        .bind(token.id.as_bytes().to_vec())
        .bind(token.kind.as_str())
        .bind(token.user.as_bytes().to_vec())
        .bind(token.device.map(|device| device.as_bytes().to_vec()))
        .bind(label.to_owned())
        .bind(now)
        .bind(expires_at)
        .bind(if token.may_write { "read write" } else { "read" })
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The device of a key.
struct Known {
    device: DeviceId,
    user: UserId,
    /// It is to erase itself.
    wipe: bool,
}

async fn device(conn: &mut AnyConnection, key: &[u8]) -> Result<Option<Known>, DbError> {
    let query = sqlx::query("SELECT id, user_id, wipe_at FROM devices WHERE key = $1").bind(key.to_vec());
    let Some(row) = query.fetch_optional(conn).await? else {
        return Ok(None);
    };
    Ok(Some(Known {
        device: id(&row, "id", DeviceId::from_bytes)?,
        user: id(&row, "user_id", UserId::from_bytes)?,
        wipe: opt_int(&row, "wipe_at")?.is_some(),
    }))
}

async fn seen(tx: &mut WriteTx, device: DeviceId, now: i64) -> Result<(), DbError> {
    sqlx::query("UPDATE devices SET seen_at = $1 WHERE id = $2")
        .bind(now)
        .bind(device.as_bytes().to_vec())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Remembers a proof until its nonce ends; false when it was used before.
async fn spend(tx: &mut WriteTx, key: &[u8], jti: &str, until: i64, now: i64) -> Result<bool, DbError> {
    sqlx::query("DELETE FROM proofs WHERE expires_at <= $1")
        .bind(now)
        .execute(&mut **tx)
        .await?;
    let hash = Hash::of(&[key, jti.as_bytes()].concat());
    let done = sqlx::query("INSERT INTO proofs (hash, expires_at) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING")
        .bind(hash.0.to_vec())
        .bind(until)
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// A device's tokens are known for a week after their end, so that it hears "expired", not "unknown".
async fn forget_ended(tx: &mut WriteTx, now: i64) -> Result<(), DbError> {
    sqlx::query("DELETE FROM tokens WHERE expires_at <= $1 AND kind = 'device'")
        .bind(now - 7 * 24 * 3_600_000)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
