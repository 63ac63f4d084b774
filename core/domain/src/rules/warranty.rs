//! Warranty of components: from when, to which last day, under which rule. Never one date for a whole home.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::calendar::ProjectCalendar;
use super::period::{add_months, last_day_of};
use super::seasons::season_last_day;
use crate::catalog::{
    ContractClause, CountFrom, Lag, Period, PeriodUnit, RestartEvent, Season, StartEvent, WarrantyProfile,
    WarrantyRule, WarrantyRules,
};
use crate::rows::ProjectSettings;

/// The days from which periods count; none: it has not happened yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Starts {
    /// The completion acceptance passed.
    pub completion_acceptance: Option<NaiveDate>,
    /// The home was delivered to its owner.
    pub delivery: Option<NaiveDate>,
}

impl Starts {
    /// Returns the day of an event.
    #[must_use]
    pub fn day(&self, event: StartEvent) -> Option<NaiveDate> {
        match event {
            StartEvent::CompletionAcceptance => self.completion_acceptance,
            StartEvent::Delivery => self.delivery,
        }
    }
}

/// A repair of one part, with the days from which its period may begin anew.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repair {
    /// The part: this bathroom, this window.
    pub part: String,
    /// The day on which the owner accepted it.
    pub accepted_on: Option<NaiveDate>,
    /// The day on which it ended.
    pub ended_on: Option<NaiveDate>,
}

/// Everything that decides about the warranty of one home.
#[derive(Debug, Clone)]
pub struct Terms<'a> {
    /// The rules of the jurisdiction.
    pub profile: &'a WarrantyProfile,
    /// When periods begin.
    pub starts: Starts,
    /// The design life of the structure, where the project knows it.
    pub design_life_years: Option<u32>,
    /// The seasons by code.
    pub seasons: BTreeMap<String, Season>,
    /// Which season is the first that counts.
    pub count_from: CountFrom,
    /// Clauses of the contract.
    pub clauses: Vec<&'a ContractClause>,
    /// From what the clauses count.
    pub clauses_start: StartEvent,
    /// The project's calendar.
    pub calendar: &'a ProjectCalendar,
}

impl<'a> Terms<'a> {
    /// Gathers the terms of a home; none when the project names a profile that this version does not know.
    #[must_use]
    pub fn of(
        rules: &'a WarrantyRules,
        settings: &ProjectSettings,
        delivery: Option<NaiveDate>,
        calendar: &'a ProjectCalendar,
    ) -> Option<Self> {
        let examples = || rules.seasons.iter().map(|s| (s.code.to_string(), s.season())).collect();
        let own = Some(settings.seasons.clone()).filter(|seasons| !seasons.is_empty());
        let agreed = |clause: &&ContractClause| {
            settings
                .contract_clauses
                .iter()
                .any(|code| clause.code == code.as_str())
        };
        Some(Self {
            profile: rules.profile(&settings.warranty_profile)?,
            starts: Starts {
                completion_acceptance: settings.completion_acceptance,
                delivery,
            },
            design_life_years: settings.design_life_years,
            seasons: own.unwrap_or_else(examples),
            count_from: settings.season_count_from.unwrap_or(rules.count_from),
            clauses: rules.clauses.iter().filter(agreed).collect(),
            clauses_start: rules.clauses_start,
            calendar,
        })
    }

    /// Returns the last day of a rule from its own start event; none while that has not happened, or where the contract
    /// says how long.
    #[must_use]
    pub fn last_day(&self, rule: &WarrantyRule, season: Option<Season>) -> Option<NaiveDate> {
        self.last_day_from(rule.duration, season, self.starts.day(rule.start_event)?)
    }

    /// Returns the last day of a period that begins on `start`.
    #[must_use]
    pub fn last_day_from(&self, period: Period, season: Option<Season>, start: NaiveDate) -> Option<NaiveDate> {
        let own = self.design_life_years.filter(|_| period.value_from.is_some());
        let value = own.or(period.value)?;
        match period.unit {
            PeriodUnit::Years => Some(last_day_of(start, Lag::Years(value), self.calendar)),
            PeriodUnit::Months => Some(last_day_of(start, Lag::Months(value), self.calendar)),
            PeriodUnit::Seasons => season_last_day(start, season?, value, self.count_from),
            PeriodUnit::Contract => None,
        }
    }

    /// Returns the day on which the period of a part began anew: that of its last repair. None: nothing restarted it.
    #[must_use]
    pub fn restarted_on(&self, rule: &WarrantyRule, part: &str, repairs: &[Repair]) -> Option<NaiveDate> {
        let event = rule.restart_from?;
        let day = |repair: &Repair| match event {
            RestartEvent::RepairAccepted => repair.accepted_on,
            RestartEvent::RepairEnded => repair.ended_on,
        };
        repairs
            .iter()
            .filter(|repair| repair.part == part)
            .filter_map(day)
            .max()
    }

    /// Returns the last day of one part: from its last repair where repairs restart it, else from the start event.
    #[must_use]
    pub fn part_last_day(
        &self,
        rule: &WarrantyRule,
        season: Option<Season>,
        part: &str,
        repairs: &[Repair],
    ) -> Option<NaiveDate> {
        match self.restarted_on(rule, part, repairs) {
            Some(day) => self.last_day_from(rule.duration, season, day),
            None => self.last_day(rule, season),
        }
    }

    /// Returns the components of a home in the order of the profile; what counts in seasons is one for each season.
    #[must_use]
    pub fn components(&self) -> Vec<Component<'a>> {
        let rows = self.profile.rules.iter().flat_map(|rule| {
            let seasons: Vec<Option<(String, Season)>> = match rule.duration.unit {
                PeriodUnit::Seasons => self
                    .seasons
                    .iter()
                    .map(|(code, season)| Some((code.clone(), *season)))
                    .collect(),
                PeriodUnit::Years | PeriodUnit::Months | PeriodUnit::Contract => vec![None],
            };
            seasons.into_iter().map(move |season| (rule, season))
        });
        rows.map(|(rule, season)| Component {
            code: match &season {
                Some((code, _)) => format!("{}.{code}", rule.component_class),
                None => rule.component_class.to_string(),
            },
            last_day: self.last_day(rule, season.as_ref().map(|(_, season)| *season)),
            starts_on: self.starts.day(rule.start_event),
            season: season.map(|(code, _)| code),
            rule,
        })
        .collect()
    }
}

/// A component of a home and its period under the law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component<'a> {
    /// Its class, and its season where it has one: `seasons_2.heating`.
    pub code: String,
    /// The rule.
    pub rule: &'a WarrantyRule,
    /// The season that counts; none: no seasons.
    pub season: Option<String>,
    /// The day from which it counts; none: not yet.
    pub starts_on: Option<NaiveDate>,
    /// Its last day; none: not begun, or by contract.
    pub last_day: Option<NaiveDate>,
}

impl Component<'_> {
    /// Tells whether its period is over. A component whose days are unknown never is.
    #[must_use]
    pub fn ended(&self, today: NaiveDate) -> bool {
        self.last_day.is_some_and(|last| last < today)
    }
}

/// What decides how long something is covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Governs {
    /// The law, also where the contract says the same.
    Law,
    /// The contract, because it covers longer.
    Contract,
}

impl Governs {
    /// Returns the stored code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Law => "law",
            Self::Contract => "contract",
        }
    }
}

/// Returns what governs and its last day: the longer of both, where one of them is unknown the other.
#[must_use]
pub fn longer(law: Option<NaiveDate>, contract: Option<NaiveDate>) -> (Governs, Option<NaiveDate>) {
    if contract > law {
        (Governs::Contract, contract)
    } else {
        (Governs::Law, law)
    }
}

/// Tells whether something was found so soon after receipt that the burden of proof may lie with the trader.
#[must_use]
pub fn found_early(rules: &WarrantyRules, received: NaiveDate, found: NaiveDate) -> bool {
    found <= add_months(received, rules.mark_months)
}
