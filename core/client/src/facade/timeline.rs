//! The life of a place as this phone knows it.

use super::lists::{place_name, projection, row};
use crate::records::edition;
use crate::{Client, ClientError};
use keyturn_domain::intents::PresentRow;
use keyturn_domain::record::timeline::Timeline;
pub use keyturn_domain::record::timeline::{TimelineEntry, TimelineView};
use keyturn_domain::rows::{
    self, AppointmentRow, ContactRow, NoticeCopyRow, NoticeRow, SalesPromiseRow, SubjectKeyRow, kind,
};
use keyturn_domain::sealed::SubjectKey;
use keyturn_domain::{PlaceId, ProjectId, ScopeId};
use keyturn_store::rows::Row;
use keyturn_store::{Connection, documents, rows as stored_rows};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Reads the life of a place.
pub(super) fn timeline(client: &Client, place: PlaceId) -> Result<TimelineView, ClientError> {
    let now_ms = client.inner.now_ms();
    client.look(|conn| {
        let project = super::context::project_of(conn, place)?.ok_or_else(|| ClientError::refused("unknown_place"))?;
        let mut life = Timeline::new(edition(conn, project, None)?.catalog, now_ms);
        for listed in documents::at_place(conn, place)? {
            let shown = projection(&listed);
            let edition = edition(conn, project, Some(shown.edition))?;
            life.record(&edition.catalog, listed.genesis.document, listed.updated_ms, &shown);
        }
        let waiting = client.waiting_at(conn, project, place)?;
        let pending: BTreeSet<Uuid> = waiting.keys().copied().collect();
        add_rows(&mut life, conn, project, place, waiting)?;
        life.mark_pending(|id| pending.contains(&id));
        Ok(life.view(place.to_string(), place_name(conn, project, place)?))
    })
}

/// What the server owns of a home, with what waits for it.
fn add_rows(
    life: &mut Timeline,
    conn: &Connection,
    project: ProjectId,
    place: PlaceId,
    waiting: BTreeMap<Uuid, PresentRow>,
) -> Result<(), ClientError> {
    let mut all = stored_rows::of_scope(conn, ScopeId::home(place), "")?;
    all.retain(|row| !waiting.contains_key(&row.id));
    all.extend(waiting.into_iter().filter_map(|(id, row)| {
        Some(Row {
            id,
            project,
            kind: row.kind,
            scope: row.scope,
            seq: 0,
            body: row.body?,
        })
    }));
    let keys: BTreeMap<Uuid, SubjectKey> = typed::<SubjectKeyRow>(&all, kind::SUBJECT_KEY)
        .map(|(_, row)| (row.subject, row.key))
        .collect();
    for (id, contact) in typed::<ContactRow>(&all, kind::CONTACT) {
        let key = keys.get(&contact.subject());
        life.contact(id, &contact, key.and_then(|key| contact.open_words(id, key)));
    }
    for (id, agreed) in typed::<AppointmentRow>(&all, kind::APPOINTMENT) {
        life.appointment(id, agreed);
    }
    for (id, promise) in typed::<SalesPromiseRow>(&all, kind::SALES_PROMISE) {
        life.sales_promise(id, &promise);
    }
    for (id, copy) in typed::<NoticeCopyRow>(&all, kind::NOTICE_COPY) {
        if let Some(notice) = row::<NoticeRow>(conn, project, kind::NOTICE, copy.notice)? {
            life.notice(id, &notice, &copy);
        }
    }
    Ok(())
}

fn typed<'a, T: serde::de::DeserializeOwned>(all: &'a [Row], of: &'a str) -> impl Iterator<Item = (Uuid, T)> + 'a {
    let rows = all.iter().filter(move |row| row.kind == of);
    rows.filter_map(|row| Some((row.id, rows::read(&row.body)?)))
}
