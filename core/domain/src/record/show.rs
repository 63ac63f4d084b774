//! From documents to views.

use super::show_answers::Answers;
use super::view::{
    AuthorView, CandidateView, ContestedView, DefectView, EntryShown, EventView, FactView, FieldView, InspectionView,
    LifeView, SignatureView, TextView,
};
use super::{CommandError, Marks, coverage, edition_of};
use crate::catalog::{Catalog, Limits, Machine, Questions};
use crate::document::{Candidate, Container, Document, EntryView, Value, Written};
use crate::events::{Life, Standing, fold};
use crate::schema::{Field, words};
use std::collections::{BTreeMap, BTreeSet};

/// What must be known of a place to ask a checklist there.
pub struct Place<'a> {
    /// The built-in or the project's data.
    pub catalog: &'a Catalog,
    /// The questions of the record's template here.
    pub questions: &'a Questions,
    /// The limits of the project.
    pub limits: Option<Limits<'a>>,
}

/// Returns the state machine of a record: that of its kind, or of a complaint where a case is one.
///
/// # Errors
/// [`CommandError::Kind`] for a kind without one; [`CommandError::Data`] when the data have a wrong row.
pub fn machine_of(document: &Document) -> Result<&'static Machine, CommandError> {
    let kind = document.genesis().kind.as_str();
    let is_complaint = kind == "case" && Field::read(document, Container::Fields, "case_kind").text() == "complaint";
    let code = if is_complaint { "complaint" } else { kind };
    Catalog::built_in()?.machines.get(code).ok_or(CommandError::Kind)
}

/// Returns the life of a record.
///
/// # Errors
/// As [`machine_of`].
pub fn life(document: &Document, marks: &Marks) -> Result<Life, CommandError> {
    let mut events = document.entries(Container::Events);
    // Events of the review stand apart, so that they are no amendment of what was signed.
    events.extend(
        document
            .entries(Container::Review)
            .into_iter()
            .filter(|e| e.fields.contains_key("after")),
    );
    let mut life = fold(machine_of(document)?, events, &|change| marks.holds_back(change));
    // What another machine knows is of no newer version: the kind of the case changed, and it is not legal here.
    for event in &mut life.events {
        if event.standing == Standing::Unknown && is_of_any_machine(&event.event)? {
            event.standing = Standing::Illegal {
                code: "state".to_owned(),
                missing: Vec::new(),
            };
        }
    }
    Ok(life)
}

fn is_of_any_machine(event: &str) -> Result<bool, CommandError> {
    let mut transitions = Catalog::built_in()?.machines.iter().flat_map(|m| &m.transitions);
    Ok(transitions.any(|t| t.event == *event))
}

/// Returns an inspection as one screen.
///
/// # Errors
/// [`CommandError::Kind`] when the record is no inspection.
pub fn inspection_view(document: &Document, place: &Place<'_>, marks: &Marks) -> Result<InspectionView, CommandError> {
    if document.genesis().kind != "inspection" {
        return Err(CommandError::Kind);
    }
    let shown = Shown::with(marks);
    let life = life(document, marks)?;
    let answers = Answers::of(document);
    let entries = shown.entries(document, &life);
    let rooms = answers.rooms(place, &shown, &entries);
    let mut contested = answers.contested(place, &shown);
    contested.extend(shown.contested_fields(document));
    let text = |key: &str| Field::read(document, Container::Fields, key).text().to_owned();
    let mut progress = answers.progress(place.questions);
    progress.contested = count(contested.len());
    Ok(InspectionView {
        record: document.id().to_string(),
        place: document.place().to_string(),
        task: text("task"),
        template: text("template"),
        inspection_kind: text("inspection_kind"),
        is_round: super::round::is_round(document, place.catalog),
        supersedes: text("supersedes"),
        superseded_by: super::review::superseded_by(&life),
        seen: document.heads().iter().map(ToString::to_string).collect(),
        edition: edition_of(document),
        edition_waiting: false,
        life: shown.life(document, &life)?,
        progress,
        rooms,
        absent: Answers::absent(place.questions),
        others: answers.others(place.questions, &shown),
        contested,
        entries,
        signatures: shown.signatures(document),
    })
}

/// Returns a defect as one screen.
///
/// # Errors
/// [`CommandError::Kind`] when the record is no defect.
pub fn defect_view(document: &Document, catalog: &Catalog, marks: &Marks) -> Result<DefectView, CommandError> {
    if document.genesis().kind != "defect" {
        return Err(CommandError::Kind);
    }
    let shown = Shown::with(marks);
    let life = life(document, marks)?;
    let field = |key: &str| shown.field(&Field::read(document, Container::Fields, key));
    let code = field("code");
    Ok(DefectView {
        record: document.id().to_string(),
        place: document.place().to_string(),
        seen: document.heads().iter().map(ToString::to_string).collect(),
        edition: edition_of(document),
        edition_waiting: false,
        text: catalog
            .defects
            .get(code.value.as_str())
            .map(|d| TextView::from(&d.text))
            .unwrap_or_default(),
        code,
        severity: field("severity"),
        room: field("room"),
        pin: field("pin"),
        description: document.prose("description"),
        inspection: field("inspection").value,
        question: field("question").value,
        part: field("component").value,
        duplicate_of: field("duplicate_of"),
        repair: super::repair_view::repair_view(&life),
        contested: shown.contested_fields(document),
        entries: shown.entries(document, &life),
        life: shown.life(document, &life)?,
    })
}

/// Turns parts of a document into parts of a view, with what the server says of each change.
pub(super) struct Shown<'a> {
    pub(super) marks: &'a Marks,
}

impl<'a> Shown<'a> {
    pub(super) const fn with(marks: &'a Marks) -> Self {
        Self { marks }
    }

    pub(super) fn author(&self, written: &Written) -> AuthorView {
        AuthorView {
            user: written.author.map(|a| a.user.to_string()).unwrap_or_default(),
            device: written.author.map(|a| a.device.to_string()).unwrap_or_default(),
            at_ms: written.at_ms,
            received_ms: self.marks.received.get(&written.change).copied(),
            change: written.change.to_string(),
            mark: self.marks.of(&written.change).to_owned(),
            relayed_by: self
                .marks
                .relayed
                .get(&written.change)
                .map(ToString::to_string)
                .unwrap_or_default(),
        }
    }

    fn candidate(&self, candidate: &Candidate) -> CandidateView {
        let by = candidate.by.iter().map(|w| self.author(w)).collect();
        CandidateView {
            value: candidate.value.to_string(),
            by,
        }
    }

    pub(super) fn field(&self, field: &Field) -> FieldView {
        let effective = field.effective.as_ref().map(|c| self.candidate(c)).unwrap_or_default();
        let contested = field.contested.iter().map(|c| self.candidate(c)).collect();
        FieldView {
            value: effective.value,
            by: effective.by,
            contested,
        }
    }

    pub(super) fn contested(&self, name: String, text: TextView, room: TextView, field: &Field) -> ContestedView {
        let FieldView { value, contested, .. } = self.field(field);
        ContestedView {
            field: name,
            text,
            room,
            value,
            candidates: contested,
        }
    }

    pub(super) fn contested_fields(&self, document: &Document) -> Vec<ContestedView> {
        let keys = document.values(Container::Fields).into_keys();
        let fields = keys.map(|key| (Field::read(document, Container::Fields, &key), key));
        let contested = fields.filter(|(field, _)| field.is_contested());
        let view = |(field, key): (Field, String)| {
            let text = words(&document.genesis().kind, &key).unwrap_or_else(|| TextView::alike(&key));
            self.contested(format!("fields/{key}"), text, TextView::default(), &field)
        };
        contested.map(view).collect()
    }

    pub(super) fn entries(&self, document: &Document, life: &Life) -> Vec<EntryShown> {
        let removed: BTreeSet<&str> = life
            .events
            .iter()
            .filter(|e| e.event == "removed")
            .filter_map(|e| e.facts.get("entry")?.as_text())
            .collect();
        let show = |entry: EntryView| EntryShown {
            kind: entry.text("type").to_owned(),
            facts: facts(&entry.fields),
            by: self.author(&entry.made),
            removed: removed.contains(entry.key.as_str()),
            key: entry.key,
        };
        document.entries(Container::Items).into_iter().map(show).collect()
    }

    pub(super) fn life(&self, document: &Document, life: &Life) -> Result<LifeView, CommandError> {
        Ok(self.life_of(machine_of(document)?, life))
    }

    pub(super) fn life_of(&self, machine: &Machine, life: &Life) -> LifeView {
        let events = life.events.iter().map(|event| {
            let (standing, missing) = match &event.standing {
                Standing::Legal => ("legal", Vec::new()),
                Standing::Neutral => ("neutral", Vec::new()),
                Standing::HeldBack => ("held_back", Vec::new()),
                Standing::Unknown => ("unknown", Vec::new()),
                Standing::Illegal { code, missing } if missing.is_empty() => ("illegal", vec![code.clone()]),
                Standing::Illegal { missing, .. } => ("illegal", missing.clone()),
            };
            EventView {
                id: event.id.clone(),
                event: event.event.clone(),
                facts: facts(&event.facts),
                by: self.author(&event.written),
                standing: standing.to_owned(),
                missing,
                concurrent: event.concurrent.clone(),
                state: event.state.clone(),
            }
        });
        let text = machine
            .state(&life.state)
            .map(|s| TextView::from(&s.text))
            .unwrap_or_default();
        LifeView {
            state: life.state.clone(),
            text,
            person: life.person.clone(),
            contested: life.contested.iter().map(|c| c.state.clone()).collect(),
            events: events.collect(),
        }
    }

    fn signatures(&self, document: &Document) -> Vec<SignatureView> {
        let entries: BTreeMap<String, EntryView> = document
            .entries(Container::Signatures)
            .into_iter()
            .map(|e| (e.key.clone(), e))
            .collect();
        let covered = coverage(document).into_iter();
        let view = |covers: super::Coverage| {
            let entry = entries.get(&covers.signature)?;
            let author = |hash: &crate::Hash| document.written(hash).map(|w| self.author(&w));
            Some(SignatureView {
                key: covers.signature.clone(),
                by: self.author(&entry.made),
                person: entry.text("person").to_owned(),
                refusal: entry.text("refusal").to_owned(),
                manifest: covers
                    .manifest
                    .as_ref()
                    .map(|m| m.hash().to_string())
                    .unwrap_or_default(),
                sound: covers.sound,
                not_covered: covers.not_covered.iter().filter_map(author).collect(),
                defects: covers.manifest.as_ref().map_or(0, |m| count(m.defects.len())),
            })
        };
        covered.filter_map(view).collect()
    }
}

fn facts(fields: &BTreeMap<String, Value>) -> Vec<FactView> {
    let apart = ["type", "by", "at", "after"];
    let told = fields.iter().filter(|(name, _)| !apart.contains(&name.as_str()));
    told.map(|(name, value)| FactView {
        name: name.clone(),
        value: value.to_string(),
    })
    .collect()
}

pub(super) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
