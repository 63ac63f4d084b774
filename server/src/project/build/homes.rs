//! Homes, and the drawings on which pins are set.

use keyturn_domain::rows::{BuildingRow, HomeRow, PlanRow, kind};
use keyturn_domain::{PlaceId, ScopeId};

use super::super::form::media_of;
use super::super::problem::words;
use super::super::row::In;
use super::{Build, no_rest};

impl Build<'_> {
    pub(super) fn homes(&mut self) {
        for given in self.input.rows("homes") {
            let no = given.str("no");
            let id = self.id("homes", no);
            let building = ScopeId(self.id("buildings", given.str("building")));
            let mut row = self.present.get(kind::HOME, id).unwrap_or_else(|| HomeRow {
                no: no.to_owned(),
                building,
                entrance: 0,
                floor: 0,
                layout: String::new(),
                rest: no_rest(),
            });
            row.building = building;
            (row.entrance, row.floor) = (given.small("entrance"), given.small("floor"));
            given.put("layout", &mut row.layout);
            self.within(given, building);
            self.place(id, ScopeId::home(PlaceId(id)), Some(building));
            self.put("homes", kind::HOME, id, building, no, &row);
        }
    }

    /// A home lies on a floor and at an entrance that its building has.
    fn within(&mut self, given: In<'_>, building: ScopeId) {
        let Some(building) = self.current::<BuildingRow>(kind::BUILDING, building.0) else {
            return;
        };
        for (column, most) in [("entrance", building.entrances), ("floor", building.floors)] {
            if given.has(column) && most > 0 && given.small(column) > most {
                let code = &building.code;
                let expected = words(
                    format!("{code} 有的：1 到 {most}"),
                    format!("one that {code} has: 1 to {most}"),
                );
                given.wrong(&mut self.problems, column, expected);
            }
        }
    }

    pub(super) fn plans(&mut self) {
        for given in self.input.rows("plans") {
            let code = given.str("code");
            let id = self.present.id(kind::PLAN, code);
            let mut row = self.present.get(kind::PLAN, id).unwrap_or_else(|| PlanRow {
                code: code.to_owned(),
                file: String::new(),
                media: String::new(),
                metres_per_pixel: 0.0,
                sha256: None,
                layout: String::new(),
                building: None,
                floor: None,
                place: None,
                rest: no_rest(),
            });
            if row.file != given.str("file") {
                row.sha256 = None;
            }
            given.put("file", &mut row.file);
            row.media = media_of(&row.file).unwrap_or_default().to_owned();
            row.metres_per_pixel = given.number("metres_per_pixel").unwrap_or(row.metres_per_pixel);
            self.plan_hash(given, &mut row);
            self.plan_subject(given, &mut row);
            let public = self.public();
            self.put("plans", kind::PLAN, id, public, code, &row);
        }
    }

    fn plan_hash(&mut self, given: In<'_>, row: &mut PlanRow) {
        let stated = given.hash("sha256");
        let Some(found) = self.input.drawings.get(&row.file) else {
            row.sha256 = stated.or(row.sha256);
            if row.sha256.is_none() && given.has("file") {
                let file = &row.file;
                self.notes.push(words(
                    format!("plans/{file} 不在文件夹里：只登记名称和比例"),
                    format!("plans/{file} is not in the folder: only its name and scale are kept"),
                ));
            }
            return;
        };
        if found.media != Some(row.media.as_str()) {
            let expected = words(
                format!("内容为 {} 的文件", row.media),
                format!("a file that holds what its name says, {}", row.media),
            );
            given.wrong(&mut self.problems, "file", expected);
        }
        if stated.is_some_and(|stated| stated != found.sha256) {
            let sha256 = found.sha256;
            let expected = words(
                format!("文件夹里这个文件的哈希 {sha256}"),
                format!("the hash of the file that lies there, {sha256}"),
            );
            given.wrong(&mut self.problems, "sha256", expected);
        }
        row.sha256 = Some(found.sha256);
    }

    fn plan_subject(&mut self, given: In<'_>, row: &mut PlanRow) {
        let named: Vec<&str> = ["layout", "building", "place"]
            .into_iter()
            .filter(|c| given.has(c))
            .collect();
        if let [_, second, ..] = named[..] {
            let expected = words(
                "空（户型、楼栋、公共区域只能填一个）",
                "nothing: only one of layout, building, place",
            );
            given.wrong(&mut self.problems, second, expected);
        }
        if given.has("floor") && !given.has("building") {
            given.wrong(
                &mut self.problems,
                "floor",
                words("空，或同时填楼栋", "nothing, or a building beside it"),
            );
        }
        let id = |table: &str, column: &str| given.has(column).then(|| self.id(table, given.str(column)));
        let (building, place) = (id("buildings", "building"), id("places", "place"));
        given.put("layout", &mut row.layout);
        if given.given("building") {
            row.building = building.map(ScopeId);
        }
        if given.given("place") {
            row.place = place.map(PlaceId);
        }
        if given.given("floor") {
            row.floor = given.whole("floor").and_then(|n| i32::try_from(n).ok());
        }
    }
}
