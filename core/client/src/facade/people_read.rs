//! Rows about people, opened for a screen.

use super::intents::Held;
use super::lists::rows_of;
use super::people_views::{
    BookingView, CollisionView, ContactView, HouseholdView, PersonView, QuietHours, SalesPromiseView,
};
use crate::ClientError;
use keyturn_domain::catalog::{Catalog, Lang};
use keyturn_domain::intents::{Collided, Command, Present};
use keyturn_domain::record::view::{FactView, TextView};
use keyturn_domain::rows::{
    self, AppointmentRow, ContactRow, Facts, HouseholdRow, PersonName, PersonRow, Quiet, Reach, SalesPromiseRow,
    SubjectKeyRow, TaskRow, kind,
};
use keyturn_domain::sealed::SubjectKey;
use keyturn_domain::{Hash, PlaceId, Value};
use keyturn_store::{Connection, progress};
use std::cmp::Reverse;
use uuid::Uuid;

/// The household that lives in the home.
pub(super) fn living(present: &Present) -> Option<(Uuid, HouseholdRow)> {
    let mut all = present.of_kind::<HouseholdRow>(kind::HOUSEHOLD);
    all.find(|(_, row, _)| row.moved_out.is_empty())
        .map(|(id, row, _)| (id, row))
}

pub(super) fn appointment(present: &Present, id: Uuid) -> Option<AppointmentRow> {
    present.get(kind::APPOINTMENT, id).map(|(row, _)| row)
}

/// What a row is now.
pub(super) fn version(present: &Present, id: Uuid) -> String {
    let body = present.0.get(&id).and_then(|row| row.body.as_deref());
    body.map(|body| hex::encode(Hash::of(body).prefix()))
        .unwrap_or_default()
}

fn key(present: &Present, subject: Uuid) -> Option<SubjectKey> {
    let row = present.get::<SubjectKeyRow>(kind::SUBJECT_KEY, SubjectKeyRow::id_of(subject));
    row.map(|(row, _)| row.key)
}

pub(super) fn household(held: &Held, home: PlaceId, now_ms: i64) -> Result<HouseholdView, ClientError> {
    let present = &held.present;
    let mut view = HouseholdView {
        place: home.to_string(),
        sales: sales(held, now_ms)?,
        ..HouseholdView::default()
    };
    let Some((id, row)) = living(present) else {
        return Ok(view);
    };
    view.household = id.to_string();
    view.code = row.code;
    view.language = if row.language == Lang::En { "en" } else { "zh" }.to_owned();
    view.ambassador = row.ambassador.map(|user| user.to_string()).unwrap_or_default();
    view.quiet = row.quiet.iter().map(quiet_view).collect();
    view.pending = held.pending.contains(&id);
    let persons = present
        .of_kind::<PersonRow>(kind::PERSON)
        .filter(|(_, row, _)| row.household == id);
    view.persons = persons.map(|(id, row, _)| person(held, id, &row)).collect();
    view.persons.sort_by_key(|person| person.left);
    let contacts = present
        .of_kind::<ContactRow>(kind::CONTACT)
        .filter(|(_, row, _)| row.household == id);
    view.contacts = contacts.map(|(id, row, _)| contact(held, id, row)).collect();
    view.contacts
        .sort_by_key(|contact| Reverse((contact.at_ms, contact.contact.clone())));
    let booked = present
        .of_kind::<AppointmentRow>(kind::APPOINTMENT)
        .filter(|(_, row, _)| row.household == id);
    view.appointments = booked.map(|(id, row, _)| booked_view(held, id, row)).collect();
    view.appointments.sort_by_key(|a| (a.from_ms, a.appointment.clone()));
    Ok(view)
}

fn person(held: &Held, id: Uuid, row: &PersonRow) -> PersonView {
    let key = key(&held.present, id);
    let opened = |key: &SubjectKey| (row.open_name(id, key), row.open_contact(id, key));
    let (name, reach) = key.as_ref().map(opened).unwrap_or_default();
    let (name, reach) = (name.unwrap_or_default(), reach.unwrap_or_default());
    PersonView {
        person: id.to_string(),
        version: version(&held.present, id),
        relation: row.relation.clone(),
        name: name.name,
        latin: name.latin,
        phone: reach.phone,
        email: reach.email,
        way: row.way.clone(),
        quiet: row.quiet.iter().map(quiet_view).collect(),
        left: row.left,
        pending: held.pending.contains(&id),
    }
}

fn contact(held: &Held, id: Uuid, row: ContactRow) -> ContactView {
    let words = key(&held.present, row.subject()).and_then(|key| row.open_words(id, &key));
    ContactView {
        contact: id.to_string(),
        person: row.person.map(|p| p.to_string()).unwrap_or_default(),
        way: row.way,
        incoming: row.incoming,
        reached: row.reached,
        at_ms: row.at_ms,
        again_ms: row.again_ms,
        by: row.by.to_string(),
        record: row.record.map(|r| r.to_string()).unwrap_or_default(),
        danger: row.danger,
        words: words.unwrap_or_default(),
        pending: held.pending.contains(&id),
    }
}

fn booked_view(held: &Held, id: Uuid, row: AppointmentRow) -> BookingView {
    BookingView {
        appointment: id.to_string(),
        person: row.person.map(|p| p.to_string()).unwrap_or_default(),
        purpose: row.purpose,
        record: row.record.map(|r| r.to_string()).unwrap_or_default(),
        from_ms: row.from_ms,
        to_ms: row.to_ms,
        by: row.by.to_string(),
        cancelled: row.cancelled,
        pending: held.pending.contains(&id),
    }
}

fn sales(held: &Held, now_ms: i64) -> Result<Vec<SalesPromiseView>, ClientError> {
    let catalog = Catalog::built_in().map_err(|e| ClientError::Data(e.to_string()))?;
    let machine = catalog
        .machines
        .get("promise")
        .ok_or_else(|| ClientError::Data("promise".into()))?;
    let all = held.present.of_kind::<SalesPromiseRow>(kind::SALES_PROMISE);
    let mut views: Vec<SalesPromiseView> = all
        .map(|(id, row, _)| {
            let stand = row.stand(machine, now_ms);
            SalesPromiseView {
                promise: id.to_string(),
                text: TextView::from(&row.text),
                state: stand.state,
                due_ms: stand.due_ms,
                first_due_ms: row.first_due_ms,
                pending: held.pending.contains(&id),
            }
        })
        .collect();
    views.sort_by_key(|v| (v.due_ms, v.promise.clone()));
    Ok(views)
}

pub(super) fn collisions(conn: &Connection) -> Result<Vec<CollisionView>, ClientError> {
    let mut views = Vec::new();
    for (project, _) in progress::projects(conn)? {
        for task in rows_of::<TaskRow>(conn, project, kind::TASK)?.into_values() {
            let Some(Collided { command }) = Collided::of(&task) else {
                continue;
            };
            let mut view = CollisionView {
                task: task.id.to_string(),
                place: task.place.to_string(),
                kind: command.kind().to_owned(),
                subject: command.subject().map(|s| s.to_string()).unwrap_or_default(),
                day: task.day.clone(),
                ..CollisionView::default()
            };
            if let Command::PersonChange(change) = &command {
                let row = keyturn_store::rows::get(conn, project, kind::SUBJECT_KEY, SubjectKeyRow::id_of(change.id))?;
                let key = row.and_then(|row| rows::read::<SubjectKeyRow>(&row.body));
                if let Some(SubjectKeyRow { key, .. }) = key {
                    let name = change
                        .name
                        .as_ref()
                        .and_then(|n| key.open(PersonRow::name_label(change.id), &n.to));
                    let reach = change.contact.as_ref();
                    let reach = reach.and_then(|c| key.open(PersonRow::contact_label(change.id), &c.to));
                    view.name = name.unwrap_or(PersonName::default()).name;
                    view.phone = reach.unwrap_or(Reach::default()).phone;
                }
            }
            views.push(view);
        }
    }
    views.sort_by(|a, b| (&a.day, &a.task).cmp(&(&b.day, &b.task)));
    Ok(views)
}

fn quiet_view(hours: &Quiet) -> QuietHours {
    let (from, to) = rows::quiet_text(hours);
    QuietHours { from, to }
}

/// Reads quiet hours as they are typed.
pub(super) fn hours(views: &[QuietHours]) -> Result<Vec<Quiet>, ClientError> {
    let read = |view: &QuietHours| rows::quiet_of(&view.from, &view.to).ok_or(ClientError::Input("time"));
    views.iter().map(read).collect()
}

/// Reads facts: `true` and `false` are flags, whole numbers are numbers, all others are text.
pub(super) fn facts(views: &[FactView]) -> Facts {
    let value = |text: &str| match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => text.parse::<i64>().map_or_else(|_| Value::from(text), Value::Int),
    };
    views
        .iter()
        .map(|fact| (fact.name.clone(), value(&fact.value)))
        .collect()
}
