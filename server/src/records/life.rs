//! What is told of one place: its life, and its warranty.

use super::ask::Id;
use super::list::{DOCUMENTS, item};
use super::page::Select;
use super::people::keys;
use super::reach::Reach;
use super::rows::FACTS;
use crate::Error;
use crate::db::{AnyConnection, AnyRow, bytes, id, text};
use crate::editions::{Shelf, edition};
use crate::http::Caller;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use keyturn_domain::record::timeline::{Timeline, TimelineView};
use keyturn_domain::record::view::TextView;
use keyturn_domain::rows::{
    self, AppointmentRow, ContactRow, HomeRow, MilestoneRow, NoticeCopyRow, NoticeRow, PlaceRow, ProjectRow,
    SalesPromiseRow, kind,
};
use keyturn_domain::rules::{HomeFacts, WarrantyView, warranty_view};
use keyturn_domain::{DocumentId, PlaceId, ProjectId, ScopeId};
use keyturn_protocol::Code;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// A place that the login reads.
struct Seen {
    place: PlaceId,
    project: ProjectId,
    name: TextView,
}

/// Finds a place within reach: somebody who holds no scope there does not learn that it is there.
async fn seen(conn: &mut AnyConnection, reach: &Reach, place: Uuid) -> Result<Seen, Error> {
    let row = Select::new(FACTS).and_id("id =", Some(place)).within(reach);
    let found = row.all(conn).await?;
    let row = found.first().ok_or(Code::NotFound)?;
    let (of, body) = (text(row, "kind")?, bytes(row, "body")?);
    let name = match of.as_str() {
        kind::HOME => rows::read::<HomeRow>(&body).map(|home| TextView::alike(&home.no)),
        kind::PLACE => rows::read::<PlaceRow>(&body).map(|place| TextView::from(&place.name)),
        _ => None,
    };
    Ok(Seen {
        place: PlaceId(place),
        project: id(row, "project", ProjectId::from_bytes)?,
        name: name.ok_or(Code::NotFound)?,
    })
}

/// `GET /api/v1/places/{id}/timeline`: the life of a home or public place, the last contact first.
pub async fn timeline(
    State(state): State<AppState>,
    Caller(login): Caller,
    Id(place): Id,
) -> Result<Json<TimelineView>, Error> {
    let reach = Reach::of(&login, state.now());
    let mut tx = state.db.begin_read().await?;
    let seen = seen(&mut tx, &reach, place).await?;
    let in_force = edition(&mut tx, seen.project, None).await?;
    let mut life = Timeline::new(in_force.catalog, state.now());
    let mut shelf = Shelf::default();
    for row in records_at(&mut tx, &reach, place).await? {
        let item = item(&row)?;
        let edition = shelf.get(&mut tx, seen.project, item.projection.edition).await?;
        life.record(
            &edition.catalog,
            DocumentId(item.id),
            item.projection.updated_ms,
            &item.projection,
        );
    }
    let found = rows_at(&mut tx, &reach, seen.project, place).await?;
    add_rows(&mut tx, &mut life, &reach, &seen, &found).await?;
    Ok(Json(life.view(place.to_string(), seen.name)))
}

async fn add_rows(
    tx: &mut AnyConnection,
    life: &mut Timeline,
    reach: &Reach,
    seen: &Seen,
    found: &[AnyRow],
) -> Result<(), Error> {
    let project = seen.project;
    // Words are for those who may see the key that sealed them.
    let roles = reach.roles(project, ScopeId::home(seen.place));
    let contacts = typed::<ContactRow>(found, kind::CONTACT)?;
    let may_open = rows::cut(kind::SUBJECT_KEY, &[], &roles).is_some();
    let subjects: Vec<Uuid> = contacts.iter().map(|(_, contact)| contact.subject()).collect();
    let keys = keys(tx, project, if may_open { &subjects } else { &[] }).await?;
    for (id, contact) in contacts {
        let key = keys.get(&contact.subject());
        life.contact(id, &contact, key.and_then(|key| contact.open_words(id, key)));
    }
    for (id, agreed) in typed::<AppointmentRow>(found, kind::APPOINTMENT)? {
        life.appointment(id, agreed);
    }
    for (id, promise) in typed::<SalesPromiseRow>(found, kind::SALES_PROMISE)? {
        life.sales_promise(id, &promise);
    }
    let copies = typed::<NoticeCopyRow>(found, kind::NOTICE_COPY)?;
    if copies.is_empty() {
        return Ok(());
    }
    let notices = Select::new(FACTS)
        .and_id("project =", Some(project.0))
        .and_text("kind =", Some(kind::NOTICE.to_owned()))
        .within(reach);
    let notices = typed::<NoticeRow>(&notices.all(tx).await?, kind::NOTICE)?;
    for (id, copy) in copies {
        if let Some((_, notice)) = notices.iter().find(|(id, _)| *id == copy.notice) {
            life.notice(id, notice, &copy);
        }
    }
    Ok(())
}

/// `GET /api/v1/places/{id}/warranty`: what of a home is covered until when, component by component.
pub async fn warranty(
    State(state): State<AppState>,
    Caller(login): Caller,
    Id(place): Id,
) -> Result<Json<WarrantyView>, Error> {
    let reach = Reach::of(&login, state.now());
    let mut tx = state.db.begin_read().await?;
    let seen = seen(&mut tx, &reach, place).await?;
    let project = Select::new(FACTS)
        .and_id("project =", Some(seen.project.0))
        .and_text("kind =", Some(kind::PROJECT.to_owned()));
    let project = typed::<ProjectRow>(&project.all(&mut tx).await?, kind::PROJECT)?;
    let (_, project) = project.into_iter().next().ok_or(Code::NotFound)?;
    let mut home = HomeFacts::new(project, seen.place).map_err(|e| Error::Internal(e.to_string()))?;
    for (_, told) in typed::<MilestoneRow>(&rows_at(&mut tx, &reach, seen.project, place).await?, kind::MILESTONE)? {
        home.learn(told);
    }
    let mut shelf = Shelf::default();
    for row in records_at(&mut tx, &reach, place).await? {
        let item = item(&row)?;
        let edition = shelf.get(&mut tx, seen.project, item.projection.edition).await?;
        home.learn_record(&edition.catalog, DocumentId(item.id), &item.projection);
    }
    let today = home.calendar.day_of(state.now());
    let in_force = edition(&mut tx, seen.project, None).await?;
    let shown = warranty_view(&in_force.catalog, &home, today);
    Ok(Json(shown.ok_or(Code::NotFound)?))
}

async fn records_at(conn: &mut AnyConnection, reach: &Reach, place: Uuid) -> Result<Vec<AnyRow>, Error> {
    let select = Select::new(DOCUMENTS).and_id("place =", Some(place));
    select.within(reach).all(conn).await
}

/// The rows whose scope is one home: of a public place there are none, what it holds is the project's.
async fn rows_at(
    conn: &mut AnyConnection,
    reach: &Reach,
    project: ProjectId,
    place: Uuid,
) -> Result<Vec<AnyRow>, Error> {
    let select = Select::new(FACTS)
        .and_id("project =", Some(project.0))
        .and_id("scope =", Some(place));
    select.within(reach).all(conn).await
}

fn typed<T: DeserializeOwned>(found: &[AnyRow], of: &str) -> Result<Vec<(Uuid, T)>, Error> {
    let mut all = Vec::new();
    for row in found {
        if text(row, "kind")? == of
            && let Some(read) = rows::read(&bytes(row, "body")?)
        {
            all.push((id(row, "id", Uuid::from_bytes)?, read));
        }
    }
    Ok(all)
}
