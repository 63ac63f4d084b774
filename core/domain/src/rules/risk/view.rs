//! The risk of a home or building as one screen, one API answer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Assessment, Decision, Found, assess, assess_building, found, gate};
use crate::catalog::{Catalog, DeliveryRisk, Per};
use crate::ids::{PlaceId, ScopeId};
use crate::record::Projection;
use crate::record::view::TextView;
use crate::rows::{HomeRow, RiskDecisionRow};
use crate::rules::Gathered;

/// A factor that was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// What was found, in the order of the data; of a building, the most that any home has.
    pub factors: Vec<RiskFactorView>,
    /// `open`, `waiting`, `outdated`, `shut`.
    pub gate: String,
    /// The decision that holds, if there is one.
    pub decision: Option<RiskDecisionView>,
    /// Of a building: its homes, the riskiest first.
    pub homes: Vec<HomeRiskView>,
}

/// Risks over what somebody holds of a project.
pub(crate) struct Risks<'a> {
    gathered: &'a Gathered,
    catalog: &'a Catalog,
    at: BTreeMap<PlaceId, Vec<&'a Projection>>,
    now_ms: i64,
    unsynced: bool,
}

impl<'a> Risks<'a> {
    pub(crate) fn of(gathered: &'a Gathered, catalog: &'a Catalog, now_ms: i64, unsynced: bool) -> Self {
        let mut at: BTreeMap<PlaceId, Vec<&Projection>> = BTreeMap::new();
        for record in &gathered.records {
            at.entry(record.place).or_default().push(&record.projection);
        }
        Self {
            gathered,
            catalog,
            at,
            now_ms,
            unsynced,
        }
    }

    fn rules(&self) -> &'a DeliveryRisk {
        &self.catalog.delivery_risk
    }

    fn assess(&self, place: PlaceId, home: &HomeRow) -> Assessment {
        let gathered = self.gathered;
        let mine = |notice: &&Uuid| {
            gathered
                .notices
                .get(notice)
                .is_some_and(|n| n.audience.has(place, home.building))
        };
        let notices = gathered.notices.keys().filter(mine).filter_map(|id| {
            let copy = gathered.copies.get(&(*id, place));
            Some((gathered.notices.get(id)?, copy))
        });
        let known = Found {
            records: self.at.get(&place).cloned().unwrap_or_default(),
            promises: gathered.sales.values().filter(|row| row.home == place).collect(),
            notices: notices.collect(),
            unsynced: self.unsynced,
        };
        assess(self.rules(), &found(self.catalog, &known, self.now_ms))
    }

    /// The newest decision on one of these subjects.
    fn decision(&self, subjects: &[Uuid]) -> Option<&'a (RiskDecisionRow, bool)> {
        let all = self.gathered.decisions.iter();
        let about = all.filter(|(_, (row, _))| subjects.contains(&row.subject));
        about
            .max_by_key(|(id, (row, _))| (row.at_ms, **id))
            .map(|(_, decision)| decision)
    }

    /// The risk of a home; none: it is not held.
    pub(crate) fn home(&self, place: PlaceId) -> Option<(Assessment, RiskView)> {
        let home = self.gathered.homes.get(&place)?;
        let now = self.assess(place, home);
        let view = self.view((place.0, "home", &home.no), &now, &[place.0, home.building.0]);
        Some((now, view))
    }

    /// The risk of a building with its homes; none: it is not held.
    pub(crate) fn building(&self, building: ScopeId) -> Option<(Assessment, RiskView)> {
        let row = self.gathered.buildings.get(&building.0)?;
        let homes = self.gathered.homes.iter().filter(|(_, home)| home.building == building);
        let all: Vec<(Assessment, RiskView)> = homes.filter_map(|(place, _)| self.home(*place)).collect();
        let now = assess_building(self.rules(), all.iter().map(|(risk, _)| risk));
        let mut view = self.view((building.0, "building", &row.code), &now, &[building.0]);
        view.homes = all.into_iter().map(|(_, home)| short(home)).collect();
        view.homes.sort_by(|a, b| (b.score, &a.no).cmp(&(a.score, &b.no)));
        Some((now, view))
    }

    fn view(&self, (subject, level, name): (Uuid, &str, &str), now: &Assessment, subjects: &[Uuid]) -> RiskView {
        let decision = self.decision(subjects);
        let decided = decision.map(|(row, _)| Decision::of(self.rules(), row));
        let band = self.rules().bands.iter().find(|band| band.code == *now.band);
        RiskView {
            subject: subject.to_string(),
            level: level.to_owned(),
            name: name.to_owned(),
            score: now.score,
            band: now.band.clone(),
            band_text: band.map(|band| TextView::from(&band.text)).unwrap_or_default(),
            factors: self.factors(now),
            gate: gate(self.rules(), now, decided.as_ref()).as_str().to_owned(),
            decision: decision.map(decision_view),
            homes: Vec::new(),
        }
    }

    fn factors(&self, now: &Assessment) -> Vec<RiskFactorView> {
        let shown = |factor: &crate::catalog::RiskFactor| {
            let n = *now.factors.get(factor.code.as_str())?;
            let counted = if factor.per == Per::Each { n } else { n.min(1) };
            Some(RiskFactorView {
                code: factor.code.to_string(),
                text: TextView::from(&factor.text),
                n,
                points: factor.weight.saturating_mul(counted),
                stops: now.stopped_by.iter().any(|code| factor.code == *code.as_str()),
            })
        };
        self.rules().factors.iter().filter_map(shown).collect()
    }
}

fn short(home: RiskView) -> HomeRiskView {
    HomeRiskView {
        place: home.subject,
        no: home.name,
        score: home.score,
        band: home.band,
        gate: home.gate,
    }
}

fn decision_view((row, pending): &(RiskDecisionRow, bool)) -> RiskDecisionView {
    RiskDecisionView {
        subject: row.subject.to_string(),
        open: row.open,
        reason: row.reason.clone(),
        by: row.by.to_string(),
        at_ms: row.at_ms,
        score: u32::try_from(row.score).unwrap_or_default(),
        band: row.band.clone(),
        pending: *pending,
    }
}
