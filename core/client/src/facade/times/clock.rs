//! The clock of a case: its deadlines, who hears of a missed one, and when the owner is told how it stands.

use super::home::Home;
use super::views::{ClockStepView, ClockView, EscalationView};
use crate::ClientError;
use crate::facade::cases::Cases;
use crate::facade::lists::projection;
use crate::facade::record::{catalog, genesis_of};
use keyturn_domain::catalog::ComplaintRules;
use keyturn_domain::record::Projection;
use keyturn_domain::record::view::TextView;
use keyturn_domain::rules::{StepDue, complaint_clock, escalated, next_update, quiet_periods, revisit_due};
use keyturn_store::documents;

/// States in which nobody is told anything any more.
const AT_ITS_END: [&str; 5] = ["closed", "withdrawn", "merged", "linked", "revisited"];

impl Cases {
    /// Shows the deadlines of a case in the project's calendar.
    ///
    /// # Errors
    /// `unknown_record`, `unknown_project`; `no_clock` when the project's calendar never works.
    pub fn clock(&self, record: &str) -> Result<ClockView, ClientError> {
        let genesis = genesis_of(&self.0, record)?;
        let now = self.0.inner.now_ms();
        let rules = &catalog()?.complaints;
        self.0.look(|conn| {
            let listed = documents::listed(conn, genesis.document)?;
            let shown = projection(&listed.ok_or_else(|| ClientError::refused("unknown_record"))?);
            let home = Home::read(conn, genesis.project, genesis.place)?;
            let refused = || ClientError::refused("no_clock");
            let settings = &home.project.settings;
            let profile = rules.profile(&settings.complaint_profile).ok_or_else(refused)?;
            let received = shown.matter.received_ms.unwrap_or(shown.begun_ms);
            let clock = complaint_clock(profile, received, &home.calendar).ok_or_else(refused)?;
            let open = !AT_ITS_END.contains(&shown.state.as_str());
            let periods = quiet_periods(&rules.quiet_hours, settings.quiet_hours.as_deref(), None);
            let revisit = answered(&shown).map(|at| revisit_due(rules, at, periods, &home.calendar));
            Ok(ClockView {
                profile: profile.code.to_string(),
                start: clock.start.to_string(),
                steps: clock
                    .steps
                    .iter()
                    .map(|step| step_view(rules, step, now, open))
                    .collect(),
                next_update_ms: open.then(|| next_update(rules, last_told(&shown, received), &home.calendar)),
                revisit_by_ms: revisit.map(|due| due.due_ms),
                revisit_before_ms: revisit.and_then(|due| due.last_contact_before_ms),
            })
        })
    }
}

fn step_view(rules: &ComplaintRules, step: &StepDue, now: i64, open: bool) -> ClockStepView {
    let reached = escalated(rules, step, now).filter(|_| open);
    ClockStepView {
        code: step.code.to_string(),
        text: TextView::from(&step.text),
        due_ms: step.due_ms,
        escalations: reached
            .map(|level| EscalationView {
                level: level.level,
                text: TextView::from(&level.action),
                role: level.to_role.to_string(),
                receiver: level.receiver.as_ref().map(ToString::to_string).unwrap_or_default(),
            })
            .collect(),
    }
}

fn answered(shown: &Projection) -> Option<i64> {
    let answer = |event: &str| ["answer", "answer_without_plan"].contains(&event);
    let step = shown.history.iter().rev().find(|step| answer(&step.event));
    step.filter(|_| shown.state == "answered").map(|step| step.at_ms)
}

/// When the owner last heard: of an update, or that it was received.
fn last_told(shown: &Projection, received: i64) -> i64 {
    let told = shown.history.iter().filter(|step| step.event == "update");
    told.map(|step| step.time("told_at").unwrap_or(step.at_ms))
        .max()
        .unwrap_or(received)
}
