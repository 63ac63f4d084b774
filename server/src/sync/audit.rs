//! When sums differ or the server went back: what does each side lack? The server sends what it has, and asks for what
//! it has not.

use keyturn_domain::document::Author;
use keyturn_domain::{DeviceId, DocumentId, Hash, ProjectId, ScopeId};
use keyturn_protocol::{Audit, DocumentHeads, Entry, ScopeDocuments, SyncReply, Want};
use std::collections::{BTreeMap, BTreeSet};

use super::backfill::{marked, size, snapshot};
use super::gather::split_heads;
use super::held::{Held, held};
use super::pull::{add_page, sums};
use super::push::seqs;
use super::rights::covers;
use super::service::SyncService;
use crate::Error;
use crate::db::{AnyConnection, AnyRow, Cell, DbError, bytes, fetch_in, id, insert_rows, opt_int};
use crate::users::grants_ever_of;

/// What one reply says at most to an audit; the rest differs still, and is found the next time.
const MOST_BYTES: usize = 6 << 20;
const MOST_WANTS: usize = 2_000;

const COLUMNS: &str = "SELECT id, project, place, kind, scope, seq, heads, projection, snapshot, purged_at \
                       FROM documents WHERE id";

type AllHeld = BTreeMap<ProjectId, Held>;

impl SyncService {
    /// Answers an audit and what the phone needs; returns the documents that it was asked for.
    pub(super) async fn answer_audit(
        &self,
        conn: &mut AnyConnection,
        me: Author,
        audit: &Audit,
        need: &[DocumentId],
        reply: &mut SyncReply,
    ) -> Result<Vec<DocumentId>, Error> {
        if audit.is_empty() && need.is_empty() {
            return Ok(Vec::new());
        }
        let all_held = held(conn, me.user, self.state.now()).await?;
        if !audit.scopes.is_empty() {
            reply.differing = differing(conn, &all_held, audit).await?;
        }
        let mut asked = BTreeMap::new();
        let mut send: BTreeSet<DocumentId> = need.iter().copied().collect();
        for listed in &audit.contents {
            let holds = all_held.get(&listed.project).and_then(|h| h.since(listed.scope));
            if holds.is_some() {
                contents(conn, listed, &mut send, &mut asked).await?;
            }
        }
        for one in &audit.documents {
            if self.ever_held(conn, me, one).await? {
                self.lacking(conn, one, &mut asked).await?;
            }
        }
        send_whole(conn, &all_held, &send, reply).await?;
        for (document, have) in asked {
            if reply.want.len() < MOST_WANTS {
                reply.want.push(Want { document, have });
            }
        }
        Ok(reply.want.iter().map(|w| w.document).collect())
    }

    /// Remembers what a device was asked for: only that may it bring for others.
    pub(super) async fn remember_wants(&self, device: DeviceId, asked: &[DocumentId]) -> Result<(), Error> {
        if asked.is_empty() {
            return Ok(());
        }
        let now = self.state.now();
        let rows: Vec<Vec<Cell>> = asked
            .iter()
            .map(|d| vec![(*device.as_bytes()).into(), (*d.as_bytes()).into(), now.into()])
            .collect();
        let mut tx = self.state.db.begin_write().await?;
        let tail = "ON CONFLICT (device_id, document) DO UPDATE SET asked_at = excluded.asked_at";
        insert_rows(
            &mut tx,
            "INSERT INTO wants (device_id, document, asked_at)",
            3,
            &rows,
            tail,
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Whether the person ever held the place of a document: nobody else can have been given it.
    async fn ever_held(&self, conn: &mut AnyConnection, me: Author, one: &DocumentHeads) -> Result<bool, DbError> {
        let row = sqlx::query("SELECT project, scope FROM places WHERE id = $1")
            .bind(one.genesis.place.as_bytes().to_vec())
            .fetch_optional(&mut *conn)
            .await?;
        let Some(row) = row else { return Ok(false) };
        let project = id(&row, "project", ProjectId::from_bytes)?;
        let scope = id(&row, "scope", ScopeId::from_bytes)?;
        let ever = grants_ever_of(conn, me.user, project).await?;
        Ok(project == one.genesis.project && ever.iter().any(|g| covers(g, project, scope)))
    }

    /// Asks for a document when one of its heads is not known here.
    async fn lacking(
        &self,
        conn: &mut AnyConnection,
        one: &DocumentHeads,
        asked: &mut BTreeMap<DocumentId, Vec<Hash>>,
    ) -> Result<(), DbError> {
        let document = one.genesis.document;
        let stored = super::gather::documents(conn, &[(*document.as_bytes()).into()]).await?;
        match stored.get(&document) {
            None => {
                asked.insert(document, Vec::new());
            }
            Some(stored) if stored.purged => {}
            Some(stored) => {
                let known = seqs(conn, document, &one.heads).await?;
                if one.heads.iter().any(|h| !known.contains_key(h)) {
                    asked.insert(document, stored.heads.clone());
                }
            }
        }
        Ok(())
    }
}

/// Names the scopes whose sums are not equal, and those that the phone does not name at all.
async fn differing(
    conn: &mut AnyConnection,
    all_held: &AllHeld,
    audit: &Audit,
) -> Result<Vec<(ProjectId, ScopeId)>, DbError> {
    let mut theirs: BTreeMap<(ProjectId, ScopeId), _> = BTreeMap::new();
    for (project, scope, sum) in &audit.scopes {
        theirs.insert((*project, *scope), *sum);
    }
    let mut differing = Vec::new();
    for (project, held) in all_held {
        let ours = sums(conn, *project, held).await?;
        let named = theirs.keys().filter(|(p, s)| p == project && held.since(*s).is_some());
        let scopes: BTreeSet<ScopeId> = named.map(|(_, s)| *s).chain(ours.keys().copied()).collect();
        for scope in scopes {
            let mine = ours.get(&scope).copied().unwrap_or_default();
            if theirs.get(&(*project, scope)).copied().unwrap_or_default() != mine {
                differing.push((*project, scope));
            }
        }
    }
    Ok(differing)
}

/// Compares a scope document by document.
async fn contents(
    conn: &mut AnyConnection,
    listed: &ScopeDocuments,
    send: &mut BTreeSet<DocumentId>,
    asked: &mut BTreeMap<DocumentId, Vec<Hash>>,
) -> Result<(), DbError> {
    let rows = sqlx::query("SELECT id, heads, purged_at FROM documents WHERE project = $1 AND scope = $2")
        .bind(listed.project.as_bytes().to_vec())
        .bind(listed.scope.as_bytes().to_vec())
        .fetch_all(&mut *conn)
        .await?;
    let mut ours: BTreeMap<DocumentId, Option<Vec<Hash>>> = BTreeMap::new();
    for row in &rows {
        let purged = opt_int(row, "purged_at")?.is_some();
        let heads = split_heads(&bytes(row, "heads")?);
        ours.insert(id(row, "id", DocumentId::from_bytes)?, (!purged).then_some(heads));
    }
    for theirs in &listed.documents {
        let document = theirs.genesis.document;
        match ours.remove(&document) {
            None => {
                // Perhaps it is in another scope: then it is none of this one's.
                let elsewhere = super::gather::documents(conn, &[(*document.as_bytes()).into()]).await?;
                if elsewhere.is_empty() {
                    asked.insert(document, Vec::new());
                } else {
                    send.insert(document);
                }
            }
            Some(None) => {
                send.insert(document);
            }
            Some(Some(heads)) => {
                let mut sorted = theirs.heads.clone();
                sorted.sort_unstable();
                if sorted == heads {
                    continue;
                }
                let known = seqs(conn, document, &sorted).await?;
                let more = sorted.iter().any(|h| !known.contains_key(h));
                if more {
                    asked.insert(document, heads.clone());
                }
                // Also when all of theirs is known: what they take for heads is not.
                if !more || heads.iter().any(|h| !sorted.contains(h)) {
                    send.insert(document);
                }
            }
        }
    }
    // What the phone does not have at all.
    send.extend(
        ours.into_iter()
            .filter(|(_, heads)| heads.is_some())
            .map(|(document, _)| document),
    );
    Ok(())
}

/// Sends documents whole, those that are held; of one that was purged, the purge.
async fn send_whole(
    conn: &mut AnyConnection,
    all_held: &AllHeld,
    send: &BTreeSet<DocumentId>,
    reply: &mut SyncReply,
) -> Result<(), DbError> {
    let keys: Vec<Cell> = send.iter().map(|d| (*d.as_bytes()).into()).collect();
    let mut left = MOST_BYTES;
    for keys in keys.chunks(64) {
        let rows: Vec<AnyRow> = fetch_in(conn, COLUMNS, &[], keys, "").await?;
        let marked = marked(conn, &rows).await?;
        for row in &rows {
            let project = id(row, "project", ProjectId::from_bytes)?;
            let scope = id(row, "scope", ScopeId::from_bytes)?;
            if opt_int(row, "purged_at")?.is_some() {
                let purge = Entry::Purge {
                    seq: super::log::seq_of(row, "seq")?,
                    document: id(row, "id", DocumentId::from_bytes)?,
                };
                add_page(reply, project, vec![purge]);
                continue;
            }
            if all_held.get(&project).and_then(|h| h.since(scope)).is_none() {
                continue;
            }
            let entry = snapshot(row, &marked)?;
            let Some(rest) = left.checked_sub(size(&entry)) else {
                return Ok(());
            };
            left = rest;
            add_page(reply, project, vec![entry]);
        }
    }
    Ok(())
}
