//! A role on a scope, from a place in the project's log to another. This is the side of the login; the entry in the
//! log is written by `sync`, in the same transaction.
use keyturn_domain::{ProjectId, ScopeId, UserId};
use keyturn_protocol::Code;
use uuid::Uuid;

use super::{Actor, Role};
use crate::Error;
use crate::audit::{self, Entry};
use crate::auth::moved;
use crate::db::{AnyConnection, AnyRow, DbError, WriteTx, id, int, opt_int, text};
use crate::state::AppState;

/// What a grant allows on its scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Read and write.
    Write,
    /// Only read, such as an engineer's building.
    Read,
}

impl Access {
    /// Returns the word in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Write => "write",
            Self::Read => "read",
        }
    }
}

/// A grant as it stands in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Its id.
    pub id: Uuid,
    /// Whose project; all zero for a role on the whole server.
    pub project: ProjectId,
    /// Who holds it.
    pub user: UserId,
    /// As what.
    pub role: Role,
    /// On what; all zero for a role on the whole server.
    pub scope: ScopeId,
    /// To do what.
    pub access: Access,
    /// The place in the project's log where it began.
    pub since_seq: i64,
    /// The place where it ended.
    pub until_seq: Option<i64>,
    /// When it was made.
    pub made_at: i64,
    /// When it was ended.
    pub ended_at: Option<i64>,
    /// When it ends by itself.
    pub expires_at: Option<i64>,
}

impl Grant {
    /// Whether it holds at `now`.
    pub fn is_active(&self, now: i64) -> bool {
        self.until_seq.is_none() && self.ended_at.is_none() && self.expires_at.is_none_or(|at| at > now)
    }

    /// Whether it is a role on the whole server.
    pub fn is_server_wide(&self) -> bool {
        self.project == ProjectId::default()
    }

    /// When it ended, by hand or by the clock; `None` while it holds at `now`.
    pub fn ended(&self, now: i64) -> Option<i64> {
        match (self.ended_at, self.expires_at.filter(|at| *at <= now)) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }
}

/// A grant to be made.
#[derive(Debug, Clone)]
pub struct NewGrant {
    /// Whose project; all zero for a role on the whole server.
    pub project: ProjectId,
    /// Who shall hold it.
    pub user: UserId,
    /// As what.
    pub role: Role,
    /// On what; all zero for a role on the whole server.
    pub scope: ScopeId,
    /// To do what.
    pub access: Access,
    /// When it shall end by itself.
    pub expires_at: Option<i64>,
}

const COLUMNS: &str = "SELECT id, project, user_id, role, scope, access, since_seq, until_seq, made_at, ended_at, \
                       expires_at FROM grants";

/// Stores a grant that begins at `since_seq`. Writes no log entry; `sync` does.
///
/// # Errors
/// `user_unknown`, or what the database says.
pub async fn insert_grant(
    tx: &mut WriteTx,
    actor: Actor,
    grant: &NewGrant,
    grant_id: Uuid,
    since_seq: i64,
    now: i64,
) -> Result<Grant, Error> {
    let done = sqlx::query(include_str!("grant_insert.sql"))
        .bind(grant_id.as_bytes().to_vec())
        .bind(grant.project.as_bytes().to_vec())
        .bind(grant.user.as_bytes().to_vec())
        .bind(grant.role.as_str())
        .bind(grant.scope.as_bytes().to_vec())
        .bind(grant.access.as_str())
        .bind(since_seq)
        .bind(now)
        .bind(grant.expires_at)
        .execute(&mut **tx)
        .await;
    match done.map_err(DbError::from) {
        Err(DbError::Constraint(_)) => return Err(Code::UserUnknown.into()),
        other => other?,
    };
    moved(tx).await?;
    let detail = format!("{} on {} {}", grant.role, grant.scope, grant.access.as_str());
    let entry = Entry {
        actor,
        action: "grant.make",
        subject: grant.user.to_string(),
        detail: &detail,
    };
    audit::record(tx, now, &entry).await?;
    Ok(Grant {
        id: grant_id,
        project: grant.project,
        user: grant.user,
        role: grant.role,
        scope: grant.scope,
        access: grant.access,
        since_seq,
        until_seq: None,
        made_at: now,
        ended_at: None,
        expires_at: grant.expires_at,
    })
}

/// Ends a grant at `until_seq`; returns it, or `None` when it had ended before. Writes no log entry; `sync` does.
///
/// # Errors
/// `grant_unknown`, or what the database says.
pub async fn end_grant(
    tx: &mut WriteTx,
    actor: Actor,
    grant: Uuid,
    until_seq: i64,
    now: i64,
) -> Result<Option<Grant>, Error> {
    let before = find_grant(tx, grant).await?.ok_or(Code::GrantUnknown)?;
    if before.until_seq.is_some() {
        return Ok(None);
    }
    sqlx::query("UPDATE grants SET until_seq = $1, ended_at = $2 WHERE id = $3")
        .bind(until_seq)
        .bind(now)
        .bind(grant.as_bytes().to_vec())
        .execute(&mut **tx)
        .await
        .map_err(DbError::from)?;
    moved(tx).await?;
    let detail = format!("{} on {}", before.role, before.scope);
    let entry = Entry {
        actor,
        action: "grant.end",
        subject: before.user.to_string(),
        detail: &detail,
    };
    audit::record(tx, now, &entry).await?;
    Ok(Some(Grant {
        until_seq: Some(until_seq),
        ended_at: Some(now),
        ..before
    }))
}

/// Returns what a user holds, as far as nobody ended it; by the clock it may have ended.
///
/// # Errors
/// What the database says.
pub async fn grants_of(conn: &mut AnyConnection, user: UserId) -> Result<Vec<Grant>, DbError> {
    let sql = format!("{COLUMNS} WHERE user_id = $1 AND until_seq IS NULL ORDER BY project, scope, id");
    let rows = crate::db::numbered(sql)
        .bind(user.as_bytes().to_vec())
        .fetch_all(conn)
        .await?;
    rows.iter().map(read).collect()
}

/// Returns what a user holds or ever held on a project: a mark says whether its author once held the scope.
///
/// # Errors
/// What the database says.
pub async fn grants_ever_of(conn: &mut AnyConnection, user: UserId, project: ProjectId) -> Result<Vec<Grant>, DbError> {
    let sql = format!("{COLUMNS} WHERE user_id = $1 AND project = $2 ORDER BY scope, id");
    let query = crate::db::numbered(sql)
        .bind(user.as_bytes().to_vec())
        .bind(project.as_bytes().to_vec());
    query.fetch_all(conn).await?.iter().map(read).collect()
}

/// Returns a grant.
///
/// # Errors
/// What the database says.
pub async fn find_grant(conn: &mut AnyConnection, grant: Uuid) -> Result<Option<Grant>, DbError> {
    let query = crate::db::numbered(format!("{COLUMNS} WHERE id = $1")).bind(grant.as_bytes().to_vec());
    query.fetch_optional(conn).await?.as_ref().map(read).transpose()
}

fn read(row: &AnyRow) -> Result<Grant, DbError> {
    let role = text(row, "role")?;
    Ok(Grant {
        id: id(row, "id", Uuid::from_bytes)?,
        project: id(row, "project", ProjectId::from_bytes)?,
        user: id(row, "user_id", UserId::from_bytes)?,
        role: role.parse().map_err(|_| DbError::Shape(format!("role {role}")))?,
        scope: id(row, "scope", ScopeId::from_bytes)?,
        access: if text(row, "access")? == "write" {
            Access::Write
        } else {
            Access::Read
        },
        since_seq: int(row, "since_seq")?,
        until_seq: opt_int(row, "until_seq")?,
        made_at: int(row, "made_at")?,
        ended_at: opt_int(row, "ended_at")?,
        expires_at: opt_int(row, "expires_at")?,
    })
}

/// Roles of people.
pub struct Grants<'a> {
    state: &'a AppState,
    actor: Actor,
}

impl<'a> Grants<'a> {
    /// Returns the calls, made in the name of `actor`.
    pub fn new(state: &'a AppState, actor: Actor) -> Self {
        Self { state, actor }
    }

    /// Returns what a user holds now.
    ///
    /// # Errors
    /// What the database says.
    pub async fn of(&self, user: UserId) -> Result<Vec<Grant>, Error> {
        let now = self.state.now();
        let grants = grants_of(&mut *self.state.db.begin_read().await?, user).await?;
        Ok(grants.into_iter().filter(|grant| grant.is_active(now)).collect())
    }

    /// Gives a role on the whole server: a reviewer, manager or administrator of every project.
    ///
    /// # Errors
    /// `user_unknown`; `bad_value` for a role that is held on places.
    pub async fn grant_server_wide(&self, user: UserId, role: Role) -> Result<Grant, Error> {
        if !role.may_be_server_wide() {
            return Err(Error::refused(
                Code::BadValue,
                format!("{role} is held on a project, building or home"),
            ));
        }
        let grant = NewGrant {
            project: ProjectId::default(),
            user,
            role,
            scope: ScopeId::default(),
            access: Access::Write,
            expires_at: None,
        };
        let now = self.state.now();
        let mut tx = self.state.db.begin_write().await?;
        let made = insert_grant(&mut tx, self.actor, &grant, self.state.ids.uuid_v7(now), 0, now).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// Takes a role on the whole server; returns how many grants ended. Safe to repeat.
    ///
    /// # Errors
    /// What the database says.
    pub async fn end_server_wide(&self, user: UserId, role: Role) -> Result<usize, Error> {
        let now = self.state.now();
        let mut tx = self.state.db.begin_write().await?;
        let held = grants_of(&mut tx, user).await?;
        let ending = held.iter().filter(|grant| grant.is_server_wide() && grant.role == role);
        let mut ended = 0;
        for grant in ending {
            end_grant(&mut tx, self.actor, grant.id, 0, now).await?;
            ended += 1;
        }
        tx.commit().await?;
        Ok(ended)
    }
}
