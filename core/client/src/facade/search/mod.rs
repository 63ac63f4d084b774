//! Search: places, people, records and ready words by a few characters.

mod find;
mod names;
mod phrases;

pub(crate) use names::KeptNames;

use crate::{Client, ClientError};
use keyturn_domain::record::view::TextView;
use serde::{Deserialize, Serialize};

/// The most that one search brings back.
const MOST: u32 = 200;
/// Phrases beside the hits of a search.
const PHRASES: usize = 8;

/// Something that was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchHit {
    /// `building`, `home`, `place`, `person`, or the kind of a record.
    pub kind: String,
    /// The building, place, person or record.
    pub id: String,
    /// What it is called; empty: a code that this version does not know.
    pub name: TextView,
    /// Where: the place itself, the home of a person, the place of a record.
    pub place: String,
    /// Its unit number, or the name of a public place.
    pub place_name: TextView,
    /// The line of a record in which it was found, as it was written; empty: its name says it.
    pub line: String,
    /// State of a record; `left` for a person who does not live there any longer.
    pub state: String,
    /// The newest device time in a record.
    pub updated_ms: i64,
    /// A person who was entered or changed on this phone, which waits for the server.
    pub pending: bool,
}

/// A ready phrase.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhraseView {
    /// The words; one's own in both fields as they were written.
    pub text: TextView,
    /// What it is about: a building part, a step of the journey, or the kind of a record.
    pub part: String,
    /// Its defect or tag; empty: one's own words.
    pub code: String,
    /// In how many records this phone used it.
    pub uses: u64,
}

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchView {
    /// Places, people and records, the best first.
    pub hits: Vec<SearchHit>,
    /// A few ready phrases.
    pub phrases: Vec<PhraseView>,
}

/// Search.
#[derive(Clone)]
pub struct Search(pub(crate) Client);

impl Search {
    /// Finds up to `limit` places, people and records: the home with exactly this number first, then what begins so,
    /// then what has it anywhere; each with places and people before records, and the newest record first.
    ///
    /// One character anywhere is enough; letters are also the first letters of readings (`kg` finds 空鼓). All words of
    /// the query must be found; one of them may name the place of a record (`1201 漏水`).
    ///
    /// # Errors
    /// A storage error.
    pub fn find(&self, query: &str, limit: u32) -> Result<SearchView, ClientError> {
        let limit = usize::try_from(limit.min(MOST)).unwrap_or_default();
        self.0.look(|conn| {
            let names = self.0.inner.names.get(&self.0, conn)?;
            let hits = find::find(conn, &names, query, limit)?;
            let mut ready = if query.trim().is_empty() {
                Vec::new()
            } else {
                phrases::find(conn, query, "")?
            };
            ready.truncate(PHRASES);
            Ok(SearchView { hits, phrases: ready })
        })
    }

    /// Lists ready phrases that fit, the most used here first; an empty query lists all.
    ///
    /// `part` narrows them to a building part (`wall`), a defect (`wl-01`), a step of the journey (`handover`); empty:
    /// all. One's own words are among them once they were used in two records.
    ///
    /// # Errors
    /// A storage error.
    pub fn phrases(&self, query: &str, part: &str) -> Result<Vec<PhraseView>, ClientError> {
        self.0.look(|conn| phrases::find(conn, query, part))
    }
}
