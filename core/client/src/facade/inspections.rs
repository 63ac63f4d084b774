//! Inspections: one record as one screen, and every command on it.

use super::context;
use super::record::{asked, command, field, genesis_of, lineage, parse, seen};
use super::views::{BulkOutcome, LineageView, Recorded};
use crate::{Client, ClientError};
use keyturn_domain::catalog::{AnswerKey, BulkScope, Catalog, ResultCode};
use keyturn_domain::document::Genesis;
use keyturn_domain::record::inspection::{self, Signing};
use keyturn_domain::record::view::InspectionView;
use keyturn_domain::record::{ManifestDefect, Place, common, inspection_view, manifest};
use keyturn_domain::rows::{HomeRow, TaskRow, kind};
use keyturn_domain::{Document, DocumentId, Hash, Value};

/// A photo that the core has taken in: what the document says of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewPhoto {
    /// SHA-256 of the original.
    pub hash: String,
    /// `finding`, `overview`, `before`, `after`, `protection`, `clean`, `reading`, `paper`.
    pub kind: String,
    /// What it is about: the key of a question, or nothing.
    pub about: String,
    /// Claimed time of the shot.
    pub taken_ms: i64,
}

/// Commands and screens of inspections. Cheap to make; every call stands alone.
#[derive(Clone)]
pub struct Inspections(pub(crate) Client);

impl Inspections {
    /// Begins the record of a task, or goes on with it, and shows it.
    ///
    /// Idempotent. Two phones that begin the same task offline begin the same record.
    ///
    /// # Errors
    /// `unknown_task`, `no_grant`, `kind`, or a storage error; nothing was written then.
    pub fn begin(&self, task: &str) -> Result<InspectionView, ClientError> {
        let id: uuid::Uuid = parse(task, "task")?;
        let (genesis, task, layout) = self.0.look(|conn| {
            let (project, task) = context::task(conn, id)?.ok_or_else(|| ClientError::refused("unknown_task"))?;
            let home = super::lists::row::<HomeRow>(conn, project, kind::HOME, task.place.0)?;
            let record_kind = task.record_kind.clone();
            let genesis = Genesis {
                document: task.record,
                project,
                place: task.place,
                kind: record_kind,
            };
            Ok((genesis, task, home.map(|h| h.layout).unwrap_or_default()))
        })?;
        let heads = self.0.looked(genesis.document, Document::heads)?.unwrap_or_default();
        let edition = self.0.edition(genesis.project, Some(task.template_version))?;
        command(&self.0, &genesis, true, &heads, |ask| {
            let inspection_kind = kind_of(&edition.catalog, &task);
            inspection::start(
                ask.document,
                ask.seen,
                &task,
                &layout,
                inspection_kind,
                ask.who,
                &ask.stamp,
            )
        })?;
        self.open(&genesis.document.to_string())
    }

    /// Shows a record.
    ///
    /// # Errors
    /// `unknown_record` when this phone does not hold it.
    pub fn open(&self, record: &str) -> Result<InspectionView, ClientError> {
        let genesis = genesis_of(&self.0, record)?;
        let asked = asked(&self.0, &genesis)?;
        let shown = self.0.opened(genesis.document, |document, marks| {
            inspection_view(document, &asked.place(), marks)
        })?;
        let mut view = shown.ok_or_else(|| ClientError::refused("unknown_record"))??;
        view.edition_waiting = asked.is_waiting();
        Ok(view)
    }

    /// Answers one question: `ok`, `defect`, `not_applicable`, or `not_inspected` with a reason.
    ///
    /// # Errors
    /// `contested`, `unknown_question`, `unknown_code`, `missing`.
    pub fn answer(
        &self,
        record: &str,
        heads: &[String],
        question: &str,
        result: &str,
        reason: &str,
        reason_text: &str,
    ) -> Result<Recorded, ClientError> {
        let key: AnswerKey = parse(question, "question")?;
        let why = (!reason.is_empty()).then_some((reason, reason_text));
        self.ask(record, heads, |ask, place| {
            inspection::answer(ask.document, ask.seen, place, &key, &ResultCode::from(result), why)
        })
    }

    /// Enters a reading; none clears it.
    ///
    /// # Errors
    /// `contested`, `unknown_question`, `bad_value`.
    pub fn reading(
        &self,
        record: &str,
        heads: &[String],
        question: &str,
        reading: &str,
        n: u32,
        value: Option<f64>,
    ) -> Result<Recorded, ClientError> {
        let key: AnswerKey = parse(question, "question")?;
        self.ask(record, heads, |ask, place| {
            inspection::reading(ask.document, ask.seen, place, &key, reading, n, value)
        })
    }

    /// "The rest of this room is fine": never over a must-test item or an answer that the screen showed.
    ///
    /// # Errors
    /// `unknown_record`, `no_grant`.
    pub fn rest_is_fine(&self, record: &str, heads: &[String], room: &str) -> Result<BulkOutcome, ClientError> {
        let scope = BulkScope::Room(parse(room, "room")?);
        let mut outcome = None;
        let recorded = self.ask(record, heads, |ask, place| {
            let (writes, done) = inspection::rest_is_fine(ask.document, ask.seen, place, &scope)?;
            outcome = Some(done);
            Ok(writes)
        })?;
        let done = outcome.unwrap_or_default();
        let still_open = done.still_open.iter().map(ToString::to_string).collect();
        Ok(BulkOutcome {
            recorded,
            answered: super::lists::count(done.write.len()),
            still_open,
        })
    }

    /// Decides a contested field.
    ///
    /// # Errors
    /// `not_contested`; `bad_value` when the value is none of the candidates' type.
    pub fn settle(&self, record: &str, heads: &[String], name: &str, value: &str) -> Result<Recorded, ClientError> {
        settle(&self.0, record, heads, name, value)
    }

    /// "I looked too": confirms a value without changing it.
    ///
    /// # Errors
    /// `missing` when there is nothing to confirm.
    pub fn check(&self, record: &str, heads: &[String], name: &str) -> Result<Recorded, ClientError> {
        let (container, key) = field(name)?;
        self.ask(record, heads, |ask, _| {
            common::checked(ask.document, ask.seen, container, &key, ask.who, &ask.stamp).map(|w| vec![w])
        })
    }

    /// Adds a remark about a question, or about the whole.
    ///
    /// # Errors
    /// `missing` when it has no words.
    pub fn remark(&self, record: &str, heads: &[String], about: &str, text: &str) -> Result<Recorded, ClientError> {
        remark(&self.0, record, heads, about, text)
    }

    /// Mentions a photo.
    ///
    /// # Errors
    /// `bad_value` for another kind of photo.
    pub fn photo(&self, record: &str, heads: &[String], new: &NewPhoto) -> Result<Recorded, ClientError> {
        photo(&self.0, record, heads, new)
    }

    /// Records who is there: the id of a person's row, and the relation.
    ///
    /// # Errors
    /// `unknown_code`.
    pub fn present(
        &self,
        record: &str,
        heads: &[String],
        person: &str,
        relation: &str,
    ) -> Result<Recorded, ClientError> {
        self.ask(record, heads, |ask, place| {
            inspection::present(place.catalog, person, relation, ask.who, &ask.stamp).map(|w| vec![w])
        })
    }

    /// Ticks what was shown to the owner.
    ///
    /// # Errors
    /// `unknown_code`.
    pub fn demonstrated(&self, record: &str, heads: &[String], code: &str) -> Result<Recorded, ClientError> {
        self.ask(record, heads, |ask, place| {
            inspection::demonstrated(place.catalog, code, ask.who, &ask.stamp).map(|w| vec![w])
        })
    }

    /// Records keys handed over (`key`) or the state of a meter (`meter`).
    ///
    /// # Errors
    /// `bad_value`.
    pub fn count(&self, record: &str, heads: &[String], of: &str, what: &str, n: f64) -> Result<Recorded, ClientError> {
        self.ask(record, heads, |ask, _| {
            inspection::count(of, what, n, ask.who, &ask.stamp).map(|w| vec![w])
        })
    }

    /// Takes a photo or remark out of sight; it stays in the record.
    ///
    /// # Errors
    /// `unknown_entry`.
    pub fn remove(&self, record: &str, heads: &[String], entry: &str, reason: &str) -> Result<Recorded, ClientError> {
        self.ask(record, heads, |ask, _| {
            common::remove(ask.document, ask.seen, entry, reason, ask.who, &ask.stamp).map(|w| vec![w])
        })
    }

    /// Signs what is shown, with every defect that this inspection lists; `refusal` says why nobody signed.
    ///
    /// # Errors
    /// `illegal` with the guards that are missing: must-test items, reasons.
    pub fn sign(
        &self,
        record: &str,
        heads: &[String],
        image: &str,
        person: &str,
        refusal: &str,
    ) -> Result<Recorded, ClientError> {
        let how = if refusal.is_empty() {
            Signing::Signed {
                image: parse(image, "image")?,
                person: person.to_owned(),
            }
        } else {
            Signing::Refused {
                reason: refusal.to_owned(),
            }
        };
        let id: DocumentId = parse(record, "record")?;
        let linked = self.0.looked(id, linked_defects)?.unwrap_or_default();
        let mut defects = Vec::new();
        for defect in linked {
            let heads = self.0.looked(defect, Document::heads)?.unwrap_or_default();
            defects.push(ManifestDefect { defect, heads });
        }
        self.ask(record, heads, |ask, place| {
            let list = manifest(ask.document, ask.seen, defects)?;
            inspection::sign(ask.document, ask.seen, place, &how, &list, ask.who, &ask.stamp)
        })
    }

    /// Returns every value that a field ever had: why does it look like this?
    ///
    /// # Errors
    /// A storage error.
    pub fn lineage(&self, record: &str, name: &str) -> Result<Vec<LineageView>, ClientError> {
        lineage(&self.0, record, name)
    }

    fn ask(
        &self,
        record: &str,
        heads: &[String],
        make: impl FnOnce(
            &super::record::Asking<'_>,
            &Place<'_>,
        ) -> Result<Vec<keyturn_domain::Write>, keyturn_domain::record::CommandError>,
    ) -> Result<Recorded, ClientError> {
        let genesis = genesis_of(&self.0, record)?;
        let asked = asked(&self.0, &genesis)?;
        command(&self.0, &genesis, false, &seen(heads)?, |ask| make(ask, &asked.place()))
    }
}

/// The inspection kind of a task: `handover_inspection` is a `handover`.
/// The kind that the rule of a task names; of a task without a rule the one that its own kind begins with.
fn kind_of<'a>(catalog: &'a Catalog, task: &TaskRow) -> &'a str {
    let rule = catalog.task_rules.get(task.rule.as_str());
    let by_rule = rule
        .and_then(|rule| rule.inspection_kind.as_ref())
        .map(|kind| kind.as_str());
    let known = catalog.codes.group("inspection_kind").iter();
    let mut alike = known
        .filter(|code| task.kind.starts_with(code.code.as_str()))
        .map(|code| code.code.as_str());
    by_rule.or_else(|| alike.next()).unwrap_or("handover")
}

fn linked_defects(document: &keyturn_domain::Document) -> Vec<DocumentId> {
    let entries = document.entries(keyturn_domain::Container::Items);
    entries
        .iter()
        .filter(|e| e.text("type") == "defect")
        .filter_map(|e| e.text("defect").parse().ok())
        .collect()
}

pub(super) fn settle(
    client: &Client,
    record: &str,
    heads: &[String],
    name: &str,
    value: &str,
) -> Result<Recorded, ClientError> {
    let genesis = genesis_of(client, record)?;
    let (container, key) = field(name)?;
    command(client, &genesis, false, &seen(heads)?, |ask| {
        // The decision is one of the candidates, with its own type, or words.
        let candidates = ask.document.candidates_seen(ask.seen, container, &key)?;
        let chosen = candidates.into_iter().map(|c| c.value).find(|v| v.to_string() == value);
        let value = chosen.unwrap_or_else(|| value.parse().map_or_else(|_| Value::from(value), Value::Float));
        common::settle(ask.document, ask.seen, container, &key, value, ask.who, &ask.stamp)
    })
}

pub(super) fn remark(
    client: &Client,
    record: &str,
    heads: &[String],
    about: &str,
    text: &str,
) -> Result<Recorded, ClientError> {
    let genesis = genesis_of(client, record)?;
    command(client, &genesis, false, &seen(heads)?, |ask| {
        let facts = common::facts([("about", about.into()), ("text", text.into())]);
        common::entry("remark", facts, ask.who, &ask.stamp).map(|w| vec![w])
    })
}

pub(super) fn photo(client: &Client, record: &str, heads: &[String], new: &NewPhoto) -> Result<Recorded, ClientError> {
    let genesis = genesis_of(client, record)?;
    let hash: Hash = parse(&new.hash, "hash")?;
    command(client, &genesis, false, &seen(heads)?, |ask| {
        common::photo(&hash, &new.kind, &new.about, new.taken_ms, ask.who, &ask.stamp).map(|w| vec![w])
    })
}
