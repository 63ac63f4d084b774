//! The one error of loading: which file, which line, what stood there, what was expected.

use std::fmt;

/// A row or a value of the built-in (or replaced) data that is wrong.
///
/// `line` counts from 1 as an editor does; it is absent only when a whole file is missing. In JSON files `column` is the
/// path of the value (`machines[0].transitions[2].to`).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Mistake"))]
pub struct CatalogError {
    /// File name inside the data folder.
    pub file: String,
    /// Line in that file.
    pub line: Option<u64>,
    /// Column of a table, or path in a JSON file.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// What should stand there.
    pub expected: String,
}

impl fmt::Display for CatalogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if !self.column.is_empty() {
            write!(f, ", {}", self.column)?;
        }
        write!(f, ": expected {}, found {:?}", self.expected, self.value)
    }
}

impl std::error::Error for CatalogError {}

/// Result of everything that loads.
pub(super) type Result<T> = std::result::Result<T, CatalogError>;
