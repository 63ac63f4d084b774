//! What lists are made from, beside each document: the domain's projection, and the columns that a list asks by.

use keyturn_domain::record::{Marks, Projection};
use keyturn_domain::{Document, Hash};
use keyturn_protocol::{Mark, codec};
use std::collections::BTreeMap;

/// A projection, ready to be stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Projected {
    /// CBOR of the domain's projection.
    pub(super) bytes: Vec<u8>,
    /// The state of the record.
    pub(super) state: String,
    /// How many fields are contested.
    pub(super) contested: i64,
}

impl Projected {
    pub(super) fn of(document: &Document, marks: &BTreeMap<Hash, Mark>) -> Self {
        let projection = Projection::of(document, &held_back(marks));
        Self {
            // Writing CBOR into memory cannot fail; a reader would make it anew.
            bytes: codec::to_cbor(&projection).unwrap_or_default(),
            contested: i64::try_from(projection.contested.len()).unwrap_or(i64::MAX),
            state: projection.state,
        }
    }
}

/// Returns the marks as the domain knows them.
fn held_back(marks: &BTreeMap<Hash, Mark>) -> Marks {
    let words = marks
        .iter()
        .map(|(hash, mark)| (*hash, super::rights::mark_word(*mark).to_owned()));
    Marks {
        marks: words.collect(),
        ..Marks::default()
    }
}
