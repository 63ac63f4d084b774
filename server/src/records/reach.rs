//! What a login may read, as a condition.

use crate::auth::Login;
use crate::db::{Cell, in_list};
use crate::users::Role;
use keyturn_domain::{ProjectId, ScopeId};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The scopes that a login holds now.
pub(super) struct Reach {
    everything: bool,
    projects: BTreeSet<ProjectId>,
    scopes: BTreeSet<ScopeId>,
    roles: BTreeSet<&'static str>,
}

impl Reach {
    pub(super) fn of(login: &Login, now: i64) -> Self {
        let mut reach = Self {
            everything: false,
            projects: BTreeSet::new(),
            scopes: BTreeSet::new(),
            roles: BTreeSet::new(),
        };
        for grant in login.active(now).filter(|grant| grant.role != Role::Staff) {
            reach.roles.insert(grant.role.as_str());
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

    /// The roles, for cutting rows.
    pub(super) fn roles(&self) -> Vec<&'static str> {
        self.roles.iter().copied().collect()
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
