//! What a person holds now, read in the same transaction as what it opens.

use keyturn_domain::{ProjectId, ScopeId, UserId};
use std::collections::BTreeMap;

use super::rights::covers;
use crate::db::{AnyConnection, DbError};
use crate::users::{Grant, grants_of};

/// The scopes of one project that a person holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Held {
    /// Holds the project as a whole, since that seat.
    pub(super) whole: Option<u64>,
    /// Single scopes, each since the earliest seat.
    pub(super) scopes: BTreeMap<ScopeId, u64>,
    pub(super) grants: Vec<Grant>,
}

/// Returns what a person holds, by project. Roles on the whole server are no part of a phone's log.
pub(super) async fn held(
    conn: &mut AnyConnection,
    user: UserId,
    now: i64,
) -> Result<BTreeMap<ProjectId, Held>, DbError> {
    let mut all: BTreeMap<ProjectId, Held> = BTreeMap::new();
    for grant in grants_of(conn, user).await? {
        if !grant.is_active(now) || grant.is_server_wide() {
            continue;
        }
        let held = all.entry(grant.project).or_default();
        let since = u64::try_from(grant.since_seq).unwrap_or_default();
        if grant.scope == ScopeId::project(grant.project) {
            held.whole = Some(held.whole.map_or(since, |s| s.min(since)));
        } else {
            let at = held.scopes.entry(grant.scope).or_insert(since);
            *at = since.min(*at);
        }
        held.grants.push(grant);
    }
    Ok(all)
}

impl Held {
    /// Returns since which seat a scope is held.
    pub(super) fn since(&self, scope: ScopeId) -> Option<u64> {
        let own = self.scopes.get(&scope).copied();
        match (self.whole, own) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    /// Returns the roles in which a scope is held; rows are cut to them.
    pub(super) fn roles(&self, scope: ScopeId) -> Vec<&'static str> {
        let covering = self.grants.iter().filter(|g| covers(g, g.project, scope));
        covering.map(|g| g.role.as_str()).collect()
    }

    /// Returns the scopes that a backfill walks, in its order: the project alone when it is held as a whole.
    pub(super) fn walk(&self, project: ProjectId) -> Vec<ScopeId> {
        if self.whole.is_some() {
            return vec![ScopeId::project(project)];
        }
        self.scopes.keys().copied().collect()
    }
}
