//! What counters are told apart by; all of it from lists that are short and known.

use keyturn_protocol::Verdict as Said;
use prometheus_client::encoding::EncodeLabelSet;

/// A request that was answered.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct RouteStatus {
    /// The method.
    pub method: String,
    /// The path as the table of routes has it; `-` for one that is not there.
    pub route: String,
    /// The status.
    pub status: u16,
}

/// A route.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Route {
    /// The path as the table of routes has it; `-` for one that is not there.
    pub route: String,
}

/// What became of a change.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Verdict {
    /// `accepted`, `duplicate`, `missing_deps`, `forked_actor`, `rejected`, `quarantined`,
    /// `blocked_by`, `purged`.
    pub verdict: &'static str,
}

impl Verdict {
    /// Returns that of a verdict; why something was refused stands in the log, not here.
    pub fn of(said: &Said) -> Self {
        let verdict = match said {
            Said::Accepted => "accepted",
            Said::Duplicate => "duplicate",
            Said::MissingDeps => "missing_deps",
            Said::BlockedBy(_) => "blocked_by",
            Said::Quarantined(_) => "quarantined",
            Said::Rejected(_) => "rejected",
            Said::Purged => "purged",
            Said::ForkedActor => "forked_actor",
        };
        Self { verdict }
    }
}

/// A job that ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Job {
    /// `planning`, `backup` or `backup_copy`.
    pub name: &'static str,
    /// `done` or `failed`.
    pub outcome: &'static str,
}

/// A project, by its code.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Project {
    /// The code.
    pub project: String,
}

/// Where backups go.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct BackupPlace {
    /// `first` or `second`.
    pub rank: String,
}
