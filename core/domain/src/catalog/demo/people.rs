//! Who works there and who lives there.

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

use crate::catalog::codes::{CrewCode, HouseholdCode, PlainCode, RoleCode, StaffCode, TeamCode, TradeCode, UnitNo};
use crate::catalog::text::{Lang, Text};

/// An inspection team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// Its code.
    pub code: TeamCode,
    /// Its name.
    #[serde(flatten)]
    pub text: Text,
    /// Its engineer.
    pub engineer: StaffCode,
    /// Its ambassador.
    pub ambassador: StaffCode,
}

/// A person of the staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staff {
    /// Their code.
    pub code: StaffCode,
    /// Their role.
    pub role: RoleCode,
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in Latin letters.
    pub name_en: String,
    /// Title in Chinese.
    pub title_zh: String,
    /// Title in English.
    pub title_en: String,
    /// Business telephone.
    pub phone: String,
}

/// A repair crew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crew {
    /// Its code.
    pub code: CrewCode,
    /// Its name.
    #[serde(flatten)]
    pub text: Text,
    /// Who leads it.
    pub head: StaffCode,
    /// What it repairs.
    pub trades: Vec<TradeCode>,
}

/// A duty at night.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    /// From this time of day.
    pub from: NaiveTime,
    /// To this one, perhaps of the next day.
    pub to: NaiveTime,
    /// Who.
    pub person: StaffCode,
    /// What for.
    pub covers: PlainCode,
}

/// A household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Household {
    /// Its code.
    pub code: HouseholdCode,
    /// Its home.
    pub unit: UnitNo,
    /// Name and number of its first person.
    #[serde(flatten)]
    pub owner: Owner,
    /// The language it is written to in.
    pub language: Lang,
    /// The ambassador who looks after it.
    pub ambassador: StaffCode,
    /// Who lives there, by relation only.
    pub people: Vec<Person>,
    /// When it does not want to be called.
    pub quiet_hours: Option<Vec<(NaiveTime, NaiveTime)>>,
}

/// Personal data, invented: sealed when they are loaded, and never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in Latin letters.
    pub name_en: String,
    /// Telephone.
    pub phone: String,
}

impl std::fmt::Debug for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Owner(…)")
    }
}

/// A person of a household, by relation only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Owner, tenant … (`answer_codes.csv`, group `relation`).
    pub relation: PlainCode,
}
