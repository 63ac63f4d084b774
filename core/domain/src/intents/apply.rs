//! The one place where an intent becomes rows.

use super::{Command, Present, Refusal, RowChange};
use crate::catalog::{Catalog, Machine};
use crate::ids::{ProjectId, ScopeId};
use crate::record::Who;

/// By whom, where and when an intent is asked.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// The project.
    pub project: ProjectId,
    /// The scope of the place that the command needs; that of the public places when it needs none.
    pub scope: ScopeId,
    /// Who asks, in a role that they hold there.
    pub who: &'a Who,
    /// The server's time; on a phone, until the verdict, its own.
    pub now_ms: i64,
    /// The built-in data.
    pub catalog: &'a Catalog,
}

impl Asked<'_> {
    /// Refuses a code that is in no list.
    pub(super) fn known(&self, group: &str, code: &str) -> Result<(), Refusal> {
        self.catalog
            .codes
            .get(group, code)
            .map(|_| ())
            .ok_or(Refusal::UnknownCode)
    }

    pub(super) fn machine(&self, code: &str) -> Result<&Machine, Refusal> {
        self.catalog.machines.get(code).ok_or(Refusal::Illegal)
    }

    pub(super) fn is_one_of(&self, roles: &[&str]) -> Result<(), Refusal> {
        if roles.contains(&self.who.role.as_str()) {
            Ok(())
        } else {
            Err(Refusal::Role)
        }
    }
}

/// Returns the rows as they shall be; none when all is as wanted.
///
/// # Errors
/// Why not: nothing is changed.
pub fn apply(asked: &Asked<'_>, present: &Present, command: &Command) -> Result<Vec<RowChange>, Refusal> {
    if let Some(roles) = command.roles() {
        asked.is_one_of(roles)?;
    }
    match command {
        Command::PersonPut(it) => it.apply(asked, present),
        Command::PersonChange(it) => it.apply(asked, present),
        Command::HouseholdChange(it) => it.apply(asked, present),
        Command::ContactLog(it) => it.apply(asked, present),
        Command::MoveOut(it) => it.apply(asked, present),
        Command::MoveIn(it) => it.apply(asked, present),
        Command::PromiseEvent(it) => it.apply(asked, present),
        Command::NoticePut(it) => it.apply(asked, present),
        Command::NoticeEvent(it) => it.apply(asked, present),
        Command::RiskDecide(it) => it.apply(asked, present),
        Command::MilestoneSet(it) => it.apply(asked, present),
        Command::AppointmentPut(it) => it.apply(asked, present),
        Command::TaskClose(it) => it.apply(asked, present),
        Command::TaskAssign(it) => it.apply(present),
        Command::TeamChange(it) => it.apply(present),
        Command::CollisionSettle(it) => it.apply(present),
    }
}
