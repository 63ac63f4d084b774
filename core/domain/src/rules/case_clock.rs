//! The clock of one case: its deadlines, who hears of a missed one, when its owner hears how it stands. The same on phone
//! and server.

use serde::{Deserialize, Serialize};

use super::calendar::ProjectCalendar;
use super::clocks::{StepDue, complaint_clock, escalated, next_update};
use super::quiet::quiet_periods;
use super::targets::revisit_due;
use crate::catalog::{ComplaintRules, QuietPeriod};
use crate::record::Projection;
use crate::record::view::TextView;
use crate::rows::ProjectSettings;

/// States in which nobody is told anything any more.
const AT_ITS_END: [&str; 5] = ["closed", "withdrawn", "merged", "linked", "revisited"];
/// The event that tells an owner how it stands.
const UPDATE: &str = "update";

/// The clock of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ClockView {
    /// The profile of deadlines.
    pub profile: String,
    /// The day from which it runs.
    pub start: String,
    /// Its steps.
    pub steps: Vec<ClockStepView>,
    /// Until when the owner is told how it stands; none: it is at its end.
    pub next_update_ms: Option<i64>,
    /// The revisit after the answer.
    pub revisit_by_ms: Option<i64>,
    /// Before this moment, because quiet hours follow.
    pub revisit_before_ms: Option<i64>,
}

/// A step of a clock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ClockStepView {
    /// Its code.
    pub code: String,
    /// Its words.
    pub text: TextView,
    /// Its last moment.
    pub due_ms: i64,
    /// When it was met; none: not yet.
    pub met_ms: Option<i64>,
    /// Who hears of it meanwhile; none of one that is met, or of a case that is at its end.
    pub escalations: Vec<EscalationView>,
}

/// A level of escalation that is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EscalationView {
    /// Counts from 1.
    pub level: u32,
    /// What is done.
    pub text: TextView,
    /// The role that hears of it.
    pub role: String,
    /// The office; empty: whoever is in charge.
    pub receiver: String,
}

impl ClockView {
    /// Returns the step that is due next: the first that nobody has met.
    #[must_use]
    pub fn waiting(&self) -> Option<&ClockStepView> {
        // Of a case at its end nobody waits for a step.
        let open = self.next_update_ms.is_some();
        let waiting = self.steps.iter().filter(|step| open && step.met_ms.is_none());
        waiting.min_by_key(|step| step.due_ms)
    }
}

/// What a clock is read by.
#[derive(Clone, Copy, Debug)]
pub struct ClockRules<'a> {
    /// The built-in rules.
    pub rules: &'a ComplaintRules,
    /// The project's settings.
    pub settings: &'a ProjectSettings,
    /// The project's calendar.
    pub calendar: &'a ProjectCalendar,
}

/// Returns the clock of a case; none when the project has no profile of deadlines, or its calendar never works.
/// `own_quiet`: the hours that the owner asked for, which a call to them keeps.
#[must_use]
pub fn case_clock(
    by: ClockRules<'_>,
    case: &Projection,
    own_quiet: Option<&[QuietPeriod]>,
    now_ms: i64,
) -> Option<ClockView> {
    let profile = by.rules.profile(&by.settings.complaint_profile)?;
    let received = case.matter.received_ms.unwrap_or(case.begun_ms);
    let clock = complaint_clock(profile, received, by.calendar)?;
    let open = !AT_ITS_END.contains(&case.state.as_str());
    let periods = quiet_periods(&by.rules.quiet_hours, by.settings.quiet_hours.as_deref(), own_quiet);
    let revisit = answered(case).map(|at| revisit_due(by.rules, at, periods, by.calendar));
    let shown = |step: &StepDue| step_view(by.rules, step, case, now_ms, open);
    Some(ClockView {
        profile: profile.code.to_string(),
        start: clock.start.to_string(),
        steps: clock.steps.iter().map(shown).collect(),
        next_update_ms: open.then(|| next_update(by.rules, last_told(case, received), by.calendar)),
        revisit_by_ms: revisit.map(|due| due.due_ms),
        revisit_before_ms: revisit.and_then(|due| due.last_contact_before_ms),
    })
}

fn step_view(rules: &ComplaintRules, step: &StepDue, case: &Projection, now_ms: i64, open: bool) -> ClockStepView {
    let meets = |event: &str| step.met_by.iter().any(|code| code.as_str() == event);
    let met = case.history.iter().filter(|s| meets(&s.event)).map(|s| s.at_ms).min();
    let reached = escalated(rules, step, now_ms).filter(|_| open && met.is_none());
    ClockStepView {
        code: step.code.to_string(),
        text: TextView::from(&step.text),
        due_ms: step.due_ms,
        met_ms: met,
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

fn answered(case: &Projection) -> Option<i64> {
    let answer = |event: &str| ["answer", "answer_without_plan"].contains(&event);
    let step = case.history.iter().rev().find(|step| answer(&step.event));
    step.filter(|_| case.state == "answered").map(|step| step.at_ms)
}

/// When the owner last heard: of an update, or that it was received.
fn last_told(case: &Projection, received: i64) -> i64 {
    let told = case.history.iter().filter(|step| step.event == UPDATE);
    told.map(|step| step.time("told_at").unwrap_or(step.at_ms))
        .max()
        .unwrap_or(received)
}
