//! Enrolment codes and the phones that used them.
use keyturn_domain::{DeviceId, EpochId, UserId};
use keyturn_protocol::Code;

use super::Actor;
use crate::Error;
use crate::audit::{self, Entry};
use crate::auth::{Secret, moved};
use crate::db::{AnyRow, DbError, id, int, opt_id, opt_int, opt_text, text};
use crate::state::AppState;

/// How long an enrolment code is valid.
pub const ENROLMENT_LIFE_MS: i64 = 15 * 60_000;

/// A code that enrols one phone, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolmentCode {
    /// Such as `7QK2-M9XD-40FA`; shown now and never again.
    pub text: String,
    /// When it ends.
    pub expires_at: i64,
    /// Which server it is for.
    pub server: uuid::Uuid,
}

/// An enrolled phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// Whose it is.
    pub user: UserId,
    /// What it calls itself.
    pub name: String,
    /// When it was enrolled.
    pub made_at: i64,
    /// When it last fetched a token.
    pub seen_at: i64,
    /// When it was withdrawn.
    pub revoked_at: Option<i64>,
    /// When somebody said that it shall erase itself.
    pub wipe_at: Option<i64>,
    /// When it last said that it does.
    pub wiped_at: Option<i64>,
    /// How many changes and commands nobody had then.
    pub wipe_lost: Option<i64>,
    /// What it last said of itself in an exchange.
    pub contact: Option<Contact>,
}

/// What a phone last said of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// The version of its app.
    pub app: String,
    /// How many changes and commands it still held.
    pub unsent: Option<i64>,
    /// When, give or take some minutes.
    pub at: i64,
    /// The life of the database that it has followed.
    pub epoch: Option<EpochId>,
}

/// The phones of this server.
pub struct Devices<'a> {
    state: &'a AppState,
    actor: Actor,
}

impl<'a> Devices<'a> {
    /// Returns the calls, made in the name of `actor`.
    pub fn new(state: &'a AppState, actor: Actor) -> Self {
        Self { state, actor }
    }

    /// Makes a code with which `user` enrols one phone within fifteen minutes. Only its hash is stored.
    ///
    /// # Errors
    /// `user_unknown`, `user_disabled`.
    pub async fn create_enrolment(&self, user: UserId) -> Result<EnrolmentCode, Error> {
        let now = self.state.now();
        let secret = Secret::code(&*self.state.ids);
        let expires_at = now + ENROLMENT_LIFE_MS;
        let mut tx = self.state.db.begin_write().await?;
        let row = sqlx::query("SELECT disabled_at FROM users WHERE id = $1").bind(user.as_bytes().to_vec());
        let row = row
            .fetch_optional(&mut *tx)
            .await
            .map_err(DbError::from)?
            .ok_or(Code::UserUnknown)?;
        if opt_int(&row, "disabled_at")?.is_some() {
            return Err(Code::UserDisabled.into());
        }
        sqlx::query("INSERT INTO enrolments (hash, user_id, made_at, expires_at) VALUES ($1, $2, $3, $4)")
            .bind(secret.hash.0.to_vec())
            .bind(user.as_bytes().to_vec())
            .bind(now)
            .bind(expires_at)
            .execute(&mut *tx)
            .await
            .map_err(DbError::from)?;
        let entry = Entry {
            actor: self.actor,
            action: "enrolment.make",
            subject: user.to_string(),
            detail: "",
        };
        audit::record(&mut tx, now, &entry).await?;
        tx.commit().await?;
        Ok(EnrolmentCode {
            text: secret.text,
            expires_at,
            server: self.state.server_id,
        })
    }

    /// Returns the devices of one user, or all, by the time of their enrolment.
    ///
    /// # Errors
    /// What the database says.
    pub async fn list(&self, user: Option<UserId>) -> Result<Vec<Device>, Error> {
        let mut tx = self.state.db.begin_read().await?;
        let sql = "SELECT id, user_id, name, made_at, seen_at, revoked_at, wipe_at, wiped_at, wipe_lost, app, unsent, \
                   synced_at, epoch FROM devices LEFT JOIN device_contacts ON device_contacts.device_id = devices.id \
                   ORDER BY made_at, id";
        let rows = sqlx::query(sql);
        let rows = rows.fetch_all(&mut *tx).await.map_err(DbError::from)?;
        let all: Vec<Device> = rows.iter().map(read).collect::<Result<_, _>>()?;
        Ok(all
            .into_iter()
            .filter(|device| user.is_none_or(|user| device.user == user))
            .collect())
    }

    /// Withdraws a device: from its next request on it may hand in its work and nothing else. Safe to repeat.
    ///
    /// # Errors
    /// `device_unknown`.
    pub async fn revoke(&self, device: DeviceId) -> Result<(), Error> {
        let sql = "UPDATE devices SET revoked_at = COALESCE(revoked_at, $1) WHERE id = $2";
        self.end(device, sql, "device.revoke").await
    }

    /// Withdraws a device, and tells it at its next contact to erase itself: it hands in what it can, says what it could
    /// not, and then has nothing. Safe to repeat; there is no way back.
    ///
    /// # Errors
    /// `device_unknown`.
    pub async fn wipe(&self, device: DeviceId) -> Result<(), Error> {
        let sql =
            "UPDATE devices SET revoked_at = COALESCE(revoked_at, $1), wipe_at = COALESCE(wipe_at, $1) WHERE id = $2";
        self.end(device, sql, "device.wipe").await
    }

    async fn end(&self, device: DeviceId, sql: &'static str, action: &str) -> Result<(), Error> {
        let now = self.state.now();
        let mut tx = self.state.db.begin_write().await?;
        let done = sqlx::query(sql)
            .bind(now)
            .bind(device.as_bytes().to_vec())
            .execute(&mut *tx)
            .await
            .map_err(DbError::from)?;
        if done.rows_affected() == 0 {
            return Err(Code::DeviceUnknown.into());
        }
        moved(&mut tx).await?;
        let entry = Entry {
            actor: self.actor,
            action,
            subject: device.to_string(),
            detail: "",
        };
        audit::record(&mut tx, now, &entry).await?;
        tx.commit().await?;
        Ok(())
    }
}

fn read(row: &AnyRow) -> Result<Device, DbError> {
    Ok(Device {
        id: id(row, "id", DeviceId::from_bytes)?,
        user: id(row, "user_id", UserId::from_bytes)?,
        name: text(row, "name")?,
        made_at: int(row, "made_at")?,
        seen_at: int(row, "seen_at")?,
        revoked_at: opt_int(row, "revoked_at")?,
        wipe_at: opt_int(row, "wipe_at")?,
        wiped_at: opt_int(row, "wiped_at")?,
        wipe_lost: opt_int(row, "wipe_lost")?,
        contact: contact(row)?,
    })
}

fn contact(row: &AnyRow) -> Result<Option<Contact>, DbError> {
    let Some(at) = opt_int(row, "synced_at")? else {
        return Ok(None);
    };
    Ok(Some(Contact {
        app: opt_text(row, "app")?.unwrap_or_default(),
        unsent: opt_int(row, "unsent")?,
        at,
        epoch: opt_id(row, "epoch", EpochId::from_bytes)?,
    }))
}
