//! Ids and hashes: text on the other side.

use keyturn_domain::{DeviceId, DocumentId, Hash, PlaceId, ProjectId, ScopeId, TaskId, UserId};
use uuid::Uuid;

macro_rules! text {
    ($($name:ident),+) => {$(
        uniffi::custom_type!($name, String, {
            remote,
            lower: |id| id.to_string(),
            try_lift: |text| Ok(text.parse()?),
        });
    )+};
}

text!(
    DeviceId, DocumentId, Hash, PlaceId, ProjectId, ScopeId, TaskId, UserId, Uuid
);
