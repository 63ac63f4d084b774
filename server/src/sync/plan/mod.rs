//! Tasks by rule: what happened becomes milestones, and milestones open, move or take back tasks.
//!
//! Reading and planning need no transaction of their own; writing does, and plans again inside of it when the project
//! moved in between. Planning twice changes nothing, so it may run as often as anybody likes ([`keep_planned`]).

mod jobs;
mod known;
mod office;
mod watch;

pub(super) use known::Offices;
pub(crate) use watch::keep_planned;

use std::collections::BTreeSet;

use keyturn_domain::ProjectId;
use keyturn_domain::catalog::edition::Edition;
use keyturn_domain::rows::{self, kind};
use keyturn_domain::rules::{PlannedTask, Planner};
use keyturn_domain::{PlaceId, ScopeId, UserId};
use keyturn_protocol::Code;

use self::office::Office;
use super::admin::{RowPut, put_rows_in};
use super::log;
use super::service::SyncService;
use crate::Error;
use crate::db::{AnyConnection, WriteTx};
use crate::editions::edition;
use crate::users::{Access, Role};

/// What planning changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Planning {
    /// Milestones that records told.
    pub milestones: usize,
    /// Tasks that were opened.
    pub opened: usize,
    /// Tasks that were moved.
    pub moved: usize,
    /// Tasks that were taken back.
    pub taken_back: usize,
}

impl SyncService {
    /// Opens the tasks of a project that its rules call for, moves those whose day was learnt later, and takes back those
    /// that nothing calls for any more. Only what has not begun is touched. Safe to repeat.
    ///
    /// # Errors
    /// `data_broken` when the project has no settings or an unknown time zone, or what the storage says.
    pub async fn plan_tasks(&self, project: ProjectId, now_ms: i64) -> Result<Planning, Error> {
        let mut read = self.state.db.begin_read().await?;
        let known = self.shared().offices.take(project);
        let mut office = Office::read(&mut read, known, project, now_ms).await?;
        let in_force = rules(&mut read, project).await?;
        drop(read);
        let mut plan = Plan::of(&in_force, &office);
        if plan.is_empty() {
            self.shared().offices.keep(project, office.known);
            return Ok(Planning::default());
        }
        let mut tx = self.state.db.begin_write().await?;
        let heads = log::heads(&mut tx, &[project]).await?;
        if heads.get(&project).map(|head| head.seq) != Some(office.seq) {
            office = Office::read(&mut tx, office.known, project, now_ms).await?;
            let in_force = rules(&mut tx, project).await?;
            plan = Plan::of(&in_force, &office);
        }
        let done = self.write_plan(&mut tx, project, plan).await?;
        tx.commit().await?;
        self.shared().offices.keep(project, office.known);
        self.state.poke(project);
        Ok(done)
    }

    async fn write_plan(&self, tx: &mut WriteTx, project: ProjectId, plan: Plan) -> Result<Planning, Error> {
        let mut wanted = plan.wanted;
        jobs::end(tx, project, &plan.done, self.state.now()).await?;
        jobs::go_on(tx, project, &plan.named, self.state.now()).await?;
        if !plan.named.is_empty() {
            wanted.extend(self.never_held(tx, project, plan.named).await?);
        }
        if !wanted.is_empty() {
            self.grant_all(tx, project, wanted, "tasks by rule").await?;
        }
        put_rows_in(tx, project, &plan.rows).await?;
        office::remember(tx, project, plan.seen).await?;
        Ok(plan.told)
    }
}

/// The rules of a project: its edition in force. One that this program cannot read opens nothing, rather than tasks by
/// rules that were replaced.
async fn rules(conn: &mut AnyConnection, project: ProjectId) -> Result<Edition, Error> {
    let edition = edition(conn, project, None).await?;
    if edition.waiting {
        let words = "the edition in force cannot be read by this version of the program";
        return Err(Error::refused(Code::DataBroken, words));
    }
    Ok(edition)
}

/// Who is named for a home's work without being sent there by a task.
const NAMED: [&str; 3] = ["engineer", "ambassador", office::CREW];

/// Rows to write, and the grants that they need.
struct Plan {
    rows: Vec<RowPut>,
    wanted: BTreeSet<super::demo::Wanted>,
    /// Rights of those whom records name; who held them once, and lost them, is not given them again.
    named: BTreeSet<super::demo::Wanted>,
    /// Of a crew, whose jobs at a place are over.
    done: BTreeSet<(UserId, ScopeId)>,
    told: Planning,
    /// Up to this entry of the log records were asked for milestones.
    seen: u64,
    moved_on: bool,
}

impl Plan {
    fn of(rules: &Edition, office: &Office) -> Self {
        let assignees = |place: PlaceId, role: &str| office.assignees(place, role);
        let milestones = office.milestones();
        let planner = Planner {
            catalog: &rules.catalog,
            edition: rules.number,
            project: office.project,
            template: &office.template,
            milestones: &milestones,
            tasks: &office.known.tasks,
            begun: &office.known.begun,
            assignees: &assignees,
            today: office.today,
        };
        let tasks = planner.plan();
        let mut told = Planning {
            milestones: office.learnt.len(),
            ..Planning::default()
        };
        let mut wanted = BTreeSet::new();
        for task in &tasks {
            match &task.row {
                None => told.taken_back += 1,
                Some(_) if office.known.tasks.contains_key(&task.id) => told.moved += 1,
                Some(_) => {
                    told.opened += 1;
                    // Only who is sent there now: a right that was taken away does not come back with a moved day.
                    wanted.extend(grants_for(office, task));
                }
            }
        }
        let named = office.named.iter().filter_map(|(user, scope)| {
            let role = office.role_of(*user).filter(|role| NAMED.contains(role))?;
            Some((*user, role.parse().ok()?, *scope, Access::Write))
        });
        let named = named.collect();
        let milestones = office.learnt.values();
        let milestones = milestones.map(|m| {
            (
                kind::MILESTONE,
                m.milestone.id(office.project),
                m.scope,
                rows::body(&m.milestone).ok(),
            )
        });
        let tasks = tasks.iter().map(|task| {
            let body = task.row.as_ref().and_then(|row| rows::body(row).ok());
            (kind::TASK, task.id.0, task.scope, body)
        });
        let rows = milestones.chain(tasks).map(|(kind, id, scope, body)| RowPut {
            id,
            kind: kind.to_owned(),
            scope,
            body,
        });
        Self {
            rows: rows.collect(),
            wanted,
            named,
            done: office.done.clone(),
            told,
            seen: office.seq,
            moved_on: office.seq != office.planned_to && office.has_new_records,
        }
    }

    fn is_empty(&self) -> bool {
        self.rows.is_empty() && !self.moved_on
    }
}

/// Who is sent to a home may write there.
fn grants_for(office: &Office, task: &PlannedTask) -> Vec<super::demo::Wanted> {
    let row = task
        .row
        .iter()
        .filter(|_| task.scope != ScopeId::public_places(office.project));
    row.flat_map(|row| row.assignees.iter().map(|user| (*user, row.role.parse::<Role>())))
        .filter_map(|(user, role)| Some((user, role.ok()?, task.scope, Access::Write)))
        .collect()
}
