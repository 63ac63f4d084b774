//! What covers one defect: the answer that is kept with it as a snapshot, so that later rules change no old answer.

use chrono::NaiveDate;

use super::warranty::{Governs, Repair, Terms, found_early, longer};
use crate::catalog::{Catalog, ContractClause, Defect, PeriodUnit, Season, WarrantyRule};

/// Which warranty covers a defect, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// The jurisdiction.
    pub profile: String,
    /// The rule that was applied: profile and class, or the clause of the contract.
    pub rule: String,
    /// The class of the component.
    pub class: String,
    /// The law by number.
    pub basis: String,
    /// Law or contract.
    pub governs: Governs,
    /// The last day under the law; none: not begun, or by contract.
    pub law_last_day: Option<NaiveDate>,
    /// The last day under the contract; none: it says nothing.
    pub contract_last_day: Option<NaiveDate>,
    /// The last day that counts.
    pub last_day: Option<NaiveDate>,
    /// Covered on the day that was asked for; none: nobody can say before the days are known.
    pub covered: Option<bool>,
    /// The day on which a repair began the period of this part anew.
    pub restarted_on: Option<NaiveDate>,
    /// Found so soon that the burden of proof may lie with the trader.
    pub within_six_months: bool,
    /// Within how many days of the notice somebody must come.
    pub on_site_duty_days: Option<u32>,
    /// In an emergency somebody comes at once.
    pub emergency_at_once: bool,
}

/// Judges a defect of the catalogue, found in a part on a day.
#[must_use]
pub fn coverage(
    catalog: &Catalog,
    terms: &Terms<'_>,
    defect: &Defect,
    part: &str,
    repairs: &[Repair],
    found_on: NaiveDate,
) -> Option<Coverage> {
    let rule = terms.profile.rule(defect.warranty_class.as_str())?;
    let law = longest(terms, rule, |season| terms.part_last_day(rule, season, part, repairs));
    let clause = clause_of(terms, defect);
    let contract = clause.and_then(|clause| {
        let start = terms.starts.day(terms.clauses_start)?;
        longest_of(terms, clause.duration.unit, |season| {
            terms.last_day_from(clause.duration, season, start)
        })
    });
    let (governs, last_day) = longer(law, contract);
    let named = match (governs, clause) {
        (Governs::Contract, Some(clause)) => clause.code.to_string(),
        _ => format!("{}/{}", terms.profile.code, rule.component_class),
    };
    let early = |received| {
        catalog.warranty.marks_early(&rule.component_class) && found_early(&catalog.warranty, received, found_on)
    };
    Some(Coverage {
        profile: terms.profile.code.to_string(),
        rule: named,
        class: rule.component_class.to_string(),
        basis: terms.profile.basis.clone(),
        governs,
        law_last_day: law,
        contract_last_day: contract,
        last_day,
        covered: last_day.map(|last| found_on <= last),
        restarted_on: terms.restarted_on(rule, part, repairs),
        within_six_months: terms.starts.delivery.is_some_and(early),
        on_site_duty_days: rule.on_site_duty_days,
        emergency_at_once: terms.profile.emergency_at_once,
    })
}

/// The clause of the contract under which a defect falls.
fn clause_of<'a>(terms: &Terms<'a>, defect: &Defect) -> Option<&'a ContractClause> {
    terms
        .clauses
        .iter()
        .find(|clause| clause.defect_codes.contains(&defect.code))
        .copied()
}

fn longest(
    terms: &Terms<'_>,
    rule: &WarrantyRule,
    last_day: impl Fn(Option<Season>) -> Option<NaiveDate>,
) -> Option<NaiveDate> {
    longest_of(terms, rule.duration.unit, last_day)
}

/// The catalogue does not say whether a defect belongs to heating or cooling: where seasons count, the later one holds.
fn longest_of(
    terms: &Terms<'_>,
    unit: PeriodUnit,
    last_day: impl Fn(Option<Season>) -> Option<NaiveDate>,
) -> Option<NaiveDate> {
    match unit {
        PeriodUnit::Seasons => terms
            .seasons
            .values()
            .filter_map(|season| last_day(Some(*season)))
            .max(),
        PeriodUnit::Years | PeriodUnit::Months | PeriodUnit::Contract => last_day(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::ProjectSettings;
    use crate::rules::ProjectCalendar;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn judged(settings: &ProjectSettings, code: &str, found: &str, repairs: &[Repair]) -> Coverage {
        let catalog = Catalog::built_in().unwrap();
        let calendar = ProjectCalendar::new(chrono_tz::Asia::Shanghai, &settings.calendar);
        let terms = Terms::of(&catalog.warranty, settings, Some(day("2026-12-04")), &calendar).unwrap();
        coverage(
            catalog,
            &terms,
            &catalog.defects[code],
            "bath_1/wall",
            repairs,
            day(found),
        )
        .unwrap()
    }

    #[test]
    fn the_snapshot_names_the_rule_the_law_and_the_mark() {
        let mut settings = ProjectSettings::of(&Catalog::built_in().unwrap().demo);
        let found = judged(&settings, "wl-01", "2027-06-04", &[]);
        assert_eq!(found.rule, "cn_delivery_restart_example/fitout_2y");
        assert_eq!((found.last_day, found.covered), (Some(day("2028-12-04")), Some(true)));
        assert!(found.within_six_months && !judged(&settings, "wl-01", "2027-06-05", &[]).within_six_months);
        assert_eq!(judged(&settings, "wl-01", "2028-12-05", &[]).covered, Some(false));

        let repair = Repair {
            part: "bath_1/wall".into(),
            accepted_on: Some(day("2028-03-01")),
            ended_on: Some(day("2028-02-20")),
        };
        let again = judged(&settings, "wl-01", "2028-12-05", &[repair]);
        assert_eq!(
            (again.restarted_on, again.covered),
            (Some(day("2028-03-01")), Some(true))
        );

        settings.contract_clauses = vec!["old_plaster".into()];
        let shorter = judged(&settings, "wl-01", "2027-06-04", &[]);
        assert_eq!(
            (shorter.governs, shorter.contract_last_day),
            (Governs::Law, Some(day("2027-12-06")))
        );
    }

    #[test]
    fn nobody_is_told_that_something_ended_while_a_day_is_unknown() {
        let mut settings = ProjectSettings::of(&Catalog::built_in().unwrap().demo);
        settings.warranty_profile = "cn_national_contractor_example".into();
        settings.completion_acceptance = None;
        let unknown = judged(&settings, "wl-01", "2099-01-01", &[]);
        assert_eq!((unknown.last_day, unknown.covered), (None, None));
    }
}
