//! Who may write what, as a mark: structure decides admission, people decide the rest (DESIGN 3.3).

use keyturn_domain::{ProjectId, ScopeId};
use keyturn_protocol::Mark;

use crate::users::{Access, Grant, Role};

/// How long work on what somebody once held may be handed in.
pub const HAND_IN_MS: i64 = 30 * 24 * 60 * 60 * 1_000;

/// What the grants of an author say about a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Right {
    /// They hold the scope in a role that may.
    Fine,
    /// It is accepted with this mark.
    Marked(Mark),
    /// They held it, but too long ago.
    TooLate,
}

/// Judges the author of a change by everything they hold or ever held.
pub(super) fn right(grants: &[Grant], project: ProjectId, scope: ScopeId, kind: &str, now: i64) -> Right {
    // Anybody may open a case at any place.
    if kind == "case" && grants.iter().any(|g| g.is_active(now)) {
        return Right::Fine;
    }
    let able = grants
        .iter()
        .filter(|g| covers(g, project, scope) && g.access == Access::Write && may_write(g.role, kind));
    let mut ended: Option<i64> = None;
    for grant in able {
        match grant.ended(now) {
            None => return Right::Fine,
            Some(at) => ended = Some(ended.map_or(at, |e| e.max(at))),
        }
    }
    match ended {
        Some(at) if now.saturating_sub(at) <= HAND_IN_MS => Right::Marked(Mark::Late),
        Some(_) => Right::TooLate,
        None => Right::Marked(Mark::Role),
    }
}

/// Whether a grant reaches a scope: a grant on the project or on the whole server covers every scope of it.
pub(crate) fn covers(grant: &Grant, project: ProjectId, scope: ScopeId) -> bool {
    grant.is_server_wide()
        || grant.project == project && (grant.scope == scope || grant.scope == ScopeId::project(project))
}

fn may_write(role: Role, kind: &str) -> bool {
    match role {
        Role::Engineer | Role::Ambassador | Role::Reviewer | Role::Manager => true,
        Role::Subcontractor => kind == "defect",
        Role::Administrator | Role::Staff => false,
    }
}

/// Returns the word in the database.
pub(super) const fn mark_word(mark: Mark) -> &'static str {
    match mark {
        Mark::Late => "late",
        Mark::Role => "role",
        Mark::Lifted => "lifted",
    }
}

/// Reads the word in the database.
pub(super) fn mark_of(word: &str) -> Option<Mark> {
    match word {
        "late" => Some(Mark::Late),
        "role" => Some(Mark::Role),
        "lifted" => Some(Mark::Lifted),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyturn_domain::UserId;
    use uuid::Uuid;

    #[test]
    fn marks_follow_what_was_held() {
        let project = ProjectId::from_bytes([1; 16]);
        let scope = ScopeId::from_bytes([2; 16]);
        let grant = |role, access, ended_at| Grant {
            id: Uuid::nil(),
            project,
            user: UserId::default(),
            role,
            scope,
            access,
            since_seq: 1,
            until_seq: ended_at,
            made_at: 0,
            ended_at,
            expires_at: None,
        };
        let now = 2 * HAND_IN_MS;
        let judge = |g: Grant| right(&[g], project, scope, "inspection", now);
        assert_eq!(judge(grant(Role::Engineer, Access::Write, None)), Right::Fine);
        let late = Right::Marked(Mark::Late);
        assert_eq!(judge(grant(Role::Engineer, Access::Write, Some(now - 5))), late);
        assert_eq!(judge(grant(Role::Engineer, Access::Write, Some(5))), Right::TooLate);
        let role = Right::Marked(Mark::Role);
        assert_eq!(judge(grant(Role::Engineer, Access::Read, None)), role);
        assert_eq!(judge(grant(Role::Subcontractor, Access::Write, None)), role);
        let elsewhere = ScopeId::from_bytes([9; 16]);
        let other = grant(Role::Engineer, Access::Write, None);
        assert_eq!(
            right(std::slice::from_ref(&other), project, elsewhere, "inspection", now),
            role
        );
        assert_eq!(right(&[other], project, elsewhere, "case", now), Right::Fine);
    }
}
