//! A phone shows a one-time code and becomes the device of the code's person.
use keyturn_domain::{DeviceId, Hash, UserId};
use keyturn_protocol::Code;
use keyturn_protocol::auth::{EnrolReply, EnrolRequest};

use super::code_hash;
use crate::Error;
use crate::audit::{self, Entry};
use crate::db::{AnyConnection, DbError, WriteTx, bytes, id, int, opt_bytes, opt_id, opt_int};
use crate::state::AppState;
use crate::users::Actor;

const LONGEST_NAME: usize = 80;

struct Enrolment {
    user: UserId,
    expires_at: i64,
    used: bool,
    device: Option<DeviceId>,
    device_key: Option<Vec<u8>>,
    disabled: bool,
}

/// Enrols a device. The same code with the same key gives the same answer again: the first may have been lost.
///
/// # Errors
/// `enrol_code_unknown`, `enrol_code_used`, `enrol_code_expired`, `device_key_used`, `user_disabled`, `bad_value`.
pub async fn enrol(state: &AppState, request: &EnrolRequest) -> Result<EnrolReply, Error> {
    let name = request.device_name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(Error::refused(Code::BadValue, "device_name"));
    }
    let now = state.now();
    let hash = code_hash(&request.code);
    let key = request.device_key.to_sec1();
    // Who guesses codes only reads.
    find(&mut *state.db.begin_read().await?, hash)
        .await?
        .ok_or(Code::EnrolCodeUnknown)?;
    let mut tx = state.db.begin_write().await?;
    let enrolment = find(&mut tx, hash).await?.ok_or(Code::EnrolCodeUnknown)?;
    let reply = |device: DeviceId| EnrolReply {
        device: device.0,
        user: enrolment.user.0,
        server: state.server_id,
    };
    if enrolment.used {
        return match enrolment.device {
            Some(device) if enrolment.device_key.as_ref() == Some(&key) => Ok(reply(device)),
            _ => Err(Code::EnrolCodeUsed.into()),
        };
    }
    if enrolment.expires_at <= now {
        return Err(Code::EnrolCodeExpired.into());
    }
    if enrolment.disabled {
        return Err(Code::UserDisabled.into());
    }
    if key_known(&mut tx, &key).await? {
        return Err(Code::DeviceKeyUsed.into());
    }
    let device = DeviceId(state.ids.uuid_v7(now));
    insert(&mut tx, device, &enrolment, key, name, now).await?;
    use_up(&mut tx, hash, device, now).await?;
    let entry = Entry {
        actor: Actor::User(enrolment.user),
        action: "device.enrol",
        subject: device.to_string(),
        detail: "",
    };
    audit::record(&mut tx, now, &entry).await?;
    tx.commit().await?;
    Ok(reply(device))
}

async fn find(conn: &mut AnyConnection, hash: Hash) -> Result<Option<Enrolment>, DbError> {
    let row = sqlx::query(include_str!("enrolment.sql"))
        .bind(hash.0.to_vec())
        .fetch_optional(conn)
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Enrolment {
        user: id(&row, "user_id", UserId::from_bytes)?,
        expires_at: int(&row, "expires_at")?,
        used: opt_int(&row, "used_at")?.is_some(),
        device: opt_id(&row, "device_id", DeviceId::from_bytes)?,
        device_key: opt_bytes(&row, "device_key")?,
        disabled: opt_int(&row, "disabled_at")?.is_some(),
    }))
}

async fn key_known(conn: &mut AnyConnection, key: &[u8]) -> Result<bool, DbError> {
    let row = sqlx::query("SELECT key FROM devices WHERE key = $1")
        .bind(key.to_vec())
        .fetch_optional(conn)
        .await?;
    row.map(|row| bytes(&row, "key")).transpose().map(|key| key.is_some())
}

async fn insert(
    tx: &mut WriteTx,
    device: DeviceId,
    enrolment: &Enrolment,
    key: Vec<u8>,
    name: &str,
    now: i64,
) -> Result<(), DbError> {
    sqlx::query("INSERT INTO devices (id, user_id, key, name, made_at, seen_at) VALUES ($1, $2, $3, $4, $5, $5)")
        .bind(device.as_bytes().to_vec())
        .bind(enrolment.user.as_bytes().to_vec())
        .bind(key)
        .bind(name.to_owned())
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn use_up(tx: &mut WriteTx, hash: Hash, device: DeviceId, now: i64) -> Result<(), DbError> {
    sqlx::query("UPDATE enrolments SET used_at = $1, device_id = $2 WHERE hash = $3")
        .bind(now)
        .bind(device.as_bytes().to_vec())
        .bind(hash.0.to_vec())
        .execute(&mut **tx)
        .await?;
    Ok(())
}
