//! What people record, by the commands of the domain.

mod case;
mod defect;
pub mod rows;
mod visit;

use crate::harness::{Home, catalog, questions};
use keyturn_domain::catalog::{AnswerKey, BulkScope, Question, Questions, ResultCode};
use keyturn_domain::document::Genesis;
use keyturn_domain::record::inspection::{self, Signing};
use keyturn_domain::record::review::{self, Successor};
use keyturn_domain::record::{CommandError, Marks, Place, Stamp, Who, common, life, manifest};
use keyturn_domain::schema::Field;
use keyturn_domain::{Container, Document, DocumentId, Hash, Write};
use rand::Rng;
use rand::rngs::StdRng;

/// What somebody does at a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Edit {
    Answer,
    Reading,
    Bulk,
    Remark,
    Photo,
    Caption,
    Present,
    Count,
    Demonstrated,
    Settle,
    Checked,
    Remove,
    Sign,
    AfterSigning,
    Defect,
    Severity,
    Pin,
    Describe,
    Submit,
    Event,
    Promise,
    Report,
    Case,
    Visit,
    Survey,
    Said,
    Tag,
    Trespass,
}

/// The kind of record that an edit is made in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Of {
    Inspection,
    Defect,
    Case,
    Visit,
}

impl Edit {
    /// Picks one; what is done often in life is picked often.
    #[must_use]
    pub fn random(rng: &mut StdRng) -> Self {
        match rng.random_range(0..84) {
            0..20 => Self::Answer,
            20..23 => Self::Reading,
            23..25 => Self::Bulk,
            25..28 => Self::Remark,
            28..31 => Self::Photo,
            31 => Self::Caption,
            32 => Self::Present,
            33 => Self::Count,
            34 => Self::Demonstrated,
            35..40 => Self::Settle,
            40 => Self::Checked,
            41 => Self::Remove,
            42 | 43 => Self::Sign,
            44..48 => Self::Defect,
            48..50 => Self::Severity,
            50 => Self::Pin,
            51..54 => Self::Describe,
            54..56 => Self::Submit,
            56 | 57 => Self::Event,
            58 => Self::AfterSigning,
            59 => Self::Trespass,
            60..63 => Self::Promise,
            63..67 => Self::Report,
            67..74 => Self::Case,
            74..79 => Self::Visit,
            79..81 => Self::Survey,
            81 => Self::Tag,
            _ => Self::Said,
        }
    }

    /// How it is counted.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Answer => "edit: answer",
            Self::Reading => "edit: reading",
            Self::Bulk => "edit: bulk ok",
            Self::Remark => "edit: remark",
            Self::Photo => "edit: photo",
            Self::Caption => "edit: caption",
            Self::Present => "edit: present",
            Self::Count => "edit: count",
            Self::Demonstrated => "edit: demonstrated",
            Self::Settle => "edit: settle",
            Self::Checked => "edit: checked",
            Self::Remove => "edit: remove",
            Self::Sign => "edit: sign",
            Self::AfterSigning => "edit: after signing",
            Self::Defect => "edit: defect",
            Self::Severity => "edit: severity",
            Self::Pin => "edit: pin",
            Self::Describe => "edit: describe",
            Self::Submit => "edit: submit",
            Self::Event => "edit: event",
            Self::Promise => "edit: promise",
            Self::Report => "edit: report",
            Self::Case => "edit: case",
            Self::Visit => "edit: visit",
            Self::Survey => "edit: survey",
            Self::Said => "edit: said",
            Self::Tag => "edit: tag",
            Self::Trespass => "edit: where one may not",
        }
    }

    /// Returns the kind of record that it is made in.
    #[must_use]
    pub const fn of(self) -> Of {
        match self {
            Self::Severity | Self::Pin | Self::Describe | Self::Submit | Self::Event | Self::Defect => Of::Defect,
            Self::Promise | Self::Report | Self::Case => Of::Case,
            Self::Visit | Self::Survey | Self::Said | Self::Tag => Of::Visit,
            _ => Of::Inspection,
        }
    }

    /// Tells whether it begins a record of its own.
    #[must_use]
    pub const fn begins(self) -> bool {
        matches!(self, Self::Defect | Self::Report)
    }
}

/// What a screen knows.
pub struct Screen<'a> {
    /// The home.
    pub home: &'a Home,
    /// Who stands in it.
    pub who: Who,
    /// When, and the next random key.
    pub stamp: Stamp,
    /// A number that chooses among what there is.
    pub pick: u32,
    /// A word that nobody used before.
    pub word: String,
    /// The heads that the screen was drawn from.
    pub seen: Vec<Hash>,
}

impl Screen<'_> {
    fn questions(&self) -> &'static Questions {
        questions(&self.home.layout)
    }

    fn place(&self) -> Place<'static> {
        let catalog = catalog();
        let project = &catalog.demo.project;
        let limits = catalog
            .tolerances
            .choose(project.tolerance_ruleset.as_str(), project.tolerance_grade);
        Place {
            catalog,
            questions: self.questions(),
            limits,
        }
    }

    fn chosen<'a, T>(&self, all: &'a [T]) -> Option<&'a T> {
        let n = all.len().max(1);
        all.get(self.pick as usize % n)
    }

    /// Most answers go to few questions, so that people disagree.
    fn question(&self) -> &'static Question {
        let asked = &self.questions().asked;
        let few = if self.pick.is_multiple_of(4) { asked.len() } else { 6 };
        &asked[(self.pick / 7) as usize % few]
    }

    fn key(&self) -> AnswerKey {
        self.question().key.clone()
    }

    /// Returns the writes of an edit in an inspection, the start of it included when it has not begun.
    ///
    /// # Errors
    /// Why the app would refuse it.
    pub fn inspect(&self, document: &Document, edit: Edit) -> Result<Vec<Write>, CommandError> {
        let mut writes = self.start(document)?;
        writes.extend(self.in_inspection(document, edit)?);
        Ok(writes)
    }

    fn start(&self, document: &Document) -> Result<Vec<Write>, CommandError> {
        if !["engineer", "ambassador"].contains(&self.who.role.as_str()) {
            return Ok(Vec::new());
        }
        let stamp = Stamp {
            key: format!("{}s", self.stamp.key),
            ..self.stamp.clone()
        };
        let (task, layout) = (&self.home.task, &self.home.layout);
        inspection::start(document, &self.seen, task, layout, "handover", &self.who, &stamp)
    }

    fn in_inspection(&self, document: &Document, edit: Edit) -> Result<Vec<Write>, CommandError> {
        let (seen, who, stamp, place) = (&self.seen, &self.who, &self.stamp, self.place());
        let one = |write: Write| Ok(vec![write]);
        match edit {
            Edit::Reading => self.reading(document),
            Edit::Bulk => {
                let room = self.question().key.room.clone();
                inspection::rest_is_fine(document, seen, &place, &BulkScope::Room(room)).map(|(writes, _)| writes)
            }
            Edit::Remark => one(self.remark()?),
            Edit::Photo => one(self.photo()?),
            Edit::Caption => self.caption(document),
            Edit::Present => one(inspection::present(place.catalog, &self.word, "owner", who, stamp)?),
            Edit::Count => one(inspection::count(
                "meter",
                &self.word,
                f64::from(self.pick % 1_000),
                who,
                stamp,
            )?),
            Edit::Demonstrated => {
                let code = self.chosen(&place.catalog.demonstrations).ok_or(CommandError::Kind)?;
                one(inspection::demonstrated(place.catalog, code.code.as_str(), who, stamp)?)
            }
            Edit::Settle => self.settle(document, Container::Answers),
            Edit::Checked => {
                let key = format!("{}/result", self.key());
                one(common::checked(document, seen, Container::Answers, &key, who, stamp)?)
            }
            Edit::Remove => self.remove(document),
            Edit::Sign => self.sign(document),
            Edit::AfterSigning => self.after_signing(document),
            _ => self.answer(document),
        }
    }

    fn answer(&self, document: &Document) -> Result<Vec<Write>, CommandError> {
        let (result, reason) = match self.pick % 5 {
            0 | 1 => (ResultCode::Ok, None),
            2 => (ResultCode::Defect, None),
            3 => (ResultCode::NotApplicable, None),
            _ => (ResultCode::NotInspected, Some(("other", self.word.as_str()))),
        };
        inspection::answer(document, &self.seen, &self.place(), &self.key(), &result, reason)
    }

    fn reading(&self, document: &Document) -> Result<Vec<Write>, CommandError> {
        let with: Vec<(&Question, &str)> = self
            .questions()
            .asked
            .iter()
            .filter_map(|q| {
                let first = q.item.readings().iter().find(|r| r.formula.is_none())?;
                Some((q, first.code.as_str()))
            })
            .take(4)
            .collect();
        let (question, code) = self.chosen(&with).ok_or(CommandError::Kind)?;
        let value = f64::from(self.pick % 50);
        inspection::reading(document, &self.seen, &self.place(), &question.key, code, 1, Some(value))
    }

    fn remark(&self) -> Result<Write, CommandError> {
        let facts = common::facts([("text", self.word.as_str().into())]);
        common::entry("remark", facts, &self.who, &self.stamp)
    }

    fn photo(&self) -> Result<Write, CommandError> {
        let hash = Hash::of(self.word.as_bytes());
        let about = self.key().to_string();
        common::photo(&hash, "finding", &about, self.stamp.at_ms, &self.who, &self.stamp)
    }

    fn caption(&self, document: &Document) -> Result<Vec<Write>, CommandError> {
        let shown = document.as_seen(&self.seen)?;
        let photos: Vec<_> = shown
            .entries(Container::Items)
            .into_iter()
            .filter(|e| e.text("type") == "photo")
            .collect();
        let photo = self.chosen(&photos).ok_or(CommandError::Kind)?;
        Ok(vec![Write::PutIn {
            container: Container::Items,
            key: photo.key.clone(),
            field: "caption".into(),
            value: self.word.as_str().into(),
        }])
    }

    fn remove(&self, document: &Document) -> Result<Vec<Write>, CommandError> {
        let entries = document.as_seen(&self.seen)?.entries(Container::Items);
        let entry = self.chosen(&entries).ok_or(CommandError::Kind)?;
        let gone = common::remove(document, &self.seen, &entry.key, &self.word, &self.who, &self.stamp)?;
        Ok(vec![gone])
    }

    fn settle(&self, document: &Document, container: Container) -> Result<Vec<Write>, CommandError> {
        let shown = document.as_seen(&self.seen)?;
        let contested: Vec<(String, Field)> = shown
            .scalars(container)
            .into_iter()
            .filter(|(_, candidates)| candidates.len() > 1)
            .map(|(key, _)| (key.clone(), Field::read(&shown, container, &key)))
            .filter(|(_, field)| field.is_contested())
            .collect();
        let (key, field) = self.chosen(&contested).ok_or(CommandError::Kind)?;
        let value = self.chosen(&field.contested).ok_or(CommandError::Kind)?.value.clone();
        common::settle(document, &self.seen, container, key, value, &self.who, &self.stamp)
    }

    /// The next step of what was signed: the receipt, the review, the lock, now and then a new version.
    fn after_signing(&self, document: &Document) -> Result<Vec<Write>, CommandError> {
        let scene = self.scene(document);
        let stands = life(&*document.as_seen(&self.seen)?, &Marks::default())?;
        match stands.state.as_str() {
            "synced" | "reviewed" if self.pick.is_multiple_of(5) => {
                let next = Successor {
                    record: review::next_version(document.id()),
                    signature: self.word.clone(),
                };
                review::supersede(&scene, &next, &self.word)
            }
            "synced" => review::review(&scene, &self.word),
            "reviewed" => review::lock(&scene),
            // What a phone was told of receipts is no part of the record.
            _ => review::countersign(&scene, &|_, _| true, None),
        }
    }

    /// Answers what must be tested, and signs, in one go.
    fn sign(&self, document: &Document) -> Result<Vec<Write>, CommandError> {
        let mut writes = Vec::new();
        let shown = document.as_seen(&self.seen)?;
        for question in self.questions().asked.iter().filter(|q| q.item.must_test) {
            let field = inspection::result(&shown, &question.key);
            if field.effective.is_none() {
                let key = &question.key;
                let answer = inspection::answer(document, &self.seen, &self.place(), key, &ResultCode::Ok, None);
                writes.extend(answer?);
            }
        }
        if !writes.is_empty() {
            return Ok(writes);
        }
        let list = manifest(document, &self.seen, Vec::new())?;
        let how = if self.pick.is_multiple_of(2) {
            Signing::Refused {
                reason: self.word.clone(),
            }
        } else {
            Signing::Signed {
                image: Hash::of(self.word.as_bytes()),
                person: self.word.clone(),
            }
        };
        inspection::sign(document, &self.seen, &self.place(), &how, &list, &self.who, &self.stamp)
    }
}

/// What a new record of a kind is, in a home.
#[must_use]
pub fn new_record(of: Of, home: &Home, project: keyturn_domain::ProjectId, document: DocumentId) -> Genesis {
    let kind = match of {
        Of::Inspection => "inspection",
        Of::Defect => "defect",
        Of::Case => "case",
        Of::Visit => "visit",
    };
    Genesis {
        document,
        project,
        place: home.place,
        kind: kind.into(),
    }
}
