//! Intents about rows: who may, the rows as they are, and what the rule of the domain makes of them, in one transaction.

use keyturn_domain::document::Author;
use keyturn_domain::intents::{Asked, Command, Needs, Present, PresentRow, Refusal, RowChange, apply, collision_task};
use keyturn_domain::record::Who;
use keyturn_domain::rows::{self, ProjectRow, kind};
use keyturn_domain::{PlaceId, ProjectId, ScopeId};
use keyturn_protocol::Intent;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

use super::admin::{RowPut, put_and_leave};
use super::rights::{HAND_IN_MS, covers};
use super::service::SyncService;
use crate::Error;
use crate::audit;
use crate::db::{AnyConnection, AnyRow, Cell, DbError, WriteTx, fetch_in, id, opt_bytes, text};
use crate::editions::edition;
use crate::users::{Access, Actor, Grant, grants_ever_of, grants_of};

/// Rows of these kinds follow a household to the office when it moves out, and may still be written there.
const FILE: &[&str] = &[kind::HOUSEHOLD, kind::PERSON, kind::SUBJECT_KEY, kind::CONTACT];

impl SyncService {
    /// Applies an intent about rows, or says why not. Two that collide open a task for the office.
    pub(super) async fn row_intent(
        &self,
        tx: &mut WriteTx,
        me: Author,
        intent: &Intent,
    ) -> Result<Result<(), Refusal>, Error> {
        let command = match Command::read(&intent.kind, &intent.payload) {
            Ok(command) => command,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let (project, now) = (intent.project, self.state.now());
        let needs = command.needs(project);
        let Some(scope) = scope_of(tx, project, &needs).await? else {
            return Ok(Err(Refusal::Unknown));
        };
        // Knowing an id opens nothing: what one does not hold is not there.
        let roles = roles_of(tx, me, project, scope, &command, now).await?;
        let present = present(tx, project, scope, &needs).await?;
        let in_force = edition(tx, project, None).await?;
        let mut outcome = Err(Refusal::Unknown);
        for role in roles {
            let who = Who { user: me.user, role };
            let asked = Asked {
                project,
                scope,
                who: &who,
                now_ms: now,
                catalog: &in_force.catalog,
            };
            outcome = apply(&asked, &present, &command);
            if outcome.is_ok() {
                break;
            }
        }
        if outcome.is_ok()
            && let Err(refusal) = self.known_people(tx, project, &command).await?
        {
            outcome = Err(refusal);
        }
        let outcome = match outcome {
            Ok(changes) => {
                let put = self.put_changes(tx, project, scope, &present, changes).await?;
                if let (Ok(()), Command::TaskAssign(it)) = (&put, &command) {
                    self.assigned(tx, Actor::User(me.user), project, scope, it).await?;
                }
                put
            }
            Err(Refusal::Collides) => {
                let day = self.today(tx, project).await?;
                if let Ok(task) = collision_task(project, intent.id, &command, scope, &day) {
                    put_and_leave(tx, project, &[row_put(task)], &[]).await?;
                }
                Err(Refusal::Collides)
            }
            Err(refusal) => Err(refusal),
        };
        let entry = audit::Entry {
            actor: Actor::User(me.user),
            action: &format!("intent.{}", command.kind()),
            subject: command.subject().unwrap_or(scope.0).to_string(),
            detail: outcome.map_or_else(Refusal::code, |()| "done"),
        };
        audit::record(tx, now, &entry).await?;
        Ok(outcome)
    }

    /// Stores changed rows, unless an id belongs to a row that the intent could not be about.
    async fn put_changes(
        &self,
        tx: &mut WriteTx,
        project: ProjectId,
        scope: ScopeId,
        present: &Present,
        changes: Vec<RowChange>,
    ) -> Result<Result<(), Refusal>, Error> {
        let ids: Vec<Cell> = changes.iter().map(|c| (*c.id.as_bytes()).into()).collect();
        let office = ScopeId::project(project);
        let mut left = Vec::new();
        for (id, row) in facts(tx, project, &ids).await? {
            let change = changes.iter().find(|c| c.id == id);
            let reached = row.scope == scope
                || row.scope == office && FILE.contains(&row.kind.as_str())
                || row.kind == kind::NOTICE;
            let same_kind = change.is_some_and(|c| c.kind == row.kind);
            if !reached || !same_kind || !present.0.contains_key(&id) {
                return Ok(Err(Refusal::Unknown));
            }
            if change.is_some_and(|c| c.scope != row.scope) {
                left.push((id, row.scope));
            }
        }
        let puts: Vec<RowPut> = changes.into_iter().map(row_put).collect();
        put_and_leave(tx, project, &puts, &left).await?;
        Ok(Ok(()))
    }

    /// The day in the project's time zone.
    async fn today(&self, tx: &mut WriteTx, project: ProjectId) -> Result<String, Error> {
        let row = facts(tx, project, &[(*project.as_bytes()).into()]).await?;
        let body = row.into_iter().next().and_then(|(_, row)| row.body);
        let project: Option<ProjectRow> = body.and_then(|body| rows::read(&body));
        Ok(project
            .map(|p| p.day_at(self.state.now()).to_string())
            .unwrap_or_default())
    }
}

fn row_put(change: RowChange) -> RowPut {
    RowPut {
        id: change.id,
        kind: change.kind,
        scope: change.scope,
        body: change.body,
    }
}

/// The scope of what an intent is about: of its place, or of a building, or of the public places.
async fn scope_of(tx: &mut WriteTx, project: ProjectId, needs: &Needs) -> Result<Option<ScopeId>, Error> {
    let public = ScopeId::public_places(project);
    let Some(PlaceId(place)) = needs.place else {
        return Ok(Some(public));
    };
    let found = sqlx::query("SELECT scope FROM places WHERE project = $1 AND id = $2")
        .bind(project.as_bytes().to_vec())
        .bind(place.as_bytes().to_vec())
        .fetch_optional(&mut **tx)
        .await
        .map_err(DbError::from)?;
    if let Some(row) = found {
        return Ok(Some(id(&row, "scope", ScopeId::from_bytes)?));
    }
    let rows = facts(tx, project, &[(*place.as_bytes()).into()]).await?;
    let building = rows.get(&place).is_some_and(|row| row.kind == kind::BUILDING);
    Ok(building.then_some(public))
}

/// The roles in which somebody may ask for it, none twice.
async fn roles_of(
    tx: &mut WriteTx,
    me: Author,
    project: ProjectId,
    scope: ScopeId,
    command: &Command,
    now: i64,
) -> Result<BTreeSet<String>, Error> {
    let mut grants = grants_of(tx, me.user).await?;
    if command.may_be_late() {
        grants.extend(grants_ever_of(tx, me.user, project).await?);
    }
    let recent = |g: &Grant| match g.ended(now) {
        None => true,
        Some(at) => command.may_be_late() && now.saturating_sub(at) <= HAND_IN_MS,
    };
    let may = |g: &&Grant| match command.roles() {
        None => g.is_active(now) && (g.project == project || g.is_server_wide()),
        Some(roles) => {
            recent(g) && g.access == Access::Write && covers(g, project, scope) && roles.contains(&g.role.as_str())
        }
    };
    Ok(grants.iter().filter(may).map(|g| g.role.as_str().to_owned()).collect())
}

/// The rows that an intent is about: those of a home, and the single ones that it names.
async fn present(tx: &mut WriteTx, project: ProjectId, scope: ScopeId, needs: &Needs) -> Result<Present, Error> {
    let ids: Vec<Cell> = needs.rows.iter().map(|id| (*id.as_bytes()).into()).collect();
    let mut all = facts(tx, project, &ids).await?;
    // The scope of the public places holds every layout and all of the staff: nothing there is read whole.
    if scope != ScopeId::public_places(project) {
        let found = sqlx::query("SELECT id, kind, scope, body FROM facts WHERE project = $1 AND scope = $2")
            .bind(project.as_bytes().to_vec())
            .bind(scope.as_bytes().to_vec())
            .fetch_all(&mut **tx)
            .await
            .map_err(DbError::from)?;
        for row in &found {
            let (id, row) = read(row)?;
            all.insert(id, row);
        }
    }
    Ok(Present(all))
}

/// Reads single rows.
pub(super) async fn facts(
    conn: &mut AnyConnection,
    project: ProjectId,
    ids: &[Cell],
) -> Result<BTreeMap<Uuid, PresentRow>, DbError> {
    let sql = "SELECT id, kind, scope, body FROM facts WHERE project = $1 AND id";
    let found = fetch_in(conn, sql, &[(*project.as_bytes()).into()], ids, "").await?;
    found.iter().map(read).collect()
}

fn read(row: &AnyRow) -> Result<(Uuid, PresentRow), DbError> {
    let present = PresentRow {
        kind: text(row, "kind")?,
        scope: id(row, "scope", ScopeId::from_bytes)?,
        body: opt_bytes(row, "body")?,
    };
    Ok((id(row, "id", Uuid::from_bytes)?, present))
}
