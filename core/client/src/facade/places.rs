//! Places: buildings with floors and homes, and a home with everything recorded there.

use super::context;
use super::lists::{count, home_card, place_name, record_card, row, rows_of, task_card};
use super::record::parse;
use super::timeline::{TimelineView, timeline};
use super::views::{BuildingCard, BuildingView, FloorView, HomeView, PersonCard, RoomName};
use crate::records::edition;
use crate::{Client, ClientError};
use keyturn_domain::record::view::TextView;
use keyturn_domain::rows::{self, BuildingRow, HomeRow, StaffRow, TaskRow, kind};
use keyturn_domain::{PlaceId, ProjectId, ScopeId};
use keyturn_store::{Connection, grants, progress};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Lists of places.
#[derive(Clone)]
pub struct Places(pub(crate) Client);

impl Places {
    /// Lists the buildings of all projects that this phone holds.
    ///
    /// # Errors
    /// A storage error.
    pub fn buildings(&self) -> Result<Vec<BuildingCard>, ClientError> {
        self.0.look(|conn| {
            let mut cards = Vec::new();
            for (project, _) in progress::projects(conn)? {
                for (id, building) in rows_of::<BuildingRow>(conn, project, kind::BUILDING)? {
                    cards.push(BuildingCard {
                        building: id.to_string(),
                        project: project.to_string(),
                        name: TextView::from(&building.name),
                        homes: count(keyturn_store::rows::of_scope(conn, ScopeId(id), kind::HOME)?.len()),
                    });
                }
            }
            cards.sort_by(|a, b| a.name.zh.cmp(&b.name.zh));
            Ok(cards)
        })
    }

    /// Lists everybody who works in the projects that this phone holds, by staff code.
    ///
    /// # Errors
    /// A storage error.
    pub fn people(&self) -> Result<Vec<PersonCard>, ClientError> {
        self.0.look(|conn| {
            let mut cards = Vec::new();
            for (project, _) in progress::projects(conn)? {
                for staff in rows_of::<StaffRow>(conn, project, kind::STAFF)?.into_values() {
                    cards.push(PersonCard {
                        user: staff.user.to_string(),
                        code: staff.code,
                        name: TextView::from(&staff.name),
                        role: staff.role,
                    });
                }
            }
            cards.sort_by(|a, b| a.code.cmp(&b.code));
            Ok(cards)
        })
    }

    /// Shows a building: floors, the highest first, and their homes with their state.
    ///
    /// # Errors
    /// `unknown_place` when this phone does not hold it.
    pub fn building(&self, building: &str) -> Result<BuildingView, ClientError> {
        let id: ScopeId = parse(building, "building")?;
        self.0.look(|conn| {
            let (project, found) = find_building(conn, id)?;
            let writable = writable(conn, project)?;
            let mut floors: BTreeMap<Reverse<u32>, FloorView> = BTreeMap::new();
            for stored in keyturn_store::rows::of_scope(conn, id, kind::HOME)? {
                let Some(home) = rows::read::<HomeRow>(&stored.body) else {
                    continue;
                };
                let may_write = writable.contains(&ScopeId(stored.id)) || writable.contains(&ScopeId::project(project));
                let card = home_card(conn, stored.id, &home, may_write)?;
                let floor = floors.entry(Reverse(home.floor)).or_default();
                floor.floor = home.floor;
                floor.homes.push(card);
            }
            let mut floors: Vec<FloorView> = floors.into_values().collect();
            floors
                .iter_mut()
                .for_each(|f| f.homes.sort_by(|a, b| (a.entrance, &a.no).cmp(&(b.entrance, &b.no))));
            Ok(BuildingView {
                building: building.to_owned(),
                name: TextView::from(&found.name),
                floors,
            })
        })
    }

    /// Shows a home: its tasks by day, its records the newest first.
    ///
    /// # Errors
    /// `unknown_place` when this phone does not hold it.
    pub fn home(&self, place: &str) -> Result<HomeView, ClientError> {
        let id: PlaceId = parse(place, "place")?;
        self.0.look(|conn| {
            let unknown = || ClientError::refused("unknown_place");
            let project = context::project_of(conn, id)?.ok_or_else(unknown)?;
            let home: HomeRow = row(conn, project, kind::HOME, id.0)?.ok_or_else(unknown)?;
            let writable = writable(conn, project)?;
            let may_write = writable.contains(&ScopeId::home(id)) || writable.contains(&ScopeId::project(project));
            let mut tasks = Vec::new();
            let waiting = self.0.waiting(conn, project, kind::TASK)?;
            for stored in keyturn_store::rows::of_scope(conn, ScopeId::home(id), kind::TASK)? {
                let Some(task) = rows::read::<TaskRow>(&stored.body) else {
                    continue;
                };
                let changed = waiting.get(&task.id.0);
                tasks.push(task_card(conn, project, &task, changed, TextView::alike(&home.no))?);
            }
            tasks.sort_by(|a, b| (&a.day, &a.slot, &a.task).cmp(&(&b.day, &b.slot, &b.task)));
            let mut listed = keyturn_store::documents::at_place(conn, id)?;
            listed.sort_by_key(|d| Reverse(d.updated_ms));
            Ok(HomeView {
                home: home_card(conn, id.0, &home, may_write)?,
                floor: home.floor,
                building: home.building.to_string(),
                tasks,
                records: listed
                    .iter()
                    .map(|d| record_card(conn, d))
                    .collect::<Result<Vec<_>, _>>()?,
            })
        })
    }

    /// Tells what a home or public place is called: empty where this phone does not know it.
    ///
    /// # Errors
    /// A storage error.
    pub fn name(&self, place: &str) -> Result<TextView, ClientError> {
        let id: PlaceId = parse(place, "place")?;
        self.0.look(|conn| match context::project_of(conn, id)? {
            Some(project) => Ok(place_name(conn, project, id)?),
            None => Ok(TextView::default()),
        })
    }

    /// Lists the rooms of a home, or the one room that a public place is, as records name them.
    ///
    /// # Errors
    /// A storage error.
    pub fn rooms(&self, place: &str) -> Result<Vec<RoomName>, ClientError> {
        let id: PlaceId = parse(place, "place")?;
        self.0.look(|conn| {
            let Some(project) = context::project_of(conn, id)? else {
                return Ok(Vec::new());
            };
            let in_force = edition(conn, project, None)?;
            let rooms = context::rooms_of(conn, &in_force.catalog, project, id)?;
            Ok(rooms.iter().map(RoomName::from).collect())
        })
    }

    /// Shows the life of a home or public place: the last contact, then everything, the newest first.
    ///
    /// # Errors
    /// `unknown_place` when this phone does not hold it.
    pub fn timeline(&self, place: &str) -> Result<TimelineView, ClientError> {
        timeline(&self.0, parse(place, "place")?)
    }
}

pub(super) fn find_building(conn: &Connection, id: ScopeId) -> Result<(ProjectId, BuildingRow), ClientError> {
    for (project, _) in progress::projects(conn)? {
        if let Some(found) = row(conn, project, kind::BUILDING, id.0)? {
            return Ok((project, found));
        }
    }
    Err(ClientError::refused("unknown_place"))
}

fn writable(conn: &Connection, project: ProjectId) -> Result<BTreeSet<ScopeId>, ClientError> {
    let held = grants::every(conn)?;
    Ok(held
        .into_iter()
        .filter(|g| g.project == project && g.write)
        .map(|g| g.scope)
        .collect())
}
