//! Milestones: the days of the journey from which tasks, warranty and first contacts count.

use super::context::project_of;
use super::intents::Held;
use super::people_at::household_at;
use super::record::parse;
use crate::{Client, ClientError};
use chrono::NaiveDate;
use keyturn_domain::catalog::TaskScope;
use keyturn_domain::intents::{Command, MilestoneSet};
use keyturn_domain::rows::{MilestoneRow, kind};
use keyturn_domain::rules::{batch, route};
use keyturn_domain::{PlaceId, ProjectId};
use uuid::Uuid;

/// A day that somebody tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewMilestone {
    /// The project.
    pub project: String,
    /// The home; empty: something of the project, a batch or a round.
    pub place: String,
    /// What happened: an event that a task rule counts from, e.g. `moved_in`, `handover_planned`.
    pub event: String,
    /// Which one: the code of a batch or a round, the id of a case; empty: the home, its household, the project.
    pub of: String,
    /// The day, `2027-03-01`, in the project's time zone.
    pub day: String,
    /// The day on which it no longer holds; empty: it holds.
    pub until: String,
}

/// A day that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MilestoneView {
    /// What happened, or is planned.
    pub event: String,
    /// To which home, household, batch, project, round or case.
    pub subject: String,
    /// Which one, where it happens more than once.
    pub occurrence: String,
    /// The day.
    pub day: String,
    /// The day on which it no longer holds; empty: it holds.
    pub until: String,
    /// Waits for the server's verdict.
    pub pending: bool,
}

/// Reads and tells days. Cheap to make; every call stands alone.
#[derive(Clone)]
pub struct Milestones(pub(crate) Client);

impl Milestones {
    /// Tells a day, or another day than was known. The tasks that count from it are opened and moved by the server.
    ///
    /// # Errors
    /// `unknown_code` for an event that no rule counts from, `bad_input` for a day that is none, `unknown_subject` when
    /// nobody lives there, `collides` when somebody else told another day meanwhile, `role`, `no_grant`.
    pub fn tell(&self, new: &NewMilestone) -> Result<(), ClientError> {
        let project: ProjectId = parse(&new.project, "project")?;
        let place: Option<PlaceId> = match new.place.as_str() {
            "" => None,
            place => Some(parse(place, "place")?),
        };
        let day: NaiveDate = parse(&new.day, "day")?;
        let until = match new.until.as_str() {
            "" => None,
            until => Some(parse(until, "until")?),
        };
        let subject = self.subject(project, place, new)?;
        let mut set = MilestoneSet {
            place,
            event: new.event.clone(),
            subject,
            occurrence: String::new(),
            day,
            until,
            was: None,
        };
        let known = self.held(project, place)?;
        let rows = known.present.of_kind::<MilestoneRow>(kind::MILESTONE);
        let mut same = rows.filter(|(_, row, _)| row.event == new.event && row.subject == subject);
        set.was = same
            .find(|(_, row, _)| row.occurrence.is_empty())
            .map(|(_, row, _)| row.day);
        drop(same);
        self.0.command(project, &Command::MilestoneSet(set)).map(drop)
    }

    /// Lists the days that are known of a home, the earliest first; with those that wait for the verdict.
    ///
    /// # Errors
    /// `unknown_place` when this phone does not hold it.
    pub fn of_home(&self, place: &str) -> Result<Vec<MilestoneView>, ClientError> {
        let place: PlaceId = parse(place, "place")?;
        let project = self
            .0
            .look(|conn| project_of(conn, place)?.ok_or_else(|| ClientError::refused("unknown_place")))?;
        let held = self.held(project, Some(place))?;
        let rows = held.present.of_kind::<MilestoneRow>(kind::MILESTONE);
        let mut all: Vec<MilestoneView> = rows
            .map(|(id, row, _)| MilestoneView {
                event: row.event,
                subject: row.subject.to_string(),
                occurrence: row.occurrence,
                day: row.day.to_string(),
                until: row.until.map(|day| day.to_string()).unwrap_or_default(),
                pending: held.pending.contains(&id),
            })
            .collect();
        all.sort_by(|a, b| (&a.day, &a.event).cmp(&(&b.day, &b.event)));
        Ok(all)
    }

    fn held(&self, project: ProjectId, place: Option<PlaceId>) -> Result<Held, ClientError> {
        self.0.look(|conn| match place {
            Some(place) => self.0.held(conn, project, place),
            None => self.0.held_in_public(conn, project),
        })
    }

    /// To what an event happens follows from the rule that counts from it.
    fn subject(&self, project: ProjectId, place: Option<PlaceId>, new: &NewMilestone) -> Result<Uuid, ClientError> {
        let in_force = self.0.in_force(project)?;
        let mut rules = in_force.catalog.task_rules.values();
        let rule = rules
            .find(|rule| rule.events().any(|trigger| trigger.event == *new.event))
            .ok_or_else(|| ClientError::refused("unknown_code"))?;
        let at = || place.ok_or(ClientError::Input("place"));
        match rule.scope {
            TaskScope::Project => Ok(project.0),
            TaskScope::Batch => Ok(batch(project, &new.of)),
            TaskScope::Route => Ok(route(project, &new.of)),
            TaskScope::Case => parse(&new.of, "of"),
            TaskScope::Home => Ok(at()?.0),
            TaskScope::Household => {
                let place = at()?;
                let living = self
                    .0
                    .look(|conn| household_at(conn, project, place).map_err(ClientError::from))?;
                living
                    .map(|(id, _)| id)
                    .ok_or_else(|| ClientError::refused("unknown_subject"))
            }
        }
    }
}
