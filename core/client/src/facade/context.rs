//! What must be known of a place before anything is recorded there: role, template, rooms, limits.

use super::lists::{row, rows_of};
use super::record::catalog;
use crate::ClientError;
use keyturn_domain::catalog::{Catalog, FeatureMode, Questions, instantiate};
use keyturn_domain::document::Genesis;
use keyturn_domain::record::{Place, Who};
use keyturn_domain::rows::{HomeRow, LayoutRow, PlaceRow, ProjectRow, TaskRow, kind};
use keyturn_domain::rules::ProjectCalendar;
use keyturn_domain::{PlaceId, ProjectId, ScopeId, UserId};
use keyturn_store::{Connection, StoreError, grants, progress};
use std::sync::Arc;

/// The questions of one record, and the limits that hold there.
pub(crate) struct Asked {
    catalog: &'static Catalog,
    questions: Arc<Questions>,
    project: Option<ProjectRow>,
}

impl Asked {
    /// Reads template and rooms of a place; a template that this version does not know asks nothing.
    pub(super) fn of(
        conn: &Connection,
        project: ProjectId,
        place: PlaceId,
        template: &str,
    ) -> Result<Self, ClientError> {
        let catalog = catalog()?;
        let settings = settings(conn, project)?;
        let home = row::<HomeRow>(conn, project, kind::HOME, place.0)?;
        let questions = match (catalog.templates.get(template), home) {
            (Some(template), Some(home)) => {
                let layouts = rows_of::<LayoutRow>(conn, project, kind::LAYOUT)?;
                let layout = layouts.into_values().find(|l| l.code == home.layout);
                layout.map(|l| instantiate(template, &l.rooms, &l.home_features(), l.feature_mode()))
            }
            (Some(template), None) => {
                let public = row::<PlaceRow>(conn, project, kind::PLACE, place.0)?;
                let room = public.and_then(|p| p.as_room(&catalog.rooms));
                room.map(|room| instantiate(template, &[room], &Default::default(), FeatureMode::Stated))
            }
            (None, _) => None,
        };
        Ok(Self {
            catalog,
            questions: Arc::new(questions.unwrap_or_default()),
            project: settings,
        })
    }

    /// The number of questions.
    pub(super) fn count(&self) -> u32 {
        super::lists::count(self.questions.asked.len())
    }

    pub(super) fn place(&self) -> Place<'_> {
        let limits = self
            .project
            .as_ref()
            .and_then(|p| self.catalog.tolerances.choose(&p.tolerance_ruleset, p.tolerance_grade));
        Place {
            catalog: self.catalog,
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
        for of in [kind::HOME, kind::PLACE] {
            if keyturn_store::rows::get(conn, project, of, place.0)?.is_some() {
                return Ok(Some(project));
            }
        }
    }
    Ok(None)
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
