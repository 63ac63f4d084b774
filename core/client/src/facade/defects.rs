//! Defects: recorded where they are found, then a life of events.

use super::context;
use super::inspections::{NewPhoto, photo, remark, settle};
use super::lists::record_card;
use super::record::{asker, command, genesis_of, lineage, on_scene, parse, recorded, seen};
use super::terms::{regraded, terms_of};
use super::views::{LineageView, RecordCard, Recorded};
use crate::{Client, ClientError, Recording};
use keyturn_domain::catalog::edition::Edition;
use keyturn_domain::document::Genesis;
use keyturn_domain::record::view::{DefectView, FactView};
use keyturn_domain::record::{common, defect, defect_view, edition_of, inspection, pinned};
use keyturn_domain::{Document, DocumentId, PlaceId, ProjectId, Value};

/// What is known when a defect is recorded; only place and code are needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewDefect {
    /// Where.
    pub place: String,
    /// Catalogue code.
    pub code: String,
    /// Severity; empty: that of the catalogue.
    pub severity: String,
    /// Code of the room, or `home`.
    pub room: String,
    /// Words.
    pub description: String,
    /// The inspection in which it was found, or nothing; it then lists the defect.
    pub inspection: String,
    /// The question that it answers, or nothing.
    pub question: String,
    /// Where on the plan, in parts per 10,000: both or none.
    pub pin: Vec<i64>,
}

/// Commands and screens of defects.
#[derive(Clone)]
pub struct Defects(pub(crate) Client);

impl Defects {
    /// Records a defect, and links it to its inspection.
    ///
    /// # Errors
    /// `unknown_place`, `unknown_code`, `bad_value`, `no_grant`.
    pub fn record(&self, new: &NewDefect) -> Result<Recorded, ClientError> {
        let (_, recordings) = begin_defect(&self.0, new)?;
        // Both or neither: a defect that no list names would be found by nobody.
        let saved = self.0.records().record_all(recordings)?;
        let first = saved.first().ok_or_else(|| ClientError::refused("unknown_record"))?;
        Ok(recorded(first, &[]))
    }

    /// Shows a defect with its life.
    ///
    /// # Errors
    /// `unknown_record` when this phone does not hold it.
    pub fn open(&self, record: &str) -> Result<DefectView, ClientError> {
        let genesis = genesis_of(&self.0, record)?;
        let edition = self.0.edition_of(&genesis)?;
        let shown = self.0.opened(genesis.document, |document, marks| {
            defect_view(document, &edition.catalog, marks)
        })?;
        let mut view = shown.ok_or_else(|| ClientError::refused("unknown_record"))??;
        view.edition_waiting = edition.waiting;
        Ok(view)
    }

    /// Lists the defects of a place, the newest first.
    ///
    /// # Errors
    /// A storage error.
    pub fn at(&self, place: &str) -> Result<Vec<RecordCard>, ClientError> {
        let place: PlaceId = parse(place, "place")?;
        self.0.look(|conn| {
            let mut listed = keyturn_store::documents::at_place(conn, place)?;
            listed.retain(|d| d.genesis.kind == "defect");
            listed.sort_by_key(|d| std::cmp::Reverse(d.updated_ms));
            listed.iter().map(|d| record_card(conn, d)).collect()
        })
    }

    /// Makes the description read like this; what others typed elsewhere in it stays.
    ///
    /// # Errors
    /// `unknown_record`, `stale_screen`.
    pub fn describe(&self, record: &str, heads: &[String], text: &str) -> Result<Recorded, ClientError> {
        let genesis = genesis_of(&self.0, record)?;
        command(&self.0, &genesis, false, &seen(heads)?, |_| {
            Ok(vec![defect::describe(text)])
        })
    }

    /// Changes the severity; of a defect that was handed in, its targets become those of the new one, from now.
    ///
    /// # Errors
    /// `contested`, `unknown_code`.
    pub fn severity(&self, record: &str, heads: &[String], severity: &str) -> Result<Recorded, ClientError> {
        let genesis = genesis_of(&self.0, record)?;
        let terms = regraded(&self.0, &genesis, severity)?;
        on_scene(&self.0, record, heads, |scene| defect::regrade(scene, severity, &terms))
    }

    /// Moves the pin on the plan.
    ///
    /// # Errors
    /// `contested`, `bad_value`.
    pub fn pin(&self, record: &str, heads: &[String], x: i64, y: i64) -> Result<Recorded, ClientError> {
        let genesis = genesis_of(&self.0, record)?;
        command(&self.0, &genesis, false, &seen(heads)?, |ask| {
            defect::pin(ask.document, ask.seen, (x, y)).map(|w| vec![w])
        })
    }

    /// Hands the defect in: room, code, and a photo or the reason why there is none; with targets and warranty as the
    /// rules say today.
    ///
    /// # Errors
    /// `illegal` with what is missing.
    pub fn submit(&self, record: &str, heads: &[String], no_photo_reason: &str) -> Result<Recorded, ClientError> {
        let genesis = genesis_of(&self.0, record)?;
        let terms = terms_of(&self.0, &genesis)?;
        command(&self.0, &genesis, false, &seen(heads)?, |ask| {
            defect::submit(ask.document, ask.seen, no_photo_reason, &terms, ask.who, &ask.stamp).map(|w| vec![w])
        })
    }

    /// Records an event of its life with the facts that its guards ask for.
    ///
    /// Values `true` and `false` are flags, whole numbers are numbers, all others are text.
    ///
    /// # Errors
    /// `illegal` with the state and what is missing.
    pub fn event(
        &self,
        record: &str,
        heads: &[String],
        event: &str,
        facts: &[FactView],
    ) -> Result<Recorded, ClientError> {
        let genesis = genesis_of(&self.0, record)?;
        let carries = facts.iter().map(|f| (f.name.clone(), value_of(&f.value))).collect();
        command(&self.0, &genesis, false, &seen(heads)?, |ask| {
            common::event(ask.document, ask.seen, event, carries, ask.who, &ask.stamp).map(|w| vec![w])
        })
    }

    /// Decides a contested field.
    ///
    /// # Errors
    /// `not_contested`.
    pub fn settle(&self, record: &str, heads: &[String], name: &str, value: &str) -> Result<Recorded, ClientError> {
        settle(&self.0, record, heads, name, value)
    }

    /// Adds a remark.
    ///
    /// # Errors
    /// `missing` when it has no words.
    pub fn remark(&self, record: &str, heads: &[String], text: &str) -> Result<Recorded, ClientError> {
        remark(&self.0, record, heads, "", text)
    }

    /// Mentions a photo.
    ///
    /// # Errors
    /// `bad_value` for another kind of photo.
    pub fn photo(&self, record: &str, heads: &[String], new: &NewPhoto) -> Result<Recorded, ClientError> {
        photo(&self.0, record, heads, new)
    }

    /// Returns every value that a field ever had.
    ///
    /// # Errors
    /// A storage error.
    pub fn lineage(&self, record: &str, name: &str) -> Result<Vec<LineageView>, ClientError> {
        lineage(&self.0, record, name)
    }
}

/// Prepares a new defect, and the link from its inspection: to be saved together.
pub(super) fn begin_defect(client: &Client, new: &NewDefect) -> Result<(Genesis, Vec<Recording>), ClientError> {
    let place: PlaceId = parse(&new.place, "place")?;
    let inspection: Option<DocumentId> = if new.inspection.is_empty() {
        None
    } else {
        Some(parse(&new.inspection, "inspection")?)
    };
    let pin = match new.pin.as_slice() {
        [] => None,
        [x, y] => Some((*x, *y)),
        _ => return Err(ClientError::Input("pin")),
    };
    let project =
        client.look(|conn| context::project_of(conn, place)?.ok_or_else(|| ClientError::refused("unknown_place")))?;
    let genesis = Genesis {
        document: DocumentId(client.new_id()),
        project,
        place,
        kind: "defect".to_owned(),
    };
    let finding = defect::Finding {
        code: new.code.clone(),
        severity: new.severity.clone(),
        room: new.room.clone(),
        description: new.description.clone(),
        inspection,
        question: new.question.clone(),
        pin,
    };
    let (target, _) = asker(client, &genesis, true)?;
    let draft = Document::begin(&genesis)?;
    let edition = edition_for(client, project, inspection, &new.code)?;
    let writes = pinned(defect::record(&draft, &[], &edition.catalog, &finding)?, edition.number);
    let mut recordings = vec![Recording {
        target,
        seen: Vec::new(),
        writes,
    }];
    if let Some(inspection) = inspection {
        let (target, who) = asker(client, &genesis_of(client, &new.inspection)?, false)?;
        let seen = client.looked(inspection, Document::heads)?.unwrap_or_default();
        let link = inspection::link_defect(genesis.document, &new.question, &who, &client.stamp())?;
        recordings.push(Recording {
            target,
            seen,
            writes: vec![link],
        });
    }
    Ok((genesis, recordings))
}

/// The edition that a new defect is begun with: that of the record in which it was found, whose checklist names its code;
/// else the one in force.
pub(super) fn edition_for(
    client: &Client,
    project: ProjectId,
    found_in: Option<DocumentId>,
    code: &str,
) -> Result<Edition, ClientError> {
    let parent = match found_in {
        Some(record) => client.looked(record, edition_of)?,
        None => None,
    };
    if let Some(pinned) = parent {
        let edition = client.edition(project, Some(pinned))?;
        if edition.catalog.defects.contains_key(code) {
            return Ok(edition);
        }
    }
    client.in_force(project)
}

fn value_of(text: &str) -> Value {
    match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => text.parse().map_or_else(|_| Value::from(text), Value::Int),
    }
}
