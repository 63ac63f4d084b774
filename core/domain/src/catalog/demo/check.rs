//! Cross references of the demo project: every code that it names exists.

use std::collections::BTreeSet;

use super::{Demo, FILE, Layout};
use crate::catalog::Catalog;
use crate::catalog::codes::{BuildingCode, FeatureCode, LayoutCode, TeamCode};
use crate::catalog::error::Result;
use crate::catalog::instantiate::HOME;
use crate::catalog::json_file::JsonFile;
use crate::catalog::tolerances::Grade;

/// Checks the whole project against the other files and against itself.
pub(in crate::catalog) fn check(text: &str, catalog: &Catalog) -> Result<()> {
    let check = Check {
        json: JsonFile::new(FILE, text),
        catalog,
        demo: &catalog.demo,
    };
    check.project()?;
    check.layouts()?;
    check.places()?;
    check.people()?;
    check.homes()?;
    check.households()?;
    check.event()
}

pub(super) struct Check<'a> {
    pub(super) json: JsonFile<'a>,
    pub(super) catalog: &'a Catalog,
    pub(super) demo: &'a Demo,
}

impl<'a> Check<'a> {
    fn project(&self) -> Result<()> {
        let project = &self.demo.project;
        self.json.check(
            self.catalog.templates.contains_key(&project.template),
            || "project.template".into(),
            project.template.as_str(),
            "a checklist template",
        )?;
        let known = self
            .catalog
            .tolerances
            .choose(project.tolerance_ruleset.as_str(), Grade::Ordinary)
            .is_some();
        self.json.check(
            known,
            || "project.tolerance_ruleset".into(),
            project.tolerance_ruleset.as_str(),
            "a ruleset of tolerances.csv",
        )?;
        self.json.check(
            project.units == self.demo.units.len(),
            || "project.units".into(),
            &project.units.to_string(),
            "the number of homes in units",
        )
    }

    fn layouts(&self) -> Result<()> {
        let mut seen = BTreeSet::new();
        for (n, layout) in self.demo.layouts.iter().enumerate() {
            let at = format!("layouts[{n}]");
            self.unique(&mut seen, &layout.code, || format!("{at}.code"), layout.code.as_str())?;
            self.features(&layout.features, &at)?;
            self.rooms(layout, &at)?;
        }
        Ok(())
    }

    fn rooms(&self, layout: &Layout, at: &str) -> Result<()> {
        let mut seen = BTreeSet::new();
        for (n, room) in layout.rooms.iter().enumerate() {
            let at = format!("{at}.rooms[{n}]");
            self.unique(&mut seen, &room.code, || format!("{at}.code"), room.code.as_str())?;
            self.json.check(
                room.code != HOME,
                || format!("{at}.code"),
                HOME,
                "another code, this one is reserved",
            )?;
            self.json.check(
                self.catalog.rooms.get(room.kind.as_str()).is_some(),
                || format!("{at}.kind"),
                room.kind.as_str(),
                "a code of rooms.csv",
            )?;
            self.features(&room.features, &at)?;
        }
        Ok(())
    }

    fn features(&self, features: &BTreeSet<FeatureCode>, at: &str) -> Result<()> {
        features.iter().try_for_each(|feature| {
            self.json.check(
                self.catalog.codes.has("feature", feature),
                || format!("{at}.features"),
                feature.as_str(),
                "a feature of answer_codes.csv",
            )
        })
    }

    fn places(&self) -> Result<()> {
        let (mut seen, mut places) = (BTreeSet::new(), BTreeSet::new());
        for (n, building) in self.demo.buildings.iter().enumerate() {
            self.unique(
                &mut seen,
                &building.code,
                || format!("buildings[{n}].code"),
                building.code.as_str(),
            )?;
            let homes = self
                .demo
                .units
                .iter()
                .filter(|unit| unit.building == building.code)
                .count();
            self.json.check(
                homes == building.units,
                || format!("buildings[{n}].units"),
                &building.units.to_string(),
                "the number of its homes in units",
            )?;
        }
        for (n, place) in self.demo.public_places.iter().enumerate() {
            let at = format!("public_places[{n}]");
            self.unique(&mut places, &place.code, || format!("{at}.code"), place.code.as_str())?;
            self.json.check(
                place.code != HOME,
                || format!("{at}.code"),
                HOME,
                "another code, this one is reserved",
            )?;
            let kind = self.catalog.rooms.get(place.kind.as_str());
            self.json.check(
                kind.is_some_and(|kind| kind.group == "public"),
                || format!("{at}.kind"),
                place.kind.as_str(),
                "a public kind of rooms.csv",
            )?;
            if let Some(building) = &place.building {
                self.building(building, place.entrance.unwrap_or(1), &at)?;
            }
        }
        Ok(())
    }

    fn building(&self, code: &BuildingCode, entrance: u32, at: &str) -> Result<()> {
        let building = self.demo.buildings.iter().find(|building| building.code == *code);
        let building = building.ok_or_else(|| {
            self.json
                .error(format!("{at}.building"), code.as_str(), "a code of buildings")
        })?;
        self.json.check(
            (1..=building.entrances).contains(&entrance),
            || format!("{at}.entrance"),
            &entrance.to_string(),
            "an entrance of the building",
        )
    }

    fn homes(&self) -> Result<()> {
        let layouts: BTreeSet<&LayoutCode> = self.demo.layouts.iter().map(|layout| &layout.code).collect();
        let teams: BTreeSet<&TeamCode> = self.demo.teams.iter().map(|team| &team.code).collect();
        let days: BTreeSet<u32> = self.demo.handover_plan.iter().map(|day| day.day).collect();
        let (mut seen, mut cells) = (BTreeSet::new(), BTreeSet::new());
        for (n, unit) in self.demo.units.iter().enumerate() {
            let at = |field: &str| format!("units[{n}].{field}");
            self.unique(&mut seen, &unit.no, || at("no"), unit.no.as_str())?;
            self.building(&unit.building, unit.entrance, &format!("units[{n}]"))?;
            self.json.check(
                layouts.contains(&unit.layout),
                || at("layout"),
                unit.layout.as_str(),
                "a code of layouts",
            )?;
            self.json.check(
                teams.contains(&unit.team),
                || at("team"),
                unit.team.as_str(),
                "a code of teams",
            )?;
            self.json.check(
                days.contains(&unit.day),
                || at("day"),
                &unit.day.to_string(),
                "a day of handover_plan",
            )?;
            self.json.check(
                days.contains(&unit.comes_on_day),
                || at("comes_on_day"),
                &unit.comes_on_day.to_string(),
                "a day of handover_plan",
            )?;
            let slot = usize::try_from(unit.slot).is_ok_and(|slot| (1..=self.demo.event.slots.len()).contains(&slot));
            self.json
                .check(slot, || at("slot"), &unit.slot.to_string(), "a slot of the event")?;
            self.json.check(
                cells.insert((unit.day, unit.slot, &unit.team)),
                || at("slot"),
                &unit.slot.to_string(),
                "a slot that the team has free on that day",
            )?;
        }
        Ok(())
    }

    fn event(&self) -> Result<()> {
        let teams: BTreeSet<&TeamCode> = self.demo.teams.iter().map(|team| &team.code).collect();
        let mut days = BTreeSet::new();
        for (n, day) in self.demo.handover_plan.iter().enumerate() {
            self.unique(
                &mut days,
                day.day,
                || format!("handover_plan[{n}].day"),
                &day.day.to_string(),
            )?;
            for (i, team) in day.teams.iter().enumerate() {
                self.json.check(
                    teams.contains(team),
                    || format!("handover_plan[{n}].teams[{i}]"),
                    team.as_str(),
                    "a code of teams",
                )?;
            }
        }
        Ok(())
    }

    pub(super) fn unique<K: Ord>(
        &self,
        seen: &mut BTreeSet<K>,
        key: K,
        path: impl FnOnce() -> String,
        value: &str,
    ) -> Result<()> {
        self.json
            .check(seen.insert(key), path, value, "a code that is not there yet")
    }
}
