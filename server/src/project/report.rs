//! What an import changed, or would change.

use keyturn_domain::ProjectId;
use keyturn_domain::catalog::Text;
use serde::Serialize;

/// What an import changed, or would change.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// The project.
    pub project: ProjectId,
    /// Its code.
    pub code: String,
    /// It was not there before.
    pub new_project: bool,
    /// Nothing was written.
    pub dry_run: bool,
    /// Tables that were read, with their rows.
    pub tables: Vec<(String, usize)>,
    /// Rows by table.
    pub counts: Vec<Counted>,
    /// Rows that are new: table and name.
    pub added: Vec<(String, String)>,
    /// Rows that differ.
    pub changed: Vec<Changed>,
    /// Logins that are new.
    pub logins: Vec<String>,
    /// Roles on scopes that begin.
    pub granted: usize,
    /// Roles on scopes that end.
    pub revoked: usize,
    /// What is worth knowing and no mistake.
    pub notes: Vec<Text>,
}

/// How many rows of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// The table.
    pub table: String,
    /// Were not there.
    pub added: usize,
    /// Differ.
    pub changed: usize,
    /// Are as they were.
    pub same: usize,
    /// Are on the server and not in the files; an import removes nothing.
    pub kept: usize,
}

/// A row that differs.
#[derive(Clone, Debug, Serialize)]
pub struct Changed {
    /// The table.
    pub table: String,
    /// What people call it.
    pub name: String,
    /// What of it differs.
    pub fields: Vec<FieldChange>,
}

/// A field that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// The field, e.g. `rooms[3].windows`.
    pub field: String,
    /// What stood there; none: nothing, or personal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// What stands there now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
    /// Personal data: only told that it differs.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub personal: bool,
}

impl Report {
    /// Tells whether everything is as it was.
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        let rows = self.counts.iter().all(|count| count.added + count.changed == 0);
        rows && !self.new_project && self.logins.is_empty() && self.granted + self.revoked == 0
    }
}
