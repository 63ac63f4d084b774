//! One transaction for one push: versions compared, documents and changes stored, and last the counters.

use keyturn_domain::document::{Author, Genesis};
use keyturn_domain::gate::Header;
use keyturn_domain::{DocumentId, Hash, ProjectId, ScopeId};
use keyturn_protocol::{Sum, Verdict};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

use super::gather::{Group, documents, join_heads};
use super::judge::{Item, Judged, New, Refused};
use super::log::{self, NewEntry, kind, to_db};
use super::push::{Seat, seqs};
use super::rights::mark_word;
use super::service::SyncService;
use crate::Error;
use crate::db::{Cell, DbError, WriteTx, insert_rows, int};

/// What one device may have in quarantine.
const QUOTA_COUNT: i64 = 10_000;
const QUOTA_BYTES: i64 = 64 << 20;
/// How often a transaction begins again because another push was faster.
const TRIES: usize = 8;

/// What a commit did.
pub(super) struct Committed {
    pub(super) seats: Vec<(usize, Seat)>,
    /// Changes of documents to which somebody else committed meanwhile: judged again.
    pub(super) lost: BTreeMap<DocumentId, Group>,
    pub(super) projects: BTreeSet<ProjectId>,
}

/// What a commit does when somebody else has committed to one of its documents meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum All {
    /// It stores the others.
    OrSome,
    /// It stores nothing.
    OrNone,
}

/// Rows that wait for their seats.
#[derive(Default)]
struct Pending {
    /// Begins stand before changes, so that the seats of a push follow each other.
    begins: Vec<NewEntry>,
    entries: Vec<NewEntry>,
    /// For each of `begins`, then for each of `entries`: the change, without its seat.
    begun: Vec<Vec<Cell>>,
    changes: Vec<Vec<Cell>>,
    ats: Vec<usize>,
    documents: Vec<Cell>,
    sums: BTreeMap<ScopeId, (Sum, Sum)>,
}

impl SyncService {
    /// Stores what was judged; when this returns, it is on the disk.
    pub(super) async fn commit(&self, me: Author, judged: Vec<Judged>, all: All) -> Result<Committed, Error> {
        let now = self.state.now();
        let mut out = Committed {
            seats: Vec::new(),
            lost: BTreeMap::new(),
            projects: BTreeSet::new(),
        };
        let mut keep: Vec<(i64, New)> = Vec::new();
        let (mut tx, judged) = self.put_documents(judged, now, &mut out).await?;
        if all == All::OrNone && !out.lost.is_empty() {
            return Ok(out);
        }
        let mut refused = Vec::new();
        let mut actors = Vec::new();
        let mut pending: BTreeMap<ProjectId, Pending> = BTreeMap::new();
        for mut one in judged {
            duplicates(&mut tx, &one, &mut out).await?;
            let verdicts = std::mem::take(&mut one.verdicts);
            out.seats.extend(verdicts.into_iter().map(|(at, v)| (at, (v, 0))));
            refused.append(&mut one.refused);
            let Some(new) = one.new.take() else { continue };
            let project = pending.entry(one.genesis.project).or_default();
            actors.extend(one.accepted.iter().map(|a| {
                vec![
                    (*one.genesis.document.as_bytes()).into(),
                    a.actor.clone().into(),
                    (*a.by.user.as_bytes()).into(),
                    (*a.by.device.as_bytes()).into(),
                ]
            }));
            project.add(&mut one, &new, me, now)?;
            keep.push((one.version + 1, new));
        }
        for at in self.quarantine(&mut tx, me, &refused).await? {
            out.seats.push((at, (Verdict::Rejected("quota".into()), 0)));
        }
        insert_rows(
            &mut tx,
            INSERT_ACTORS,
            4,
            &actors,
            "ON CONFLICT (document, actor) DO NOTHING",
        )
        .await?;
        for (project, pending) in pending {
            pending.seat(&mut tx, project, &mut out).await?;
            out.projects.insert(project);
        }
        let ids: Vec<DocumentId> = keep.iter().map(|(_, new)| new.document.id()).collect();
        if let Err(error) = tx.commit().await {
            // Whether it was committed is not known: what is in memory must not be believed.
            for document in ids {
                self.shared().cache.forget(document);
            }
            return Err(error.into());
        }
        for (version, new) in keep {
            self.shared().cache.keep(version, new.document, new.snapshot.len());
        }
        Ok(out)
    }

    /// Begins the transaction and writes the documents, the first thing that others can be in the way of: from here to
    /// the commit nobody else changes one of them. Rows are locked in the order of their ids, then projects in theirs,
    /// so that two pushes wait for each other in one direction.
    async fn put_documents(
        &self,
        mut judged: Vec<Judged>,
        now: i64,
        out: &mut Committed,
    ) -> Result<(WriteTx, Vec<Judged>), DbError> {
        judged.sort_by_key(|one| one.genesis.document);
        for _ in 0..TRIES {
            let mut tx = self.state.db.begin_write_beside().await?;
            judged = still_current(&mut tx, judged, out).await?;
            let rows: Vec<Vec<Cell>> = judged
                .iter()
                .filter_map(|one| one.new.as_ref().map(|new| document_row(one, new, now)))
                .collect();
            let stored = insert_rows(&mut tx, INSERT_DOCUMENTS, 16, &rows, UPDATE_DOCUMENTS).await?;
            if stored == rows.len() as u64 {
                return Ok((tx, judged));
            }
            // Another push was faster, between the look and the writing. The next look finds what it committed.
        }
        Err(DbError::Busy)
    }

    /// Keeps refused changes with their bytes, each once; returns the places of those that are over the quota.
    pub(super) async fn quarantine(
        &self,
        tx: &mut WriteTx,
        me: Author,
        refused: &[Refused],
    ) -> Result<Vec<usize>, DbError> {
        if refused.is_empty() {
            return Ok(Vec::new());
        }
        let sql = "SELECT COUNT(*) AS n, CAST(COALESCE(SUM(size), 0) AS BIGINT) AS size FROM quarantine \
                   WHERE device_id = $1";
        let row = sqlx::query(sql)
            .bind(me.device.as_bytes().to_vec())
            .fetch_one(&mut **tx)
            .await?;
        let (mut count, mut size) = (int(&row, "n")?, int(&row, "size")?);
        let now = self.state.now();
        let (mut rows, mut over) = (Vec::new(), Vec::new());
        for one in refused {
            let bytes = i64::try_from(one.bytes.len()).unwrap_or(i64::MAX);
            if count >= QUOTA_COUNT || size.saturating_add(bytes) > QUOTA_BYTES {
                over.push(one.at);
                continue;
            }
            count += 1;
            size += bytes;
            rows.push(vec![
                (*one.document.as_bytes()).into(),
                one.hash.0.into(),
                one.code.as_str().into(),
                (*me.user.as_bytes()).into(),
                (*me.device.as_bytes()).into(),
                now.into(),
                bytes.into(),
                one.bytes.clone().into(),
                one.genesis.as_ref().map(|g| g.project.as_bytes().to_vec()).into(),
                one.genesis.as_ref().map(|g| g.place.as_bytes().to_vec()).into(),
                one.genesis.as_ref().map(|g| g.kind.clone()).into(),
            ]);
        }
        let head = "INSERT INTO quarantine (document, hash, code, user_id, device_id, received_at, size, bytes, project, \
                    place, kind)";
        insert_rows(tx, head, 11, &rows, "ON CONFLICT (document, hash) DO NOTHING").await?;
        Ok(over)
    }
}

const INSERT_ACTORS: &str = "INSERT INTO actors (document, actor, user_id, device_id)";
const INSERT_DOCUMENTS: &str = "INSERT INTO documents (id, project, place, scope, kind, version, seq, marked, made_at, \
                                changed_at, purged_at, state, contested, heads, projection, snapshot)";
const UPDATE_DOCUMENTS: &str = "ON CONFLICT (id) DO UPDATE SET version = excluded.version, marked = excluded.marked, \
                                changed_at = excluded.changed_at, state = excluded.state, \
                                contested = excluded.contested, heads = excluded.heads, \
                                projection = excluded.projection, snapshot = excluded.snapshot \
                                WHERE documents.version = excluded.version - 1 AND documents.purged_at IS NULL";
const INSERT_CHANGES: &str =
    "INSERT INTO changes (document, hash, user_id, device_id, received_at, relayed_by, mark, bytes, seq)";

fn document_row(one: &Judged, new: &New, now: i64) -> Vec<Cell> {
    let genesis: &Genesis = &one.genesis;
    vec![
        (*genesis.document.as_bytes()).into(),
        (*genesis.project.as_bytes()).into(),
        (*genesis.place.as_bytes()).into(),
        (*one.scope.as_bytes()).into(),
        genesis.kind.as_str().into(),
        (one.version + 1).into(),
        // Known when the seats are taken.
        0.into(),
        i64::try_from(one.marks.len()).unwrap_or(i64::MAX).into(),
        now.into(),
        now.into(),
        Cell::Int(None),
        new.projected.state.as_str().into(),
        new.projected.contested.into(),
        join_heads(&new.document.heads()).into(),
        new.projected.bytes.clone().into(),
        new.snapshot.clone().into(),
    ]
}

impl Pending {
    fn add(&mut self, one: &mut Judged, new: &New, me: Author, now: i64) -> Result<(), Error> {
        let document = one.genesis.document;
        let sum = self.sums.entry(one.scope).or_default();
        sum.0 = sum.0.plus(Sum::of(document, &new.document.heads()));
        if one.version == 0 {
            let (hash, bytes) = one.genesis.change().map_err(|e| Error::Internal(e.to_string()))?;
            self.begins
                .push(entry(kind::BEGIN, document, one.scope, hash, Uuid::nil()));
            self.begun
                .push(change_row(document, hash, [[0; 16]; 2], now, None, None, bytes));
        } else {
            sum.1 = sum.1.plus(Sum::of(document, &one.old_heads));
        }
        self.documents.push((*document.as_bytes()).into());
        for a in std::mem::take(&mut one.accepted) {
            // What was relayed comes back whole, because it is not this device's own.
            let who = if a.relayed { Uuid::nil() } else { me.device.0 };
            self.entries.push(entry(kind::CHANGE, document, one.scope, a.hash, who));
            let by = [*a.by.user.as_bytes(), *a.by.device.as_bytes()];
            let relayed_by = a.relayed.then(|| me.user.as_bytes().to_vec());
            self.changes.push(change_row(
                document,
                a.hash,
                by,
                now,
                relayed_by,
                a.mark.map(mark_word),
                a.bytes,
            ));
            self.ats.push(a.at);
        }
        Ok(())
    }

    /// Takes the seats and fills them.
    async fn seat(mut self, tx: &mut WriteTx, project: ProjectId, out: &mut Committed) -> Result<(), DbError> {
        let begins = self.begins.len() as u64;
        let count = self.begins.len() + self.entries.len();
        let seats = log::seats(tx, project, count).await?;
        let first = seats.first;
        for (at, seq) in self.ats.iter().zip(first + begins..) {
            out.seats.push((*at, (Verdict::Accepted, seq)));
        }
        let mut changes = std::mem::take(&mut self.begun);
        changes.append(&mut self.changes);
        for (row, seq) in changes.iter_mut().zip(first..) {
            row.push(to_db(seq).into());
        }
        insert_rows(tx, INSERT_CHANGES, 9, &changes, "").await?;
        // A commit is whole or not at all, so its last seat stands for those of all its changes.
        let last = to_db(first + (count as u64).saturating_sub(1));
        set_seq(tx, last, &self.documents).await?;
        let mut entries = self.begins;
        entries.append(&mut self.entries);
        seats.fill(tx, &entries, &self.sums).await
    }
}

/// Writes the highest seat of documents.
async fn set_seq(tx: &mut WriteTx, seq: i64, documents: &[Cell]) -> Result<(), DbError> {
    for batch in documents.chunks(16) {
        let sql = format!(
            "UPDATE documents SET seq = $1 WHERE id IN {}",
            crate::db::in_list(2, batch.len())
        );
        let mut query = crate::db::numbered(sql).bind(seq);
        for cell in batch {
            query = crate::db::bind(query, cell);
        }
        query.execute(&mut **tx).await?;
    }
    Ok(())
}

fn entry(kind: &'static str, document: DocumentId, scope: ScopeId, hash: Hash, who: Uuid) -> NewEntry {
    NewEntry {
        kind,
        id: document.0,
        scope,
        hash,
        who,
    }
}

fn change_row(
    document: DocumentId,
    hash: Hash,
    [user, device]: [[u8; 16]; 2],
    now: i64,
    relayed_by: Option<Vec<u8>>,
    mark: Option<&str>,
    bytes: Vec<u8>,
) -> Vec<Cell> {
    vec![
        (*document.as_bytes()).into(),
        hash.0.into(),
        user.into(),
        device.into(),
        now.into(),
        relayed_by.into(),
        mark.map(str::to_owned).into(),
        bytes.into(),
    ]
}

/// Sets aside what was judged on a version that is not the newest any more.
async fn still_current(tx: &mut WriteTx, judged: Vec<Judged>, out: &mut Committed) -> Result<Vec<Judged>, DbError> {
    let changing = judged.iter().filter(|j| j.new.is_some());
    let keys: Vec<Cell> = changing.map(|j| (*j.genesis.document.as_bytes()).into()).collect();
    let present = documents(tx, &keys).await?;
    let mut current = Vec::with_capacity(judged.len());
    for mut one in judged {
        let now = present.get(&one.genesis.document);
        if one.new.is_none() || now.map_or(0, |s| s.version) == one.version && now.is_none_or(|s| !s.purged) {
            current.push(one);
            continue;
        }
        let items = one.accepted.drain(..).map(|a| Item {
            at: a.at,
            header: Header::peek(&a.bytes).ok(),
            bytes: a.bytes,
            wanted: a.relayed,
        });
        let group = Group {
            items: items.collect(),
            genesis: Some(one.genesis.clone()),
        };
        out.lost.insert(one.genesis.document, group);
        // The rest of its verdicts stands.
        one.new = None;
        current.push(one);
    }
    Ok(current)
}

/// Finds the seats of what was received before: the first reply may have been lost.
async fn duplicates(tx: &mut WriteTx, one: &Judged, out: &mut Committed) -> Result<(), DbError> {
    if one.duplicates.is_empty() {
        return Ok(());
    }
    let hashes: Vec<Hash> = one.duplicates.iter().map(|(_, hash)| *hash).collect();
    let known = seqs(tx, one.genesis.document, &hashes).await?;
    for (at, hash) in &one.duplicates {
        let seq = known.get(hash).copied().unwrap_or(0);
        out.seats.push((*at, (Verdict::Duplicate, seq)));
    }
    Ok(())
}
