//! Who holds what, as the rows of a project say it: staff by their role, tasks by their assignees, homes by who looks
//! after their household. An import gives what its rows newly ask for, and ends what they no longer ask for; whatever was
//! given or ended by hand stays.

use keyturn_domain::rows::{self, HomeRow, HouseholdRow, StaffRow, TaskRow, kind};
use keyturn_domain::{PlaceId, ProjectId, ScopeId, UserId};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

pub(crate) use super::present::Stored;
use crate::sync::Wanted;
use crate::users::{Access, Role};

/// Returns what these rows ask for.
pub(crate) fn asked<'a>(project: ProjectId, rows: impl Iterator<Item = (Uuid, &'a Stored)>) -> BTreeSet<Wanted> {
    let (whole, public) = (ScopeId::project(project), ScopeId::public_places(project));
    let mut wanted = BTreeSet::new();
    let mut roles: BTreeMap<UserId, Role> = BTreeMap::new();
    let mut buildings: BTreeMap<PlaceId, ScopeId> = BTreeMap::new();
    let (mut tasks, mut households) = (Vec::new(), Vec::new());
    for (id, stored) in rows {
        let Some(body) = stored.body.as_deref() else { continue };
        match stored.kind.as_str() {
            kind::STAFF => {
                let staff = rows::read::<StaffRow>(body);
                roles.extend(staff.and_then(|staff| Some((staff.user, staff.role.parse().ok()?))));
            }
            kind::HOME => {
                buildings.extend(rows::read::<HomeRow>(body).map(|home| (PlaceId(id), home.building)));
            }
            kind::TASK => tasks.extend(rows::read::<TaskRow>(body)),
            kind::HOUSEHOLD => households.extend(rows::read::<HouseholdRow>(body)),
            _ => {}
        }
    }
    for (user, role) in &roles {
        wanted.insert(match role {
            Role::Reviewer | Role::Manager | Role::Administrator => (*user, *role, whole, Access::Write),
            Role::Engineer | Role::Ambassador | Role::Staff => (*user, *role, public, Access::Write),
            // A crew writes in the homes of its jobs only.
            Role::Subcontractor => (*user, *role, public, Access::Read),
        });
    }
    let mut home = |user: UserId, role: Role, place: PlaceId| {
        // A task of the common parts needs no more than the role itself gives.
        let Some(building) = buildings.get(&place) else { return };
        wanted.insert((user, role, ScopeId::home(place), Access::Write));
        wanted.insert((user, role, *building, Access::Read));
    };
    for task in tasks {
        for user in &task.assignees {
            if let Some(role @ (Role::Engineer | Role::Ambassador)) = roles.get(user) {
                home(*user, *role, task.place);
            }
        }
    }
    for household in households.iter().filter(|household| household.moved_out.is_empty()) {
        if let Some(ambassador) = household.ambassador {
            home(ambassador, Role::Ambassador, household.home);
        }
    }
    wanted
}
