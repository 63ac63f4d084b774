//! What the office knows of a project: its rows, and what its records tell.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use keyturn_domain::record::Projection;
use keyturn_domain::rules::{Jobs, NAMING_EVENTS, ProjectCalendar, Recorded, Told, milestones_of};
use keyturn_domain::{DocumentId, PlaceId, ProjectId, ScopeId, UserId};
use keyturn_protocol::Code;
use uuid::Uuid;

use super::super::log::{self, to_db};
use super::known::Known;
use crate::Error;
use crate::db::{AnyConnection, DbError, WriteTx, bytes, id, int};

/// The role of those who come for a job alone.
pub(super) const CREW: &str = "subcontractor";

/// A project as planning sees it.
pub(super) struct Office {
    pub(super) project: ProjectId,
    pub(super) known: Known,
    pub(super) template: String,
    pub(super) today: NaiveDate,
    /// Milestones that records told and that have no row yet, or another day in it.
    pub(super) learnt: BTreeMap<Uuid, Told>,
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
    /// Reads what planning needs and is not known yet.
    pub(super) async fn read(
        conn: &mut AnyConnection,
        known: Known,
        project: ProjectId,
        now_ms: i64,
    ) -> Result<Self, Error> {
        let head = log::heads(conn, &[project]).await?;
        let seq = head.get(&project).map(|head| head.seq).ok_or(Code::NotFound)?;
        let known = known.read_on(conn, project, seq).await?;
        let settings = known.project.as_ref().ok_or_else(|| broken("the project has no row"))?;
        let calendar = ProjectCalendar::of(settings).map_err(|e| broken(&e.to_string()))?;
        let mut teams: BTreeMap<PlaceId, Vec<UserId>> = BTreeMap::new();
        for (_, task) in known.tasks.values() {
            teams.entry(task.place).or_default().extend(&task.assignees);
        }
        let mut office = Self {
            project,
            template: settings.template.clone(),
            today: calendar.day_of(now_ms),
            learnt: BTreeMap::new(),
            seq,
            planned_to: planned_to(conn, project).await?,
            has_new_records: false,
            named: BTreeSet::new(),
            done: BTreeSet::new(),
            roles: known.roles(),
            teams,
            ambassadors: known.ambassadors(),
            known,
        };
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
        if rows.is_empty() {
            return Ok(());
        }
        self.has_new_records = true;
        let tasks = self.known.tasks.values();
        let subjects: BTreeMap<DocumentId, Uuid> = tasks.map(|(_, t)| (t.record, t.subject)).collect();
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
                self.learn(Told { scope, milestone });
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

    fn learn(&mut self, told: Told) {
        let id = told.milestone.id(self.project);
        let stands = self.learnt.get(&id).or_else(|| self.known.milestones.get(&id));
        let told = match stands {
            Some(old) if old.milestone.day == told.milestone.day => return,
            Some(old) => {
                let mut moved = old.clone();
                moved.milestone.day = told.milestone.day;
                moved
            }
            None => told,
        };
        self.learnt.insert(id, told);
    }

    /// Returns the milestones as they shall stand.
    pub(super) fn milestones(&self) -> Vec<&Told> {
        let stand = self.known.milestones.iter();
        let stand = stand.filter(|(id, _)| !self.learnt.contains_key(*id));
        stand.map(|(_, told)| told).chain(self.learnt.values()).collect()
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
