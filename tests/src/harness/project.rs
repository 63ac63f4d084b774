//! A small project: twenty homes of the demo project, each with a task to inspect it.

use super::{DAY_MS, START_MS};
use keyturn_domain::catalog::{Catalog, FeatureMode, Lang, Layout, Questions, instantiate};
use keyturn_domain::document::Genesis;
use keyturn_domain::rows::{
    self, HomeRow, HouseholdRow, LayoutRow, ProjectRow, Rest, SalesPromiseRow, StaffRow, TaskRow, kind, row_id,
};
use keyturn_domain::{DocumentId, PlaceId, ProjectId, ScopeId, TaskId, UserId};
use keyturn_server::Server;
use keyturn_server::sync::{NewPlace, RowPut};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// In how many homes somebody lives.
const LIVED_IN: usize = 4;
/// The day of the tasks that produce no record.
pub const TOLD_DAY: &str = "2027-01-15";

/// One home.
#[derive(Clone, Debug)]
pub struct Home {
    /// The place; its home scope has the same id.
    pub place: PlaceId,
    /// Its building's scope.
    pub building: ScopeId,
    /// Its layout's code.
    pub layout: String,
    /// The task to inspect it; names the record.
    pub task: TaskRow,
}

impl Home {
    /// Returns its scope.
    #[must_use]
    pub const fn scope(&self) -> ScopeId {
        ScopeId::home(self.place)
    }

    /// Returns what its inspection is.
    #[must_use]
    pub fn inspection(&self, project: ProjectId) -> Genesis {
        Genesis {
            document: self.task.record,
            project,
            place: self.place,
            kind: "inspection".into(),
        }
    }
}

/// The project, as it is loaded into every server of the simulator.
#[derive(Clone, Debug)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// Its homes.
    pub homes: Vec<Home>,
}

impl Project {
    /// Takes the first `homes` homes of the demo project.
    #[must_use]
    pub fn small(homes: usize) -> Self {
        let catalog = catalog();
        let id = ProjectId::derive(uuid::Uuid::nil(), "simulator");
        let homes = catalog
            .demo
            .units
            .iter()
            .take(homes)
            .map(|unit| home(id, unit))
            .collect();
        Self { id, homes }
    }

    /// Loads it into a server.
    pub async fn load(&self, server: &Server, people: &[(UserId, &str)]) {
        let sync = server.sync();
        sync.create_project(self.id, "simulator").await.expect("a project");
        let places: Vec<NewPlace> = self
            .homes
            .iter()
            .map(|home| NewPlace {
                id: home.place,
                scope: home.scope(),
                building: Some(home.building),
            })
            .collect();
        sync.add_places(self.id, &places).await.expect("places");
        sync.put_rows(self.id, &self.rows(people)).await.expect("rows");
    }

    fn rows(&self, people: &[(UserId, &str)]) -> Vec<RowPut> {
        let demo = &catalog().demo;
        let public = ScopeId::public_places(self.id);
        let project = ProjectRow {
            code: "simulator".into(),
            name: demo.project.text.clone(),
            time_zone: demo.project.time_zone.clone(),
            tolerance_ruleset: demo.project.tolerance_ruleset.as_str().to_owned(),
            tolerance_grade: demo.project.tolerance_grade,
            template: "handover_fitout_v1".into(),
            settings: rows::ProjectSettings::of(demo),
            rest: BTreeMap::new(),
        };
        let mut all = vec![put(kind::PROJECT, self.id.0, public, &project)];
        let used = |layout: &&Layout| self.homes.iter().any(|h| h.layout == layout.code.as_str());
        for layout in demo.layouts.iter().filter(used) {
            let row = LayoutRow {
                code: layout.code.as_str().to_owned(),
                name: layout.text.clone(),
                rooms: layout.rooms.clone(),
                features: layout.features.iter().map(|f| f.as_str().to_owned()).collect(),
                rest: BTreeMap::new(),
            };
            all.push(put(
                kind::LAYOUT,
                row_id(self.id, kind::LAYOUT, &row.code),
                public,
                &row,
            ));
        }
        for (user, role) in people {
            let row = StaffRow {
                user: *user,
                code: (*role).to_owned(),
                name: demo.project.text.clone(),
                role: (*role).to_owned(),
                phone: Some("+86 000 0000 0000".into()),
                rest: BTreeMap::new(),
            };
            all.push(put(
                kind::STAFF,
                row_id(self.id, kind::STAFF, &user.to_string()),
                public,
                &row,
            ));
        }
        for (n, home) in self.homes.iter().enumerate() {
            let row = HomeRow {
                no: format!("1-1-{n}"),
                building: home.building,
                entrance: 1,
                floor: 1,
                layout: home.layout.clone(),
                rest: BTreeMap::new(),
            };
            all.push(put(kind::HOME, home.place.0, home.building, &row));
            all.push(put(kind::TASK, home.task.id.0, home.scope(), &home.task));
        }
        for (n, home) in self.homes.iter().enumerate().take(LIVED_IN) {
            all.extend(self.household(n, home));
            let told = told(home);
            all.push(put(kind::TASK, told.id.0, home.scope(), &told));
        }
        all
    }

    /// Who lives in a home, of whom nothing is known yet, and what was promised to them in sales.
    fn household(&self, n: usize, home: &Home) -> [RowPut; 3] {
        let code = format!("hh{n}");
        let household = HouseholdRow {
            home: home.place,
            code: code.clone(),
            language: Lang::Zh,
            ambassador: None,
            quiet: Vec::new(),
            moved_out: String::new(),
            rest: Rest::new(),
        };
        let promise = |due: i64| SalesPromiseRow {
            home: home.place,
            text: catalog().demo.project.text.clone(),
            first_due_ms: START_MS + due * DAY_MS,
            events: Vec::new(),
            rest: Rest::new(),
        };
        let id = |kind: &str, code: &str| row_id(self.id, kind, code);
        let (soon, later) = (promise(1), promise(90));
        [
            put(kind::HOUSEHOLD, id(kind::HOUSEHOLD, &code), home.scope(), &household),
            put(
                kind::SALES_PROMISE,
                id(kind::SALES_PROMISE, &format!("{code}-1")),
                home.scope(),
                &soon,
            ),
            put(
                kind::SALES_PROMISE,
                id(kind::SALES_PROMISE, &format!("{code}-2")),
                home.scope(),
                &later,
            ),
        ]
    }
}

/// A task of which somebody says what became of it.
fn told(home: &Home) -> TaskRow {
    let id = TaskId::of_rule("tr-change", home.place.0, "1");
    TaskRow {
        id,
        kind: "change_notice".into(),
        rule: "tr-change".into(),
        place: home.place,
        record: DocumentId::derive(id.0, "record"),
        day: TOLD_DAY.into(),
        role: "engineer".into(),
        ..TaskRow::default()
    }
}

/// Makes a row.
fn put<T: serde::Serialize>(kind: &str, id: uuid::Uuid, scope: ScopeId, row: &T) -> RowPut {
    RowPut {
        id,
        kind: kind.to_owned(),
        scope,
        body: Some(rows::body(row).expect("a row")),
    }
}

fn home(project: ProjectId, unit: &keyturn_domain::catalog::Unit) -> Home {
    let place = PlaceId(row_id(project, kind::HOME, unit.no.as_str()));
    let id = TaskId::of_rule("tr-inspection", place.0, "1");
    Home {
        place,
        building: ScopeId(row_id(project, kind::BUILDING, unit.building.as_str())),
        layout: unit.layout.as_str().to_owned(),
        task: TaskRow {
            id,
            kind: "handover_inspection".into(),
            rule: "tr-inspection".into(),
            place,
            record_kind: "inspection".into(),
            record: DocumentId::derive(id.0, "record"),
            template: "handover_fitout_v1".into(),
            template_version: 1,
            assignees: Vec::new(),
            day: "2026-12-04".into(),
            slot: "09:00".into(),
            ..TaskRow::default()
        },
    }
}

/// The built-in data.
#[must_use]
pub fn catalog() -> &'static Catalog {
    Catalog::built_in().expect("built-in data without a wrong row")
}

/// The questions of a layout, made once.
#[must_use]
pub fn questions(layout: &str) -> &'static Questions {
    static ALL: OnceLock<BTreeMap<String, Questions>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let catalog = catalog();
        let template = &catalog.templates["handover_fitout_v1"];
        let of = |layout: &Layout| instantiate(template, &layout.rooms, &layout.features, FeatureMode::Stated);
        catalog
            .demo
            .layouts
            .iter()
            .map(|layout| (layout.code.as_str().to_owned(), of(layout)))
            .collect()
    });
    &all[layout]
}
