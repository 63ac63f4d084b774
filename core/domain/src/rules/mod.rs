//! The rules: pure functions over the typed data of the catalogue and facts that the caller hands in.
//!
//! Each is stated a second time, as a small reference function, in `data/check`; the vectors hold both to the same
//! answers.

mod calendar;
mod case_clock;
mod clocks;
mod coverage;
mod crews;
mod gathered;
mod home;
pub mod kpi;
mod milestones;
mod patrol;
mod period;
mod planner;
mod quiet;
mod reassign;
pub mod risk;
mod seasons;
mod share;
pub mod survey;
mod targets;
mod tasks;
mod warranty;
mod warranty_view;

#[cfg(test)]
mod vectors;

pub use calendar::{ProjectCalendar, UnknownZone};
pub use case_clock::{ClockRules, ClockStepView, ClockView, EscalationView, case_clock};
pub use clocks::{ComplaintClock, StepDue, complaint_clock, escalated, next_update};
pub use coverage::{Coverage, coverage};
pub use crews::{Jobs, NAMING_EVENTS};
pub use gathered::{Days, Gathered};
pub use home::{HomeFacts, part_of};
pub use milestones::{Recorded, milestones_of};
pub use patrol::{RoundKept, days_kept, round_kept};
pub use period::{add_lag, add_months, add_years, last_day_of};
pub use planner::{PlannedTask, Planner, Told, batch, route};
pub use quiet::{Contact, danger_named, danger_of, last_call_before, may_call, quiet_periods};
pub use reassign::{Responsible, responsible};
pub use seasons::season_last_day;
pub use share::{mean, percent};
pub use targets::{RevisitDue, TargetDates, acknowledged_in_time, first_contact_by, revisit_due, target_dates};
pub use tasks::{Opening, Replan, occurrences, open_task, replan_task};
pub use warranty::{Component, Governs, Repair, Starts, Terms, found_early, longer};
pub use warranty_view::{ClauseView, ComponentView, PartView, WarrantyView, told, warranty_view};
