//! The handover event and what was promised before it.

use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

use crate::catalog::codes::{PlainCode, TeamCode, UnitNo};
use crate::catalog::text::Text;

/// The handover event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its code.
    pub code: PlainCode,
    /// Which batch it is.
    pub batch: u32,
    /// Of how many.
    pub batches: u32,
    /// Area of the hall in square metres.
    pub area_m2: u32,
    /// When its slots begin.
    pub slots: Vec<NaiveTime>,
    /// How long a slot lasts.
    pub slot_minutes: u32,
    /// The stations that a household passes.
    pub stations: Vec<Station>,
}

/// A station of the event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Station {
    /// Its code.
    pub code: PlainCode,
    /// Its name.
    #[serde(flatten)]
    pub text: Text,
}

/// A day of the event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoverDay {
    /// Counts from 1.
    pub day: u32,
    /// Its date.
    pub date: NaiveDate,
    /// Whether it is a weekend day.
    pub weekend: bool,
    /// Homes noticed for it.
    pub noticed_units: usize,
    /// Homes expected on it.
    pub forecast_units: usize,
    /// Teams on duty.
    pub teams: Vec<TeamCode>,
    /// How many homes fit.
    pub slot_capacity: usize,
}

/// Rest days.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Calendar {
    /// Days of the week that are free; 1 is Monday.
    pub weekend: Vec<u32>,
    /// Further free days.
    pub rest_days: Vec<NaiveDate>,
    /// Days of the weekend on which work is done, in exchange for a rest day.
    pub workdays: Vec<NaiveDate>,
}

/// Something promised at sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SalesPromise {
    /// To the owner of this home.
    pub unit: UnitNo,
    /// What.
    #[serde(flatten)]
    pub text: Text,
    /// By when.
    pub by: NaiveDate,
}

/// Something that buyers were told beforehand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disclosure {
    /// Its code.
    pub code: PlainCode,
    /// What.
    #[serde(flatten)]
    pub text: Text,
}
