//! Enrolment, who I am, roles.

use crate::CoreError;
use keyturn_client::{DeviceState, Erased, Me, Role};
use keyturn_domain::{DeviceId, ProjectId, ScopeId, UserId};
use uuid::Uuid;

#[uniffi::remote(Record)]
pub struct Me {
    pub user: UserId,
    pub device: DeviceId,
    pub server: Uuid,
}

#[uniffi::remote(Record)]
pub struct Role {
    pub project: ProjectId,
    pub scope: ScopeId,
    pub role: String,
    pub write: bool,
}

#[uniffi::remote(Enum)]
pub enum DeviceState {
    New,
    Active,
    Revoked,
    Wiping,
    Wiped,
}

#[uniffi::remote(Record)]
pub struct Erased {
    pub at_ms: i64,
    pub handed_in: u64,
    pub lost: u64,
}

/// Enrolment, who I am, roles.
#[derive(uniffi::Object)]
pub struct Session(pub(crate) keyturn_client::Session);

#[uniffi::export]
impl Session {
    /// Returns who is enrolled.
    ///
    /// # Errors
    /// `not_enrolled`.
    pub fn me(&self) -> Result<Me, CoreError> {
        Ok(self.0.me()?)
    }

    /// Tells whether this phone may work.
    #[must_use]
    pub fn device_state(&self) -> DeviceState {
        self.0.device_state()
    }

    /// Returns what became of the work on this phone when it erased itself, until somebody is enrolled on it again.
    #[must_use]
    pub fn wiped(&self) -> Option<Erased> {
        self.0.wiped()
    }

    /// Returns the person's roles per scope, as of the last sync.
    ///
    /// # Errors
    /// Those of the database.
    pub fn roles(&self) -> Result<Vec<Role>, CoreError> {
        Ok(self.0.roles()?)
    }
}

#[uniffi::export(async_runtime = "tokio")]
impl Session {
    /// Binds this phone to the person for whom the code was made. Safe to repeat while the answer did not arrive.
    ///
    /// # Errors
    /// A wrong, used or expired code each has its own code.
    pub async fn enrol(&self, code: String, device_name: String) -> Result<Me, CoreError> {
        Ok(self.0.enrol(&code, &device_name).await?)
    }
}
