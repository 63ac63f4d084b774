//! The clock of a case: its deadlines, who hears of a missed one, when the owner is told how it stands; and what of that
//! is due today.

use crate::facade::case_views::{CaseCard, CaseDue};
use crate::facade::cases::{Cases, DONE, card};
use crate::facade::context::settings;
use crate::facade::lists::projection;
use crate::facade::people_at::quiet_of;
use crate::facade::record::genesis_of;
use crate::records::edition;
use crate::{Client, ClientError};
use keyturn_domain::ProjectId;
use keyturn_domain::catalog::Catalog;
use keyturn_domain::document::Genesis;
use keyturn_domain::record::Projection;
use keyturn_domain::record::view::TextView;
use keyturn_domain::rows::ProjectRow;
use keyturn_domain::rules::{ClockRules, ClockView, ProjectCalendar, case_clock};
use keyturn_store::{Connection, documents, progress};

/// A project as clocks need it.
pub(in crate::facade) struct Office {
    project: ProjectId,
    row: ProjectRow,
    calendar: ProjectCalendar,
}

impl Office {
    /// Reads it; none while this phone does not hold the project's settings.
    pub(in crate::facade) fn read(conn: &Connection, project: ProjectId) -> Result<Option<Self>, ClientError> {
        let Some(row) = settings(conn, project)? else {
            return Ok(None);
        };
        let calendar = ProjectCalendar::of(&row).map_err(|e| ClientError::Data(e.to_string()))?;
        Ok(Some(Self { project, row, calendar }))
    }

    /// The rules of a case: those of the edition that it was begun with, in the project's calendar.
    const fn rules<'a>(&'a self, catalog: &'a Catalog) -> ClockRules<'a> {
        ClockRules {
            rules: &catalog.complaints,
            settings: &self.row.settings,
            calendar: &self.calendar,
        }
    }

    /// The clock of a case in a list, where no call is planned yet.
    pub(in crate::facade) fn clock(
        &self,
        conn: &Connection,
        case: &Projection,
        now_ms: i64,
    ) -> Result<Option<ClockView>, ClientError> {
        let edition = edition(conn, self.project, Some(case.edition))?;
        Ok(case_clock(self.rules(&edition.catalog), case, None, now_ms))
    }
}

/// The clock of a case whose owner may have quiet hours of their own.
pub(in crate::facade) fn clock_of(
    client: &Client,
    conn: &Connection,
    genesis: &Genesis,
) -> Result<Option<ClockView>, ClientError> {
    let now = client.inner.now_ms();
    let listed = documents::listed(conn, genesis.document)?;
    let (Some(listed), Some(office)) = (listed, Office::read(conn, genesis.project)?) else {
        return Ok(None);
    };
    let case = projection(&listed);
    let own = quiet_of(conn, genesis, &case)?;
    let edition = edition(conn, genesis.project, Some(case.edition))?;
    Ok(case_clock(office.rules(&edition.catalog), &case, own.as_deref(), now))
}

impl Cases {
    /// Shows the deadlines of a case in the project's calendar.
    ///
    /// # Errors
    /// `unknown_record`; `no_clock` when the project's settings are not on this phone, or its calendar never works.
    pub fn clock(&self, record: &str) -> Result<ClockView, ClientError> {
        let genesis = genesis_of(&self.0, record)?;
        let clock = self.0.look(|conn| clock_of(&self.0, conn, &genesis))?;
        clock.ok_or_else(|| ClientError::refused("no_clock"))
    }

    /// Lists what is due today, or was before, of cases that are not at their end: steps of their clocks, telling the
    /// owner how it stands, answers that were promised, revisits; the longest overdue first.
    ///
    /// # Errors
    /// A storage error.
    pub fn today(&self) -> Result<Vec<CaseDue>, ClientError> {
        let now = self.0.inner.now_ms();
        let mut all = self.0.look(|conn| {
            let mut all = Vec::new();
            for (project, _) in progress::projects(conn)? {
                let Some(office) = Office::read(conn, project)? else {
                    continue;
                };
                let end = office.calendar.end_of(office.calendar.day_of(now));
                for listed in documents::of_project(conn, project, "case")? {
                    if DONE.contains(&listed.state.as_str()) {
                        continue;
                    }
                    let card = card(conn, &listed, Some(&office), now)?;
                    let edition = edition(conn, project, Some(projection(&listed).edition))?;
                    all.extend(due(&edition.catalog, &card, end, now));
                }
            }
            Ok::<_, ClientError>(all)
        })?;
        all.sort_by(|a, b| (a.due_ms, &a.case.record, &a.what).cmp(&(b.due_ms, &b.case.record, &b.what)));
        Ok(all)
    }
}

/// What of a case is due until the end of a day.
fn due(catalog: &Catalog, card: &CaseCard, end_ms: i64, now_ms: i64) -> Vec<CaseDue> {
    let words = |what: &str| {
        let mut steps = catalog.complaints.profiles.iter().flat_map(|profile| profile.steps());
        let own = || catalog.codes.get("case_due", what).map(|code| &code.text);
        let text = steps.find(|(code, _)| *code == what).map(|(_, text)| text).or_else(own);
        text.map(TextView::from).unwrap_or_default()
    };
    let found = [
        (card.next_step.as_str(), card.next_step_ms),
        ("update", card.next_update_ms),
        ("revisit", card.revisit_by_ms),
        ("promised", card.due_ms),
    ];
    let until = |(what, due): (&str, Option<i64>)| {
        let due_ms = due.filter(|due| *due <= end_ms)?;
        Some(CaseDue {
            case: card.clone(),
            text: words(what),
            what: what.to_owned(),
            due_ms,
            overdue: due_ms < now_ms,
        })
    };
    found.into_iter().filter_map(until).collect()
}
