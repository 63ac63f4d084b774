//! The warranty of a home, component by component.

use super::home::Home;
use super::views::{ClauseView, ComponentView, PartView, WarrantyView};
use crate::ClientError;
use crate::facade::context::project_of;
use crate::facade::places::Places;
use crate::facade::record::{catalog, parse};
use chrono::NaiveDate;
use keyturn_domain::PlaceId;
use keyturn_domain::catalog::{Catalog, ContractClause, PeriodUnit};
use keyturn_domain::record::view::TextView;
use keyturn_domain::rules::{Component, Governs, Terms, found_early, longer};
use std::collections::BTreeSet;

impl Places {
    /// Shows what of a home is covered until when: each component with its rule, its source and its own day.
    ///
    /// # Errors
    /// `unknown_place`; `unknown_profile` when the project names no profile that this version knows.
    pub fn warranty(&self, place: &str) -> Result<WarrantyView, ClientError> {
        let place: PlaceId = parse(place, "place")?;
        let (catalog, now) = (catalog()?, self.0.inner.now_ms());
        self.0.look(|conn| {
            let project = project_of(conn, place)?.ok_or_else(|| ClientError::refused("unknown_place"))?;
            let home = Home::read(conn, project, place)?;
            let terms = home
                .terms(catalog)
                .ok_or_else(|| ClientError::refused("unknown_profile"))?;
            let today = home.calendar.day_of(now);
            let components = terms.components();
            Ok(WarrantyView {
                profile: terms.profile.code.to_string(),
                text: TextView::from(&terms.profile.text),
                basis: terms.profile.basis.clone(),
                confirmed: terms.profile.confirmed,
                delivery: told(terms.starts.delivery),
                completion_acceptance: told(terms.starts.completion_acceptance),
                emergency_at_once: terms.profile.emergency_at_once,
                components: components
                    .iter()
                    .map(|c| component(catalog, &home, &terms, c, today))
                    .collect(),
            })
        })
    }
}

pub(super) fn told(day: Option<NaiveDate>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

fn component(catalog: &Catalog, home: &Home, terms: &Terms<'_>, of: &Component<'_>, today: NaiveDate) -> ComponentView {
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
