//! What the calls about days and deadlines return. Days are `2026-12-04` in the project's zone; empty: not known.

use keyturn_domain::record::view::TextView;
use serde::{Deserialize, Serialize};

/// By when a defect is looked after, and what covers it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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

/// Something that the journey of a home holds ready.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
