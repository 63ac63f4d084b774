//! What a day consists of, and how much of it a phone shows.

use super::words;
use crate::failure::Failure;
use crate::words::Words;
use keyturn_client::facade::HouseholdView;
use keyturn_client::{Client, ClientError};
use keyturn_server::domain::record::view::{FieldView, InspectionView};
use keyturn_server::domain::record::visit::view::VisitView;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A kind of thing that people do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A home is inspected.
    Inspection,
    /// A question is answered, alone or with the rest of its room.
    Answer,
    /// A measured value.
    Reading,
    /// A photo is mentioned.
    Photo,
    /// A defect is recorded and submitted.
    Defect,
    /// The owner signs, or refuses to.
    Signature,
    /// A visit by its script.
    Visit,
    /// A question of the survey.
    Survey,
    /// A tag.
    Tag,
    /// A request that becomes a record.
    Request,
    /// A case: out of a visit, or reported for an owner.
    Case,
    /// A promise.
    Promise,
    /// A caller whom nobody knew.
    Person,
    /// A logged contact.
    Contact,
    /// An agreed time.
    Appointment,
}

impl Kind {
    /// All of them with their names, in the order of the table.
    pub const ALL: [(Self, Words); 15] = [
        (Self::Inspection, words::KIND_INSPECTION),
        (Self::Answer, words::KIND_ANSWER),
        (Self::Reading, words::KIND_READING),
        (Self::Photo, words::KIND_PHOTO),
        (Self::Defect, words::KIND_DEFECT),
        (Self::Signature, words::KIND_SIGNATURE),
        (Self::Visit, words::KIND_VISIT),
        (Self::Survey, words::KIND_SURVEY),
        (Self::Tag, words::KIND_TAG),
        (Self::Request, words::KIND_REQUEST),
        (Self::Case, words::KIND_CASE),
        (Self::Promise, words::KIND_PROMISE),
        (Self::Person, words::KIND_PERSON),
        (Self::Contact, words::KIND_CONTACT),
        (Self::Appointment, words::KIND_APPOINTMENT),
    ];
}

/// How much of each kind.
#[derive(Clone, Debug, Default)]
pub struct Counts(BTreeMap<Kind, u64>);

impl Counts {
    /// Counts some.
    pub fn add(&mut self, kind: Kind, n: usize) {
        *self.0.entry(kind).or_default() += n as u64;
    }

    /// Adds others.
    pub fn join(&mut self, other: &Self) {
        for (kind, n) in &other.0 {
            *self.0.entry(*kind).or_default() += n;
        }
    }

    /// How much of a kind.
    pub fn of(&self, kind: Kind) -> u64 {
        self.0.get(&kind).copied().unwrap_or(0)
    }
}

/// What one phone made and said that it saved.
#[derive(Clone, Debug, Default)]
pub struct Made {
    /// Records by kind and id.
    pub records: BTreeSet<(Kind, String)>,
    /// Rows by kind and id, with their home.
    pub rows: BTreeSet<(Kind, String, String)>,
    /// How much of each kind was done.
    pub done: Counts,
}

impl Made {
    /// Notes a record.
    pub fn record(&mut self, kind: Kind, id: &str) {
        self.records.insert((kind, id.to_owned()));
        self.done.add(kind, 1);
    }

    /// Notes a row in a home.
    pub fn row(&mut self, kind: Kind, id: String, place: &str) {
        self.rows.insert((kind, id, place.to_owned()));
        self.done.add(kind, 1);
    }

    /// Counts what of it another phone shows.
    ///
    /// # Errors
    /// What the client says.
    pub fn shown_by(&self, client: &Client) -> Result<Counts, Failure> {
        let mut there = Counts::default();
        for (kind, id) in &self.records {
            match kind {
                Kind::Inspection => held(client.inspections().open(id), |view| inspection(view, &mut there))?,
                Kind::Visit => held(client.visits().open(id), |screen| visit(&screen.visit, &mut there))?,
                Kind::Case => held(client.cases().open(id), |_| there.add(Kind::Case, 1))?,
                _ => held(client.defects().open(id), |_| there.add(Kind::Defect, 1))?,
            }
            if *kind == Kind::Case {
                let promises = client.promises().of_record(id);
                held(promises, |all| there.add(Kind::Promise, all.len()))?;
            }
        }
        let places: BTreeSet<&String> = self.rows.iter().map(|(.., place)| place).collect();
        for place in places {
            let view = client.people().household(place).map_err(|e| told(&e))?;
            let ids = ids(&view);
            for (kind, ..) in self
                .rows
                .iter()
                .filter(|row| row.2 == *place && ids.contains(row.1.as_str()))
            {
                there.add(*kind, 1);
            }
        }
        Ok(there)
    }
}

fn ids(view: &HouseholdView) -> BTreeSet<&str> {
    let persons = view.persons.iter().map(|it| it.person.as_str());
    let contacts = view.contacts.iter().map(|it| it.contact.as_str());
    let booked = view.appointments.iter().map(|it| it.appointment.as_str());
    persons.chain(contacts).chain(booked).collect()
}

fn inspection(view: &InspectionView, there: &mut Counts) {
    let said = |field: &FieldView| !field.value.is_empty();
    let questions = || view.rooms.iter().flat_map(|room| &room.questions);
    let readings = questions().flat_map(|q| &q.readings);
    there.add(Kind::Inspection, 1);
    there.add(Kind::Answer, questions().filter(|q| said(&q.result)).count());
    there.add(Kind::Reading, readings.filter(|r| said(&r.field)).count());
    there.add(Kind::Photo, view.entries.iter().filter(|e| e.kind == "photo").count());
    there.add(Kind::Signature, view.signatures.len());
}

fn visit(view: &VisitView, there: &mut Counts) {
    let asked = view.survey.first.iter().chain(&view.survey.more);
    there.add(Kind::Visit, 1);
    there.add(
        Kind::Survey,
        asked.filter(|q| q.skipped || !q.answer.value.is_empty()).count(),
    );
    there.add(Kind::Tag, view.tags.iter().filter(|tag| !tag.entry.is_empty()).count());
    there.add(Kind::Request, view.requests.len());
    there.add(Kind::Promise, view.promises.len());
}

/// Looks at what a phone holds; what it does not hold is counted as not there.
fn held<T>(shown: Result<T, ClientError>, count: impl FnOnce(&T)) -> Result<(), Failure> {
    match shown {
        Ok(view) => count(&view),
        Err(error) if is_missing(&error) => {}
        Err(error) => return Err(told(&error)),
    }
    Ok(())
}

/// The phone does not hold it.
pub fn is_missing(error: &ClientError) -> bool {
    ["unknown_record", "document_unknown"].contains(&error.code())
}

/// Says what a client says.
pub fn told(error: &ClientError) -> Failure {
    Failure::of_code(error.code(), error.to_string())
}
