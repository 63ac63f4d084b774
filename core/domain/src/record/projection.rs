//! What lists need of a record, computed from the document alone. Phone and server store the same bytes.

use super::history::{self, Step};
use super::matter::Matter;
use super::promises::{self, ProjectedPromise};
use super::show_answers::Totals;
use super::{CommandError, Marks, coverage, life};
use crate::catalog::edition::BUILT_IN;
use crate::document::{Container, Document, EntryView, Value};
use crate::ids::{Hash, TaskId};
use crate::schema::Field;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The version of what is computed here. A stored projection of an older one is rebuilt.
pub const PROJECTION_FORM: u16 = 1;

/// A record as lists show it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Projection {
    /// [`PROJECTION_FORM`].
    pub form: u16,
    /// Kind of the record.
    pub kind: String,
    /// The state that counts; empty: a kind without a life that this version knows.
    pub state: String,
    /// Who is responsible; empty: nobody yet.
    pub person: String,
    /// The task that it belongs to.
    pub task: Option<TaskId>,
    /// The edition of the project's data that it was begun with; 0: the built-in one.
    #[serde(default, skip_serializing_if = "is_built_in")]
    pub edition: u32,
    /// Template of an inspection, code of a defect, rule of a visit.
    pub what: String,
    /// Kind of an inspection: `handover`, `rehearsal`, ….
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub inspection_kind: String,
    /// Severity of a defect.
    pub severity: String,
    /// Room of a defect.
    pub room: String,
    /// Answers given.
    pub answered: u32,
    /// Answers that say defect.
    pub defects: u32,
    /// Names of contested fields, the state's own name last: `answers/win-03/r03/2/result`, `state`.
    pub contested: Vec<String>,
    /// Events that were not legal or are held back.
    pub irregular: u32,
    /// Signatures.
    pub signatures: u32,
    /// Changes that the newest signature does not cover.
    pub not_covered: u32,
    /// Photos that the record mentions and nobody took out of sight.
    pub photos: Vec<Hash>,
    /// Kind of a case: `enquiry`, `complaint`, ….
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub case_kind: String,
    /// The record that this one was found in.
    pub inspection: String,
    /// The household, by the id of its row.
    pub household: String,
    /// What else lists need of a case or a defect.
    #[serde(default, skip_serializing_if = "Matter::is_empty")]
    pub matter: Matter,
    /// When the next thing is due that this record itself knows of: an answer, a promised time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_ms: Option<i64>,
    /// Promises that were made here, by key.
    pub promises: Vec<ProjectedPromise>,
    /// What a survey was answered: question and value, as it counts.
    pub survey: BTreeMap<String, String>,
    /// What mattered to the owner: codes of tags.
    pub tags: BTreeSet<String>,
    /// Records that this one names: found, asked for, linked.
    pub links: BTreeSet<String>,
    /// What happened, legal and neutral, with the few facts that figures need.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<Step>,
    /// Seconds that single answers took, and how often; of an inspection that was handed in.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub pace: BTreeMap<u32, u32>,
    /// The oldest device time of what stands in the record.
    pub begun_ms: i64,
    /// Words to search in, a name or a remark a line.
    pub search: String,
    /// The newest device time; shown, never used to order anything that matters.
    pub updated_ms: i64,
}

/// The record that an entry names.
pub(super) fn linked_by(entry: &EntryView) -> &str {
    match entry.text("type") {
        "request" | "linked" => entry.text("record"),
        "defect" => entry.text("defect"),
        _ => "",
    }
}

/// What old readers know nothing of is left out where it says nothing.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
const fn is_built_in(edition: &u32) -> bool {
    *edition <= BUILT_IN
}

impl Projection {
    /// Computes the projection of a document. Never fails: what this version does not understand stays empty.
    #[must_use]
    pub fn of(document: &Document, marks: &Marks) -> Self {
        let mut projection = Self {
            form: PROJECTION_FORM,
            kind: document.genesis().kind.clone(),
            ..Self::default()
        };
        projection.read_fields(document);
        if projection.kind == "inspection" {
            let totals = Totals::of(document);
            (projection.answered, projection.defects) = (totals.answered, totals.defects);
            let contested = totals.contested.into_iter();
            projection
                .contested
                .extend(contested.map(|key| format!("answers/{key}")));
        }
        if projection.kind == "visit" {
            projection.survey = super::visit::survey_answers(document);
            projection.answered = super::show::count(projection.survey.len());
            let contested = super::visit::contested_answers(document);
            projection
                .contested
                .extend(contested.map(|key| format!("answers/{key}")));
        }
        let items = document.entries(Container::Items);
        let _known: Result<(), CommandError> = projection.read_life(document, marks, &items);
        if projection.kind == "inspection" && !["draft", "in_progress"].contains(&projection.state.as_str()) {
            projection.pace = history::pace(document);
        }
        projection.search = projection.words(document, &items);
        projection.updated_ms = document
            .heads()
            .iter()
            .filter_map(|head| document.written(head))
            .map(|written| written.at_ms)
            .max()
            .unwrap_or_default();
        projection
    }

    /// Writes the projection as CBOR.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // Writing into a Vec cannot fail, and every field is a plain value.
        if ciborium::into_writer(self, &mut bytes).is_err() {
            bytes.clear();
        }
        bytes
    }

    /// Reads a stored projection; `None` when it is of another form and must be rebuilt.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        ciborium::from_reader(bytes)
            .ok()
            .filter(|p: &Self| p.form == PROJECTION_FORM)
    }

    fn read_fields(&mut self, document: &Document) {
        for (key, candidates) in document.scalars(Container::Fields) {
            self.begun(candidates.iter().flat_map(|c| &c.by).map(|w| w.at_ms));
            if key == "received_at" {
                // A matter began when it reached us, however late somebody wrote it down.
                self.begun(candidates.iter().filter_map(|c| c.value.as_int()));
            }
            let policy = crate::schema::find(&self.kind, Container::Fields, &key);
            let field = Field::resolve(policy.unwrap_or(crate::schema::Policy::SortsLast), candidates);
            self.matter.read_field(&key, &field);
            if super::edition::is_field(&key) {
                // Nothing stands for the built-in one, as in records of before there were others.
                self.edition = Some(super::edition::number(&field))
                    .filter(|n| *n > BUILT_IN)
                    .unwrap_or_default();
            }
            match key.as_str() {
                "task" => self.task = field.text().parse().ok(),
                "template" | "code" | "rule" => field.text().clone_into(&mut self.what),
                "case_kind" => field.text().clone_into(&mut self.case_kind),
                "inspection_kind" => field.text().clone_into(&mut self.inspection_kind),
                "severity" => field.text().clone_into(&mut self.severity),
                "room" => field.text().clone_into(&mut self.room),
                "inspection" => field.text().clone_into(&mut self.inspection),
                "household" => field.text().clone_into(&mut self.household),
                _ => {}
            }
            if field.is_contested() {
                self.contested.push(format!("fields/{key}"));
            }
        }
    }

    /// Takes in times at which something of the record was written.
    fn begun(&mut self, times: impl Iterator<Item = i64>) {
        let known = Some(self.begun_ms).filter(|ms| *ms != 0);
        self.begun_ms = times.chain(known).min().unwrap_or_default();
    }

    fn read_life(&mut self, document: &Document, marks: &Marks, items: &[EntryView]) -> Result<(), CommandError> {
        let life = life(document, marks)?;
        let legal = |standing: &crate::events::Standing| {
            matches!(
                standing,
                crate::events::Standing::Legal | crate::events::Standing::Neutral
            )
        };
        let irregular = life.events.iter().filter(|e| !legal(&e.standing)).count();
        self.irregular = super::show::count(irregular);
        let removed: BTreeSet<&str> = life
            .events
            .iter()
            .filter(|e| e.event == "removed")
            .filter_map(|e| e.facts.get("entry")?.as_text())
            .collect();
        let is_photo = |e: &EntryView| e.text("type") == "photo" && !removed.contains(e.key.as_str());
        let hash = |e: &EntryView| Hash::from_slice(e.fields.get("hash").and_then(Value::as_bytes)?);
        self.begun(items.iter().map(|e| e.made.at_ms));
        self.begun(life.events.iter().map(|e| e.written.at_ms));
        self.history = history::history(&life);
        self.history.extend(history::told_on_the_way(items.iter()));
        self.read_entries(items.iter().filter(|e| !removed.contains(e.key.as_str())));
        let photos = items.iter().filter(|e| is_photo(e)).filter_map(hash);
        self.photos = photos.collect::<BTreeSet<_>>().into_iter().collect();
        self.promises = promises::among(items, document, marks)?
            .iter()
            .map(Into::into)
            .collect();
        let signed = coverage(document);
        self.signatures = super::show::count(signed.len());
        self.not_covered = signed
            .iter()
            .map(|c| super::show::count(c.not_covered.len()))
            .min()
            .unwrap_or_default();
        if !life.contested.is_empty() {
            self.contested.push("state".to_owned());
        }
        self.read_due(&life);
        self.state = life.state;
        self.person = life.person;
        Ok(())
    }

    fn read_entries<'a>(&mut self, entries: impl Iterator<Item = &'a EntryView>) {
        for entry in entries {
            let link = match entry.text("type") {
                "request" | "linked" | "defect" => linked_by(entry),
                "tag" => {
                    self.tags.insert(entry.text("tag").to_owned());
                    continue;
                }
                _ => continue,
            };
            if !link.is_empty() {
                self.links.insert(link.to_owned());
            }
        }
    }

    /// Who answers for the record keeps what its acceptance promised.
    fn read_due(&mut self, life: &crate::events::Life) {
        for promise in &mut self.promises {
            if promise.source == self.kind && !life.person.is_empty() {
                life.person.clone_into(&mut promise.person);
            }
        }
        self.due_ms = super::matter::due(&self.kind, life);
    }

    fn words(&self, document: &Document, items: &[EntryView]) -> String {
        let mut words = vec![
            self.what.clone(),
            document.prose("description"),
            document.prose("answer"),
        ];
        let remarks = items
            .iter()
            .filter(|e| ["remark", "option", "update"].contains(&e.text("type")));
        words.extend(remarks.map(|e| e.text("text").to_owned()));
        words.extend(self.promises.iter().map(|p| p.what.clone()));
        words.retain(|w| !w.is_empty());
        words.join("\n")
    }
}
