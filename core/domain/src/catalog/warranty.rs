//! Warranty: how long which class of components is covered, from which event, under which law.
//!
//! The profiles are examples. The user's lawyers confirm them before use.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Deserialize;

use super::codes::{DefectCode, PlainCode, ProfileCode, WarrantyClass};
use super::defects::Defect;
use super::error::Result;
use super::json_file::JsonFile;
use super::machines::Named;
use super::seasons::{CountFrom, MonthDay, Season};
use super::text::Text;

/// The file of the warranty rules.
pub(super) const FILE: &str = "warranty_rules.json";

/// From what a period counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StartEvent {
    /// The completion acceptance of the building.
    CompletionAcceptance,
    /// The delivery to the owner.
    Delivery,
}

/// What makes the period of a repaired part begin anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RestartEvent {
    /// The owner and the parties accepted the repair.
    RepairAccepted,
    /// The repair ended.
    RepairEnded,
}

/// In what a period is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodUnit {
    /// Calendar years.
    Years,
    /// Calendar months.
    Months,
    /// Seasons of heating or cooling.
    Seasons,
    /// Whatever the contract says.
    Contract,
}

/// Where the length of a period comes from, if not from the rule itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum ValueFrom {
    /// The design life of the project.
    #[serde(rename = "project.design_life_years")]
    DesignLife,
}

/// How long something is covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Period {
    /// The unit.
    pub unit: PeriodUnit,
    /// How many; none for what the contract says.
    pub value: Option<u32>,
    /// What replaces `value` where the project knows it.
    #[serde(default)]
    pub value_from: Option<ValueFrom>,
}

/// The rule for one class of components.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WarrantyRule {
    /// The class.
    pub component_class: WarrantyClass,
    /// Its words.
    #[serde(flatten)]
    pub text: Text,
    /// How long.
    pub duration: Period,
    /// From when.
    pub start_event: StartEvent,
    /// What begins the period of a repaired part anew; none: nothing.
    pub restart_from: Option<RestartEvent>,
    /// Within how many days of a notice somebody must come; none: the law says nothing.
    pub on_site_duty_days: Option<u32>,
}

/// The rules of one jurisdiction.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WarrantyProfile {
    /// Its code.
    pub code: ProfileCode,
    /// Its name.
    #[serde(flatten)]
    pub text: Text,
    /// Whether a lawyer of the user confirmed it.
    pub confirmed: bool,
    /// The first day on which it holds; none: always.
    pub valid_from: Option<NaiveDate>,
    /// The last one.
    pub valid_to: Option<NaiveDate>,
    /// The law that it follows, by number.
    pub basis: String,
    /// Fields that the law does not state.
    pub not_stated_in_basis: Vec<String>,
    /// What to know about it.
    pub note: Text,
    /// In an emergency somebody comes at once.
    pub emergency_at_once: bool,
    /// One rule for each class.
    pub rules: Vec<WarrantyRule>,
}

impl WarrantyProfile {
    /// Returns the rule for a class of components.
    #[must_use]
    pub fn rule(&self, class: &str) -> Option<&WarrantyRule> {
        self.rules.iter().find(|rule| rule.component_class == class)
    }
}

/// A clause of a contract that grants a period of its own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ContractClause {
    /// Its code.
    pub code: PlainCode,
    /// What it covers.
    #[serde(flatten)]
    pub text: Text,
    /// How long.
    pub duration: Period,
    /// Which defects fall under it.
    pub defect_codes: Vec<DefectCode>,
}

/// A season with its words.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct NamedSeason {
    /// Its code: `heating`, `cooling`.
    pub code: PlainCode,
    /// Its words.
    #[serde(flatten)]
    pub text: Text,
    /// Its first day.
    pub start: MonthDay,
    /// Its last day.
    pub end: MonthDay,
}

impl NamedSeason {
    /// Returns its days.
    #[must_use]
    pub fn season(&self) -> Season {
        Season {
            start: self.start,
            end: self.end,
        }
    }
}

/// Everything about warranty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarrantyRules {
    /// The classes of components in their order.
    pub classes: Vec<WarrantyClass>,
    /// The jurisdictions.
    pub profiles: Vec<WarrantyProfile>,
    /// Example seasons.
    pub seasons: Vec<NamedSeason>,
    /// Which season is the first that counts.
    pub count_from: CountFrom,
    /// Within how many months of receipt a defect carries the mark `within_six_months`.
    pub mark_months: u32,
    /// The classes of components that carry it.
    pub mark_classes: Vec<WarrantyClass>,
    /// Example clauses of older contracts.
    pub clauses: Vec<ContractClause>,
    /// From what the clauses count.
    pub clauses_start: StartEvent,
}

impl WarrantyRules {
    /// Returns a profile by its code.
    #[must_use]
    pub fn profile(&self, code: &str) -> Option<&WarrantyProfile> {
        self.profiles.iter().find(|profile| profile.code == code)
    }

    /// Tells whether a defect of a class carries the mark `within_six_months` when it is found early.
    #[must_use]
    pub fn marks_early(&self, class: &WarrantyClass) -> bool {
        self.mark_classes.contains(class)
    }
}

#[derive(Deserialize)]
struct File {
    class_codes: Vec<WarrantyClass>,
    date_rules: DateRules,
    season_rules: SeasonRules,
    restart_events: Vec<Named<PlainCode>>,
    start_events: Vec<Named<PlainCode>>,
    profiles: Vec<WarrantyProfile>,
    contract_clauses_example: Clauses,
}

#[derive(Deserialize)]
struct DateRules {
    marks: Vec<Mark>,
}

#[derive(Deserialize)]
struct Mark {
    code: PlainCode,
    months: u32,
    component_classes: Vec<WarrantyClass>,
}

#[derive(Deserialize)]
struct SeasonRules {
    count_from: CountFrom,
    example_seasons: Vec<NamedSeason>,
}

#[derive(Deserialize)]
struct Clauses {
    start_event: StartEvent,
    clauses: Vec<ContractClause>,
}

/// Reads the rules; the defects name their class, the clauses their defects.
pub(super) fn load(text: &str, defects: &BTreeMap<DefectCode, Defect>) -> Result<WarrantyRules> {
    let json = JsonFile::new(FILE, text);
    let file: File = json.read()?;
    json.unique("class_codes", file.class_codes.iter().map(WarrantyClass::as_str), "")?;
    json.unique(
        "restart_events",
        file.restart_events.iter().map(|e| e.code.as_str()),
        ".code",
    )?;
    json.unique(
        "start_events",
        file.start_events.iter().map(|e| e.code.as_str()),
        ".code",
    )?;
    json.unique("profiles", file.profiles.iter().map(|p| p.code.as_str()), ".code")?;
    let seasons = &file.season_rules.example_seasons;
    json.unique(
        "season_rules.example_seasons",
        seasons.iter().map(|s| s.code.as_str()),
        ".code",
    )?;
    for (n, profile) in file.profiles.iter().enumerate() {
        check_profile(&json, &file.class_codes, profile, n)?;
    }
    check_clauses(&json, &file.contract_clauses_example.clauses, defects)?;
    let marks = &file.date_rules.marks;
    let mark = marks.iter().find(|mark| mark.code == "within_six_months");
    let mark = mark.ok_or_else(|| json.error("date_rules.marks".into(), "", "a mark within_six_months"))?;
    let unknown = mark
        .component_classes
        .iter()
        .find(|class| !file.class_codes.contains(class));
    let at = || "date_rules.marks".into();
    json.check(
        unknown.is_none(),
        at,
        unknown.map_or("", WarrantyClass::as_str),
        "codes of class_codes",
    )?;
    let used = defects
        .values()
        .find(|defect| !file.class_codes.contains(&defect.warranty_class));
    let class = used.map_or("", |defect| defect.warranty_class.as_str());
    json.check(
        used.is_none(),
        || "class_codes".into(),
        "",
        &format!("the class {class} of defect_catalogue.csv"),
    )?;
    Ok(WarrantyRules {
        mark_months: mark.months,
        mark_classes: mark.component_classes.clone(),
        classes: file.class_codes,
        profiles: file.profiles,
        seasons: file.season_rules.example_seasons,
        count_from: file.season_rules.count_from,
        clauses_start: file.contract_clauses_example.start_event,
        clauses: file.contract_clauses_example.clauses,
    })
}

fn check_profile(json: &JsonFile<'_>, classes: &[WarrantyClass], profile: &WarrantyProfile, n: usize) -> Result<()> {
    let path = format!("profiles[{n}]");
    if let (Some(from), Some(to)) = (profile.valid_from, profile.valid_to) {
        let expected = format!("a day not before valid_from, {from}");
        json.check(from <= to, || format!("{path}.valid_to"), &to.to_string(), &expected)?;
    }
    let restarts: BTreeSet<_> = profile.rules.iter().map(|rule| rule.restart_from).collect();
    for (i, rule) in profile.rules.iter().enumerate() {
        let at = |field: &str| format!("{path}.rules[{i}].{field}");
        let class = rule.component_class.as_str();
        let known = classes.iter().any(|known| known == &rule.component_class);
        json.check(known, || at("component_class"), class, "a code of class_codes")?;
        let first = profile
            .rules
            .iter()
            .position(|other| other.component_class == rule.component_class);
        json.check(
            first == Some(i),
            || at("component_class"),
            class,
            "a class that has no rule yet",
        )?;
        check_period(json, rule.duration, || at("duration.value"))?;
        json.check(
            restarts.len() == 1,
            || at("restart_from"),
            "",
            "one event for all rules of a profile",
        )?;
    }
    let missing = classes.iter().find(|class| profile.rule(class.as_str()).is_none());
    let expected = missing.map(|class| format!("a rule for {class}")).unwrap_or_default();
    json.check(missing.is_none(), || format!("{path}.rules"), "", &expected)
}

fn check_period(json: &JsonFile<'_>, period: Period, path: impl FnOnce() -> String) -> Result<()> {
    let fits = match period.unit {
        PeriodUnit::Contract => period.value.is_none(),
        PeriodUnit::Years | PeriodUnit::Months | PeriodUnit::Seasons => {
            period.value.is_some_and(|n| (1..=1200).contains(&n))
        }
    };
    let value = period.value.map_or_else(|| "null".to_owned(), |n| n.to_string());
    json.check(fits, path, &value, "1 to 1200, or null where the contract says it")
}

fn check_clauses(
    json: &JsonFile<'_>,
    clauses: &[ContractClause],
    defects: &BTreeMap<DefectCode, Defect>,
) -> Result<()> {
    let path = "contract_clauses_example.clauses";
    json.unique(path, clauses.iter().map(|clause| clause.code.as_str()), ".code")?;
    for (n, clause) in clauses.iter().enumerate() {
        check_period(json, clause.duration, || format!("{path}[{n}].duration.value"))?;
        for (i, code) in clause.defect_codes.iter().enumerate() {
            let at = || format!("{path}[{n}].defect_codes[{i}]");
            json.check(
                defects.contains_key(code),
                at,
                code.as_str(),
                "a code of defect_catalogue.csv",
            )?;
        }
    }
    Ok(())
}
