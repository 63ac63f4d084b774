//! A visit as one screen: the record, and what must be known of the home beside it.

use super::super::context::{calendar, settings};
use super::super::lists::{self, DONE, record_card};
use super::super::people_at::own_quiet;
use super::super::promises::{PromiseCard, cards_of};
use super::super::views::{PromiseView, RecordCard};
use crate::records::edition;
use crate::{Client, ClientError};
use keyturn_domain::catalog::Catalog;
use keyturn_domain::document::Genesis;
use keyturn_domain::record::Projection;
use keyturn_domain::record::view::TextView;
use keyturn_domain::record::visit::view::VisitView;
use keyturn_domain::record::visit::{self, visit_view};
use keyturn_domain::rows::{self, ContactRow, MilestoneRow, TaskRow, kind};
use keyturn_domain::rules::{Contact, danger_of, first_contact_by, may_call, quiet_periods};
use keyturn_domain::{ProjectId, ScopeId};
use keyturn_store::{Connection, documents};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What shows that somebody of the household was spoken to.
const SPOKEN: [&str; 4] = ["arrive", "start_unbooked", "call_later", "finish"];
/// States in which nothing more is to be done about a case.
const ANSWERED: [&str; 4] = ["closed", "linked", "merged", "withdrawn"];

/// Whether the household may be called now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuietView {
    /// Now lies outside its quiet hours.
    pub may_call: bool,
    /// From when on it may be called; none: its hours cover the whole day.
    pub next_ms: Option<i64>,
    /// Records at that home that are a danger, for which somebody calls at any hour.
    pub dangers: Vec<String>,
}

/// How far the first contact with a household is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FirstContactView {
    /// The last day, `2026-12-04`.
    pub by_day: String,
    /// The day on which somebody was first spoken to; empty: not yet.
    pub on_day: String,
    /// It was in time, or can still be.
    pub in_time: bool,
}

/// What is open at a home.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenAtHome {
    /// Defects that are not closed, the newest first.
    pub defects: Vec<RecordCard>,
    /// Cases that are not closed.
    pub cases: Vec<RecordCard>,
    /// Promises that were not kept yet, the next due first.
    pub promises: Vec<PromiseCard>,
}

/// A visit as one screen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VisitScreen {
    /// The record.
    pub visit: VisitView,
    /// Unit number, or the name of a public place.
    pub place_name: TextView,
    /// The day of its task; empty: it has none.
    pub day: String,
    /// The last day of its task; empty: it has none.
    pub due: String,
    /// The survey does not rate the person who holds this phone.
    pub may_ask: bool,
    /// Whether the household may be called now.
    pub quiet: QuietView,
    /// The first contact with this household; none: nobody said when it was assigned.
    pub first_contact: Option<FirstContactView>,
    /// What is open at that home.
    pub open: OpenAtHome,
    /// How far the own work on it is.
    pub promise: PromiseView,
}

/// Draws the screen.
pub(super) fn screen(client: &Client, genesis: &Genesis) -> Result<VisitScreen, ClientError> {
    let (edition, now_ms) = (client.edition_of(genesis)?, client.inner.now_ms());
    let me = client.session().me()?.user.to_string();
    let shown = client.opened(genesis.document, |document, marks| {
        visit_view(document, &edition.catalog, marks, now_ms)
    })?;
    let mut visit = shown.ok_or_else(|| ClientError::refused("unknown_record"))??;
    visit.edition_waiting = edition.waiting;
    client.look(|conn| {
        let (project, household) = (genesis.project, visit.household.value.as_str());
        let scope = ScopeId::home(genesis.place);
        let task = task(conn, scope, genesis)?;
        let contact = quiet(conn, project, household, &visit.met.value, now_ms)?;
        let mut whom = rated(conn, &edition.catalog, genesis, &visit.survey.survey)?;
        whom.extend(visit.rated.value.split_whitespace().map(str::to_owned));
        Ok(VisitScreen {
            place_name: lists::place_name(conn, project, genesis.place)?,
            day: task.as_ref().map(|t| t.day.clone()).unwrap_or_default(),
            due: task.map(|t| t.due).unwrap_or_default(),
            may_ask: !whom.contains(&me),
            quiet: QuietView {
                may_call: contact.allowed,
                next_ms: contact.next_allowed_ms,
                dangers: dangers(conn, genesis)?,
            },
            first_contact: first_contact(conn, genesis, household, now_ms)?,
            open: open(conn, genesis, now_ms)?,
            promise: lists::promise(conn, Some(genesis.document))?,
            visit,
        })
    })
}

/// The rules that count for a project as a whole.
fn in_force(conn: &Connection, project: ProjectId) -> Result<Arc<Catalog>, ClientError> {
    Ok(edition(conn, project, None)?.catalog)
}

/// Tells whether a household may be called at a time: its own hours before the project's before those of the data.
pub(in crate::facade) fn quiet(
    conn: &Connection,
    project: ProjectId,
    household: &str,
    met: &str,
    at_ms: i64,
) -> Result<Contact, ClientError> {
    let ours = settings(conn, project)?.and_then(|row| row.settings.quiet_hours);
    let own = own_quiet(conn, project, household, met)?;
    let in_force = in_force(conn, project)?;
    let rules = &in_force.complaints.quiet_hours;
    let periods = quiet_periods(rules, ours.as_deref(), own.as_deref());
    Ok(may_call(periods, &calendar(conn, project)?, at_ms, false))
}

/// The records of a home that are a danger.
fn dangers(conn: &Connection, genesis: &Genesis) -> Result<Vec<String>, ClientError> {
    let in_force = in_force(conn, genesis.project)?;
    let rules = &in_force.complaints.quiet_hours;
    let listed = documents::at_place(conn, genesis.place)?;
    let dangers = listed
        .iter()
        .filter(|d| danger_of(rules, &lists::projection(d)).is_some());
    Ok(dangers.map(|d| d.genesis.document.to_string()).collect())
}

/// All whom a survey rates: out of the record that the task asks about, else out of all records of the home.
pub(super) fn rated(
    conn: &Connection,
    catalog: &Catalog,
    genesis: &Genesis,
    survey: &str,
) -> Result<BTreeSet<String>, ClientError> {
    let Some(survey) = catalog.surveys.get(survey) else {
        return Ok(BTreeSet::new());
    };
    let about = task(conn, ScopeId::home(genesis.place), genesis)?.map(|task| task.occurrence);
    let listed = documents::at_place(conn, genesis.place)?;
    let named = listed
        .iter()
        .find(|d| about.as_deref() == Some(d.genesis.document.to_string().as_str()));
    let records: Vec<Projection> = match named {
        Some(one) => vec![lists::projection(one)],
        None => listed.iter().map(lists::projection).collect(),
    };
    Ok(visit::rated(survey, records.iter()))
}

fn task(conn: &Connection, scope: ScopeId, genesis: &Genesis) -> Result<Option<TaskRow>, ClientError> {
    let stored = keyturn_store::rows::of_scope(conn, scope, kind::TASK)?;
    let mut tasks = stored.iter().filter_map(|row| rows::read::<TaskRow>(&row.body));
    Ok(tasks.find(|task| task.record == genesis.document))
}

fn open(conn: &Connection, genesis: &Genesis, now_ms: i64) -> Result<OpenAtHome, ClientError> {
    let mut listed = documents::at_place(conn, genesis.place)?;
    listed.sort_by_key(|d| Reverse(d.updated_ms));
    let cards = |kind: &str, ended: &[&str]| -> Result<Vec<RecordCard>, ClientError> {
        let still = listed
            .iter()
            .filter(|d| d.genesis.kind == kind && !ended.contains(&d.state.as_str()));
        still.map(|d| record_card(conn, d)).collect()
    };
    let mut promises = cards_of(conn, &listed, now_ms)?;
    promises.retain(PromiseCard::is_open);
    Ok(OpenAtHome {
        defects: cards("defect", &DONE)?,
        cases: cards("case", &ANSWERED)?,
        promises,
    })
}

/// The first contact with a household: within so many days after it was assigned, by a visit or a logged contact.
fn first_contact(
    conn: &Connection,
    genesis: &Genesis,
    household: &str,
    now_ms: i64,
) -> Result<Option<FirstContactView>, ClientError> {
    let Ok(id) = household.parse::<uuid::Uuid>() else {
        return Ok(None);
    };
    let of_kind = |kind: &str| keyturn_store::rows::of_scope(conn, ScopeId::home(genesis.place), kind);
    let milestones = of_kind(kind::MILESTONE)?;
    let mut events = milestones
        .iter()
        .filter_map(|row| rows::read::<MilestoneRow>(&row.body));
    let Some(assigned) = events.find(|m| m.event == "household_assigned" && m.subject == id) else {
        return Ok(None);
    };
    let calendar = calendar(conn, genesis.project)?;
    let by = first_contact_by(&in_force(conn, genesis.project)?.complaints, assigned.day);
    let contacts = of_kind(kind::CONTACT)?;
    let logged = contacts
        .iter()
        .filter_map(|row| rows::read::<ContactRow>(&row.body))
        .filter(|contact| contact.household == id && contact.reached)
        .map(|contact| contact.at_ms);
    let visits: Vec<Projection> = documents::at_place(conn, genesis.place)?
        .iter()
        .filter(|d| d.genesis.kind == "visit")
        .map(lists::projection)
        .filter(|visit| visit.household == household)
        .collect();
    let spoken = visits.iter().flat_map(|visit| &visit.history);
    let spoken = spoken
        .filter(|step| SPOKEN.contains(&step.event.as_str()))
        .map(|step| step.at_ms);
    let on = logged.chain(spoken).min().map(|at| calendar.day_of(at));
    Ok(Some(FirstContactView {
        by_day: by.to_string(),
        on_day: on.map(|day| day.to_string()).unwrap_or_default(),
        in_time: on.unwrap_or_else(|| calendar.day_of(now_ms)) <= by,
    }))
}
