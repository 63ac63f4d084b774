//! Tasks: what is to be done, where, and what became of those that no record tells of.

use super::context;
use super::lists::{place_name, rows_of, task_card};
use super::record::parse;
use super::views::TaskCard;
use crate::{Client, ClientError};
use keyturn_domain::UserId;
use keyturn_domain::intents::{Command, TaskClose};
use keyturn_domain::rows::{TaskRow, kind};
use keyturn_store::{Connection, progress};
use uuid::Uuid;

/// Lists of tasks.
#[derive(Clone)]
pub struct Tasks(pub(crate) Client);

impl Tasks {
    /// Lists the person's tasks of a day (`2026-12-04`, in the project's time zone), by slot and unit number.
    ///
    /// # Errors
    /// A storage error.
    pub fn of_day(&self, day: &str) -> Result<Vec<TaskCard>, ClientError> {
        let user = self.0.session().me()?.user;
        self.0.look(|conn| self.list(conn, user, |task| task.day == day))
    }

    /// Lists all of the person's tasks that this phone holds, by day.
    ///
    /// # Errors
    /// A storage error.
    pub fn mine(&self) -> Result<Vec<TaskCard>, ClientError> {
        let user = self.0.session().me()?.user;
        self.0.look(|conn| self.list(conn, user, |_| true))
    }

    /// Says what became of a task that produces no record: a code of group `task_outcome`, with the reason when it was
    /// not done; an empty code opens it again. `was` is the state that the screen showed.
    ///
    /// # Errors
    /// `unknown_task`, `unknown_code`, `missing` without a reason, `illegal` for a task with a record, `role`,
    /// `collides` when somebody said something else meanwhile.
    pub fn close(&self, task: &str, outcome: &str, reason: &str, was: &str) -> Result<(), ClientError> {
        let id: Uuid = parse(task, "task")?;
        let found = self.0.look(|conn| Ok(context::task(conn, id)?))?;
        let (project, row) = found.ok_or_else(|| ClientError::refused("unknown_task"))?;
        let command = TaskClose {
            task: id,
            place: row.place,
            outcome: outcome.to_owned(),
            reason: reason.to_owned(),
            was: was.to_owned(),
            at_ms: self.0.inner.now_ms(),
        };
        self.0.command(project, &Command::TaskClose(command)).map(drop)
    }

    fn list(
        &self,
        conn: &Connection,
        user: UserId,
        wanted: impl Fn(&TaskRow) -> bool,
    ) -> Result<Vec<TaskCard>, ClientError> {
        let mut cards = Vec::new();
        for (project, _) in progress::projects(conn)? {
            let tasks = rows_of::<TaskRow>(conn, project, kind::TASK)?.into_values();
            let waiting = self.0.waiting(conn, project, kind::TASK)?;
            let roles = context::roles_in(conn, project)?;
            // What names nobody is done by whoever has the role.
            let mine = |t: &TaskRow| match t.assignees.is_empty() {
                true => roles.contains(&t.role),
                false => t.assignees.contains(&user),
            };
            for task in tasks.filter(|t| mine(t) && wanted(t)) {
                let name = place_name(conn, project, task.place)?;
                cards.push(task_card(conn, project, &task, waiting.get(&task.id.0), name)?);
            }
        }
        cards.sort_by(|a, b| {
            (&a.day, &a.slot, &a.place_name.zh, &a.task).cmp(&(&b.day, &b.slot, &b.place_name.zh, &b.task))
        });
        Ok(cards)
    }
}
