//! What follows when a task is given to others: who is sent to a home holds it; who is sent there by nothing any longer
//! loses it, and may hand in what they began.

use keyturn_domain::intents::{Command, Refusal, TaskAssign};
use keyturn_domain::rows::{self, StaffRow, kind};
use keyturn_domain::{ProjectId, ScopeId, UserId};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

use super::admin::grant_entry;
use super::demo::Wanted;
use super::log::{self, append, to_db};
use super::service::SyncService;
use crate::Error;
use crate::db::{AnyConnection, DbError, WriteTx, id, opt_bytes, text};
use crate::project::{Stored, asked};
use crate::users::{Actor, Grant, Role, end_grant, grants_of};

impl SyncService {
    /// Refuses people who do not work on the project.
    pub(super) async fn known_people(
        &self,
        tx: &mut WriteTx,
        project: ProjectId,
        command: &Command,
    ) -> Result<Result<(), Refusal>, Error> {
        let named = match command {
            Command::TaskAssign(it) => &it.assignees,
            Command::TeamChange(it) => &it.members,
            _ => return Ok(Ok(())),
        };
        let mut staff = BTreeSet::new();
        for row in of_kind(tx, project, kind::STAFF).await?.values() {
            staff.extend(row.body.as_deref().and_then(rows::read::<StaffRow>).map(|row| row.user));
        }
        let known = named.iter().all(|user| staff.contains(user));
        Ok(if known { Ok(()) } else { Err(Refusal::Unknown) })
    }

    /// Gives the home to those who are sent there now, and takes it from those whom nothing sends there any more.
    pub(super) async fn assigned(
        &self,
        tx: &mut WriteTx,
        actor: Actor,
        project: ProjectId,
        scope: ScopeId,
        it: &TaskAssign,
    ) -> Result<(), Error> {
        // A task of the common parts needs no more than the role itself gives.
        if scope == ScopeId::public_places(project) {
            return Ok(());
        }
        let mut here = of_kind(tx, project, kind::STAFF).await?;
        here.extend(of_home(tx, project, scope).await?);
        let building = building(tx, scope).await?;
        let mut wanted = asked(project, here.iter().map(|(id, row)| (*id, row)));
        wanted.retain(|(_, _, on, _)| *on == scope || Some(*on) == building);
        self.grant_all(tx, project, wanted.clone(), "a task was assigned")
            .await?;
        for user in it.was.iter().filter(|user| !it.assignees.contains(user)) {
            self.lose_home(tx, actor, *user, scope, building, &wanted).await?;
        }
        Ok(())
    }

    async fn lose_home(
        &self,
        tx: &mut WriteTx,
        actor: Actor,
        user: UserId,
        scope: ScopeId,
        building: Option<ScopeId>,
        wanted: &BTreeSet<Wanted>,
    ) -> Result<(), Error> {
        let sent = |grant: &Grant| matches!(grant.role, Role::Engineer | Role::Ambassador);
        let still = |grant: &Grant| wanted.contains(&(user, grant.role, grant.scope, grant.access));
        let held = grants_of(tx, user).await?;
        for grant in held.iter().filter(|g| g.scope == scope && sent(g) && !still(g)) {
            self.end_one(tx, actor, grant).await?;
        }
        // The building is read by whoever has a home in it.
        let Some(building) = building else { return Ok(()) };
        if others_in(tx, user, building).await? {
            return Ok(());
        }
        for grant in held.iter().filter(|g| g.scope == building && sent(g) && !still(g)) {
            self.end_one(tx, actor, grant).await?;
        }
        Ok(())
    }

    async fn end_one(&self, tx: &mut WriteTx, actor: Actor, grant: &Grant) -> Result<(), Error> {
        let entry = grant_entry(log::kind::REVOKE, grant.id, grant.scope, grant.user);
        let seq = append(tx, grant.project, &[entry]).await?;
        end_grant(tx, actor, grant.id, to_db(seq), self.state.now()).await?;
        Ok(())
    }
}

async fn of_kind(conn: &mut AnyConnection, project: ProjectId, of: &str) -> Result<BTreeMap<Uuid, Stored>, Error> {
    let found = sqlx::query("SELECT id, kind, scope, body FROM facts WHERE project = $1 AND kind = $2")
        .bind(project.as_bytes().to_vec())
        .bind(of.to_owned())
        .fetch_all(conn)
        .await
        .map_err(DbError::from)?;
    stored(&found)
}

/// What stands in a home, and the row of the home itself.
async fn of_home(conn: &mut AnyConnection, project: ProjectId, home: ScopeId) -> Result<BTreeMap<Uuid, Stored>, Error> {
    let found = sqlx::query("SELECT id, kind, scope, body FROM facts WHERE project = $1 AND (scope = $2 OR id = $2)")
        .bind(project.as_bytes().to_vec())
        .bind(home.as_bytes().to_vec())
        .fetch_all(conn)
        .await
        .map_err(DbError::from)?;
    stored(&found)
}

fn stored(found: &[crate::db::AnyRow]) -> Result<BTreeMap<Uuid, Stored>, Error> {
    let one = |row| {
        let stored = Stored {
            kind: text(row, "kind")?,
            scope: id(row, "scope", ScopeId::from_bytes)?,
            body: opt_bytes(row, "body")?,
        };
        Ok((id(row, "id", Uuid::from_bytes)?, stored))
    };
    found.iter().map(one).collect()
}

/// A home has the id of its scope.
async fn building(conn: &mut AnyConnection, home: ScopeId) -> Result<Option<ScopeId>, Error> {
    let row = sqlx::query("SELECT building FROM places WHERE id = $1")
        .bind(home.as_bytes().to_vec())
        .fetch_optional(conn)
        .await
        .map_err(DbError::from)?;
    Ok(match row {
        Some(row) => crate::db::opt_id(&row, "building", ScopeId::from_bytes)?,
        None => None,
    })
}

/// Whether somebody holds a home of a building.
async fn others_in(conn: &mut AnyConnection, user: UserId, building: ScopeId) -> Result<bool, Error> {
    let sql = "SELECT g.id FROM grants g JOIN places p ON p.id = g.scope AND p.project = g.project \
               WHERE g.user_id = $1 AND g.until_seq IS NULL AND p.building = $2 LIMIT 1";
    let row = sqlx::query(sql)
        .bind(user.as_bytes().to_vec())
        .bind(building.as_bytes().to_vec())
        .fetch_optional(conn)
        .await
        .map_err(DbError::from)?;
    Ok(row.is_some())
}
