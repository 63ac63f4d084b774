//! Days and deadlines: warranty, targets, clocks, rounds, what is expected.

use keyturn_client::facade::{
    ClauseView, ClockStepView, ClockView, ComponentView, DefectDueView, EscalationView, ExpectedView, LogLine,
    PartView, RoundView, WarrantyView,
};
use keyturn_domain::record::view::TextView;

/// The warranty of a home, component by component. There is no day on which "the warranty" ends.
#[uniffi::remote(Record)]
pub struct WarrantyView {
    /// The profile of the jurisdiction.
    pub profile: String,
    /// Its name.
    pub text: TextView,
    /// The law by number.
    pub basis: String,
    /// A lawyer of the user confirmed it.
    pub confirmed: bool,
    /// The day of delivery.
    pub delivery: String,
    /// The day of the completion acceptance.
    pub completion_acceptance: String,
    /// In an emergency somebody comes at once.
    pub emergency_at_once: bool,
    /// The components.
    pub components: Vec<ComponentView>,
}

/// The warranty of one component.
#[uniffi::remote(Record)]
pub struct ComponentView {
    /// Its class, and its season where it has one.
    pub code: String,
    /// Its words.
    pub text: TextView,
    /// The rule: profile and class.
    pub rule: String,
    /// `law`, or `contract` where only the contract says how long.
    pub source: String,
    /// The day from which it counts.
    pub starts_on: String,
    /// The last day that is covered.
    pub last_day: String,
    /// That day is over. Never for a day that is not known.
    pub ended: bool,
    /// A defect found today carries the mark of an early one.
    pub within_six_months: bool,
    /// Within how many days of a notice somebody must come.
    pub on_site_duty_days: Option<u32>,
    /// Parts whose period a repair began anew.
    pub parts: Vec<PartView>,
    /// Clauses of the contract about defects of this class.
    pub clauses: Vec<ClauseView>,
}

/// A part whose period began anew.
#[uniffi::remote(Record)]
pub struct PartView {
    /// Room and part of the building.
    pub part: String,
    /// The day on which its period began anew.
    pub restarted_on: String,
    /// Its last day.
    pub last_day: String,
}

/// A clause of the contract beside the law.
#[uniffi::remote(Record)]
pub struct ClauseView {
    /// Its code.
    pub code: String,
    /// What it covers.
    pub text: TextView,
    /// Its last day.
    pub last_day: String,
    /// It covers longer than the law, and so governs.
    pub governs: bool,
}

/// By when a defect is looked after, and what covers it.
#[uniffi::remote(Record)]
pub struct DefectDueView {
    /// The severity that the targets are of.
    pub severity: String,
    /// Until when the person named has answered with a time.
    pub contact_by_ms: Option<i64>,
    /// Until when somebody was there.
    pub visit_by_ms: Option<i64>,
    /// Until when there is a plan.
    pub plan_by_ms: Option<i64>,
    /// Until when it is fixed.
    pub fix_by_ms: Option<i64>,
    /// The dispatch was answered in time; none: nobody was named.
    pub acknowledged_in_time: Option<bool>,
    /// Everybody who answered for it, the present one last.
    pub responsible: Vec<String>,
    /// How often it went to somebody else.
    pub reassignments: u32,
    /// The rule of the warranty, or the clause of the contract.
    pub warranty_rule: String,
    /// `law` or `contract`.
    pub warranty_source: String,
    /// The law by number.
    pub warranty_basis: String,
    /// The last day under the law.
    pub law_last_day: String,
    /// The last day under the contract.
    pub contract_last_day: String,
    /// The last day that counts.
    pub last_day: String,
    /// Covered on the day it was found; none: nobody can say yet.
    pub covered: Option<bool>,
    /// Found so soon that the burden of proof may lie with the trader.
    pub within_six_months: bool,
    /// The revisit after it was closed.
    pub revisit_by_ms: Option<i64>,
    /// Before this moment, because quiet hours follow.
    pub revisit_before_ms: Option<i64>,
}

/// The clock of a case.
#[uniffi::remote(Record)]
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
#[uniffi::remote(Record)]
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
#[uniffi::remote(Record)]
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

/// Something that the journey of a home holds ready.
#[uniffi::remote(Record)]
pub struct ExpectedView {
    /// The rule.
    pub rule: String,
    /// The kind of task.
    pub kind: String,
    /// The words of the kind.
    pub text: TextView,
    /// The step of the journey.
    pub step: String,
    /// The role that does it.
    pub role: String,
    /// The task; empty: not opened yet.
    pub task: String,
    /// The day on which it opens; empty: what it waits for has no day.
    pub day: String,
    /// Its last day.
    pub due: String,
    /// The event from which it counts, or for which it waits.
    pub anchor: String,
    /// Its record was begun, or somebody said what became of it.
    pub begun: bool,
    /// What became of a task without a record: `done`, `not_done`; empty: open, or its record tells.
    pub outcome: String,
}

/// How a round of a patrol went.
#[uniffi::remote(Record)]
pub struct RoundView {
    /// The round: `morning`; of one without hours the kind of inspection: `fitout_patrol`.
    pub round: String,
    /// Its name.
    pub text: TextView,
    /// The day on which it may begin.
    pub first_day: String,
    /// The day on which it must be over.
    pub last_day: String,
    /// When it leaves, `09:30`; empty: it has days and no hours.
    pub planned_start: String,
    /// When it is back.
    pub planned_end: String,
    /// When it left; none: not yet.
    pub started_ms: Option<i64>,
    /// When it was back; none: not yet.
    pub ended_ms: Option<i64>,
    /// Points that nobody looked at.
    pub points_missing: u32,
    /// Within the tolerance, and nothing missing; none: not over.
    pub on_time: Option<bool>,
    /// Why it was not; empty: it was, or nobody said.
    pub reason: String,
    /// The day is closed.
    pub closed: bool,
    /// The manager who read it; empty: nobody yet.
    pub read_by: String,
    /// When.
    pub read_ms: Option<i64>,
    /// What happened there on its days.
    pub log: Vec<LogLine>,
}

/// A line of the log, which writes itself.
#[uniffi::remote(Record)]
pub struct LogLine {
    /// When, by the device.
    pub at_ms: i64,
    /// Who; empty: the system.
    pub by: String,
    /// What happened.
    pub event: String,
    /// The record.
    pub record: String,
    /// Kind of the record.
    pub kind: String,
}
