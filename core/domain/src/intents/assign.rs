//! Who does what today: a task is given to others, a team gets other members.

use super::{COLLISION, Present, Refusal, RowChange};
use crate::ids::{PlaceId, UserId};
use crate::rows::{TaskRow, TeamRow, kind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use uuid::Uuid;

/// How many people one task or team may have.
const MOST: usize = 50;

/// A task is given to others. Whether they work on the project, the server looks; it gives them the home, and takes it from
/// those whom nothing else sends there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskAssign {
    /// The task.
    pub task: Uuid,
    /// Where it is; for a task of the whole project the scope of the public places.
    pub place: PlaceId,
    /// Who does it from now on; nobody: whoever has the role.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assignees: Vec<UserId>,
    /// Who did, as its author saw.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub was: Vec<UserId>,
}

impl TaskAssign {
    pub(super) fn apply(&self, present: &Present) -> Result<Vec<RowChange>, Refusal> {
        let (mut task, scope) = present.get::<TaskRow>(kind::TASK, self.task).ok_or(Refusal::Unknown)?;
        if task.kind == COLLISION || task.closed.is_some() {
            return Err(Refusal::Illegal);
        }
        let Some(people) = changed(&task.assignees, &self.was, &self.assignees)? else {
            return Ok(Vec::new());
        };
        task.assignees = people;
        Ok(vec![RowChange::put(kind::TASK, self.task, scope, &task)?])
    }
}

/// A team gets other members, such as for the rest of the day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamChange {
    /// The team.
    pub team: Uuid,
    /// Its members from now on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<UserId>,
    /// Its members as its author saw.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub was: Vec<UserId>,
}

impl TeamChange {
    pub(super) fn apply(&self, present: &Present) -> Result<Vec<RowChange>, Refusal> {
        let (mut team, scope) = present.get::<TeamRow>(kind::TEAM, self.team).ok_or(Refusal::Unknown)?;
        let Some(people) = changed(&team.members, &self.was, &self.members)? else {
            return Ok(Vec::new());
        };
        team.members = people;
        Ok(vec![RowChange::put(kind::TEAM, self.team, scope, &team)?])
    }
}

/// Returns the people as they shall be, in the order in which they were named; none: they are.
fn changed(now: &[UserId], was: &[UserId], to: &[UserId]) -> Result<Option<Vec<UserId>>, Refusal> {
    let set = |people: &[UserId]| people.iter().copied().collect::<BTreeSet<_>>();
    if to.len() > MOST {
        return Err(Refusal::TooLarge);
    }
    if set(now) == set(to) {
        return Ok(None);
    }
    if set(now) != set(was) {
        return Err(Refusal::Collides);
    }
    let mut seen = BTreeSet::new();
    Ok(Some(to.iter().copied().filter(|user| seen.insert(*user)).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_change_as_they_were_seen_and_each_stands_once() {
        let [a, b, c] = [1, 2, 3].map(|n| UserId::from_bytes([n; 16]));
        assert_eq!(changed(&[a, b], &[b, a], &[c, b, c]), Ok(Some(vec![c, b])));
        assert_eq!(changed(&[a, b], &[], &[b, a]), Ok(None), "done by somebody else");
        assert_eq!(changed(&[a, b], &[a], &[c]), Err(Refusal::Collides));
        assert_eq!(changed(&[a], &[a], &[]), Ok(Some(Vec::new())));
        assert_eq!(changed(&[a], &[a], &[b; MOST + 1]), Err(Refusal::TooLarge));
    }
}
