//! What must be known of a place before anything is recorded there: role, template, rooms, limits.

use super::lists::{row, rows_of};
use crate::ClientError;
use crate::records::edition;
use keyturn_domain::catalog::edition::Edition;
use keyturn_domain::catalog::{Catalog, FeatureMode, Questions, Room, instantiate};
use keyturn_domain::document::Genesis;
use keyturn_domain::record::{Place, Who};
use keyturn_domain::rows::{self, HomeRow, LayoutRow, PlaceRow, ProjectRow, TaskRow, kind};
use keyturn_domain::rules::ProjectCalendar;
use keyturn_domain::{PlaceId, ProjectId, ScopeId, UserId};
use keyturn_store::{Connection, StoreError, grants, progress};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The questions of one record, and the limits that hold there.
pub(crate) struct Asked {
    edition: Edition,
    questions: Arc<Questions>,
    project: Option<ProjectRow>,
}

impl Asked {
    /// Reads template and rooms of a place, with the edition that is pinned; a template that it does not know asks nothing.
    pub(super) fn of(
        conn: &Connection,
        project: ProjectId,
        place: PlaceId,
        template: &str,
        pinned: u32,
    ) -> Result<Self, ClientError> {
        let edition = edition(conn, project, Some(pinned))?;
        let catalog = &*edition.catalog;
        let settings = settings(conn, project)?;
        let home = row::<HomeRow>(conn, project, kind::HOME, place.0)?;
        let questions = match (catalog.templates.get(template), home) {
            (Some(template), Some(home)) => {
                let layouts = rows_of::<LayoutRow>(conn, project, kind::LAYOUT)?;
                let layout = layouts.into_values().find(|l| l.code == home.layout);
                layout.map(|l| instantiate(template, &l.rooms, &l.home_features(), l.feature_mode()))
            }
            (Some(template), None) => {
                let rooms = rooms_of(conn, catalog, project, place)?;
                let asks = !rooms.is_empty();
                asks.then(|| instantiate(template, &rooms, &Default::default(), FeatureMode::Stated))
            }
            (None, _) => None,
        };
        let mut questions = questions.unwrap_or_default();
        let promised = keyturn_store::rows::of_scope(conn, ScopeId::home(place), kind::SALES_PROMISE)?;
        let promised = promised.into_iter().filter_map(|p| Some((p.id, rows::read(&p.body)?)));
        rows::ask_sales(&mut questions, template, promised);
        Ok(Self {
            edition,
            questions: Arc::new(questions),
            project: settings,
        })
    }

    /// The pinned edition is not here: another one asks meanwhile.
    pub(super) const fn is_waiting(&self) -> bool {
        self.edition.waiting
    }

    /// The number of questions.
    pub(super) fn count(&self) -> u32 {
        super::lists::count(self.questions.asked.len())
    }

    pub(super) fn place(&self) -> Place<'_> {
        let limits = self.project.as_ref().and_then(|p| {
            self.edition
                .catalog
                .tolerances
                .choose(&p.tolerance_ruleset, p.tolerance_grade)
        });
        Place {
            catalog: &self.edition.catalog,
            questions: &self.questions,
            limits,
        }
    }
}

/// The settings of a project; none while this phone does not hold them.
pub(super) fn settings(conn: &Connection, project: ProjectId) -> Result<Option<ProjectRow>, StoreError> {
    let rows = rows_of::<ProjectRow>(conn, project, kind::PROJECT)?;
    Ok(rows.into_values().next())
}

/// The calendar of a project: its zone and its rest days.
pub(super) fn calendar(conn: &Connection, project: ProjectId) -> Result<ProjectCalendar, ClientError> {
    let row = settings(conn, project)?.ok_or_else(|| ClientError::refused("unknown_project"))?;
    ProjectCalendar::of(&row).map_err(|e| ClientError::Data(e.to_string()))
}

/// Finds a task by its id, in whichever project it is.
pub(super) fn task(conn: &Connection, id: uuid::Uuid) -> Result<Option<(ProjectId, TaskRow)>, StoreError> {
    for (project, _) in progress::projects(conn)? {
        if let Some(task) = row::<TaskRow>(conn, project, kind::TASK, id)? {
            return Ok(Some((project, task)));
        }
    }
    Ok(None)
}

/// Finds the task whose record this is.
pub(super) fn task_of_record(conn: &Connection, genesis: &Genesis) -> Result<Option<TaskRow>, StoreError> {
    let scope = scope_of(conn, genesis.project, genesis.place)?;
    let tasks = keyturn_store::rows::of_scope(conn, scope, kind::TASK)?;
    Ok(tasks
        .iter()
        .filter_map(|r| keyturn_domain::rows::read::<TaskRow>(&r.body))
        .find(|t| t.record == genesis.document))
}

/// Finds the project that a place belongs to.
pub(super) fn project_of(conn: &Connection, place: PlaceId) -> Result<Option<ProjectId>, StoreError> {
    for (project, _) in progress::projects(conn)? {
        if place == PlaceId::public_places(project) {
            return Ok(Some(project));
        }
        for of in [kind::HOME, kind::PLACE] {
            if keyturn_store::rows::get(conn, project, of, place.0)?.is_some() {
                return Ok(Some(project));
            }
        }
    }
    Ok(None)
}

/// The rooms of a place: those of a home's layout, the one that a public place is, or all public places as rooms.
pub(super) fn rooms_of(
    conn: &Connection,
    catalog: &Catalog,
    project: ProjectId,
    place: PlaceId,
) -> Result<Vec<Room>, ClientError> {
    if let Some(home) = row::<HomeRow>(conn, project, kind::HOME, place.0)? {
        let layouts = rows_of::<LayoutRow>(conn, project, kind::LAYOUT)?;
        let layout = layouts.into_values().find(|l| l.code == home.layout);
        return Ok(layout.map(|l| l.rooms).unwrap_or_default());
    }
    let kinds = &catalog.rooms;
    if place == PlaceId::public_places(project) {
        let mut all: Vec<_> = rows_of::<PlaceRow>(conn, project, kind::PLACE)?.into_values().collect();
        all.sort_by(|a, b| a.code.cmp(&b.code));
        return Ok(all.iter().filter_map(|place| place.as_room(kinds)).collect());
    }
    let one = row::<PlaceRow>(conn, project, kind::PLACE, place.0)?;
    Ok(one.and_then(|place| place.as_room(kinds)).into_iter().collect())
}

/// The scope of a place: its own for a home, the project's public places otherwise.
pub(super) fn scope_of(conn: &Connection, project: ProjectId, place: PlaceId) -> Result<ScopeId, StoreError> {
    let home = keyturn_store::rows::get(conn, project, kind::HOME, place.0)?;
    Ok(if home.is_some() {
        ScopeId::home(place)
    } else {
        ScopeId::public_places(project)
    })
}

/// The role in which the person records in a scope: a grant of the scope itself before one of the project.
pub(super) fn who(conn: &Connection, user: UserId, project: ProjectId, scope: ScopeId) -> Result<Who, ClientError> {
    let held = grants::every(conn)?;
    let writable = |on: ScopeId| held.iter().find(|g| g.project == project && g.scope == on && g.write);
    let grant = writable(scope).or_else(|| writable(ScopeId::project(project)));
    grant
        .map(|g| Who {
            user,
            role: g.role.clone(),
        })
        .ok_or_else(|| ClientError::refused("no_grant"))
}

/// The roles that the person of this phone has in a project, wherever.
pub(super) fn roles_in(conn: &Connection, project: ProjectId) -> Result<BTreeSet<String>, StoreError> {
    let held = grants::every(conn)?.into_iter();
    Ok(held
        .filter(|g| g.project == project && g.write)
        .map(|g| g.role)
        .collect())
}

/// The scope of a place that a case is reported at: one that this phone does not know is a home elsewhere.
pub(super) fn scope_of_case(conn: &Connection, project: ProjectId, place: PlaceId) -> Result<ScopeId, StoreError> {
    let public = keyturn_store::rows::get(conn, project, kind::PLACE, place.0)?;
    Ok(if public.is_some() {
        ScopeId::public_places(project)
    } else {
        ScopeId::home(place)
    })
}

/// Anybody who works here reports for an owner, at any place.
pub(super) fn reporter(conn: &Connection, user: UserId, project: ProjectId) -> Result<Who, ClientError> {
    let held = grants::every(conn)?;
    if !held.iter().any(|g| g.project == project) {
        return Err(ClientError::refused("no_grant"));
    }
    let role = "staff".to_owned();
    Ok(Who { user, role })
}

/// Finds a place by its id or by the number of a home (`3-2-1201`), also one that this phone does not hold: ids follow
/// from the project and the number.
pub(super) fn place_named(conn: &Connection, name: &str) -> Result<(ProjectId, PlaceId), ClientError> {
    let unknown = || ClientError::refused("unknown_place");
    if let Ok(place) = name.parse::<PlaceId>() {
        return project_of(conn, place)?
            .map(|project| (project, place))
            .ok_or_else(unknown);
    }
    let projects = progress::projects(conn)?;
    for (project, _) in &projects {
        let homes = rows_of::<HomeRow>(conn, *project, kind::HOME)?;
        if let Some((id, _)) = homes.into_iter().find(|(_, home)| home.no == name) {
            return Ok((*project, PlaceId(id)));
        }
    }
    match projects.as_slice() {
        [(project, _)] if is_home_number(name) => {
            let id = keyturn_domain::rows::row_id(*project, kind::HOME, name);
            Ok((*project, PlaceId(id)))
        }
        _ => Err(unknown()),
    }
}

/// Building, entrance, floor and room: `3-2-1201`.
fn is_home_number(name: &str) -> bool {
    let parts: Vec<&str> = name.split('-').collect();
    let number = |part: &&str| !part.is_empty() && part.len() <= 5 && part.bytes().all(|b| b.is_ascii_digit());
    parts.len() == 3 && parts.iter().all(number)
}
