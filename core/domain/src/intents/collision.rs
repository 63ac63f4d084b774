//! Two people said different things: the office gets a task that holds what was refused.

use super::{Command, Refusal, RowChange};
use crate::ids::{PlaceId, ProjectId, ScopeId, TaskId};
use crate::rows::{Rest, TaskRow, kind};
use uuid::Uuid;

/// The task kind of a collision.
pub const COLLISION: &str = "collision";

/// What a task about a collision holds, for those who call owners; what is sealed in it stays sealed.
#[derive(Clone, Debug, PartialEq)]
pub struct Collided {
    /// The intent that was refused.
    pub command: Command,
}

impl Collided {
    /// Reads it from a task; `None` for other tasks, and where the role does not see it.
    #[must_use]
    pub fn of(task: &TaskRow) -> Option<Self> {
        let kind = task.rest.get("proposal_kind")?.as_text()?;
        let payload = task.rest.get("proposal")?.as_bytes()?;
        Command::read(kind, payload).ok().map(|command| Self { command })
    }
}

/// Makes the task of the office about an intent that collided. Its id follows from the intent's: once, however often.
///
/// # Errors
/// [`Refusal::Payload`] when the row cannot be written.
pub fn collision_task(
    project: ProjectId,
    intent: Uuid,
    command: &Command,
    scope: ScopeId,
    day: &str,
) -> Result<RowChange, Refusal> {
    let id = TaskId::derive(intent, COLLISION);
    let place = command.needs(project).place.unwrap_or(PlaceId(scope.0));
    let proposal = without_key(command).payload()?;
    let task = TaskRow {
        id,
        kind: COLLISION.to_owned(),
        rule: COLLISION.to_owned(),
        place,
        day: day.to_owned(),
        role: "reviewer".to_owned(),
        subject: command.subject().unwrap_or(place.0),
        rest: Rest::from([
            ("proposal_kind".to_owned(), command.kind().into()),
            ("proposal".to_owned(), ciborium::Value::Bytes(proposal)),
        ]),
        ..TaskRow::default()
    };
    RowChange::put(kind::TASK, id.0, scope, &task)
}

/// A key belongs into a row that can end, and nowhere else.
fn without_key(command: &Command) -> Command {
    let mut command = command.clone();
    match &mut command {
        Command::PersonChange(it) => it.key = None,
        Command::ContactLog(it) => it.key = None,
        _ => {}
    }
    command
}
