//! Search: places, people, records, ready words.

use crate::CoreError;
use keyturn_client::facade::{PhraseView, SearchView};

/// Search: places, people, records, ready words.
#[derive(uniffi::Object)]
pub struct Search(pub(crate) keyturn_client::facade::Search);

#[uniffi::export]
impl Search {
    /// Finds up to `limit` places, people and records: the home with exactly this number first, then what begins so,
    /// then what has it anywhere.
    ///
    /// # Errors
    /// A storage error.
    pub fn find(&self, query: &str, limit: u32) -> Result<SearchView, CoreError> {
        Ok(self.0.find(query, limit)?)
    }

    /// Lists ready phrases that fit, the most used here first; an empty query lists all.
    ///
    /// `part` narrows them to a building part, a defect or a step of the journey; empty: all.
    ///
    /// # Errors
    /// A storage error.
    pub fn phrases(&self, query: &str, part: &str) -> Result<Vec<PhraseView>, CoreError> {
        Ok(self.0.phrases(query, part)?)
    }
}
