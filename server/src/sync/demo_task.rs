//! The task of each home of the demo project: its handover inspection; and the days from which rules count further ones.

use keyturn_domain::catalog::edition::BUILT_IN;
use keyturn_domain::catalog::{Round, Unit};
use keyturn_domain::rows::{self, MilestoneRow, kind};
use keyturn_domain::rules::{batch, route};
use keyturn_domain::{PlaceId, ScopeId};
use uuid::Uuid;

use super::demo::Plan;
use crate::project::handover_task;

impl Plan<'_> {
    pub(super) fn task(&self, unit: &Unit, place: PlaceId) -> Result<rows::TaskRow, String> {
        let demo = self.demo;
        let team = demo.teams.iter().find(|t| t.code == unit.team);
        let team = team.ok_or_else(|| format!("{} is no team", unit.team))?;
        let day = demo.handover_plan.iter().find(|d| d.day == unit.day);
        let day = day.ok_or_else(|| format!("day {} is not of the event", unit.day))?;
        let slot = usize::try_from(unit.slot)
            .ok()
            .and_then(|n| demo.event.slots.get(n.checked_sub(1)?));
        Ok(rows::TaskRow {
            assignees: vec![
                self.person(team.engineer.as_str())?,
                self.person(team.ambassador.as_str())?,
            ],
            day: day.date.to_string(),
            slot: slot.map(|s| s.format("%H:%M").to_string()).unwrap_or_default(),
            ..handover_task(&self.project_row(), BUILT_IN, place)
        })
    }
}

impl Plan<'_> {
    /// The days of the handover event: its rounds begin with the first, its batch is handed over with the last. The day
    /// of a home stands in its task, where a person put it.
    pub(super) fn milestones(&mut self, rounds: &[Round]) -> Result<(), String> {
        let days = self.demo.handover_plan.iter().map(|day| day.date);
        let (Some(first), Some(last)) = (days.clone().min(), days.max()) else {
            return Ok(());
        };
        let batch = batch(self.project, self.demo.event.code.as_str());
        self.milestone("batch_handover", batch, last)?;
        for round in rounds {
            self.milestone("round_planned", route(self.project, round.code.as_str()), first)?;
        }
        Ok(())
    }

    fn milestone(&mut self, event: &str, subject: Uuid, day: chrono::NaiveDate) -> Result<(), String> {
        let row = MilestoneRow {
            event: event.to_owned(),
            subject,
            occurrence: String::new(),
            day,
            until: None,
            rest: rows::Rest::new(),
        };
        let public = ScopeId::public_places(self.project);
        self.put_once(kind::MILESTONE, row.id(self.project), public, &row)
    }
}
