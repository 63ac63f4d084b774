//! Identities. Each is sixteen bytes (a UUID), so that the compiler keeps them apart and every store knows their type.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// Returns the id whose bytes these are.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// Returns the sixteen bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// Reads sixteen bytes, as stored in a database; `None` when there are more or fewer.
            #[must_use]
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                Uuid::from_slice(bytes).ok().map(Self)
            }

            /// Derives an id from a parent and a name (UUIDv5): the same on every machine.
            #[must_use]
            pub fn derive(parent: Uuid, name: &str) -> Self {
                Self(Uuid::new_v5(&parent, name.as_bytes()))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

id!(/// One estate: the unit of order (its log), of sharing and of sharding.
    ProjectId);
id!(/// The unit of visibility: a project, its public places, a building or a home.
    ScopeId);
id!(/// Where something is: a home or a public place.
    PlaceId);
id!(/// One automerge document: an inspection, a visit, a defect or a case.
    DocumentId);
id!(/// A person who may log in.
    UserId);
id!(/// One enrolled phone.
    DeviceId);
id!(/// Something to do at a place.
    TaskId);
id!(/// One life of a server's database; a restore begins the next.
    EpochId);

impl TaskId {
    /// The id of the task that `rule` opens for `subject` at `occurrence`: two servers open it once (DESIGN 3.2.2).
    #[must_use]
    pub fn of_rule(rule: &str, subject: Uuid, occurrence: &str) -> Self {
        Self::derive(subject, &format!("task:{rule}:{occurrence}"))
    }
}

impl PlaceId {
    /// All public places of a project as one place: of a round, of a survey of the common parts.
    #[must_use]
    pub fn public_places(project: ProjectId) -> Self {
        Self(ScopeId::public_places(project).0)
    }
}

impl ScopeId {
    /// The scope of a project's public places.
    #[must_use]
    pub fn public_places(project: ProjectId) -> Self {
        Self::derive(project.0, "public")
    }

    /// The scope of the project itself.
    #[must_use]
    pub const fn project(project: ProjectId) -> Self {
        Self(project.0)
    }

    /// The scope of one home.
    #[must_use]
    pub const fn home(place: PlaceId) -> Self {
        Self(place.0)
    }
}

/// A SHA-256: of a change, a photo, a manifest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Hash(pub [u8; 32]);

// Thirty-two bytes where machines read, hexadecimal digits where people may.
impl Serialize for Hash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serde_bytes::serialize(&self.0, serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Whichever it is: what was buffered on the way does not say for whom it was written.
        deserializer.deserialize_any(HashVisitor)
    }
}

struct HashVisitor;

impl<'de> serde::de::Visitor<'de> for HashVisitor {
    type Value = Hash;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("thirty-two bytes, or 64 hexadecimal digits")
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Hash, E> {
        Hash::from_slice(bytes).ok_or_else(|| E::invalid_length(bytes.len(), &self))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Hash, E> {
        text.parse()
            .map_err(|_| E::invalid_value(serde::de::Unexpected::Str(text), &self))
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut all: A) -> Result<Hash, A::Error> {
        let mut bytes = Vec::with_capacity(32);
        while let Some(byte) = all.next_element::<u8>()? {
            if bytes.len() == 32 {
                return Err(serde::de::Error::invalid_length(33, &self));
            }
            bytes.push(byte);
        }
        self.visit_bytes(&bytes)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Hash {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Hash".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[0-9a-f]{64}$" })
    }
}

impl Hash {
    /// Returns the SHA-256 of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest;
        Self(sha2::Sha256::digest(bytes).into())
    }

    /// Reads thirty-two bytes, as stored in a database; `None` when there are more or fewer.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Returns the first eight bytes: enough to name a change among those of one document.
    #[must_use]
    pub fn prefix(&self) -> [u8; 8] {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        [a, b, c, d, e, f, g, h]
    }
}

impl From<automerge::ChangeHash> for Hash {
    fn from(hash: automerge::ChangeHash) -> Self {
        Self(hash.0)
    }
}

impl From<Hash> for automerge::ChangeHash {
    fn from(hash: Hash) -> Self {
        Self(hash.0)
    }
}

impl std::fmt::Display for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl std::fmt::Debug for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Hash({})", hex::encode(self.prefix()))
    }
}

impl std::str::FromStr for Hash {
    type Err = hex::FromHexError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes)?;
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::Hash;

    #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    #[serde(untagged)]
    enum Either {
        Known { hash: Hash },
        Other(ciborium::Value),
    }

    #[test]
    fn a_hash_is_bytes_to_machines_and_digits_to_people_however_it_comes() {
        let either = Either::Known { hash: Hash::of(b"a") };
        let mut bytes = Vec::new();
        ciborium::into_writer(&either, &mut bytes).unwrap();
        assert!(bytes.len() < 48, "{bytes:?}");
        assert_eq!(ciborium::from_reader::<Either, _>(bytes.as_slice()).unwrap(), either);
        let json = serde_json::to_string(&either).unwrap();
        assert_eq!(json, format!("{{\"hash\":\"{}\"}}", Hash::of(b"a")));
        assert_eq!(serde_json::from_str::<Either>(&json).unwrap(), either);
        assert!(serde_json::from_str::<Hash>("[1,2]").is_err());
    }
}
