//! What a phone held before it met the other: every value and every entry, read from its own database. At the end all
//! of it must be in the merged record, as what counts, as one side, or in the lineage of a field that was settled.

use crate::failure::Failure;
use crate::http;
use crate::record::Shown;
use keyturn_server::domain::record::view::{FieldView, InspectionView};
use std::collections::BTreeSet;

/// One value that somebody recorded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Value {
    field: String,
    value: String,
    user: String,
}

/// Everything that one phone held of a record.
#[derive(Clone, Debug, Default)]
pub struct Held {
    values: BTreeSet<Value>,
    entries: BTreeSet<String>,
    events: BTreeSet<String>,
    /// Defects of the place.
    pub records: BTreeSet<String>,
}

impl Held {
    /// Reads what the phone of `user` shows.
    pub fn of(view: &InspectionView, records: BTreeSet<String>) -> Self {
        let mut held = Self {
            records,
            ..Self::default()
        };
        for question in view.rooms.iter().flat_map(|room| &room.questions) {
            let key = &question.key;
            held.take(&format!("answers/{key}/result"), &question.result);
            held.take(&format!("answers/{key}/reason"), &question.reason);
            for reading in question.readings.iter().filter(|r| r.n > 0) {
                held.take(
                    &format!("answers/{key}/reading.{}.{}", reading.code, reading.n),
                    &reading.field,
                );
            }
        }
        held.entries = view.entries.iter().map(|entry| entry.key.clone()).collect();
        held.events = view.life.events.iter().map(|event| event.id.clone()).collect();
        held
    }

    /// Returns how much it is.
    pub fn len(&self) -> usize {
        self.values.len() + self.entries.len() + self.events.len() + self.records.len()
    }

    fn take(&mut self, field: &str, shown: &FieldView) {
        for by in &shown.by {
            self.values.insert(Value {
                field: field.to_owned(),
                value: shown.value.clone(),
                user: by.user.clone(),
            });
        }
    }

    /// Counts what the server does not show any longer, anywhere.
    ///
    /// # Errors
    /// What the API answers.
    pub async fn lost(&self, merged: &Shown, server: &str, token: &str) -> Result<usize, Failure> {
        let Some(view) = &merged.inspection else {
            return Ok(self.len());
        };
        let now = Self::of(view, BTreeSet::new());
        let mut lost = self.entries.difference(&now.entries).count() + self.events.difference(&now.events).count();
        for gone in self.values.difference(&now.values) {
            lost += usize::from(!in_lineage(gone, &merged.id, server, token).await?);
        }
        for record in &self.records {
            let found = http::get(server, &format!("/api/v1/records/{record}"), Some(token)).await;
            lost += usize::from(found.is_err());
        }
        Ok(lost)
    }
}

async fn in_lineage(gone: &Value, record: &str, server: &str, token: &str) -> Result<bool, Failure> {
    let path = format!("/api/v1/records/{record}/lineage?field={}", gone.field);
    let steps = http::get(server, &path, Some(token)).await?;
    let same = |step: &serde_json::Value| {
        let text = |name: &str| step.get(name).and_then(|v| v.as_str());
        text("value") == Some(gone.value.as_str()) && text("user") == Some(gone.user.as_str())
    };
    Ok(steps.as_array().is_some_and(|steps| steps.iter().any(same)))
}
