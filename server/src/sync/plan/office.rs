//! What the office knows of a project: its rows, and what its records tell.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use futures_util::TryStreamExt;
use keyturn_domain::record::Projection;
use keyturn_domain::rows::{self, HouseholdRow, MilestoneRow, ProjectRow, StaffRow, TaskRow, kind};
use keyturn_domain::rules::{Jobs, NAMING_EVENTS, ProjectCalendar, Recorded, Told, milestones_of};
use keyturn_domain::{DocumentId, PlaceId, ProjectId, ScopeId, TaskId, UserId};
use keyturn_protocol::Code;
use uuid::Uuid;

use super::super::log::{self, to_db};
use crate::Error;
use crate::db::{AnyConnection, DbError, WriteTx, bytes, id, int, text};

/// The role of those who come for a job alone.
pub(super) const CREW: &str = "subcontractor";

/// A project as planning sees it.
pub(super) struct Office {
    pub(super) project: ProjectId,
    pub(super) template: String,
    pub(super) today: NaiveDate,
    pub(super) milestones: Vec<Told>,
    /// Those of them that have no row yet, or another day in it.
    pub(super) new_milestones: Vec<Told>,
    pub(super) tasks: BTreeMap<TaskId, (ScopeId, TaskRow)>,
    pub(super) begun: BTreeSet<DocumentId>,
    /// The newest entry of the log.
    pub(super) seq: u64,
    /// Up to this one records were asked before.
    pub(super) planned_to: u64,
    pub(super) has_new_records: bool,
    /// Who was named in a record that changed, and where it is.
    pub(super) named: BTreeSet<(UserId, ScopeId)>,
    /// Of a crew, whose records at a place that changed have all ended.
    pub(super) done: BTreeSet<(UserId, ScopeId)>,
    roles: BTreeMap<UserId, String>,
    /// Who was ever sent to a place.
    teams: BTreeMap<PlaceId, Vec<UserId>>,
    ambassadors: BTreeMap<PlaceId, UserId>,
}

impl Office {
    /// Reads everything that planning needs.
    pub(super) async fn read(conn: &mut AnyConnection, project: ProjectId, now_ms: i64) -> Result<Self, Error> {
        let head = log::heads(conn, &[project]).await?;
        let seq = head.get(&project).map(|head| head.seq).ok_or(Code::NotFound)?;
        // One row is read while the database looks for the next.
        let mut rows = sqlx::query(include_str!("rows_of_office.sql"))
            .bind(project.as_bytes().to_vec())
            .fetch(&mut *conn);
        let mut stored = Rows::default();
        while let Some(row) = rows.try_next().await.map_err(DbError::from)? {
            let scope = id(&row, "scope", ScopeId::from_bytes)?;
            stored.take(&text(&row, "kind")?, scope, &bytes(&row, "body")?);
        }
        drop(rows);
        let settings = stored.project.take().ok_or_else(|| broken("the project has no row"))?;
        let calendar = ProjectCalendar::of(&settings).map_err(|e| broken(&e.to_string()))?;
        let planned_to = planned_to(conn, project).await?;
        let begun = sqlx::query("SELECT id FROM documents WHERE project = $1")
            .bind(project.as_bytes().to_vec())
            .fetch_all(&mut *conn)
            .await
            .map_err(DbError::from)?;
        let begun = begun.iter().map(|row| id(row, "id", DocumentId::from_bytes));
        let mut office = Self {
            project,
            template: settings.template,
            today: calendar.day_of(now_ms),
            milestones: stored.milestones,
            new_milestones: Vec::new(),
            begun: begun.collect::<Result<_, _>>()?,
            seq,
            planned_to,
            has_new_records: false,
            named: BTreeSet::new(),
            done: BTreeSet::new(),
            roles: stored.staff.into_iter().map(|staff| (staff.user, staff.role)).collect(),
            teams: BTreeMap::new(),
            ambassadors: stored.ambassadors,
            tasks: stored.tasks,
        };
        for (_, task) in office.tasks.values() {
            office.teams.entry(task.place).or_default().extend(&task.assignees);
        }
        office.ask_records(conn, &calendar).await?;
        Ok(office)
    }

    /// Asks the records that changed since the last time what they tell.
    async fn ask_records(&mut self, conn: &mut AnyConnection, calendar: &ProjectCalendar) -> Result<(), Error> {
        let rows = sqlx::query(include_str!("documents_since.sql"))
            .bind(self.project.as_bytes().to_vec())
            .bind(to_db(self.planned_to))
            .fetch_all(&mut *conn)
            .await
            .map_err(DbError::from)?;
        self.has_new_records = !rows.is_empty();
        let subjects: BTreeMap<DocumentId, Uuid> = self.tasks.values().map(|(_, t)| (t.record, t.subject)).collect();
        let mut known: BTreeMap<Uuid, usize> = BTreeMap::new();
        for (n, told) in self.milestones.iter().enumerate() {
            known.insert(told.milestone.id(self.project), n);
        }
        for row in &rows {
            let Some(projection) = Projection::from_bytes(&bytes(row, "projection")?) else {
                continue;
            };
            let document = id(row, "id", DocumentId::from_bytes)?;
            let scope = id(row, "scope", ScopeId::from_bytes)?;
            let named = projection
                .history
                .iter()
                .rfind(|step| NAMING_EVENTS.contains(&step.event.as_str()));
            let named = named.and_then(|step| step.person.parse().ok());
            self.named.extend(named.map(|user| (user, scope)));
            let recorded = Recorded {
                document,
                place: id(row, "place", PlaceId::from_bytes)?,
                subject: subjects.get(&document).copied().filter(|subject| !subject.is_nil()),
                projection: &projection,
            };
            for milestone in milestones_of(recorded, calendar) {
                let at = known.get(&milestone.id(self.project)).copied();
                self.learn(at, Told { scope, milestone });
            }
        }
        self.ask_jobs(conn).await
    }

    /// A crew holds a place for the days of its jobs there.
    async fn ask_jobs(&mut self, conn: &mut AnyConnection) -> Result<(), Error> {
        let crew = |user: &UserId| self.roles.get(user).is_some_and(|role| role == CREW);
        let places = self.named.iter().filter(|(user, _)| crew(user));
        let places: BTreeSet<ScopeId> = places.map(|(_, scope)| *scope).collect();
        for scope in places {
            let rows = sqlx::query("SELECT projection FROM documents WHERE scope = $1 AND purged_at IS NULL")
                .bind(scope.as_bytes().to_vec())
                .fetch_all(&mut *conn)
                .await
                .map_err(DbError::from)?;
            let mut here = Vec::new();
            for row in &rows {
                here.extend(Projection::from_bytes(&bytes(row, "projection")?));
            }
            let jobs = Jobs::of(&here);
            let over: Vec<UserId> = jobs.over.into_iter().filter(crew).collect();
            self.named
                .retain(|(user, at)| *at != scope || jobs.open.contains(user) || !over.contains(user));
            self.done.extend(over.into_iter().map(|user| (user, scope)));
        }
        Ok(())
    }

    fn learn(&mut self, at: Option<usize>, told: Told) {
        let stands = at.and_then(|at| self.milestones.get_mut(at));
        match stands {
            Some(old) if old.milestone.day == told.milestone.day => {}
            Some(old) => {
                old.milestone.day = told.milestone.day;
                self.new_milestones.push(old.clone());
            }
            None => {
                self.new_milestones.push(told.clone());
                self.milestones.push(told);
            }
        }
    }

    /// Returns the role of somebody who works on the project.
    pub(super) fn role_of(&self, user: UserId) -> Option<&str> {
        self.roles.get(&user).map(String::as_str)
    }

    /// Returns who does at a place what somebody in a role does; nobody by name: whoever has the role.
    pub(super) fn assignees(&self, place: PlaceId, role: &str) -> Vec<UserId> {
        let own = self.ambassadors.get(&place).filter(|_| role == "ambassador");
        if let Some(own) = own {
            return vec![*own];
        }
        let has_role = |user: &&UserId| self.roles.get(user).is_some_and(|of| of == role);
        let team = self.teams.get(&place).into_iter().flatten().filter(has_role);
        team.copied().collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// The rows of the kinds that planning reads.
#[derive(Default)]
struct Rows {
    project: Option<ProjectRow>,
    milestones: Vec<Told>,
    tasks: BTreeMap<TaskId, (ScopeId, TaskRow)>,
    staff: Vec<StaffRow>,
    ambassadors: BTreeMap<PlaceId, UserId>,
}

impl Rows {
    fn take(&mut self, of: &str, scope: ScopeId, body: &[u8]) {
        match of {
            kind::PROJECT => self.project = rows::read(body),
            kind::MILESTONE => {
                let milestone = rows::read::<MilestoneRow>(body);
                self.milestones
                    .extend(milestone.map(|milestone| Told { scope, milestone }));
            }
            kind::TASK => {
                let task = rows::read::<TaskRow>(body);
                self.tasks.extend(task.map(|task| (task.id, (scope, task))));
            }
            kind::STAFF => self.staff.extend(rows::read::<StaffRow>(body)),
            _ => {
                let household = rows::read::<HouseholdRow>(body).filter(|h| h.moved_out.is_empty());
                let own = household.and_then(|h| Some((h.home, h.ambassador?)));
                self.ambassadors.extend(own);
            }
        }
    }
}

/// Up to which entry of the log records were asked.
async fn planned_to(conn: &mut AnyConnection, project: ProjectId) -> Result<u64, DbError> {
    let row = sqlx::query("SELECT n FROM counters WHERE name = $1")
        .bind(counter(project))
        .fetch_optional(conn)
        .await?;
    let n = row.as_ref().map(|row| int(row, "n")).transpose()?;
    Ok(n.and_then(|n| u64::try_from(n).ok()).unwrap_or_default())
}

/// Remembers up to which entry of the log records were asked.
pub(super) async fn remember(tx: &mut WriteTx, project: ProjectId, seq: u64) -> Result<(), DbError> {
    sqlx::query("INSERT INTO counters (name, n) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET n = excluded.n")
        .bind(counter(project))
        .bind(to_db(seq))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

fn counter(project: ProjectId) -> String {
    format!("planned:{project}")
}

fn broken(what: &str) -> Error {
    Error::refused(Code::DataBroken, what.to_owned())
}
