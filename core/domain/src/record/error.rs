//! Why a command was refused. The app branches on the code; nothing was written. What somebody typed where a code belongs
//! may be a name or a number, so neither the message nor the debug output repeats it.

use crate::document::DocumentError;

/// A refusal with a stable code.
#[derive(thiserror::Error)]
pub enum CommandError {
    /// The screen showed both sides of this field: it takes a decision, not an answer.
    #[error("Field {0} is contested: settle it")]
    Contested(String),
    /// There is nothing to settle in this field.
    #[error("Field is not contested")]
    NotContested(String),
    /// The checklist of this place does not ask that.
    #[error("Checklist does not ask that")]
    UnknownQuestion(String),
    /// The code is not in the data, or not of that group.
    #[error("Code is not known")]
    UnknownCode(String),
    /// The entry is not in this record.
    #[error("Entry is not in this record")]
    UnknownEntry(String),
    /// The value is not of the form that this field takes.
    #[error("Value of {0} is not of its form")]
    Value(&'static str),
    /// Something must be filled in first.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// The event is not legal here.
    #[error("Event is not legal in state {state}: {code} {missing:?}")]
    Illegal {
        /// The state.
        state: String,
        /// `state`, `role` or `guard`.
        code: String,
        /// The guards that are not met.
        missing: Vec<String>,
    },
    /// This role does not record that.
    #[error("Role {0} does not record this")]
    Role(String),
    /// Only the person who was named answers for it.
    #[error("Only the person named may do this")]
    NotNamed,
    /// The record is signed, reviewed or locked in a way that takes no such change.
    #[error("Record is of another kind or form")]
    Kind,
    /// The document refused.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The built-in data have a wrong row.
    #[error(transparent)]
    Data(#[from] crate::catalog::CatalogError),
}

impl std::fmt::Debug for CommandError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {self}", self.code())
    }
}

impl CommandError {
    /// Returns the stable code.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Contested(_) => "contested",
            Self::NotContested(_) => "not_contested",
            Self::UnknownQuestion(_) => "unknown_question",
            Self::UnknownCode(_) => "unknown_code",
            Self::UnknownEntry(_) => "unknown_entry",
            Self::Value(_) => "bad_value",
            Self::Missing(_) => "missing",
            Self::Illegal { .. } => "illegal",
            Self::Role(_) => "role",
            Self::NotNamed => "not_named",
            Self::Kind => "kind",
            Self::Document(DocumentError::UnknownSeen(_)) => "stale_screen",
            Self::Document(_) => "document",
            Self::Data(_) => "data",
        }
    }
}
