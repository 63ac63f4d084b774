//! What a project decides for itself: its calendar, the profiles that hold there, the dates that count.

use crate::catalog::{Calendar, CountFrom, Demo, QuietPeriod, Season};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Settings of a project. Each field that is empty leaves what the catalogue says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProjectSettings {
    /// Weekend, rest days, and weekend days on which work is done.
    pub calendar: Calendar,
    /// Deadlines of complaints, a code of `complaint_profiles.json`.
    pub complaint_profile: String,
    /// Periods of warranty, a code of `warranty_rules.json`.
    pub warranty_profile: String,
    /// The day on which the completion acceptance passed; none: not yet.
    pub completion_acceptance: Option<NaiveDate>,
    /// The design life of the structure in years, from the design file.
    pub design_life_years: Option<u32>,
    /// When nobody is called.
    pub quiet_hours: Option<Vec<QuietPeriod>>,
    /// The seasons of heating and cooling, by code.
    pub seasons: BTreeMap<String, Season>,
    /// Which season is the first that counts.
    pub season_count_from: Option<CountFrom>,
    /// Codes of the contract clauses of `warranty_rules.json` that the project's contracts hold.
    pub contract_clauses: Vec<String>,
}

impl ProjectSettings {
    /// Returns the settings of the demo project.
    #[must_use]
    pub fn of(demo: &Demo) -> Self {
        Self {
            calendar: demo.calendar.clone(),
            complaint_profile: demo.project.complaint_profile.to_string(),
            warranty_profile: demo.project.warranty_profile.to_string(),
            completion_acceptance: Some(demo.project.completion_acceptance),
            design_life_years: Some(demo.project.design_life_years),
            ..Self::default()
        }
    }
}
