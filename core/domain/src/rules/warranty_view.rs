//! The warranty of a home, component by component, as one screen or one answer.

use super::{Component, Governs, HomeFacts, Terms, found_early, longer};
use crate::catalog::{Catalog, ContractClause, PeriodUnit};
use crate::record::view::TextView;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The warranty of a home, component by component. There is no day on which "the warranty" ends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PartView {
    /// Room and part of the building.
    pub part: String,
    /// The day on which its period began anew.
    pub restarted_on: String,
    /// Its last day.
    pub last_day: String,
}

/// A clause of the contract beside the law.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

/// Shows what of a home is covered until when: each component with its rule, its source and its own day. None when the
/// project names no profile that this version knows.
#[must_use]
pub fn warranty_view(catalog: &Catalog, home: &HomeFacts, today: NaiveDate) -> Option<WarrantyView> {
    let terms = home.terms(catalog)?;
    let components = terms.components();
    Some(WarrantyView {
        profile: terms.profile.code.to_string(),
        text: TextView::from(&terms.profile.text),
        basis: terms.profile.basis.clone(),
        confirmed: terms.profile.confirmed,
        delivery: told(terms.starts.delivery),
        completion_acceptance: told(terms.starts.completion_acceptance),
        emergency_at_once: terms.profile.emergency_at_once,
        components: components
            .iter()
            .map(|c| component(catalog, home, &terms, c, today))
            .collect(),
    })
}

/// Writes a day that may be unknown.
#[must_use]
pub fn told(day: Option<NaiveDate>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

fn component(
    catalog: &Catalog,
    home: &HomeFacts,
    terms: &Terms<'_>,
    of: &Component<'_>,
    today: NaiveDate,
) -> ComponentView {
    let rule = of.rule;
    let season = of.season.as_ref().and_then(|code| terms.seasons.get(code)).copied();
    let is_of_class = |part: &str| {
        let part = part.rsplit('/').next().unwrap_or_default();
        let mut defects = catalog.defects.values();
        defects.any(|d| d.part == part && d.warranty_class == rule.component_class)
    };
    let parts: BTreeSet<&str> = home.repairs.iter().map(|repair| repair.part.as_str()).collect();
    let parts = parts.into_iter().filter(|part| is_of_class(part)).filter_map(|part| {
        Some(PartView {
            part: part.to_owned(),
            restarted_on: terms.restarted_on(rule, part, &home.repairs)?.to_string(),
            last_day: told(terms.part_last_day(rule, season, part, &home.repairs)),
        })
    });
    let early = |received| found_early(&catalog.warranty, received, today);
    let by_contract = rule.duration.unit == PeriodUnit::Contract;
    ComponentView {
        code: of.code.clone(),
        text: TextView::from(&rule.text),
        rule: format!("{}/{}", terms.profile.code, rule.component_class),
        source: if by_contract { Governs::Contract } else { Governs::Law }
            .as_str()
            .to_owned(),
        starts_on: told(of.starts_on),
        last_day: told(of.last_day),
        ended: of.ended(today),
        within_six_months: catalog.warranty.marks_early(&rule.component_class)
            && terms.starts.delivery.is_some_and(early),
        on_site_duty_days: rule.on_site_duty_days,
        parts: parts.collect(),
        clauses: clauses(catalog, terms, of),
    }
}

/// The clauses of the contract about defects of this class, each against the law.
fn clauses(catalog: &Catalog, terms: &Terms<'_>, of: &Component<'_>) -> Vec<ClauseView> {
    let season = of.season.as_ref().and_then(|code| terms.seasons.get(code)).copied();
    let concerns = |clause: &&&ContractClause| {
        let mut defects = clause.defect_codes.iter().filter_map(|code| catalog.defects.get(code));
        defects.any(|defect| defect.warranty_class == of.rule.component_class)
    };
    let view = |clause: &&ContractClause| {
        let start = terms.starts.day(terms.clauses_start);
        let last_day = start.and_then(|start| terms.last_day_from(clause.duration, season, start));
        ClauseView {
            code: clause.code.to_string(),
            text: TextView::from(&clause.text),
            last_day: told(last_day),
            governs: longer(of.last_day, last_day).0 == Governs::Contract,
        }
    };
    terms.clauses.iter().filter(concerns).map(view).collect()
}
