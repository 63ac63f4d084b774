//! The push: gathered, judged outside of any transaction, committed in one.

use keyturn_domain::document::Author;
use keyturn_domain::{DocumentId, Hash, ProjectId};
use keyturn_protocol::{Mark, Push, Run, Verdict};
use std::collections::{BTreeMap, BTreeSet};

use super::commit::{All, Committed};
use super::gather::{Group, by_document, documents};
use super::judge::{Held, Item, Judged, Refused, Work, judge};
use super::rights::Right;
use super::service::SyncService;
use crate::Error;
use crate::db::{AnyConnection, Cell, DbError, bytes_n, fetch_in};

/// How often a push is judged again because somebody else committed to one of its documents meanwhile.
const TRIES: usize = 8;

/// What becomes of a change whose author lost its scope too long ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TooLate {
    /// It goes to quarantine.
    Refused,
    /// Somebody has looked at it: it is marked late.
    Marked,
}

/// The verdict on one change and its seat.
pub(super) type Seat = (Verdict, u64);

impl SyncService {
    /// Judges and stores a push; returns a verdict for each change, in push order, and the projects that moved.
    pub(super) async fn push(&self, me: Author, push: Vec<Push>) -> Result<(Vec<Run>, BTreeSet<ProjectId>), Error> {
        self.push_late(me, push, TooLate::Refused).await
    }

    /// As [`SyncService::push`]; says what becomes of a change whose author lost the scope too long ago.
    pub(super) async fn push_late(
        &self,
        me: Author,
        push: Vec<Push>,
        too_late: TooLate,
    ) -> Result<(Vec<Run>, BTreeSet<ProjectId>), Error> {
        let count = push.iter().map(|p| p.changes.len()).sum();
        let mut seats: Vec<Option<Seat>> = vec![None; count];
        let mut rest = by_document(push);
        let mut moved = BTreeSet::new();
        for _ in 0..TRIES {
            let (judged, said) = self.judge_all(me, std::mem::take(&mut rest), too_late).await?;
            for (at, verdict) in said {
                set(&mut seats, at, (verdict, 0));
            }
            if judged.is_empty() {
                break;
            }
            let Committed {
                seats: new,
                lost,
                projects,
            } = self.commit(me, judged, All::OrSome).await?;
            for (at, seat) in new {
                set(&mut seats, at, seat);
            }
            moved.extend(projects);
            rest = lost;
            if rest.is_empty() {
                break;
            }
        }
        if !rest.is_empty() {
            return Err(DbError::Busy.into());
        }
        for project in &moved {
            self.state.poke(*project);
        }
        Ok((runs(seats), moved))
    }

    /// Takes the push of a device that was withdrawn: everything goes to quarantine, with a receipt.
    pub(super) async fn hand_in(&self, me: Author, push: Vec<Push>) -> Result<Vec<Run>, Error> {
        let count = push.iter().map(|p| p.changes.len()).sum();
        let mut seats: Vec<Option<Seat>> = vec![None; count];
        let mut refused = Vec::new();
        let mut tx = self.state.db.begin_write().await?;
        for (document, group) in by_document(push) {
            let hashes: Vec<Hash> = group.items.iter().map(Item::hash).collect();
            let known = seqs(&mut tx, document, &hashes).await?;
            let stored = documents(&mut tx, &[(*document.as_bytes()).into()]).await?;
            let purged = stored.get(&document).is_some_and(|d| d.purged);
            for item in group.items {
                // Of what was purged nothing is kept, not even in quarantine.
                if purged {
                    set(&mut seats, item.at, (Verdict::Purged, 0));
                    continue;
                }
                let hash = item.hash();
                if let Some(seq) = known.get(&hash) {
                    set(&mut seats, item.at, (Verdict::Duplicate, *seq));
                    continue;
                }
                set(&mut seats, item.at, (Verdict::Quarantined("revoked".into()), 0));
                refused.push(Refused {
                    document,
                    genesis: group.genesis.clone().filter(|_| !stored.contains_key(&document)),
                    at: item.at,
                    hash,
                    code: "revoked".into(),
                    bytes: item.bytes,
                });
            }
        }
        for at in self.quarantine(&mut tx, me, &refused).await? {
            set(&mut seats, at, (Verdict::Rejected("quota".into()), 0));
        }
        tx.commit().await?;
        Ok(runs(seats))
    }

    /// Gathers and judges; the gate runs on the pool.
    pub(super) async fn judge_all(
        &self,
        me: Author,
        groups: BTreeMap<DocumentId, Group>,
        too_late: TooLate,
    ) -> Result<(Vec<Judged>, Vec<(usize, Verdict)>), Error> {
        let mut tx = self.state.db.begin_read().await?;
        let mut gathered = self.gather(&mut tx, me, groups).await?;
        if too_late == TooLate::Marked {
            let rights = gathered.works.iter_mut().flat_map(|work| work.rights.values_mut());
            for right in rights.filter(|right| **right == Right::TooLate) {
                *right = Right::Marked(Mark::Late);
            }
        }
        let mut judged = Vec::with_capacity(gathered.works.len());
        let mut broken = Vec::new();
        for result in self.on_the_pool(me, std::mem::take(&mut gathered.works)).await? {
            match result {
                Ok(one) => judged.push(one),
                Err(work) => broken.push(work),
            }
        }
        for work in broken {
            let mut work = *work;
            // The snapshot is a cache; the changes are the truth.
            let document = work.genesis.document;
            tracing::warn!(%document, "The stored document does not load; it is rebuilt from its changes");
            work.held = Held::Open(
                super::rebuild::rebuild(&mut tx, self.shared(), &work.genesis)
                    .await?
                    .into(),
            );
            for result in self.on_the_pool(me, vec![work]).await? {
                judged.push(result.map_err(|_| Error::Internal("a document cannot be rebuilt".into()))?);
            }
        }
        for one in &mut judged {
            resolve_missing(&mut tx, one).await?;
        }
        Ok((judged, gathered.verdicts))
    }

    async fn on_the_pool(&self, me: Author, works: Vec<Work>) -> Result<Vec<Result<Judged, Box<Work>>>, Error> {
        if works.is_empty() {
            return Ok(Vec::new());
        }
        let closed = |_| Error::Internal("the pool is closed".into());
        let permit = self.shared().pool.clone().acquire_owned().await.map_err(closed)?;
        let shared = self.state.sync.clone();
        let task = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            works.into_iter().map(|work| judge(&*shared.engine, me, work)).collect()
        });
        task.await.map_err(|e| Error::Internal(format!("judging ended: {e}")))
    }
}

/// A change that builds on one in quarantine, or on one that was refused in this push, is blocked by it.
async fn resolve_missing(conn: &mut AnyConnection, judged: &mut Judged) -> Result<(), DbError> {
    if judged.missing.is_empty() {
        return Ok(());
    }
    let document = Cell::from(*judged.genesis.document.as_bytes());
    let wanted: BTreeSet<Hash> = judged
        .missing
        .iter()
        .flat_map(|(_, _, missing)| missing)
        .copied()
        .collect();
    let keys: Vec<Cell> = wanted.iter().map(|h| h.0.into()).collect();
    let sql = "SELECT hash FROM quarantine WHERE document = $1 AND hash";
    let mut bad: BTreeMap<Hash, Hash> = BTreeMap::new();
    for row in fetch_in(conn, sql, &[document], &keys, "").await? {
        let hash = Hash(bytes_n(&row, "hash")?);
        bad.insert(hash, hash);
    }
    bad.extend(judged.refused.iter().map(|r| (r.hash, r.hash)));
    for (at, hash, missing) in std::mem::take(&mut judged.missing) {
        let by = missing.iter().find_map(|m| bad.get(m)).copied();
        let verdict = match by {
            Some(by) => {
                bad.insert(hash, by);
                Verdict::BlockedBy(by)
            }
            None => Verdict::MissingDeps,
        };
        judged.verdicts.push((at, verdict));
    }
    Ok(())
}

/// Returns the seats of changes that are stored.
pub(super) async fn seqs(
    conn: &mut AnyConnection,
    document: DocumentId,
    hashes: &[Hash],
) -> Result<BTreeMap<Hash, u64>, DbError> {
    let keys: Vec<Cell> = hashes.iter().map(|h| h.0.into()).collect();
    let sql = "SELECT hash, seq FROM changes WHERE document = $1 AND hash";
    let rows = fetch_in(conn, sql, &[(*document.as_bytes()).into()], &keys, "").await?;
    rows.iter()
        .map(|row| Ok((Hash(bytes_n(row, "hash")?), super::log::seq_of(row, "seq")?)))
        .collect()
}

fn set(seats: &mut [Option<Seat>], at: usize, seat: Seat) {
    if let Some(slot) = seats.get_mut(at) {
        *slot = Some(seat);
    }
}

/// Folds verdicts into runs.
fn runs(seats: Vec<Option<Seat>>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for seat in seats {
        // Every change was judged; were one not, the phone would send it again.
        let (verdict, seq) = seat.unwrap_or((Verdict::MissingDeps, 0));
        if let Some(last) = runs.last_mut()
            && last.verdict == verdict
            && (if last.first_seq == 0 {
                0
            } else {
                last.first_seq + u64::from(last.n)
            }) == seq
        {
            last.n += 1;
            continue;
        }
        runs.push(Run {
            verdict,
            first_seq: seq,
            n: 1,
        });
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_fold_while_seats_follow() {
        let seat = |seq| Some((Verdict::Accepted, seq));
        let no = || Some((Verdict::MissingDeps, 0));
        let folded: Vec<(u64, u32)> = runs(vec![seat(5), seat(6), seat(8), no(), no(), seat(9)])
            .iter()
            .map(|r| (r.first_seq, r.n))
            .collect();
        assert_eq!(folded, [(5, 2), (8, 1), (0, 2), (9, 1)]);
    }
}
