//! Tasks: what is to be done, where.

use super::context::{self, Asked};
use super::lists::{place_name, rows_of, task_card};
use super::views::TaskCard;
use crate::{Client, ClientError};
use keyturn_domain::UserId;
use keyturn_domain::rows::{TaskRow, kind};
use keyturn_store::{Connection, progress};

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
        self.0.look(|conn| list(conn, user, |task| task.day == day))
    }

    /// Lists all of the person's tasks that this phone holds, by day.
    ///
    /// # Errors
    /// A storage error.
    pub fn mine(&self) -> Result<Vec<TaskCard>, ClientError> {
        let user = self.0.session().me()?.user;
        self.0.look(|conn| list(conn, user, |_| true))
    }
}

fn list(conn: &Connection, user: UserId, wanted: impl Fn(&TaskRow) -> bool) -> Result<Vec<TaskCard>, ClientError> {
    let mut cards = Vec::new();
    for (project, _) in progress::projects(conn)? {
        let tasks = rows_of::<TaskRow>(conn, project, kind::TASK)?.into_values();
        let roles = context::roles_in(conn, project)?;
        // What names nobody is done by whoever has the role.
        let mine = |t: &TaskRow| match t.assignees.is_empty() {
            true => roles.contains(&t.role),
            false => t.assignees.contains(&user),
        };
        for task in tasks.filter(|t| mine(t) && wanted(t)) {
            let name = place_name(conn, project, task.place)?;
            let asked = Asked::of(conn, project, task.place, &task.template)?.count();
            cards.push(task_card(conn, project, &task, name, asked)?);
        }
    }
    cards.sort_by(|a, b| (&a.day, &a.slot, &a.place_name, &a.task).cmp(&(&b.day, &b.slot, &b.place_name, &b.task)));
    Ok(cards)
}
