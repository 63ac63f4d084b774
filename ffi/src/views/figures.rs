//! Key figures, and the risk of handing a home or building over.

use keyturn_domain::record::view::TextView;
use keyturn_domain::rules::kpi::{Figure, Part};
use keyturn_domain::rules::risk::{HomeRiskView, RiskDecisionView, RiskFactorView, RiskView};

/// A number that stands beside a figure.
#[uniffi::remote(Record)]
pub struct Part {
    /// What it is of: `severity`, `part`, `trade`, `age`, `family`; empty: itself.
    pub of: String,
    /// Which one.
    pub code: String,
    /// The number.
    pub value: f64,
    /// How many it was counted from.
    pub n: i64,
}

/// A key figure.
#[uniffi::remote(Record)]
pub struct Figure {
    /// Its code.
    pub code: String,
    /// Its name.
    pub text: TextView,
    /// Its exact definition.
    pub definition: TextView,
    /// Its unit.
    pub unit: String,
    /// The figure; none: nothing to count.
    pub value: Option<f64>,
    /// How many it was counted from.
    pub n: i64,
    /// What was counted.
    pub numerator: i64,
    /// Among what; 0: it is no share.
    pub denominator: i64,
    /// So few answers that it says little.
    pub few_answers: bool,
    /// What the definition lists apart.
    pub apart: Vec<Part>,
    /// The figure split, or its means.
    pub split: Vec<Part>,
}

/// A factor that was found.
#[uniffi::remote(Record)]
pub struct RiskFactorView {
    /// Its code.
    pub code: String,
    /// Its words.
    pub text: TextView,
    /// How often.
    pub n: u32,
    /// What it adds to the score.
    pub points: u32,
    /// It stops whatever the score.
    pub stops: bool,
}

/// A decision at the gate, with what it was made upon.
#[uniffi::remote(Record)]
pub struct RiskDecisionView {
    /// The home or building that it was made for.
    pub subject: String,
    /// Opened, or kept shut.
    pub open: bool,
    /// Why.
    pub reason: String,
    /// Who decided.
    pub by: String,
    /// When, by their device.
    pub at_ms: i64,
    /// The score then.
    pub score: u32,
    /// The band then.
    pub band: String,
    /// The server has not answered yet.
    pub pending: bool,
}

/// A home of a building, in short.
#[uniffi::remote(Record)]
pub struct HomeRiskView {
    /// The place.
    pub place: String,
    /// Unit number.
    pub no: String,
    /// The score.
    pub score: u32,
    /// The band.
    pub band: String,
    /// `open`, `waiting`, `outdated`, `shut`.
    pub gate: String,
}

/// The risk of a home or building.
#[uniffi::remote(Record)]
pub struct RiskView {
    /// The home or building.
    pub subject: String,
    /// `home` or `building`.
    pub level: String,
    /// Unit number, or code of the building.
    pub name: String,
    /// The score; of a building, that of its worst home.
    pub score: u32,
    /// The band.
    pub band: String,
    /// Its words.
    pub band_text: TextView,
    /// What was found; of a building, the most that any home has.
    pub factors: Vec<RiskFactorView>,
    /// `open`, `waiting`, `outdated`, `shut`.
    pub gate: String,
    /// The decision that holds, if there is one.
    pub decision: Option<RiskDecisionView>,
    /// Of a building: its homes, the riskiest first.
    pub homes: Vec<HomeRiskView>,
}
