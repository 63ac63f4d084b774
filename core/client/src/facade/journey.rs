//! Days of the journey: what happened to a home, or is planned, and when. Tasks count from them.

use super::intents::home_of;
use super::places::Places;
use super::record::parse;
use crate::ClientError;
use keyturn_domain::PlaceId;
use keyturn_domain::intents::{Command, MilestoneSet};
use keyturn_domain::rows::{MilestoneRow, Rest, kind};

impl Places {
    /// Says on which day (`2026-12-04`) something of a home's journey happened or is planned, e.g. `moved_in`; an event
    /// of the task rules. What somebody else said meanwhile is for the office.
    ///
    /// # Errors
    /// `unknown_place` when this phone does not hold the home, [`ClientError::Input`] for what is no day, `no_grant`.
    pub fn set_day(&self, place: &str, event: &str, day: &str) -> Result<(), ClientError> {
        let (home, day): (PlaceId, _) = (parse(place, "place")?, parse(day, "day")?);
        let row = MilestoneRow {
            event: event.to_owned(),
            subject: home.0,
            occurrence: String::new(),
            day,
            until: None,
            rest: Rest::new(),
        };
        let (project, known) = self.0.look(|conn| {
            let project = home_of(conn, home)?;
            let held = self.0.held(conn, project, home)?;
            let known = held.present.get::<MilestoneRow>(kind::MILESTONE, row.id(project));
            Ok((project, known.map(|(known, _)| known.day)))
        })?;
        let command = MilestoneSet {
            place: Some(home),
            event: row.event,
            subject: row.subject,
            occurrence: row.occurrence,
            day,
            until: None,
            was: known,
        };
        self.0.command(project, &Command::MilestoneSet(command)).map(drop)
    }
}
