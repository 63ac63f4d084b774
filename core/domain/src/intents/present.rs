//! The rows that an intent is about, as they are.

use crate::ids::ScopeId;
use crate::rows;
use serde::{Serialize, de::DeserializeOwned};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A row as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresentRow {
    /// Its kind.
    pub kind: String,
    /// Its scope.
    pub scope: ScopeId,
    /// CBOR map; none: it was ended, which only the server remembers.
    pub body: Option<Vec<u8>>,
}

/// A row as it shall be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowChange {
    /// The row.
    pub id: Uuid,
    /// Its kind.
    pub kind: String,
    /// The scope that it shall be in.
    pub scope: ScopeId,
    /// CBOR map; none: it ends.
    pub body: Option<Vec<u8>>,
}

impl RowChange {
    /// Puts a row.
    pub(super) fn put<T: Serialize>(kind: &str, id: Uuid, scope: ScopeId, row: &T) -> Result<Self, super::Refusal> {
        let body = rows::body(row).map_err(|_| super::Refusal::Payload)?;
        Ok(Self {
            id,
            kind: kind.to_owned(),
            scope,
            body: Some(body),
        })
    }

    /// Ends a row.
    pub(super) fn end(kind: &str, id: Uuid, scope: ScopeId) -> Self {
        Self {
            id,
            kind: kind.to_owned(),
            scope,
            body: None,
        }
    }
}

/// The rows that an intent is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Present(pub BTreeMap<Uuid, PresentRow>);

impl Present {
    /// Returns a row of a kind with its scope; what ended is not there.
    #[must_use]
    pub fn get<T: DeserializeOwned>(&self, kind: &str, id: Uuid) -> Option<(T, ScopeId)> {
        let row = self.0.get(&id).filter(|row| row.kind == kind)?;
        Some((rows::read(row.body.as_deref()?)?, row.scope))
    }

    /// Returns all rows of a kind, by id.
    pub fn of_kind<T: DeserializeOwned>(&self, kind: &str) -> impl Iterator<Item = (Uuid, T, ScopeId)> {
        let rows = self.0.iter().filter(move |(_, row)| row.kind == kind);
        rows.filter_map(|(id, row)| Some((*id, rows::read(row.body.as_deref()?)?, row.scope)))
    }

    /// Tells whether a row was there and ended.
    #[must_use]
    pub fn has_ended(&self, id: Uuid) -> bool {
        self.0.get(&id).is_some_and(|row| row.body.is_none())
    }

    /// Takes changes over, for what is shown before the verdict.
    pub fn take(&mut self, changes: Vec<RowChange>) {
        for RowChange { id, kind, scope, body } in changes {
            if body.is_none() {
                self.0.remove(&id);
            } else {
                self.0.insert(id, PresentRow { kind, scope, body });
            }
        }
    }
}
