//! Cross references of the people of the demo project.

use std::collections::BTreeSet;

use super::check::Check;
use crate::catalog::codes::{StaffCode, UnitNo};
use crate::catalog::error::Result;

impl Check<'_> {
    pub(super) fn people(&self) -> Result<()> {
        let (mut staff, mut teams, mut crews) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for (n, person) in self.demo.staff.iter().enumerate() {
            self.unique(
                &mut staff,
                &person.code,
                || format!("staff[{n}].code"),
                person.code.as_str(),
            )?;
            self.json.check(
                self.catalog.machines.has_role(person.role.as_str()),
                || format!("staff[{n}].role"),
                person.role.as_str(),
                "a role of state_machines.json",
            )?;
        }
        for (n, team) in self.demo.teams.iter().enumerate() {
            self.unique(
                &mut teams,
                &team.code,
                || format!("teams[{n}].code"),
                team.code.as_str(),
            )?;
            self.person(&team.engineer, "engineer", || format!("teams[{n}].engineer"))?;
            self.person(&team.ambassador, "ambassador", || format!("teams[{n}].ambassador"))?;
        }
        for (n, crew) in self.demo.crews.iter().enumerate() {
            self.unique(
                &mut crews,
                &crew.code,
                || format!("crews[{n}].code"),
                crew.code.as_str(),
            )?;
            self.person(&crew.head, "subcontractor", || format!("crews[{n}].head"))?;
            for (i, trade) in crew.trades.iter().enumerate() {
                self.json.check(
                    self.catalog.trades.contains_key(trade),
                    || format!("crews[{n}].trades[{i}]"),
                    trade.as_str(),
                    "a code of trades.csv",
                )?;
            }
        }
        for (n, duty) in self.demo.duty_roster.iter().enumerate() {
            self.json.check(
                staff.contains(&duty.person),
                || format!("duty_roster[{n}].person"),
                duty.person.as_str(),
                "a code of staff",
            )?;
        }
        Ok(())
    }

    fn person(&self, code: &StaffCode, role: &str, path: impl FnOnce() -> String) -> Result<()> {
        let fits = self
            .demo
            .staff
            .iter()
            .any(|person| person.code == *code && person.role == role);
        self.json.check(
            fits,
            path,
            code.as_str(),
            &format!("a code of staff with the role {role}"),
        )
    }

    pub(super) fn households(&self) -> Result<()> {
        let units: BTreeSet<&UnitNo> = self.demo.units.iter().map(|unit| &unit.no).collect();
        let ambassadors: BTreeSet<&StaffCode> = self
            .demo
            .staff
            .iter()
            .filter(|person| person.role == "ambassador")
            .map(|person| &person.code)
            .collect();
        let mut seen = BTreeSet::new();
        for (n, household) in self.demo.households.iter().enumerate() {
            let at = |field: &str| format!("households[{n}].{field}");
            self.unique(&mut seen, &household.code, || at("code"), household.code.as_str())?;
            self.json.check(
                units.contains(&household.unit),
                || at("unit"),
                household.unit.as_str(),
                "a number of units",
            )?;
            self.json.check(
                ambassadors.contains(&household.ambassador),
                || at("ambassador"),
                household.ambassador.as_str(),
                "an ambassador of staff",
            )?;
            for (i, person) in household.people.iter().enumerate() {
                let known = self.catalog.codes.has("relation", &person.relation);
                self.json.check(
                    known,
                    || format!("households[{n}].people[{i}].relation"),
                    person.relation.as_str(),
                    "a relation of answer_codes.csv",
                )?;
            }
        }
        for (n, promise) in self.demo.sales_promises.iter().enumerate() {
            self.json.check(
                units.contains(&promise.unit),
                || format!("sales_promises[{n}].unit"),
                promise.unit.as_str(),
                "a number of units",
            )?;
        }
        Ok(())
    }
}
