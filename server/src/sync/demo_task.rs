//! The task of each home of the demo project: its handover inspection.

use keyturn_domain::catalog::Unit;
use keyturn_domain::{DocumentId, PlaceId, TaskId, rows};

use super::demo::Plan;

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
        let id = TaskId::of_rule("tr-handover", place.0, "1");
        let template = demo.project.template.to_string();
        Ok(rows::TaskRow {
            id,
            kind: "handover_inspection".into(),
            rule: "tr-handover".into(),
            place,
            record_kind: "inspection".into(),
            record: DocumentId::derive(id.0, "record"),
            template_version: version_of(&template),
            template,
            assignees: vec![
                self.person(team.engineer.as_str())?,
                self.person(team.ambassador.as_str())?,
            ],
            day: day.date.to_string(),
            slot: slot.map(|s| s.format("%H:%M").to_string()).unwrap_or_default(),
            role: "engineer".into(),
            subject: place.0,
            occurrence: "1".into(),
            ..rows::TaskRow::default()
        })
    }
}

/// The version at the end of a template's code, `_v1`.
fn version_of(template: &str) -> u32 {
    template
        .rsplit_once("_v")
        .and_then(|(_, n)| n.parse().ok())
        .unwrap_or(1)
}
