//! What the owner asks for in a visit becomes a record of its own, linked here: both or neither.

use super::super::defects::edition_for;
use super::super::record::{asker, genesis_of, parse, recorded, seen};
use super::super::views::Recorded;
use crate::{Client, ClientError, Recording};
use keyturn_domain::document::Genesis;
use keyturn_domain::record::case::{self, Report};
use keyturn_domain::record::defect::{self, Finding};
use keyturn_domain::record::visit::talk;
use keyturn_domain::record::{CommandError, Scene, pinned};
use keyturn_domain::schema::Field;
use keyturn_domain::{Container, Document, DocumentId, Write};

/// Something that the owner asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewRequest {
    /// `defect`, or the kind of a case: `enquiry`, `repair`, `complaint`, …
    pub kind: String,
    /// The owner's words.
    pub words: String,
    /// Code of the defect catalogue: needed for a defect, the ready phrase of a case.
    pub code: String,
    /// Severity; empty: that of the catalogue.
    pub severity: String,
    /// Code of the room, or `home`.
    pub room: String,
    /// What a case is about (group `complaint_category`), or nothing yet.
    pub category: String,
    /// Group `urgency`, or nothing yet.
    pub urgency: String,
    /// What they want (`complaint_profiles.json`), or nothing yet.
    pub wanted_outcome: String,
    /// Group `relation`, or nothing.
    pub relation: String,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requested {
    /// The new record.
    pub record: String,
    /// The visit.
    pub visit: Recorded,
}

pub(super) fn request(
    client: &Client,
    record: &str,
    heads: &[String],
    new: &NewRequest,
) -> Result<Requested, ClientError> {
    let visit = genesis_of(client, record)?;
    let (visit_id, seen): (DocumentId, _) = (parse(record, "record")?, seen(heads)?);
    let is_defect = new.kind == "defect";
    let of_visit = client.edition_of(&visit)?;
    let edition = if is_defect {
        edition_for(client, visit.project, Some(visit_id), &new.code)?
    } else {
        client.in_force(visit.project)?
    };
    let genesis = Genesis {
        document: DocumentId(client.new_id()),
        kind: if is_defect { "defect" } else { "case" }.to_owned(),
        ..visit.clone()
    };
    let (target, who) = asker(client, &genesis, true)?;
    let (begun, linked) = (client.stamp(), client.stamp());
    let draft = Document::begin(&genesis)?;
    let made = client.opened(visit_id, |document, _| -> Result<_, CommandError> {
        let text = |key: &str| Field::read(document, Container::Fields, key).text().to_owned();
        let page = Scene {
            document: &draft,
            seen: &[],
            catalog: &edition.catalog,
            who: &who,
            stamp: &begun,
        };
        let writes = if is_defect {
            defect::record(&draft, &[], &edition.catalog, &finding(new, visit_id))?
        } else {
            case::report(&page, &report(new, text("household"), text("met")))?
        };
        let scene = Scene {
            document,
            seen: &seen,
            catalog: &of_visit.catalog,
            stamp: &linked,
            ..page
        };
        let writes = pinned(writes, edition.number);
        Ok((writes, talk::request(&scene, genesis.document, &new.kind)?))
    })?;
    let (writes, link): (Vec<Write>, Write) = made.ok_or_else(|| ClientError::refused("unknown_record"))??;
    let (visit_target, _) = asker(client, &visit, false)?;
    // Both or neither: a request that no visit names would be found by nobody.
    let saved = client.records().record_all(vec![
        Recording {
            target,
            seen: Vec::new(),
            writes,
        },
        Recording {
            target: visit_target,
            seen: seen.clone(),
            writes: vec![link],
        },
    ])?;
    let last = saved.last().ok_or_else(|| ClientError::refused("unknown_record"))?;
    Ok(Requested {
        record: genesis.document.to_string(),
        visit: recorded(last, &seen),
    })
}

fn finding(new: &NewRequest, visit: DocumentId) -> Finding {
    Finding {
        code: new.code.clone(),
        severity: new.severity.clone(),
        room: new.room.clone(),
        description: new.words.clone(),
        inspection: Some(visit),
        ..Finding::default()
    }
}

fn report(new: &NewRequest, household: String, person: String) -> Report {
    Report {
        kind: new.kind.clone(),
        words: new.words.clone(),
        person,
        relation: new.relation.clone(),
        household,
        channel: "staff".to_owned(),
        received_ms: None,
        category: new.category.clone(),
        urgency: new.urgency.clone(),
        severity: new.severity.clone(),
        room: new.room.clone(),
        phrase: new.code.clone(),
        wanted_outcome: new.wanted_outcome.clone(),
    }
}
