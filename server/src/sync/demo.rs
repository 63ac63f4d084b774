//! Loads the demo project: homes, places, people, and one handover inspection per home. One transaction, rows in
//! batches; loading it again changes nothing that has not changed.

use keyturn_domain::catalog::{Catalog, CatalogError, Demo, Unit};
use keyturn_domain::rows::{self, kind, row_id};
use keyturn_domain::{DocumentId, PlaceId, ProjectId, ScopeId, TaskId, UserId};
use keyturn_protocol::Code;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

use super::admin::{NewPlace, RowPut, add_places_in, grant_entry, put_rows_in};
use super::log::{self, to_db};
use super::service::SyncService;
use crate::Error;
use crate::audit;
use crate::auth::moved;
use crate::db::{Cell, DbError, WriteTx, fetch_in, id, insert_rows, text};
use crate::users::{Access, Actor, Role};

/// What of the demo project is loaded.
#[derive(Clone, Copy, Debug, Default)]
pub struct DemoOptions {
    /// At most so many homes; none: all.
    pub homes: Option<usize>,
}

/// What was loaded.
#[derive(Clone, Debug)]
pub struct DemoLoaded {
    /// The project.
    pub project: ProjectId,
    /// Everybody who works there, by staff code, which is also the login name.
    pub people: BTreeMap<String, UserId>,
    /// The homes, in the order of the file.
    pub homes: Vec<DemoHome>,
}

/// A home of the demo project with its task.
#[derive(Clone, Debug)]
pub struct DemoHome {
    /// Its number.
    pub no: String,
    /// The place.
    pub place: PlaceId,
    /// Its handover inspection.
    pub task: TaskId,
    /// The record that the task will produce.
    pub record: DocumentId,
    /// The engineer and the ambassador of its team.
    pub assignees: Vec<UserId>,
}

/// A role on a scope, to be granted once however often it is named.
pub(crate) type Wanted = (UserId, Role, ScopeId, Access);

impl SyncService {
    /// Loads the demo project.
    ///
    /// # Errors
    /// `data_broken` when the data name what is not there, or what the storage says.
    pub async fn load_demo(&self, catalog: &Catalog, options: DemoOptions) -> Result<DemoLoaded, Error> {
        let demo = &catalog.demo;
        let code = demo.project.code.as_str();
        let project = demo_project(code);
        let mut tx = self.state.db.begin_write().await?;
        self.create_project_in(&mut tx, project, code).await?;
        let people = self.people(&mut tx, project, demo).await?;
        let mut plan = Plan {
            project,
            demo,
            people: &people,
            rows: Vec::new(),
            once: Vec::new(),
            places: Vec::new(),
            wanted: BTreeSet::new(),
            homes: Vec::new(),
        };
        plan.common().map_err(broken)?;
        for unit in demo.units.iter().take(options.homes.unwrap_or(usize::MAX)) {
            plan.home(unit).map_err(broken)?;
        }
        plan.households(&*self.state.ids).map_err(broken)?;
        plan.promises_and_notices().map_err(broken)?;
        plan.milestones(&catalog.patrols.rounds).map_err(broken)?;
        let Plan {
            rows,
            once,
            places,
            wanted,
            homes,
            ..
        } = plan;
        add_places_in(&mut tx, project, &places).await?;
        let rows = changed(&mut tx, project, rows, once).await?;
        put_rows_in(&mut tx, project, &rows).await?;
        self.grant_all(&mut tx, project, wanted, "grants of the demo project")
            .await?;
        tx.commit().await?;
        self.state.poke(project);
        Ok(DemoLoaded { project, people, homes })
    }

    /// Makes a login for everybody who has none; the name is the staff code.
    async fn people(
        &self,
        tx: &mut WriteTx,
        project: ProjectId,
        demo: &Demo,
    ) -> Result<BTreeMap<String, UserId>, DbError> {
        let now = self.state.now();
        let rows: Vec<Vec<Cell>> = demo
            .staff
            .iter()
            .map(|staff| {
                vec![
                    (*row_id(project, "user", staff.code.as_str()).as_bytes()).into(),
                    staff.code.as_str().into(),
                    staff.name_zh.as_str().into(),
                    now.into(),
                ]
            })
            .collect();
        let head = "INSERT INTO users (id, name, display, made_at)";
        insert_rows(tx, head, 4, &rows, "ON CONFLICT (name) DO NOTHING").await?;
        let names: Vec<Cell> = demo.staff.iter().map(|staff| staff.code.as_str().into()).collect();
        let found = fetch_in(tx, "SELECT id, name FROM users WHERE name", &[], &names, "").await?;
        found
            .iter()
            .map(|row| Ok((text(row, "name")?, id(row, "id", UserId::from_bytes)?)))
            .collect()
    }

    /// Returns those rights that nobody has, and that nobody took away: what ended by the clock may come again.
    pub(super) async fn never_held(
        &self,
        tx: &mut WriteTx,
        project: ProjectId,
        mut rights: BTreeSet<Wanted>,
    ) -> Result<BTreeSet<Wanted>, Error> {
        let sql = "SELECT user_id, role, scope FROM grants WHERE project = $1 \
                   AND (until_seq IS NULL OR expires_at IS NULL OR ended_at < expires_at)";
        let held = sqlx::query(sql)
            .bind(project.as_bytes().to_vec())
            .fetch_all(&mut **tx)
            .await
            .map_err(DbError::from)?;
        for row in &held {
            let user = id(row, "user_id", UserId::from_bytes)?;
            let (role, scope) = (text(row, "role")?, id(row, "scope", ScopeId::from_bytes)?);
            rights.retain(|(u, r, s, _)| (*u, r.as_str(), *s) != (user, role.as_str(), scope));
        }
        Ok(rights)
    }

    /// Grants what is not held yet.
    pub(crate) async fn grant_all(
        &self,
        tx: &mut WriteTx,
        project: ProjectId,
        wanted: BTreeSet<Wanted>,
        why: &str,
    ) -> Result<(), Error> {
        let held = sqlx::query("SELECT user_id, role, scope FROM grants WHERE project = $1 AND until_seq IS NULL")
            .bind(project.as_bytes().to_vec())
            .fetch_all(&mut **tx)
            .await
            .map_err(DbError::from)?;
        let mut present = BTreeSet::new();
        for row in &held {
            let user = id(row, "user_id", UserId::from_bytes)?;
            present.insert((user, text(row, "role")?, id(row, "scope", ScopeId::from_bytes)?));
        }
        let new: Vec<Wanted> = wanted
            .into_iter()
            .filter(|(user, role, scope, _)| !present.contains(&(*user, role.as_str().to_owned(), *scope)))
            .collect();
        if new.is_empty() {
            return Ok(());
        }
        let now = self.state.now();
        let seats = log::seats(tx, project, new.len()).await?;
        let (mut rows, mut entries) = (Vec::new(), Vec::new());
        for ((user, role, scope, access), seq) in new.into_iter().zip(seats.first..) {
            let grant = self.state.ids.uuid_v7(now);
            entries.push(grant_entry(log::kind::GRANT, grant, scope, user));
            rows.push(vec![
                (*grant.as_bytes()).into(),
                (*project.as_bytes()).into(),
                (*user.as_bytes()).into(),
                role.as_str().into(),
                (*scope.as_bytes()).into(),
                access.as_str().into(),
                to_db(seq).into(),
                now.into(),
            ]);
        }
        let head = "INSERT INTO grants (id, project, user_id, role, scope, access, since_seq, made_at)";
        insert_rows(tx, head, 8, &rows, "").await?;
        seats.fill(tx, &entries, &BTreeMap::new()).await?;
        moved(tx).await?;
        let entry = audit::Entry {
            actor: Actor::Command,
            action: "project.load",
            subject: project.to_string(),
            detail: why,
        };
        audit::record(tx, now, &entry).await?;
        Ok(())
    }
}

/// Returns the id of the demo project: the same on every server.
#[must_use]
pub fn demo_project(code: &str) -> ProjectId {
    ProjectId::derive(Uuid::NAMESPACE_OID, &format!("keyturn:project:{code}"))
}

fn broken(what: String) -> Error {
    Error::refused(Code::DataBroken, what)
}

impl From<CatalogError> for Error {
    fn from(error: CatalogError) -> Self {
        Self::refused(Code::DataBroken, error.to_string())
    }
}

/// Leaves out rows that are stored as they are, and of `once` those that were ever stored: people have changed since.
async fn changed(
    tx: &mut WriteTx,
    project: ProjectId,
    rows: Vec<RowPut>,
    once: Vec<RowPut>,
) -> Result<Vec<RowPut>, DbError> {
    let present = sqlx::query("SELECT id, body FROM facts WHERE project = $1")
        .bind(project.as_bytes().to_vec())
        .fetch_all(&mut **tx)
        .await?;
    let mut bodies = BTreeMap::new();
    for row in &present {
        bodies.insert(id(row, "id", Uuid::from_bytes)?, crate::db::opt_bytes(row, "body")?);
    }
    let differs = rows.into_iter().filter(|row| bodies.get(&row.id) != Some(&row.body));
    let new = once.into_iter().filter(|row| !bodies.contains_key(&row.id));
    Ok(differs.chain(new).collect())
}

/// Everything that is to be loaded.
pub(super) struct Plan<'a> {
    pub(super) project: ProjectId,
    pub(super) demo: &'a Demo,
    people: &'a BTreeMap<String, UserId>,
    rows: Vec<RowPut>,
    /// Rows that are loaded once only.
    once: Vec<RowPut>,
    places: Vec<NewPlace>,
    pub(super) wanted: BTreeSet<Wanted>,
    pub(super) homes: Vec<DemoHome>,
}

impl Plan<'_> {
    fn put<T: Serialize>(&mut self, kind: &str, id: Uuid, scope: ScopeId, row: &T) -> Result<(), String> {
        self.rows.push(row_put(kind, id, scope, row)?);
        Ok(())
    }

    pub(super) fn put_once<T: Serialize>(
        &mut self,
        kind: &str,
        id: Uuid,
        scope: ScopeId,
        row: &T,
    ) -> Result<(), String> {
        self.once.push(row_put(kind, id, scope, row)?);
        Ok(())
    }

    pub(super) fn building(&self, code: &str) -> ScopeId {
        ScopeId(row_id(self.project, kind::BUILDING, code))
    }

    pub(super) fn person(&self, code: &str) -> Result<UserId, String> {
        self.people
            .get(code)
            .copied()
            .ok_or_else(|| format!("{code} is nobody of the staff"))
    }

    pub(super) fn project_row(&self) -> rows::ProjectRow {
        let demo = self.demo;
        rows::ProjectRow {
            code: demo.project.code.to_string(),
            name: demo.project.text.clone(),
            time_zone: demo.project.time_zone.clone(),
            tolerance_ruleset: demo.project.tolerance_ruleset.to_string(),
            tolerance_grade: demo.project.tolerance_grade,
            template: demo.project.template.to_string(),
            settings: rows::ProjectSettings::of(demo),
            rest: rows::Rest::new(),
        }
    }

    /// What everybody in the project sees.
    fn common(&mut self) -> Result<(), String> {
        let (project, demo) = (self.project, self.demo);
        let public = ScopeId::public_places(project);
        let row = self.project_row();
        self.put(kind::PROJECT, project.0, public, &row)?;
        for building in &demo.buildings {
            let row = rows::BuildingRow {
                code: building.code.to_string(),
                name: building.text.clone(),
                floors: building.floors,
                entrances: building.entrances,
                rest: rows::Rest::new(),
            };
            let id = self.building(building.code.as_str());
            self.put(kind::BUILDING, id.0, public, &row)?;
        }
        for layout in &demo.layouts {
            let row = rows::LayoutRow {
                code: layout.code.to_string(),
                name: layout.text.clone(),
                rooms: layout.rooms.clone(),
                features: layout.features.iter().map(ToString::to_string).collect(),
                rest: rows::Rest::new(),
            };
            self.put(
                kind::LAYOUT,
                row_id(project, kind::LAYOUT, layout.code.as_str()),
                public,
                &row,
            )?;
        }
        self.public_places(public)?;
        self.staff(public)
    }

    fn public_places(&mut self, public: ScopeId) -> Result<(), String> {
        for place in &self.demo.public_places {
            let id = row_id(self.project, kind::PLACE, place.code.as_str());
            let building = place.building.as_ref().map(|b| self.building(b.as_str()));
            let row = rows::PlaceRow {
                code: place.code.to_string(),
                name: place.text.clone(),
                kind: place.kind.to_string(),
                building,
                rest: rows::Rest::new(),
            };
            self.put(kind::PLACE, id, public, &row)?;
            self.places.push(NewPlace {
                id: PlaceId(id),
                scope: public,
                building,
            });
        }
        Ok(())
    }

    fn staff(&mut self, public: ScopeId) -> Result<(), String> {
        for staff in &self.demo.staff {
            let user = self.person(staff.code.as_str())?;
            let row = rows::StaffRow {
                user,
                code: staff.code.to_string(),
                name: keyturn_domain::catalog::Text {
                    zh: staff.name_zh.clone(),
                    en: staff.name_en.clone(),
                },
                role: staff.role.to_string(),
                phone: Some(staff.phone.clone()),
                rest: rows::Rest::new(),
            };
            let id = row_id(self.project, kind::STAFF, staff.code.as_str());
            self.put(kind::STAFF, id, public, &row)?;
            let role: Role = staff.role.as_str().parse().map_err(|e: Error| e.to_string())?;
            let whole = ScopeId::project(self.project);
            self.wanted.insert(match role {
                Role::Reviewer | Role::Manager | Role::Administrator => (user, role, whole, Access::Write),
                Role::Engineer | Role::Ambassador | Role::Staff => (user, role, public, Access::Write),
                // A crew writes in the homes of its jobs only.
                Role::Subcontractor => (user, role, public, Access::Read),
            });
        }
        for team in &self.demo.teams {
            let row = rows::TeamRow {
                code: team.code.to_string(),
                name: team.text.clone(),
                members: vec![
                    self.person(team.engineer.as_str())?,
                    self.person(team.ambassador.as_str())?,
                ],
                rest: rows::Rest::new(),
            };
            let id = row_id(self.project, kind::TEAM, team.code.as_str());
            self.put(kind::TEAM, id, public, &row)?;
        }
        Ok(())
    }

    /// A home, its task, and what its team needs for it.
    fn home(&mut self, unit: &Unit) -> Result<(), String> {
        let place = PlaceId(row_id(self.project, kind::HOME, unit.no.as_str()));
        let (scope, building) = (ScopeId::home(place), self.building(unit.building.as_str()));
        let row = rows::HomeRow {
            no: unit.no.to_string(),
            building,
            entrance: unit.entrance,
            floor: unit.floor,
            layout: unit.layout.to_string(),
            rest: rows::Rest::new(),
        };
        self.put(kind::HOME, place.0, building, &row)?;
        self.places.push(NewPlace {
            id: place,
            scope,
            building: Some(building),
        });
        let task = self.task(unit, place)?;
        self.put(kind::TASK, task.id.0, scope, &task)?;
        let team = self.demo.teams.iter().find(|t| t.code == unit.team);
        let team = team.ok_or_else(|| format!("{} is no team", unit.team))?;
        for (code, role) in [(&team.engineer, Role::Engineer), (&team.ambassador, Role::Ambassador)] {
            let user = self.person(code.as_str())?;
            self.wanted.insert((user, role, scope, Access::Write));
            self.wanted.insert((user, role, building, Access::Read));
        }
        self.homes.push(DemoHome {
            no: unit.no.to_string(),
            place,
            task: task.id,
            record: task.record,
            assignees: task.assignees,
        });
        Ok(())
    }
}

fn row_put<T: Serialize>(kind: &str, id: Uuid, scope: ScopeId, row: &T) -> Result<RowPut, String> {
    Ok(RowPut {
        id,
        kind: kind.to_owned(),
        scope,
        body: Some(rows::body(row).map_err(|e| e.to_string())?),
    })
}
