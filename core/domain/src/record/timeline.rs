//! The life of a place: the last contact first, then everything that happened there, newest first. From projections and
//! rows only.

use super::titles::title;
use super::view::TextView;
use super::{Projection, Step, promises};
use crate::catalog::{Catalog, Machine};
use crate::ids::{DocumentId, UserId};
use crate::rows::{AppointmentRow, ContactRow, NoticeCopyRow, NoticeRow, SalesPromiseRow, notice_life};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::sync::Arc;
use uuid::Uuid;

/// Events of a visit in which somebody of the household was spoken to.
const SPOKEN: [&str; 5] = ["arrive", "start_unbooked", "call_later", "finish", "refuse"];

/// What a household was told, or asked, of its case.
const TOLD: [&str; 4] = ["update", "answer", "answer_without_plan", "revisit"];

/// One thing in the life of a place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

/// Puts the life of a place together.
#[derive(Debug)]
pub struct Timeline {
    catalog: Arc<Catalog>,
    now_ms: i64,
    entries: Vec<TimelineEntry>,
    contacts: Vec<TimelineEntry>,
}

impl Timeline {
    /// Begins with nothing; `catalog`: the project's edition in force.
    #[must_use]
    pub const fn new(catalog: Arc<Catalog>, now_ms: i64) -> Self {
        Self {
            catalog,
            now_ms,
            entries: Vec::new(),
            contacts: Vec::new(),
        }
    }

    /// Returns everything, the newest first.
    #[must_use]
    pub fn view(self, place: String, place_name: TextView) -> TimelineView {
        let mut entries = self.entries;
        entries.sort_by(|a, b| (Reverse(a.at_ms), &a.kind, &a.id).cmp(&(Reverse(b.at_ms), &b.kind, &b.id)));
        TimelineView {
            place,
            place_name,
            last_contact: self.contacts.into_iter().max_by_key(|entry| entry.at_ms),
            entries,
        }
    }

    /// Marks what waits for the server.
    pub fn mark_pending(&mut self, is_pending: impl Fn(Uuid) -> bool) {
        let own = self.entries.iter_mut().chain(&mut self.contacts);
        own.filter(|entry| entry.id.parse().is_ok_and(&is_pending))
            .for_each(|entry| entry.pending = true);
    }

    /// A record, the promises made in it, and when somebody was spoken to; `catalog`: the edition of the record.
    pub fn record(&mut self, catalog: &Catalog, document: DocumentId, updated_ms: i64, shown: &Projection) {
        let record = document.to_string();
        let last = shown.history.last();
        let is_code = |line: &str| catalog.defects.contains_key(line);
        let words = shown.search.lines().find(|l| *l != shown.what && !is_code(l));
        let entry = TimelineEntry {
            kind: shown.kind.clone(),
            id: record.clone(),
            record: record.clone(),
            at_ms: updated_ms,
            title: title(catalog, shown).map(TextView::from).unwrap_or_default(),
            line: words.unwrap_or_default().to_owned(),
            state: shown.state.clone(),
            event: last.map(|step| step.event.clone()).unwrap_or_default(),
            user: user(last.and_then(|step| step.by)),
            due_ms: shown.due_ms,
            pending: false,
        };
        if let Some((at_ms, by)) = spoken(shown) {
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
                title: promises::text(catalog, &promise.what),
                state: promise.state_at(self.now_ms).to_owned(),
                user: promise.person.clone(),
                due_ms: Some(promise.due_ms),
                ..TimelineEntry::default()
            });
        }
    }

    /// A contact, with its words as far as they can be opened.
    pub fn contact(&mut self, id: Uuid, contact: &ContactRow, words: Option<String>) {
        let entry = TimelineEntry {
            kind: "contact".to_owned(),
            id: id.to_string(),
            record: contact.record.map(|r| r.to_string()).unwrap_or_default(),
            at_ms: contact.at_ms,
            title: self.code("contact_way", &contact.way),
            line: words.unwrap_or_default(),
            state: if contact.reached { "reached" } else { "not_reached" }.to_owned(),
            event: if contact.incoming { "incoming" } else { "outgoing" }.to_owned(),
            user: contact.by.to_string(),
            due_ms: contact.again_ms,
            pending: false,
        };
        if contact.reached {
            self.contacts.push(entry.clone());
        }
        self.entries.push(entry);
    }

    /// A time that was agreed.
    pub fn appointment(&mut self, id: Uuid, agreed: AppointmentRow) {
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

    /// Something promised in sales.
    pub fn sales_promise(&mut self, id: Uuid, promise: &SalesPromiseRow) {
        if let Some(machine) = self.catalog.machines.get("promise") {
            self.entries.push(sales_promise(id, promise, machine, self.now_ms));
        }
    }

    /// A notice as it went in this home.
    pub fn notice(&mut self, id: Uuid, notice: &NoticeRow, copy: &NoticeCopyRow) {
        let Some(machine) = self.catalog.machines.get("notice") else {
            return;
        };
        let life = notice_life(machine, notice, Some(copy));
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
    }

    fn code(&self, group: &str, code: &str) -> TextView {
        let known = self.catalog.codes.get(group, code);
        known.map_or_else(|| TextView::alike(code), |c| TextView::from(&c.text))
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

fn user(user: Option<UserId>) -> String {
    user.map(|user| user.to_string()).unwrap_or_default()
}
