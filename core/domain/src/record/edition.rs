//! Which edition of the project's data a record was begun with, and keeps.

use crate::catalog::edition::BUILT_IN;
use crate::document::{Container, Document, Write};
use crate::schema::Field;

/// The field that says so; a record without it was begun with the built-in data.
const FIELD: &str = "template_version";

/// Returns the number of the edition that a record pins.
#[must_use]
pub fn edition_of(document: &Document) -> u32 {
    number(&Field::read(document, Container::Fields, FIELD))
}

/// Reads the number out of the field.
pub(super) fn number(field: &Field) -> u32 {
    let number = field.value().and_then(crate::Value::as_int);
    number
        .and_then(|n| u32::try_from(n).ok())
        .unwrap_or_default()
        .max(BUILT_IN)
}

/// Tells whether a key is that of the field.
pub(super) fn is_field(key: &str) -> bool {
    key == FIELD
}

/// Pins an edition in what a record begins with; the built-in one needs no word, and what begins nothing pins nothing.
#[must_use]
pub fn pinned(mut writes: Vec<Write>, edition: u32) -> Vec<Write> {
    if !writes.is_empty() && edition > BUILT_IN {
        writes.push(Write::Put {
            container: Container::Fields,
            key: FIELD.to_owned(),
            value: i64::from(edition).into(),
        });
    }
    writes
}
