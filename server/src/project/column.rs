//! What a table and a column are.

use super::form::Form;

/// One table: a file of a folder, a list of a JSON file.
#[derive(Debug)]
pub struct TableDef {
    /// Its name, which is also that of the file (`homes.csv`) and of the list in JSON.
    pub name: &'static str,
    /// The columns by which a row is known; none: rows have an order and no key.
    pub key: &'static [&'static str],
    /// Holds personal data: left out of an export unless it is asked for.
    pub people: bool,
    /// What it is called in Chinese.
    pub zh: &'static str,
    /// What it is called in English.
    pub en: &'static str,
    /// What a row is, for docs/import.md.
    pub what: &'static str,
    /// Its columns, in the order in which they are written.
    pub columns: &'static [Column],
}

/// One column.
#[derive(Debug)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// How a cell is written.
    pub form: Form,
    /// Must be there, and no cell may be empty.
    pub required: bool,
    /// Holds personal data: never printed.
    pub personal: bool,
    /// What it says, for docs/import.md.
    pub what: &'static str,
}

impl TableDef {
    /// Returns a column by its name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Returns the name of its file.
    #[must_use]
    pub fn file(&self) -> String {
        format!("{}.csv", self.name)
    }
}

/// A column that must be there.
pub(super) const fn need(name: &'static str, form: Form, what: &'static str) -> Column {
    Column {
        name,
        form,
        required: true,
        personal: false,
        what,
    }
}

/// A column that may be missing.
pub(super) const fn may(name: &'static str, form: Form, what: &'static str) -> Column {
    Column {
        required: false,
        ..need(name, form, what)
    }
}

/// A column with personal data, which may be missing.
pub(super) const fn personal(name: &'static str, form: Form, what: &'static str) -> Column {
    Column {
        personal: true,
        ..may(name, form, what)
    }
}
