//! The life of a place: the last contact first, then everything that happened there, newest first.
//!
//! From projections and rows only; no document is loaded.

use super::lists::{place_name, projection, row};
use crate::records::title;
use crate::{Client, ClientError};
use keyturn_domain::catalog::{Catalog, Machine};
use keyturn_domain::intents::PresentRow;
use keyturn_domain::record::view::TextView;
use keyturn_domain::record::{Projection, Step};
use keyturn_domain::rows::{
    self, AppointmentRow, ContactRow, NoticeCopyRow, NoticeRow, SalesPromiseRow, SubjectKeyRow, kind, notice_life,
};
use keyturn_domain::sealed::SubjectKey;
use keyturn_domain::{PlaceId, ProjectId, ScopeId, UserId};
use keyturn_store::documents::{self, ListedDocument};
use keyturn_store::rows::Row;
use keyturn_store::{Connection, rows as stored_rows};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Events of a visit in which somebody of the household was spoken to.
const SPOKEN: [&str; 5] = ["arrive", "start_unbooked", "call_later", "finish", "refuse"];

/// What a household was told, or asked, of its case.
const TOLD: [&str; 4] = ["update", "answer", "answer_without_plan", "revisit"];

/// One thing in the life of a place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineEntry {
    /// `contact`, `promise`, `sales_promise`, `appointment`, `notice`, or the kind of a record.
    pub kind: String,
    /// The record, the row, or the key of a promise in its record.
    pub id: String,
    /// The record to open; empty: there is none.
    pub record: String,
    /// When: of a record its newest change, of a promise the day of keeping or due, of an appointment its begin.
    pub at_ms: i64,
    /// What it is.
    pub title: TextView,
    /// Words that belong to it; personal ones are opened here and stand nowhere else.
    pub line: String,
    /// Its state; of a contact `reached` or `not_reached`, of an appointment `agreed` or `cancelled`.
    pub state: String,
    /// The newest thing that happened to a record; empty: nothing did.
    pub event: String,
    /// Who of us: did that, keeps the promise, comes.
    pub user: String,
    /// When something is due: a promise, a call, a record's next step.
    pub due_ms: Option<i64>,
    /// Was said on this phone and waits for the server.
    pub pending: bool,
}

/// The life of a place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineView {
    /// The place.
    pub place: String,
    /// Unit number, or the name of a public place.
    pub place_name: TextView,
    /// The last time somebody of us and of the household spoke; none that this phone knows of.
    pub last_contact: Option<TimelineEntry>,
    /// Everything, the newest first.
    pub entries: Vec<TimelineEntry>,
}

/// Reads the life of a place.
pub(super) fn timeline(client: &Client, place: PlaceId) -> Result<TimelineView, ClientError> {
    let catalog = Catalog::built_in().map_err(|e| ClientError::Data(e.to_string()))?;
    let now_ms = client.inner.now_ms();
    client.look(|conn| {
        let project = super::context::project_of(conn, place)?.ok_or_else(|| ClientError::refused("unknown_place"))?;
        let mut life = Life {
            conn,
            catalog,
            now_ms,
            entries: Vec::new(),
            contacts: Vec::new(),
        };
        for listed in documents::at_place(conn, place)? {
            life.record(&listed);
        }
        let waiting = client.waiting_at(conn, project, place)?;
        life.rows(project, place, waiting)?;
        let Life {
            mut entries, contacts, ..
        } = life;
        entries.sort_by(|a, b| (Reverse(a.at_ms), &a.kind, &a.id).cmp(&(Reverse(b.at_ms), &b.kind, &b.id)));
        Ok(TimelineView {
            place: place.to_string(),
            place_name: place_name(conn, project, place)?,
            last_contact: contacts.into_iter().max_by_key(|entry| entry.at_ms),
            entries,
        })
    })
}

struct Life<'a> {
    conn: &'a Connection,
    catalog: &'static Catalog,
    now_ms: i64,
    entries: Vec<TimelineEntry>,
    contacts: Vec<TimelineEntry>,
}

impl Life<'_> {
    /// A record, the promises made in it, and when somebody was spoken to.
    fn record(&mut self, listed: &ListedDocument) {
        let shown = projection(listed);
        let record = listed.genesis.document.to_string();
        let last = shown.history.last();
        let entry = TimelineEntry {
            kind: listed.genesis.kind.clone(),
            id: record.clone(),
            record: record.clone(),
            at_ms: listed.updated_ms,
            title: title(self.catalog, &shown).map(TextView::from).unwrap_or_default(),
            line: shown
                .search
                .lines()
                .find(|l| *l != shown.what)
                .unwrap_or_default()
                .to_owned(),
            state: listed.state.clone(),
            event: last.map(|step| step.event.clone()).unwrap_or_default(),
            user: user(last.and_then(|step| step.by)),
            due_ms: shown.due_ms,
            pending: false,
        };
        if let Some((at_ms, by)) = spoken(&shown) {
            self.contacts.push(TimelineEntry {
                at_ms,
                user: user(by),
                ..entry.clone()
            });
        }
        self.entries.push(entry);
        for promise in &shown.promises {
            self.entries.push(TimelineEntry {
                kind: "promise".to_owned(),
                id: promise.key.clone(),
                record: record.clone(),
                at_ms: promise.kept_ms.unwrap_or(promise.due_ms),
                title: both(&promise.what),
                state: promise.state_at(self.now_ms).to_owned(),
                user: promise.person.clone(),
                due_ms: Some(promise.due_ms),
                ..TimelineEntry::default()
            });
        }
    }

    /// What the server owns of a home, with what waits for it.
    fn rows(
        &mut self,
        project: ProjectId,
        place: PlaceId,
        waiting: BTreeMap<Uuid, PresentRow>,
    ) -> Result<(), ClientError> {
        let mut all = stored_rows::of_scope(self.conn, ScopeId::home(place), "")?;
        all.retain(|row| !waiting.contains_key(&row.id));
        let pending: BTreeSet<Uuid> = waiting.keys().copied().collect();
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
        let from = self.entries.len();
        let keys: BTreeMap<Uuid, SubjectKey> = typed::<SubjectKeyRow>(&all, kind::SUBJECT_KEY)
            .map(|(_, row)| (row.subject, row.key))
            .collect();
        for (id, contact) in typed::<ContactRow>(&all, kind::CONTACT) {
            let entry = self.contact(id, &contact, keys.get(&contact.subject()));
            if contact.reached {
                self.contacts.push(entry.clone());
            }
            self.entries.push(entry);
        }
        for (id, agreed) in typed::<AppointmentRow>(&all, kind::APPOINTMENT) {
            let holds = agreed.cancelled.is_empty();
            self.entries.push(TimelineEntry {
                kind: "appointment".to_owned(),
                id: id.to_string(),
                record: agreed.record.map(|r| r.to_string()).unwrap_or_default(),
                at_ms: agreed.from_ms,
                title: self.code("task_kind", &agreed.purpose),
                state: if holds { "agreed" } else { "cancelled" }.to_owned(),
                line: agreed.cancelled,
                user: agreed.by.to_string(),
                ..TimelineEntry::default()
            });
        }
        if let Some(machine) = self.catalog.machines.get("promise") {
            for (id, promise) in typed::<SalesPromiseRow>(&all, kind::SALES_PROMISE) {
                self.entries.push(sales_promise(id, &promise, machine, self.now_ms));
            }
        }
        for (id, copy) in typed::<NoticeCopyRow>(&all, kind::NOTICE_COPY) {
            self.notice(project, id, &copy)?;
        }
        let is_pending = |entry: &TimelineEntry| entry.id.parse().is_ok_and(|id: Uuid| pending.contains(&id));
        let own = self.entries.iter_mut().skip(from).chain(&mut self.contacts);
        own.for_each(|entry| entry.pending = is_pending(entry));
        Ok(())
    }

    fn contact(&self, id: Uuid, contact: &ContactRow, key: Option<&SubjectKey>) -> TimelineEntry {
        TimelineEntry {
            kind: "contact".to_owned(),
            id: id.to_string(),
            record: contact.record.map(|r| r.to_string()).unwrap_or_default(),
            at_ms: contact.at_ms,
            title: self.code("contact_way", &contact.way),
            line: key.and_then(|key| contact.open_words(id, key)).unwrap_or_default(),
            state: if contact.reached { "reached" } else { "not_reached" }.to_owned(),
            event: if contact.incoming { "incoming" } else { "outgoing" }.to_owned(),
            user: contact.by.to_string(),
            due_ms: contact.again_ms,
            pending: false,
        }
    }

    fn notice(&mut self, project: ProjectId, id: Uuid, copy: &NoticeCopyRow) -> Result<(), ClientError> {
        let Some(machine) = self.catalog.machines.get("notice") else {
            return Ok(());
        };
        let Some(notice) = row::<NoticeRow>(self.conn, project, kind::NOTICE, copy.notice)? else {
            return Ok(());
        };
        let life = notice_life(machine, &notice, Some(copy));
        let (event, at_ms) = life.last.unwrap_or_default();
        self.entries.push(TimelineEntry {
            kind: "notice".to_owned(),
            id: id.to_string(),
            at_ms,
            title: TextView::from(&notice.title),
            state: life.state,
            event,
            ..TimelineEntry::default()
        });
        Ok(())
    }

    fn code(&self, group: &str, code: &str) -> TextView {
        let known = self.catalog.codes.get(group, code);
        known.map_or_else(|| both(code), |c| TextView::from(&c.text))
    }
}

fn sales_promise(id: Uuid, promise: &SalesPromiseRow, machine: &Machine, now_ms: i64) -> TimelineEntry {
    let stand = promise.stand(machine, now_ms);
    let last = promise.events.last();
    TimelineEntry {
        kind: "sales_promise".to_owned(),
        id: id.to_string(),
        at_ms: stand.due_ms,
        title: TextView::from(&promise.text),
        state: stand.state,
        event: last.map(|e| e.event.clone()).unwrap_or_default(),
        user: user(last.map(|e| e.by)),
        due_ms: Some(stand.due_ms),
        ..TimelineEntry::default()
    }
}

/// When a visit or a case last had somebody of the household speak with us, and who that was.
fn spoken(shown: &Projection) -> Option<(i64, Option<UserId>)> {
    let talks: fn(&&Step) -> bool = match shown.kind.as_str() {
        "visit" => |step| SPOKEN.contains(&step.event.as_str()),
        "case" => |step| TOLD.contains(&step.event.as_str()),
        _ => return None,
    };
    // Somebody may write down in the evening what was said at noon.
    let when = |step: &Step| {
        step.facts
            .get("told_at")
            .and_then(|at| at.parse().ok())
            .unwrap_or(step.at_ms)
    };
    let told = shown.history.iter().filter(talks).map(|step| (when(step), step.by));
    let reported = shown.matter.received_ms.filter(|_| shown.kind == "case");
    told.chain(reported.map(|at_ms| (at_ms, shown.matter.reported_by)))
        .max_by_key(|(at_ms, _)| *at_ms)
}

fn typed<'a, T: serde::de::DeserializeOwned>(all: &'a [Row], of: &'a str) -> impl Iterator<Item = (Uuid, T)> + 'a {
    let rows = all.iter().filter(move |row| row.kind == of);
    rows.filter_map(|row| Some((row.id, rows::read(&row.body)?)))
}

fn user(user: Option<UserId>) -> String {
    user.map(|user| user.to_string()).unwrap_or_default()
}

/// Words that are the same in both languages, because somebody wrote them.
fn both(words: &str) -> TextView {
    TextView {
        zh: words.to_owned(),
        en: words.to_owned(),
    }
}
