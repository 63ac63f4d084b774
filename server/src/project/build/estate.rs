//! The project and its settings, buildings, floors, layouts, public places.

use keyturn_domain::ScopeId;
use keyturn_domain::catalog::{Calendar, CountFrom, FeatureCode, Grade, HOME, QuietPeriod, Room, Season};
use keyturn_domain::rows::{BuildingRow, FloorRow, LayoutRow, PlaceRow, ProjectRow, ProjectSettings, kind, row_id};
use std::collections::{BTreeMap, BTreeSet};

use super::super::problem::words;
use super::super::row::In;
use super::{Build, no_rest, no_text};

impl Build<'_> {
    pub(super) fn project(&mut self) {
        let id = self.project_id();
        let old = self.present.get::<ProjectRow>(kind::PROJECT, id.0);
        let new = || ProjectRow {
            code: String::new(),
            name: no_text(),
            time_zone: String::new(),
            tolerance_ruleset: String::new(),
            tolerance_grade: Grade::Ordinary,
            template: String::new(),
            settings: ProjectSettings::default(),
            rest: no_rest(),
        };
        let mut row = old.unwrap_or_else(new);
        let Some(given) = self.input.rows("project").next() else {
            return;
        };
        given.put("code", &mut row.code);
        given.text("name_zh", "name_en", &mut row.name);
        given.put("time_zone", &mut row.time_zone);
        given.put("template", &mut row.template);
        given.put("tolerance_ruleset", &mut row.tolerance_ruleset);
        row.tolerance_grade = given.str("tolerance_grade").parse().unwrap_or(row.tolerance_grade);
        settings(given, &mut row.settings);
        if self.input.table("calendar").is_some() {
            row.settings.calendar = Calendar {
                weekend: std::mem::take(&mut row.settings.calendar.weekend),
                ..Calendar::default()
            };
            for day in self.input.rows("calendar") {
                let to = match day.str("kind") {
                    "work" => &mut row.settings.calendar.workdays,
                    _ => &mut row.settings.calendar.rest_days,
                };
                to.extend(day.date("date"));
            }
        }
        if self.input.table("seasons").is_some() {
            let season = |row: In<'_>| {
                let (start, end) = (row.str("start").parse().ok()?, row.str("end").parse().ok()?);
                Some((row.str("code").to_owned(), Season { start, end }))
            };
            row.settings.seasons = self.input.rows("seasons").filter_map(season).collect();
        }
        let name = row.code.clone();
        let public = self.public();
        self.put("project", kind::PROJECT, id.0, public, name, &row);
    }

    pub(super) fn buildings(&mut self) {
        for given in self.input.rows("buildings") {
            let code = given.str("code");
            let id = self.id("buildings", code);
            let mut row = self.present.get(kind::BUILDING, id).unwrap_or_else(|| BuildingRow {
                code: code.to_owned(),
                name: no_text(),
                floors: 0,
                entrances: 0,
                rest: no_rest(),
            });
            given.text("name_zh", "name_en", &mut row.name);
            (row.floors, row.entrances) = (given.small("floors"), given.small("entrances"));
            let public = self.public();
            self.put("buildings", kind::BUILDING, id, public, code, &row);
        }
    }

    pub(super) fn floors(&mut self) {
        for given in self.input.rows("floors") {
            let floor = given
                .whole("floor")
                .and_then(|n| i32::try_from(n).ok())
                .unwrap_or_default();
            let name = format!("{}:{floor}", given.str("building"));
            let id = row_id(self.project_id(), kind::FLOOR, &name);
            let mut row = self.present.get(kind::FLOOR, id).unwrap_or_else(|| FloorRow {
                building: ScopeId(self.id("buildings", given.str("building"))),
                floor,
                name: no_text(),
                rest: no_rest(),
            });
            given.text("name_zh", "name_en", &mut row.name);
            let public = self.public();
            self.put("floors", kind::FLOOR, id, public, name, &row);
        }
    }

    pub(super) fn layouts(&mut self) {
        let mut rooms: BTreeMap<&str, Vec<In<'_>>> = BTreeMap::new();
        for room in self.input.rows("rooms") {
            self.not_home(room);
            rooms.entry(room.str("layout")).or_default().push(room);
        }
        let given: BTreeMap<&str, In<'_>> = self.input.rows("layouts").map(|l| (l.str("code"), l)).collect();
        let codes: BTreeSet<&str> = given.keys().chain(rooms.keys()).copied().collect();
        for code in codes {
            // Keyed by its code wherever it is looked up.
            let id = row_id(self.project_id(), kind::LAYOUT, code);
            let mut row = self.present.get(kind::LAYOUT, id).unwrap_or_else(|| LayoutRow {
                code: code.to_owned(),
                name: no_text(),
                rooms: Vec::new(),
                features: BTreeSet::new(),
                rest: no_rest(),
            });
            if let Some(layout) = given.get(code) {
                layout.text("name_zh", "name_en", &mut row.name);
                if layout.given("features") {
                    row.features = layout.list("features").iter().cloned().collect();
                }
            }
            if let Some(rooms) = rooms.get(code) {
                let before = std::mem::take(&mut row.rooms);
                row.rooms = rooms.iter().filter_map(|room| self.room(*room, &before)).collect();
            }
            let public = self.public();
            self.put("layouts", kind::LAYOUT, id, public, code, &row);
        }
    }

    fn room(&self, given: In<'_>, before: &[Room]) -> Option<Room> {
        let code = given.str("code");
        let old = before.iter().find(|room| room.code == code).cloned();
        let mut room = match old {
            Some(old) => old,
            None => Room {
                code: code.parse().ok()?,
                kind: given.str("kind").parse().ok()?,
                text: no_text(),
                windows: 0,
                doors: 0,
                width_mm: None,
                depth_mm: None,
                height_mm: None,
                features: BTreeSet::new(),
            },
        };
        room.kind = given.str("kind").parse().ok()?;
        given.text("name_zh", "name_en", &mut room.text);
        let counts = [("windows", &mut room.windows), ("doors", &mut room.doors)];
        for (column, to) in counts {
            if given.given(column) {
                *to = given.small(column);
            }
        }
        let sizes = [
            ("width_mm", &mut room.width_mm),
            ("depth_mm", &mut room.depth_mm),
            ("height_mm", &mut room.height_mm),
        ];
        for (column, to) in sizes {
            if given.given(column) {
                *to = given.whole(column).and_then(|n| u32::try_from(n).ok());
            }
        }
        if given.given("features") {
            let features = given.list("features").iter();
            room.features = features.filter_map(|f| f.parse::<FeatureCode>().ok()).collect();
        }
        Some(room)
    }

    pub(super) fn public_places(&mut self) {
        for given in self.input.rows("places") {
            self.not_home(given);
            let code = given.str("code");
            let id = self.id("places", code);
            let mut row = self.present.get(kind::PLACE, id).unwrap_or_else(|| PlaceRow {
                code: code.to_owned(),
                name: no_text(),
                kind: String::new(),
                building: None,
                rest: no_rest(),
            });
            given.text("name_zh", "name_en", &mut row.name);
            given.put("kind", &mut row.kind);
            if given.given("building") {
                let building = Some(given.str("building")).filter(|code| !code.is_empty());
                row.building = building.map(|code| ScopeId(self.id("buildings", code)));
            }
            let public = self.public();
            self.place(id, public, row.building);
            self.put("places", kind::PLACE, id, public, code, &row);
        }
    }

    /// Answers about the home as a whole have that code.
    fn not_home(&mut self, given: In<'_>) {
        if given.str("code") == HOME {
            let expected = words("别的代码，这个已保留", "another code, this one is reserved");
            given.wrong(&mut self.problems, "code", expected);
        }
    }
}

fn settings(given: In<'_>, to: &mut ProjectSettings) {
    given.put("complaint_profile", &mut to.complaint_profile);
    given.put("warranty_profile", &mut to.warranty_profile);
    if given.given("completion_acceptance") {
        to.completion_acceptance = given.date("completion_acceptance");
    }
    if given.given("design_life_years") {
        to.design_life_years = given.whole("design_life_years").and_then(|n| u32::try_from(n).ok());
    }
    if given.given("weekend") {
        to.calendar.weekend = given.days("weekend").to_vec();
    }
    if given.given("quiet_hours") {
        let periods = given.periods("quiet_hours");
        to.quiet_hours = periods.map(|all| all.iter().map(|(from, till)| QuietPeriod(*from, *till)).collect());
    }
    if given.given("season_count_from") {
        to.season_count_from = match given.str("season_count_from") {
            "first_full_season" => Some(CountFrom::FirstFullSeason),
            "current_season" => Some(CountFrom::CurrentSeason),
            _ => None,
        };
    }
    if given.given("contract_clauses") {
        to.contract_clauses = given.list("contract_clauses").to_vec();
    }
}
