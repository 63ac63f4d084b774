//! What a login may read, as a condition.

use crate::auth::Login;
use crate::db::{Cell, in_list};
use crate::sync::rights::covers;
use crate::users::{Grant, Role};
use keyturn_domain::{ProjectId, ScopeId};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The scopes that a login holds now.
pub(crate) struct Reach {
    everything: bool,
    projects: BTreeSet<ProjectId>,
    scopes: BTreeSet<ScopeId>,
    grants: Vec<Grant>,
}

impl Reach {
    /// The reach of whoever has the database itself.
    pub(crate) const fn everything() -> Self {
        Self {
            everything: true,
            projects: BTreeSet::new(),
            scopes: BTreeSet::new(),
            grants: Vec::new(),
        }
    }

    pub(super) fn of(login: &Login, now: i64) -> Self {
        let mut reach = Self {
            everything: false,
            projects: BTreeSet::new(),
            scopes: BTreeSet::new(),
            grants: Vec::new(),
        };
        for grant in login.active(now).filter(|grant| grant.role != Role::Staff) {
            reach.grants.push(grant.clone());
            if grant.is_server_wide() {
                reach.everything = true;
            } else if grant.scope == ScopeId::project(grant.project) {
                reach.projects.insert(grant.project);
            } else {
                reach.scopes.insert(grant.scope);
            }
        }
        reach
    }

    /// Tells whether the login holds a project whole.
    pub(super) fn holds(&self, project: ProjectId) -> bool {
        self.everything || self.projects.contains(&project)
    }

    /// The roles in which a scope is held, for cutting its rows: an ambassador of one home is none in the next.
    pub(super) fn roles(&self, project: ProjectId, scope: ScopeId) -> Vec<&'static str> {
        let covering = self.grants.iter().filter(|g| covers(g, project, scope));
        covering.map(|g| g.role.as_str()).collect()
    }

    /// Appends the condition over the columns `project` and `scope`, and the cells that it binds.
    pub(super) fn narrow(&self, sql: &mut String, cells: &mut Vec<Cell>) {
        if self.everything {
            return;
        }
        sql.push_str(" AND (1 = 0");
        let mut list = |column: &str, ids: Vec<[u8; 16]>| {
            if !ids.is_empty() {
                sql.push_str(" OR ");
                sql.push_str(column);
                sql.push_str(" IN ");
                sql.push_str(&in_list(cells.len() + 1, ids.len()));
                cells.extend(ids.iter().map(|id| bytes(id)));
            }
        };
        list("project", self.projects.iter().map(|p| *p.as_bytes()).collect());
        list("scope", self.scopes.iter().map(|s| *s.as_bytes()).collect());
        sql.push(')');
    }
}

pub(super) fn bytes(id: &[u8]) -> Cell {
    Cell::Bytes(Some(Arc::new(id.to_vec())))
}
