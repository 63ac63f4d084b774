//! The values and containers of a document.

use automerge::ScalarValue;
use serde::{Deserialize, Serialize};

/// A scalar. Equal values of several authors are one candidate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// A whole number, a time in milliseconds, a count.
    Int(i64),
    /// A reading.
    Float(f64),
    /// A code, an id or words.
    Text(String),
    /// A hash.
    Bytes(#[serde(with = "serde_bytes")] Vec<u8>),
    /// Written on purpose as nothing: the field was cleared.
    Nothing(()),
}

impl Value {
    /// Returns the text, if it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// Returns the whole number, if it is one.
    #[must_use]
    pub const fn as_int(&self) -> Option<i64> {
        if let Self::Int(n) = self { Some(*n) } else { None }
    }

    /// Returns the number, whole or not, if it is one.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "readings are far below 2^52")]
    pub const fn as_number(&self) -> Option<f64> {
        match self {
            Self::Int(n) => Some(*n as f64),
            Self::Float(x) => Some(*x),
            _ => None,
        }
    }

    /// Returns the bytes, if they are.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        if let Self::Bytes(bytes) = self {
            Some(bytes)
        } else {
            None
        }
    }

    /// Returns a total order over values, so that ties are broken alike everywhere.
    #[must_use]
    pub fn order(&self, other: &Self) -> std::cmp::Ordering {
        let rank = |v: &Self| match v {
            Self::Nothing(()) => 0,
            Self::Bool(_) => 1,
            Self::Int(_) | Self::Float(_) => 2,
            Self::Text(_) => 3,
            Self::Bytes(_) => 4,
        };
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Int(a), Self::Int(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Bytes(a), Self::Bytes(b)) => a.cmp(b),
            (a, b) => match (a.as_number(), b.as_number()) {
                (Some(x), Some(y)) => x.total_cmp(&y),
                _ => rank(a).cmp(&rank(b)),
            },
        }
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bool(b) => b.fmt(f),
            Self::Int(n) => n.fmt(f),
            Self::Float(x) => x.fmt(f),
            Self::Text(t) => t.fmt(f),
            Self::Bytes(b) => f.write_str(&hex::encode(b)),
            Self::Nothing(()) => f.write_str("-"),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<i64> for Value {
    fn from(n: i64) -> Self {
        Self::Int(n)
    }
}
impl From<f64> for Value {
    fn from(x: f64) -> Self {
        Self::Float(x)
    }
}
impl From<bool> for Value {
    fn from(b: bool) -> Self {
        Self::Bool(b)
    }
}

impl From<&Value> for ScalarValue {
    fn from(value: &Value) -> Self {
        match value {
            Value::Bool(b) => Self::Boolean(*b),
            Value::Int(n) => Self::Int(*n),
            Value::Float(x) => Self::F64(*x),
            Value::Text(t) => Self::Str(t.as_str().into()),
            Value::Bytes(b) => Self::Bytes(b.clone()),
            Value::Nothing(()) => Self::Null,
        }
    }
}

impl From<&ScalarValue> for Value {
    fn from(value: &ScalarValue) -> Self {
        match value {
            ScalarValue::Boolean(b) => Self::Bool(*b),
            ScalarValue::Int(n) | ScalarValue::Timestamp(n) => Self::Int(*n),
            ScalarValue::Uint(n) => i64::try_from(*n).map_or_else(|_| Self::Text(n.to_string()), Self::Int),
            ScalarValue::F64(x) => Self::Float(*x),
            ScalarValue::Str(t) => Self::Text(t.to_string()),
            ScalarValue::Bytes(b) => Self::Bytes(b.clone()),
            // Neither passes the gate; shown as nothing if an older database holds one.
            ScalarValue::Counter(_) | ScalarValue::Unknown { .. } | ScalarValue::Null => Self::Nothing(()),
        }
    }
}

/// The containers that a genesis makes, in its order. The names are part of form `g1` and frozen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Container {
    /// What the document is: written by the genesis alone.
    Meta,
    /// Flat scalars of the record as a whole.
    Fields,
    /// Flat scalars per item, room, number: `win-03/r03/2/result`.
    Answers,
    /// Entries: photos, remarks, keys, meters, demonstrations, persons present, links.
    Items,
    /// Entries that never change: what happened.
    Events,
    /// Entries: signatures with what they cover.
    Signatures,
    /// Entries of the review.
    Review,
    /// Flat scalars written by servers.
    System,
    /// Texts that merge letter by letter.
    Prose,
}

impl Container {
    /// All containers, in the order of the genesis.
    pub const ALL: [Self; 9] = [
        Self::Meta,
        Self::Fields,
        Self::Answers,
        Self::Items,
        Self::Events,
        Self::Signatures,
        Self::Review,
        Self::System,
        Self::Prose,
    ];

    /// Returns the key in the root of the document.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Fields => "fields",
            Self::Answers => "answers",
            Self::Items => "items",
            Self::Events => "events",
            Self::Signatures => "signatures",
            Self::Review => "review",
            Self::System => "system",
            Self::Prose => "prose",
        }
    }

    /// Returns the container of that name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.name() == name)
    }

    /// Tells whether scalars go directly into it.
    #[must_use]
    pub const fn is_flat(self) -> bool {
        matches!(self, Self::Fields | Self::Answers | Self::System)
    }

    /// Tells whether it holds entries under random keys.
    #[must_use]
    pub const fn holds_entries(self) -> bool {
        matches!(self, Self::Items | Self::Events | Self::Signatures | Self::Review)
    }

    /// Tells whether an entry, once written, never changes.
    #[must_use]
    pub const fn is_append_only(self) -> bool {
        matches!(self, Self::Events | Self::Signatures | Self::Review)
    }
}
