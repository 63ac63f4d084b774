//! Enrolment and token, as JSON.
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::DeviceKey;

/// `POST /v1/enrol`: a phone shows the code that an administrator made for its person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrolRequest {
    /// The code, as typed or scanned; hyphens, spaces and lower case do not matter.
    pub code: String,
    /// The public key that the phone made for this server.
    pub device_key: DeviceKey,
    /// How the device is called in lists, such as "Pixel 9".
    pub device_name: String,
}

/// The answer to an enrolment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolReply {
    /// The id of the new device.
    pub device: Uuid,
    /// Whose device it is now.
    pub user: Uuid,
    /// Which server this is; never changes, whatever its address becomes.
    pub server: Uuid,
}

/// The answer to `POST /v1/token`, whose request is nothing but the header `DPoP`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenReply {
    /// Opaque; goes into `Authorization: Bearer`.
    pub token: String,
    /// When it ends, by the server's clock, in milliseconds.
    pub expires_at: i64,
    /// The server's clock, so that the phone can tell its person that theirs is off.
    pub server_time: i64,
    /// The phone is to erase itself, see `SyncReply::wipe`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub wipe: bool,
}

impl std::fmt::Debug for TokenReply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenReply")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
