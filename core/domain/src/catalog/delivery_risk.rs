//! The risk of handing a home over: weights, bands, what always stops, who may open the gate.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::codes::{BandCode, FactorCode, RoleCode};
use super::error::Result;
use super::json_file::JsonFile;
use super::machines::Machines;
use super::text::Text;

/// The file of the risk.
pub(super) const FILE: &str = "delivery_risk.json";

/// The band of a home that must not be handed over.
pub const STOP: &str = "stop";

/// How often a factor counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Per {
    /// Every one of them.
    Each,
    /// Once per home.
    Home,
    /// Once per home, because of something of its building.
    Building,
}

/// Something that makes a handover risky.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RiskFactor {
    /// Its code.
    pub code: FactorCode,
    /// Its words.
    #[serde(flatten)]
    pub text: Text,
    /// How often it counts.
    pub per: Per,
    /// What it weighs.
    pub weight: u32,
}

/// A band of scores.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RiskBand {
    /// Its code.
    pub code: BandCode,
    /// Its words.
    #[serde(flatten)]
    pub text: Text,
    /// The highest score in it; none: no limit.
    pub up_to: Option<u32>,
}

/// What a decision is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GateLevel {
    /// One home.
    Home,
    /// A building with all its homes.
    Building,
}

/// Who opens the gate, and how.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RiskGate {
    /// For what a decision may be made.
    pub level: Vec<GateLevel>,
    /// The role that decides.
    pub decided_by: RoleCode,
    /// Whether a reason is needed.
    pub reason_required: bool,
    /// Whether the score and the factors are kept with the decision.
    pub snapshot: bool,
}

/// The rules of delivery risk.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DeliveryRisk {
    /// That the figures are examples.
    pub notice: Text,
    /// What counts.
    pub factors: Vec<RiskFactor>,
    /// From the lowest score to the highest; the first that is not exceeded holds.
    pub bands: Vec<RiskBand>,
    /// What stops whatever the score.
    pub always_stop: Vec<FactorCode>,
    /// Who decides.
    pub gate: RiskGate,
}

impl DeliveryRisk {
    /// Reads the rules.
    pub(super) fn load(text: &str, machines: &Machines) -> Result<Self> {
        let json = JsonFile::new(FILE, text);
        let risk: Self = json.read()?;
        let mut seen = BTreeSet::new();
        for (n, factor) in risk.factors.iter().enumerate() {
            let (at, code) = (format!("factors[{n}]"), factor.code.as_str());
            json.check(
                seen.insert(code),
                || format!("{at}.code"),
                code,
                "a factor that is not there yet",
            )?;
            let weight = factor.weight.to_string();
            json.check(
                factor.weight > 0,
                || format!("{at}.weight"),
                &weight,
                "a weight above 0",
            )?;
        }
        risk.check_bands(json)?;
        for (n, code) in risk.always_stop.iter().enumerate() {
            let known = seen.contains(code.as_str());
            json.check(
                known,
                || format!("always_stop[{n}]"),
                code.as_str(),
                "one of the factors",
            )?;
        }
        let role = risk.gate.decided_by.as_str();
        json.check(
            machines.has_role(role),
            || "gate.decided_by".to_owned(),
            role,
            "one of the roles",
        )?;
        json.check(
            !risk.gate.level.is_empty(),
            || "gate.level".to_owned(),
            "",
            "home or building, or both",
        )?;
        Ok(risk)
    }

    fn check_bands(&self, json: JsonFile<'_>) -> Result<()> {
        let mut below: Option<u32> = None;
        let mut seen = BTreeSet::new();
        for (n, band) in self.bands.iter().enumerate() {
            let (at, code) = (format!("bands[{n}]"), band.code.as_str());
            json.check(
                seen.insert(code),
                || format!("{at}.code"),
                code,
                "a band that is not there yet",
            )?;
            let last = n + 1 == self.bands.len();
            let shown = band.up_to.map_or_else(|| "null".to_owned(), |limit| limit.to_string());
            json.check(
                band.up_to.is_none() == last,
                || format!("{at}.up_to"),
                &shown,
                "a limit for each band but the last, which has none",
            )?;
            let rises = band.up_to.is_none() || below < band.up_to;
            json.check(
                rises,
                || format!("{at}.up_to"),
                &shown,
                "a limit above that of the band before",
            )?;
            below = band.up_to;
        }
        let last = self.bands.len().saturating_sub(1);
        let code = self.bands.last().map_or("", |band| band.code.as_str());
        json.check(
            code == STOP,
            || format!("bands[{last}].code"),
            code,
            "stop, the band above all others",
        )
    }
}
