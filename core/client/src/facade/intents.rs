//! Commands about rows: tried over the rows of this phone, queued, and shown as pending until the server's verdict.

use super::lists::row;
use super::people_views::IntentView;
use super::record::parse;
use crate::records::edition;
use crate::{Client, ClientError};
use keyturn_domain::catalog::Catalog;
use keyturn_domain::intents::{Asked, Command, Present, PresentRow, Refusal, apply};
use keyturn_domain::record::Who;
use keyturn_domain::rows::{HouseholdRow, kind};
use keyturn_domain::{PlaceId, ProjectId, ScopeId, UserId};
use keyturn_store::intents::StoredIntent;
use keyturn_store::{Connection, grants, intents, rows};
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uuid::Uuid;

/// The rows of a home with what this phone has queued about them.
pub(super) struct Held {
    /// The rows as they will be if nothing is refused.
    pub(super) present: Present,
    /// Rows that a queued intent has changed.
    pub(super) pending: BTreeSet<Uuid>,
}

/// Who asks where.
struct Asker {
    project: ProjectId,
    user: UserId,
    now_ms: i64,
    /// The rules that the server will apply, as far as this phone knows: the project's edition in force.
    catalog: Arc<Catalog>,
}

impl Client {
    /// Tries a command over what this phone holds, then queues it. Of a place that it does not hold it knows nothing;
    /// then only the server decides.
    pub(super) fn command(&self, project: ProjectId, command: &Command) -> Result<Uuid, ClientError> {
        self.try_command(project, command)?;
        self.sync().intend(project, command)
    }

    /// Tries a command over what this phone holds.
    pub(super) fn try_command(&self, project: ProjectId, command: &Command) -> Result<(), ClientError> {
        self.look(|conn| {
            let asker = self.asker(conn, project)?;
            let scope = scope_of(conn, project, command.needs(project).place)?;
            let roles = roles(conn, project, scope, command)?;
            if roles.is_empty() {
                return Err(ClientError::refused("no_grant"));
            }
            let place = command.needs(project).place;
            let is_held = place.is_none_or(|place| holds(conn, project, place).unwrap_or(false));
            if is_held {
                let held = held(conn, &asker, place)?;
                asker
                    .try_roles(&held.present, scope, roles, command)
                    .map_err(|e| ClientError::refused(e.code()))?;
            }
            Ok(())
        })
    }

    /// The rows of a home as they will be if nothing is refused.
    pub(super) fn held(&self, conn: &Connection, project: ProjectId, place: PlaceId) -> Result<Held, ClientError> {
        let asker = self.asker(conn, project)?;
        held(conn, &asker, Some(place))
    }

    /// Rows of a kind as the queued intents of a project will leave them, those that they change and no others.
    pub(super) fn waiting<T: DeserializeOwned>(
        &self,
        conn: &Connection,
        project: ProjectId,
        kind: &str,
    ) -> Result<BTreeMap<Uuid, T>, ClientError> {
        let mut about = BTreeSet::new();
        for stored in queued(conn, project)? {
            let command = Command::read(&stored.kind, &stored.payload);
            about.extend(command.map(|command| command.needs(project).place));
        }
        let mut waiting = BTreeMap::new();
        for place in about {
            let asker = self.asker(conn, project)?;
            let held = held(conn, &asker, place)?;
            let changed = held.present.of_kind::<T>(kind);
            let changed = changed.filter(|(id, ..)| held.pending.contains(id));
            waiting.extend(changed.map(|(id, row, _)| (id, row)));
        }
        Ok(waiting)
    }

    /// The rows of a home that queued intents of this phone change, as they will be.
    pub(super) fn waiting_at(
        &self,
        conn: &Connection,
        project: ProjectId,
        place: PlaceId,
    ) -> Result<BTreeMap<Uuid, PresentRow>, ClientError> {
        let about = |i: &StoredIntent| {
            let command = Command::read(&i.kind, &i.payload);
            command.is_ok_and(|command| command.needs(project).place.is_none_or(|of| of == place))
        };
        if !queued(conn, project)?.iter().any(about) {
            return Ok(BTreeMap::new());
        }
        let Held { present, pending } = self.held(conn, project, place)?;
        let changed = present.0.into_iter().filter(|(id, _)| pending.contains(id));
        Ok(changed.collect())
    }

    fn asker(&self, conn: &Connection, project: ProjectId) -> Result<Asker, ClientError> {
        Ok(Asker {
            project,
            user: self.session().me()?.user,
            now_ms: self.inner.now_ms(),
            catalog: edition(conn, project, None)?.catalog,
        })
    }

    /// The rows that concern the whole project, e.g. notices.
    pub(super) fn held_in_public(&self, conn: &Connection, project: ProjectId) -> Result<Held, ClientError> {
        let asker = self.asker(conn, project)?;
        held(conn, &asker, None)
    }
}

impl Asker {
    fn try_roles(
        &self,
        present: &Present,
        scope: ScopeId,
        roles: BTreeSet<String>,
        command: &Command,
    ) -> Result<Vec<keyturn_domain::intents::RowChange>, Refusal> {
        let mut outcome = Err(Refusal::Role);
        for role in roles {
            let who = Who { user: self.user, role };
            let asked = Asked {
                project: self.project,
                scope,
                who: &who,
                now_ms: self.now_ms,
                catalog: &self.catalog,
            };
            outcome = apply(&asked, present, command);
            if outcome.is_ok() {
                break;
            }
        }
        outcome
    }
}

fn held(conn: &Connection, asker: &Asker, place: Option<PlaceId>) -> Result<Held, ClientError> {
    let project = asker.project;
    let mut present = Present::default();
    let mut add = |row: rows::Row| {
        let body = Some(row.body);
        let (kind, scope) = (row.kind, row.scope);
        present.0.insert(row.id, PresentRow { kind, scope, body });
    };
    rows::of_kind(conn, project, kind::NOTICE)?
        .into_iter()
        .for_each(&mut add);
    rows::of_scope(conn, ScopeId::public_places(project), kind::TASK)?
        .into_iter()
        .for_each(&mut add);
    if let Some(place) = place {
        rows::of_scope(conn, ScopeId::home(place), "")?
            .into_iter()
            .for_each(&mut add);
        rows::get(conn, project, kind::HOME, place.0)?
            .into_iter()
            .for_each(&mut add);
        // The office keeps the files of those who moved out.
        for row in rows::of_scope(conn, ScopeId::project(project), kind::HOUSEHOLD)? {
            let lived_here = keyturn_domain::rows::read::<HouseholdRow>(&row.body).is_some_and(|h| h.home == place);
            if lived_here {
                add(row);
            }
        }
    }
    let mut held = Held {
        present,
        pending: BTreeSet::new(),
    };
    for stored in queued(conn, project)? {
        let Ok(command) = Command::read(&stored.kind, &stored.payload) else {
            continue;
        };
        let about = command.needs(project).place;
        if about != place && about.is_some() {
            continue;
        }
        let scope = scope_of(conn, project, about)?;
        let roles = roles(conn, project, scope, &command)?;
        // What would be refused is not shown as done; the verdict tells.
        if let Ok(changes) = asker.try_roles(&held.present, scope, roles, &command) {
            held.pending.extend(changes.iter().map(|c| c.id));
            held.present.take(changes);
        }
    }
    Ok(held)
}

/// Intents of a project that the server has not judged yet.
fn queued(conn: &Connection, project: ProjectId) -> Result<Vec<StoredIntent>, ClientError> {
    let all = intents::every(conn)?;
    Ok(all
        .into_iter()
        .filter(|i| i.project == project && i.state == "queued")
        .collect())
}

fn scope_of(conn: &Connection, project: ProjectId, place: Option<PlaceId>) -> Result<ScopeId, ClientError> {
    let Some(place) = place else {
        return Ok(ScopeId::public_places(project));
    };
    let public = rows::get(conn, project, kind::PLACE, place.0)?.is_some()
        || rows::get(conn, project, kind::BUILDING, place.0)?.is_some();
    Ok(if public {
        ScopeId::public_places(project)
    } else {
        ScopeId::home(place)
    })
}

fn holds(conn: &Connection, project: ProjectId, place: PlaceId) -> Result<bool, ClientError> {
    let scope = scope_of(conn, project, Some(place))?;
    let held = grants::every(conn)?;
    Ok(held
        .iter()
        .any(|g| g.project == project && (g.scope == scope || g.scope == ScopeId::project(project))))
}

/// The roles in which the person may ask for it, as the server will look at it.
fn roles(
    conn: &Connection,
    project: ProjectId,
    scope: ScopeId,
    command: &Command,
) -> Result<BTreeSet<String>, ClientError> {
    let held = grants::every(conn)?.into_iter().filter(|g| g.project == project);
    let may = held.filter(|g| match command.roles() {
        None => true,
        Some(roles) => {
            let covers = g.scope == scope || g.scope == ScopeId::project(project);
            covers && g.write && roles.contains(&g.role.as_str())
        }
    });
    Ok(may.map(|g| g.role).collect())
}

/// Shows an intent of this phone.
pub(super) fn intent_view(stored: &StoredIntent) -> IntentView {
    let command = Command::read(&stored.kind, &stored.payload).ok();
    let needs = command.as_ref().map(|c| c.needs(stored.project));
    IntentView {
        intent: stored.id.to_string(),
        kind: stored.kind.clone(),
        place: needs.and_then(|n| n.place).map(|p| p.to_string()).unwrap_or_default(),
        subject: command
            .and_then(|c| c.subject())
            .map(|s| s.to_string())
            .unwrap_or_default(),
        at_ms: stored.at_ms,
        state: stored.state.clone(),
        code: stored.code.clone(),
    }
}

/// The pending and refused intents about a place; about all: `None`.
pub(super) fn open_intents(conn: &Connection, place: Option<&str>) -> Result<Vec<IntentView>, ClientError> {
    let all = intents::every(conn)?;
    let open = all.iter().filter(|i| i.state != "done").map(intent_view);
    Ok(open
        .filter(|view| place.is_none_or(|place| view.place == place))
        .collect())
}

/// Forgets a refused intent.
pub(super) fn dismiss(client: &Client, intent: &str) -> Result<(), ClientError> {
    let id: Uuid = parse(intent, "intent")?;
    client.inner.store.write(|tx| {
        let refused = intents::every(tx)?
            .into_iter()
            .any(|i| i.id == id && i.state == "refused");
        if !refused {
            return Err(ClientError::refused("not_refused"));
        }
        Ok(intents::delete(tx, id)?)
    })?;
    client.inner.names.forget();
    Ok(())
}

/// The project and the row of a home that this phone holds.
pub(super) fn home_of(conn: &Connection, place: PlaceId) -> Result<ProjectId, ClientError> {
    let project = super::context::project_of(conn, place)?.ok_or_else(|| ClientError::refused("unknown_place"))?;
    row::<keyturn_domain::rows::HomeRow>(conn, project, kind::HOME, place.0)?
        .ok_or_else(|| ClientError::refused("unknown_place"))?;
    Ok(project)
}
