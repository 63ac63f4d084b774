//! Lists, from projections and rows: functions over a connection, so that one screen is one read.

use super::context::Asked;
use super::views::{HomeCard, PromiseView, RecordCard, TaskCard};
use crate::ClientError;
use crate::records::edition;
use keyturn_domain::record::Projection;
use keyturn_domain::record::view::TextView;
use keyturn_domain::rows::{self, HomeRow, TaskRow, kind};
use keyturn_domain::{DocumentId, PlaceId, ProjectId};
use keyturn_store::{Connection, StoreError, changes, documents, outbox};
use std::collections::BTreeMap;
use uuid::Uuid;

/// States in which nothing more is to be done about a defect.
pub(super) const DONE: [&str; 5] = ["closed", "fixed_on_spot", "accept_as_is", "cancelled", "duplicate"];

pub(super) fn promise(conn: &Connection, document: Option<DocumentId>) -> Result<PromiseView, StoreError> {
    let counts = changes::promises(conn, document)?;
    let (stuck, stuck_code) = outbox::stuck_count(conn, document)?;
    let state = match counts {
        c if c.saved == 0 => "nothing",
        c if c.in_backup == c.saved => "in_backup",
        c if c.received == c.saved => "received",
        _ => "saved",
    };
    Ok(PromiseView {
        state: state.to_owned(),
        saved: counts.saved,
        received: counts.received,
        in_backup: counts.in_backup,
        marked: changes::marked(conn, document)?,
        stuck,
        stuck_code,
    })
}

pub(super) fn projection(listed: &documents::ListedDocument) -> Projection {
    Projection::from_bytes(&listed.projection).unwrap_or_default()
}

pub(super) fn record_card(conn: &Connection, listed: &documents::ListedDocument) -> Result<RecordCard, ClientError> {
    let shown = projection(listed);
    let edition = edition(conn, listed.genesis.project, Some(shown.edition))?;
    let known = edition.catalog.defects.get(shown.what.as_str());
    Ok(RecordCard {
        record: listed.genesis.document.to_string(),
        kind: listed.genesis.kind.clone(),
        place: listed.genesis.place.to_string(),
        text: known.map(|d| TextView::from(&d.text)).unwrap_or_default(),
        what: shown.what,
        state: listed.state.clone(),
        severity: shown.severity,
        room: shown.room,
        answered: shown.answered,
        defects: shown.defects,
        contested: listed.contested,
        irregular: shown.irregular,
        updated_ms: listed.updated_ms,
        promise: promise(conn, Some(listed.genesis.document))?,
    })
}

pub(super) fn home_card(
    conn: &Connection,
    place: Uuid,
    home: &HomeRow,
    may_write: bool,
) -> Result<HomeCard, StoreError> {
    let listed = documents::at_place(conn, PlaceId(place))?;
    let newest = listed
        .iter()
        .filter(|d| d.genesis.kind == "inspection")
        .max_by_key(|d| d.updated_ms);
    let open = |d: &&documents::ListedDocument| d.genesis.kind == "defect" && !DONE.contains(&d.state.as_str());
    Ok(HomeCard {
        place: place.to_string(),
        no: home.no.clone(),
        entrance: home.entrance,
        layout: home.layout.clone(),
        state: newest.map(|d| d.state.clone()).unwrap_or_default(),
        answered: newest.map(|d| projection(d).answered).unwrap_or_default(),
        open_defects: count(listed.iter().filter(open).count()),
        contested: listed.iter().map(|d| d.contested).sum(),
        may_write,
    })
}

/// `waiting`: the task as an intent of this phone will leave it.
pub(super) fn task_card(
    conn: &Connection,
    project: ProjectId,
    task: &TaskRow,
    waiting: Option<&TaskRow>,
    place_name: TextView,
) -> Result<TaskCard, ClientError> {
    let asked = Asked::of(conn, project, task.place, &task.template, task.template_version)?;
    let told = waiting.unwrap_or(task);
    let listed = documents::listed(conn, task.record)?;
    let shown = listed.as_ref().map(projection).unwrap_or_default();
    let surveyed = if task.is_told() && !task.survey.is_empty() {
        let visits = documents::of_project(conn, project, "visit")?;
        count(visits.iter().filter(|visit| visit.task == Some(task.id)).count())
    } else {
        0
    };
    Ok(TaskCard {
        task: task.id.to_string(),
        project: project.to_string(),
        kind: task.kind.clone(),
        place: task.place.to_string(),
        place_name,
        day: task.day.clone(),
        slot: task.slot.clone(),
        record: task.record.to_string(),
        record_kind: task.record_kind.clone(),
        state: listed.map_or_else(|| told.outcome().to_owned(), |d| d.state),
        reason: told.closed.as_ref().map(|c| c.reason.clone()).unwrap_or_default(),
        pending: waiting.is_some(),
        asked: asked.count(),
        edition_waiting: asked.is_waiting(),
        answered: shown.answered,
        surveyed,
        defects: shown.defects,
        contested: count(shown.contested.len()),
        promise: promise(conn, Some(task.record))?,
    })
}

/// All rows of a kind, typed; what this version cannot read is left out of the list and stays stored.
pub(super) fn rows_of<T: serde::de::DeserializeOwned>(
    conn: &Connection,
    project: ProjectId,
    of: &str,
) -> Result<BTreeMap<Uuid, T>, StoreError> {
    let all = keyturn_store::rows::of_kind(conn, project, of)?;
    Ok(all
        .into_iter()
        .filter_map(|row| Some((row.id, rows::read(&row.body)?)))
        .collect())
}

/// One row, typed.
pub(super) fn row<T: serde::de::DeserializeOwned>(
    conn: &Connection,
    project: ProjectId,
    of: &str,
    id: Uuid,
) -> Result<Option<T>, StoreError> {
    Ok(keyturn_store::rows::get(conn, project, of, id)?.and_then(|row| rows::read(&row.body)))
}

/// The name of a place: the unit number of a home, which is the same in both languages, or what a public place is called.
pub(super) fn place_name(conn: &Connection, project: ProjectId, place: PlaceId) -> Result<TextView, StoreError> {
    if let Some(home) = row::<HomeRow>(conn, project, kind::HOME, place.0)? {
        return Ok(TextView::alike(&home.no));
    }
    if place == PlaceId::public_places(project) {
        return Ok(rows::PlaceRow::all_of_them());
    }
    let public = row::<rows::PlaceRow>(conn, project, kind::PLACE, place.0)?;
    Ok(public.map(|p| TextView::from(&p.name)).unwrap_or_default())
}

pub(super) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
