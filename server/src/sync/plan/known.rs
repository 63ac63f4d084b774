//! What planning knows of projects: read once, then only what the log tells since. So planning a project again costs what
//! changed in it, not what it holds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use futures_util::TryStreamExt;
use keyturn_domain::rows::{self, HouseholdRow, MilestoneRow, ProjectRow, StaffRow, TaskRow, kind};
use keyturn_domain::rules::Told;
use keyturn_domain::{DocumentId, PlaceId, ProjectId, ScopeId, TaskId, UserId};
use uuid::Uuid;

use super::super::log::to_db;
use crate::Error;
use crate::db::{AnyConnection, AnyRow, DbError, id, opt_bytes, text};

/// Of more projects than these nothing is kept; one of 800 homes takes some 5 MB.
const MOST: usize = 8;

/// The rows of a project that planning reads, and which of its records exist.
#[derive(Default)]
pub(super) struct Known {
    /// Up to this entry of the log; at 0 nothing was read yet.
    seq: u64,
    pub(super) project: Option<ProjectRow>,
    pub(super) milestones: BTreeMap<Uuid, Told>,
    pub(super) tasks: BTreeMap<TaskId, (ScopeId, TaskRow)>,
    pub(super) begun: BTreeSet<DocumentId>,
    staff: BTreeMap<Uuid, StaffRow>,
    households: BTreeMap<Uuid, (PlaceId, UserId)>,
}

impl Known {
    /// Reads on to `seq`, the newest entry of the project's log. What was read of a log that is longer than that is
    /// thrown away.
    pub(super) async fn read_on(
        mut self,
        conn: &mut AnyConnection,
        project: ProjectId,
        seq: u64,
    ) -> Result<Self, Error> {
        if self.seq > seq {
            self = Self::default();
        }
        if self.seq == seq {
            return Ok(self);
        }
        let (rows_sql, records_sql) = if self.seq == 0 {
            (
                include_str!("rows_of_office.sql"),
                include_str!("records_of_office.sql"),
            )
        } else {
            (include_str!("rows_since.sql"), include_str!("records_since.sql"))
        };
        let asked = |sql| sqlx::query(sql).bind(project.as_bytes().to_vec()).bind(to_db(self.seq));
        let (rows_since, records_since) = (asked(rows_sql), asked(records_sql));
        // One row is read while the database looks for the next.
        let mut found = rows_since.fetch(&mut *conn);
        while let Some(row) = found.try_next().await.map_err(DbError::from)? {
            self.take(&row)?;
        }
        drop(found);
        for row in records_since.fetch_all(conn).await.map_err(DbError::from)? {
            self.begun.insert(id(&row, "id", DocumentId::from_bytes)?);
        }
        self.seq = seq;
        Ok(self)
    }

    /// Takes a row as it stands now.
    fn take(&mut self, row: &AnyRow) -> Result<(), DbError> {
        let of = id(row, "id", Uuid::from_bytes)?;
        let scope = id(row, "scope", ScopeId::from_bytes)?;
        let body = opt_bytes(row, "body")?.unwrap_or_default();
        match text(row, "kind")?.as_str() {
            kind::PROJECT => self.project = rows::read(&body),
            kind::MILESTONE => {
                let told = rows::read::<MilestoneRow>(&body).map(|milestone| Told { scope, milestone });
                put(&mut self.milestones, of, told);
            }
            kind::TASK => put(
                &mut self.tasks,
                TaskId(of),
                rows::read::<TaskRow>(&body).map(|task| (scope, task)),
            ),
            kind::STAFF => put(&mut self.staff, of, rows::read(&body)),
            kind::HOUSEHOLD => {
                let household = rows::read::<HouseholdRow>(&body).filter(|h| h.moved_out.is_empty());
                let own = household.and_then(|h| Some((h.home, h.ambassador?)));
                put(&mut self.households, of, own);
            }
            _ => {}
        }
        Ok(())
    }

    /// Returns the role of each who works on the project.
    pub(super) fn roles(&self) -> BTreeMap<UserId, String> {
        self.staff
            .values()
            .map(|staff| (staff.user, staff.role.clone()))
            .collect()
    }

    /// Returns the ambassador of each home that has one of its own.
    pub(super) fn ambassadors(&self) -> BTreeMap<PlaceId, UserId> {
        self.households.values().copied().collect()
    }
}

fn put<K: Ord, V>(all: &mut BTreeMap<K, V>, key: K, value: Option<V>) {
    match value {
        Some(value) => drop(all.insert(key, value)),
        None => drop(all.remove(&key)),
    }
}

/// The projects that were planned last.
#[derive(Default)]
pub(in crate::sync) struct Offices(Mutex<Vec<(ProjectId, Known)>>);

impl Offices {
    /// Takes what is known of a project; nothing, when somebody else is planning it.
    pub(super) fn take(&self, project: ProjectId) -> Known {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = all.iter().position(|(of, _)| *of == project);
        at.map(|at| all.remove(at).1).unwrap_or_default()
    }

    /// Keeps what is known of a project, and of the projects that were planned before it.
    pub(super) fn keep(&self, project: ProjectId, known: Known) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(of, _)| *of != project);
        if all.len() >= MOST {
            all.remove(0);
        }
        all.push((project, known));
    }
}
