//! The pull: what the phone has not seen, in one read transaction. The log after the cursor, or present state where
//! the person is new to a scope; then the backup marks, the cursor and the witness.

use keyturn_domain::document::Author;
use keyturn_domain::{ProjectId, ScopeId, UserId};
use keyturn_protocol::{BackupMark, Closing, Entry, Page, Sum, SyncReply};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

use super::cursor::{Backfill, Phase, Place, Spot};
use super::held::{Held, held};
use super::log::{Head, heads, sum_of};
use super::service::SyncService;
use crate::Error;
use crate::db::{AnyConnection, Cell, DbError, fetch_in};

/// How many bytes of entries a reply has at most, and when a phone says nothing.
const MOST_BYTES: usize = 1 << 20 | 1 << 19;
/// How many entries a reply has at most.
const MOST_ENTRIES: usize = 2_000;

/// What still fits into a reply.
pub(super) struct Budget {
    pub(super) bytes: usize,
    pub(super) entries: usize,
}

/// Returns the budget of a reply; the phone may ask for less than the server's limit, never for more.
pub(super) fn budget(asked: u64) -> Budget {
    let asked = usize::try_from(asked).unwrap_or(usize::MAX);
    Budget {
        bytes: if asked == 0 { MOST_BYTES } else { asked.min(MOST_BYTES) },
        entries: MOST_ENTRIES,
    }
}

impl Budget {
    /// Whether an entry of so many bytes fits; the first one always does, or nothing would ever move.
    pub(super) fn take(&mut self, bytes: usize, first: bool) -> bool {
        let cost = bytes + 48;
        if !first && (cost > self.bytes || self.entries == 0) {
            return false;
        }
        self.bytes = self.bytes.saturating_sub(cost);
        self.entries = self.entries.saturating_sub(1);
        true
    }
}

/// One project's part of a pull.
pub(super) struct Pull<'a> {
    pub(super) project: ProjectId,
    pub(super) me: Author,
    pub(super) held: &'a Held,
    pub(super) head: &'a Head,
    pub(super) entries: Vec<Entry>,
    /// Nothing was told in this reply yet.
    pub(super) first: bool,
}

impl Pull<'_> {
    pub(super) fn tell(&mut self, entry: Entry) {
        self.first = false;
        self.entries.push(entry);
    }
}

impl SyncService {
    /// Reads what the phone has not seen.
    pub(super) async fn pull(
        &self,
        conn: &mut AnyConnection,
        me: Author,
        mut place: Place,
        mut budget: Budget,
        reply: &mut SyncReply,
    ) -> Result<(), Error> {
        place.epoch = super::rewind::epochs(conn).await?.current;
        let all_held = held(conn, me.user, self.state.now()).await?;
        let projects: BTreeSet<ProjectId> = place.spots.keys().chain(all_held.keys()).copied().collect();
        let projects: Vec<ProjectId> = projects.into_iter().collect();
        let heads = heads(conn, &projects).await?;
        let nothing = Held::default();
        for project in projects {
            let Some(head) = heads.get(&project) else {
                place.spots.remove(&project);
                continue;
            };
            let mut spot = place.spots.remove(&project).unwrap_or_else(|| new_to(head));
            let mut pull = Pull {
                project,
                me,
                held: all_held.get(&project).unwrap_or(&nothing),
                head,
                entries: Vec::new(),
                first: reply.pages.is_empty(),
            };
            if pull.read(conn, &mut spot, &mut budget).await? {
                reply.more = true;
            }
            if head.backup != spot.backup {
                spot.backup = head.backup;
                reply.backup.push(BackupMark {
                    project,
                    seq: head.backup,
                });
            }
            place.spots.insert(project, spot);
            add_page(reply, project, pull.entries);
        }
        reply.witness = witness(&place, &heads).map(|w| w.encode());
        reply.cursor = Some(place.encode());
        Ok(())
    }

    /// Tells purges, and nothing else, to a device that was withdrawn. Its cursor stays where it was.
    pub(super) async fn pull_purges(
        &self,
        conn: &mut AnyConnection,
        place: &Place,
        reply: &mut SyncReply,
    ) -> Result<(), Error> {
        for (project, spot) in &place.spots {
            let purges = super::entries::purges_after(conn, *project, spot.seq).await?;
            add_page(reply, *project, purges);
        }
        Ok(())
    }

    /// Returns the sum over all scopes that the person holds.
    pub(super) async fn closing(&self, conn: &mut AnyConnection, user: UserId) -> Result<Closing, Error> {
        let all_held = held(conn, user, self.state.now()).await?;
        let whole: Vec<ProjectId> = all_held
            .iter()
            .filter(|(_, h)| h.whole.is_some())
            .map(|(p, _)| *p)
            .collect();
        let mut sum = Sum::default();
        for head in heads(conn, &whole).await?.values() {
            sum = sum.plus(head.sum);
        }
        for (project, held) in all_held.iter().filter(|(_, h)| h.whole.is_none()) {
            for one in sums(conn, *project, held).await?.values() {
                sum = sum.plus(*one);
            }
        }
        Ok(Closing(sum))
    }
}

/// Returns the sums of the scopes that are held; a scope in which nothing was recorded is left out.
pub(super) async fn sums(
    conn: &mut AnyConnection,
    project: ProjectId,
    held: &Held,
) -> Result<BTreeMap<ScopeId, Sum>, DbError> {
    let of = [Cell::from(*project.as_bytes())];
    let rows = if held.whole.is_some() {
        sqlx::query("SELECT id, sum FROM scopes WHERE project = $1")
            .bind(project.as_bytes().to_vec())
            .fetch_all(conn)
            .await?
    } else {
        let keys: Vec<Cell> = held.scopes.keys().map(|s| (*s.as_bytes()).into()).collect();
        let sql = "SELECT id, sum FROM scopes WHERE project = $1 AND id";
        fetch_in(conn, sql, &of, &keys, "").await?
    };
    rows.iter()
        .map(|row| Ok((crate::db::id(row, "id", ScopeId::from_bytes)?, sum_of(row)?)))
        .collect()
}

/// Somebody new to a project is told its present state as of now, then the log.
fn new_to(head: &Head) -> Spot {
    Spot {
        seq: head.seq,
        chain: head.chain,
        backup: 0,
        backfill: Some(Backfill {
            all: true,
            scope: ScopeId::default(),
            phase: Phase::Grants,
            last: Uuid::nil(),
        }),
    }
}

pub(super) fn add_page(reply: &mut SyncReply, project: ProjectId, mut entries: Vec<Entry>) {
    if entries.is_empty() {
        return;
    }
    match reply.pages.iter_mut().find(|page| page.project == project) {
        Some(page) => page.entries.append(&mut entries),
        None => reply.pages.push(Page { project, entries }),
    }
}

/// The highest place that this reply speaks of, when the cursor lies below it.
fn witness(place: &Place, heads: &BTreeMap<ProjectId, Head>) -> Option<Place> {
    let mut witness = place.clone();
    let mut other = false;
    for (project, spot) in &mut witness.spots {
        let Some(head) = heads.get(project) else { continue };
        other |= spot.seq != head.seq;
        spot.seq = head.seq;
        spot.chain = head.chain;
        spot.backfill = None;
    }
    other.then_some(witness)
}
