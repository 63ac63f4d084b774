//! What was kept out of records, looked at by a person: released, which runs the gate again, or discarded.

use keyturn_domain::document::{Author, Genesis};
use keyturn_domain::gate::Header;
use keyturn_domain::{DeviceId, DocumentId, Hash, PlaceId, ProjectId, UserId};
use keyturn_protocol::{Push, Verdict};
use serde_bytes::ByteBuf;
use std::collections::BTreeMap;

use super::gather::by_document;
use super::judge::Judged;
use super::push::TooLate;
use super::service::SyncService;
use crate::Error;
use crate::audit::{self, Entry};
use crate::db::{
    AnyConnection, AnyRow, Cell, DbError, WriteTx, bytes, bytes_n, id, in_list, int, numbered, opt_id, text,
};
use crate::users::Actor;

/// A change in quarantine.
pub(crate) struct Kept {
    pub(crate) hash: Hash,
    pub(crate) code: String,
    /// Who sent it.
    pub(crate) by: Author,
    pub(crate) received_at: i64,
    pub(crate) bytes: Vec<u8>,
    /// What it says of itself, as far as it can be read.
    pub(crate) header: Option<Header>,
    genesis: Option<Genesis>,
}

impl SyncService {
    /// Returns what is kept of a document, in an order in which each stands behind what it builds on.
    pub(crate) async fn kept(&self, conn: &mut AnyConnection, document: DocumentId) -> Result<Vec<Kept>, Error> {
        let sql = "SELECT hash, code, user_id, device_id, received_at, bytes, project, place, kind FROM quarantine \
                   WHERE document = $1";
        let rows = sqlx::query(sql)
            .bind(document.as_bytes().to_vec())
            .fetch_all(conn)
            .await
            .map_err(DbError::from)?;
        let mut kept: Vec<Kept> = rows.iter().map(|row| read(row, document)).collect::<Result<_, _>>()?;
        kept.sort_by_key(|one| (one.header.as_ref().map(|header| header.start_op), one.hash));
        Ok(kept)
    }

    /// Says what the gate would make of changes now. Nothing is stored.
    pub(crate) async fn try_out(&self, document: DocumentId, kept: &[Kept]) -> Result<BTreeMap<Hash, Verdict>, Error> {
        let mut all = BTreeMap::new();
        let genesis = genesis_of(kept);
        for (by, changes) in by_author(kept) {
            let hashes: Vec<Hash> = changes.iter().map(|one| one.hash).collect();
            let groups = by_document(vec![push(document, genesis.clone(), &changes)]);
            let (judged, said) = self.judge_all(by, groups, TooLate::Marked).await?;
            let verdicts = judged.iter().flat_map(verdicts).chain(said);
            all.extend(verdicts.filter_map(|(at, verdict)| Some((*hashes.get(at)?, verdict))));
        }
        Ok(all)
    }

    /// Runs the gate again over changes, each in the name of who sent it. What is taken leaves the quarantine; returns the
    /// verdict on each.
    pub(crate) async fn release(
        &self,
        actor: UserId,
        document: DocumentId,
        mut kept: Vec<Kept>,
    ) -> Result<BTreeMap<Hash, Verdict>, Error> {
        let mut all = BTreeMap::new();
        let genesis = genesis_of(&kept);
        // One person's change may build on another's: as long as some are taken, the rest is tried again.
        loop {
            let before = kept.len();
            for (by, changes) in by_author(&kept) {
                let hashes: Vec<Hash> = changes.iter().map(|one| one.hash).collect();
                let push = push(document, genesis.clone(), &changes);
                let (runs, _) = self.push_late(by, vec![push], TooLate::Marked).await?;
                let each = runs.into_iter().flat_map(|run| vec![run.verdict; run.n as usize]);
                all.extend(hashes.into_iter().zip(each));
            }
            kept.retain(|one| !all.get(&one.hash).is_some_and(is_over));
            if kept.is_empty() || kept.len() == before {
                break;
            }
        }
        let over: Vec<Hash> = all
            .iter()
            .filter(|(_, verdict)| is_over(verdict))
            .map(|(hash, _)| *hash)
            .collect();
        let detail = format!("released {}, kept {}", over.len(), all.len().saturating_sub(over.len()));
        self.leave(actor, document, &over, "quarantine.release", &detail)
            .await?;
        Ok(all)
    }

    /// Deletes changes for good, for a reason; returns how many there were.
    pub(crate) async fn discard(
        &self,
        actor: UserId,
        document: DocumentId,
        hashes: &[Hash],
        reason: &str,
    ) -> Result<u64, Error> {
        let detail = format!("discarded {}: {reason}", hashes.len());
        self.leave(actor, document, hashes, "quarantine.discard", &detail).await
    }

    async fn leave(
        &self,
        actor: UserId,
        document: DocumentId,
        hashes: &[Hash],
        action: &str,
        detail: &str,
    ) -> Result<u64, Error> {
        let mut tx = self.state.db.begin_write().await?;
        let gone = delete(&mut tx, document, hashes).await?;
        let entry = Entry {
            actor: Actor::User(actor),
            action,
            subject: document.to_string(),
            detail,
        };
        audit::record(&mut tx, self.state.now(), &entry).await?;
        tx.commit().await?;
        Ok(gone)
    }
}

async fn delete(tx: &mut WriteTx, document: DocumentId, hashes: &[Hash]) -> Result<u64, DbError> {
    let mut gone = 0;
    for some in hashes.chunks(128) {
        let sql = format!(
            "DELETE FROM quarantine WHERE document = $1 AND hash IN {}",
            in_list(2, some.len())
        );
        let mut query = numbered(sql).bind(document.as_bytes().to_vec());
        for hash in some {
            query = crate::db::bind(query, &Cell::from(hash.0));
        }
        gone += query.execute(&mut **tx).await?.rows_affected();
    }
    Ok(gone)
}

/// It is in its record, or there is no record any more.
fn is_over(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Accepted | Verdict::Duplicate | Verdict::Purged)
}

fn by_author(kept: &[Kept]) -> Vec<(Author, Vec<&Kept>)> {
    let mut authors: Vec<(Author, Vec<&Kept>)> = Vec::new();
    for one in kept {
        match authors.iter_mut().find(|(by, _)| *by == one.by) {
            Some((_, changes)) => changes.push(one),
            None => authors.push((one.by, vec![one])),
        }
    }
    authors
}

fn genesis_of(kept: &[Kept]) -> Option<Genesis> {
    kept.iter().find_map(|one| one.genesis.clone())
}

fn push(document: DocumentId, genesis: Option<Genesis>, changes: &[&Kept]) -> Push {
    Push {
        document,
        genesis,
        changes: changes.iter().map(|one| ByteBuf::from(one.bytes.clone())).collect(),
        wanted: false,
    }
}

fn verdicts(judged: &Judged) -> Vec<(usize, Verdict)> {
    let accepted = judged.accepted.iter().map(|one| (one.at, Verdict::Accepted));
    let known = judged.duplicates.iter().map(|(at, _)| (*at, Verdict::Duplicate));
    accepted.chain(known).chain(judged.verdicts.iter().cloned()).collect()
}

fn read(row: &AnyRow, document: DocumentId) -> Result<Kept, Error> {
    let bytes = bytes(row, "bytes")?;
    let project = opt_id(row, "project", ProjectId::from_bytes)?;
    let genesis = match (project, opt_id(row, "place", PlaceId::from_bytes)?) {
        (Some(project), Some(place)) => Some(Genesis {
            document,
            project,
            place,
            kind: text(row, "kind")?,
        }),
        _ => None,
    };
    Ok(Kept {
        hash: Hash(bytes_n(row, "hash")?),
        code: text(row, "code")?,
        by: Author {
            user: id(row, "user_id", UserId::from_bytes)?,
            device: id(row, "device_id", DeviceId::from_bytes)?,
        },
        received_at: int(row, "received_at")?,
        header: Header::peek(&bytes).ok(),
        bytes,
        genesis,
    })
}
