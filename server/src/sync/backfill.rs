//! Present state for somebody who is new to a scope: grants, rows and whole documents, in the order of their ids.

use keyturn_domain::{DocumentId, Hash, ScopeId, rows};
use keyturn_protocol::{Entry, Provenance};
use serde_bytes::ByteBuf;
use std::collections::BTreeMap;
use uuid::Uuid;

use super::cursor::{Phase, Spot};
use super::entries::{buf, provenance};
use super::gather::{genesis_of, split_heads};
use super::log::seq_of;
use super::pull::{Budget, Pull};
use crate::db::{AnyConnection, AnyRow, Cell, DbError, bytes, bytes_n, fetch_in, id, opt_bytes, text};
use crate::users::Access;

const ROWS: i64 = 256;
const DOCUMENTS: i64 = 64;

impl Pull<'_> {
    /// Goes on with a backfill; returns false when the budget ended first.
    pub(super) async fn backfill(
        &mut self,
        conn: &mut AnyConnection,
        spot: &mut Spot,
        budget: &mut Budget,
    ) -> Result<bool, DbError> {
        while let Some(mut at) = spot.backfill {
            // What is held may have changed since the last page: a scope that is not held any more is left out.
            let walk = self.held.walk(self.project);
            let covered = self.held.since(at.scope).is_some();
            let scope = match at.all {
                true => walk.iter().find(|s| **s >= at.scope).copied(),
                false => Some(at.scope).filter(|_| covered),
            };
            let Some(scope) = scope else {
                spot.backfill = None;
                break;
            };
            if scope != at.scope {
                at.scope = scope;
                at.phase = Phase::Grants;
                at.last = Uuid::nil();
            }
            let last = match at.phase {
                Phase::Grants => self.grants(scope, budget),
                Phase::Rows => self.rows(conn, scope, at.last, budget).await?,
                Phase::Documents => self.documents(conn, scope, at.last, budget).await?,
            };
            match last {
                Told::All => {
                    at.last = Uuid::nil();
                    at.phase = match at.phase {
                        Phase::Grants => Phase::Rows,
                        Phase::Rows => Phase::Documents,
                        Phase::Documents => {
                            spot.backfill = next_scope(at.all, scope).map(|scope| super::cursor::Backfill {
                                scope,
                                phase: Phase::Grants,
                                ..at
                            });
                            continue;
                        }
                    };
                    spot.backfill = Some(at);
                }
                Told::Up(last) => {
                    at.last = last;
                    spot.backfill = Some(at);
                }
                Told::Full(last) => {
                    at.last = last;
                    spot.backfill = Some(at);
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    fn grants(&mut self, scope: ScopeId, budget: &mut Budget) -> Told {
        for grant in &self.held.grants {
            // Who holds the project as a whole is told the single scopes too: they may outlast it.
            if grant.scope != scope && scope != ScopeId::project(self.project) {
                continue;
            }
            // Told together or the phone would not know why it holds what follows; there are one or two.
            budget.take(64, true);
            self.first = false;
            self.entries.push(Entry::Grant {
                seq: u64::try_from(grant.since_seq).unwrap_or_default(),
                scope: grant.scope,
                role: grant.role.as_str().to_owned(),
                write: grant.access == Access::Write,
            });
        }
        Told::All
    }

    async fn rows(
        &mut self,
        conn: &mut AnyConnection,
        scope: ScopeId,
        after: Uuid,
        budget: &mut Budget,
    ) -> Result<Told, DbError> {
        let sql = if scope == ScopeId::project(self.project) {
            "SELECT id, kind, scope, seq, body FROM facts \
             WHERE project = $1 AND $2 = $2 AND id > $3 ORDER BY id LIMIT $4"
        } else {
            "SELECT id, kind, scope, seq, body FROM facts \
             WHERE project = $1 AND scope = $2 AND id > $3 ORDER BY id LIMIT $4"
        };
        let found = self.page(conn, sql, scope, after, ROWS).await?;
        let mut last = after;
        for row in &found {
            let about = id(row, "id", Uuid::from_bytes)?;
            let of = id(row, "scope", ScopeId::from_bytes)?;
            let kind = text(row, "kind")?;
            let roles = self.held.roles(of);
            let cut = opt_bytes(row, "body")?.and_then(|b| rows::cut(&kind, &b, &roles));
            let body = cut.map(ByteBuf::from);
            if !budget.take(body.as_ref().map_or(0, |b| b.len()), self.first) {
                return Ok(Told::Full(last));
            }
            self.tell(Entry::Row {
                seq: seq_of(row, "seq")?,
                kind,
                id: about,
                scope: of,
                body,
            });
            last = about;
        }
        Ok(Told::page(found.len(), ROWS, last))
    }

    async fn documents(
        &mut self,
        conn: &mut AnyConnection,
        scope: ScopeId,
        after: Uuid,
        budget: &mut Budget,
    ) -> Result<Told, DbError> {
        let sql = if scope == ScopeId::project(self.project) {
            include_str!("documents_of_project.sql")
        } else {
            include_str!("documents_of_scope.sql")
        };
        let found = self.page(conn, sql, scope, after, DOCUMENTS).await?;
        let marked = marked(conn, &found).await?;
        let mut last = after;
        for row in &found {
            let entry = snapshot(row, &marked)?;
            if !budget.take(size(&entry), self.first) {
                return Ok(Told::Full(last));
            }
            self.tell(entry);
            last = id(row, "id", Uuid::from_bytes)?;
        }
        Ok(Told::page(found.len(), DOCUMENTS, last))
    }

    async fn page(
        &self,
        conn: &mut AnyConnection,
        sql: &'static str,
        scope: ScopeId,
        after: Uuid,
        limit: i64,
    ) -> Result<Vec<AnyRow>, DbError> {
        let query = sqlx::query(sql)
            .bind(self.project.as_bytes().to_vec())
            .bind(scope.as_bytes().to_vec())
            .bind(after.as_bytes().to_vec())
            .bind(limit);
        Ok(query.fetch_all(conn).await?)
    }
}

/// How far a phase of a scope came.
enum Told {
    /// To its end.
    All,
    /// Up to this id; the next page follows.
    Up(Uuid),
    /// Up to this id; the reply is full.
    Full(Uuid),
}

impl Told {
    fn page(found: usize, limit: i64, last: Uuid) -> Self {
        if i64::try_from(found).is_ok_and(|n| n < limit) {
            Self::All
        } else {
            Self::Up(last)
        }
    }
}

/// The smallest id that the next scope can have.
fn next_scope(all: bool, scope: ScopeId) -> Option<ScopeId> {
    let next = scope.0.as_u128().checked_add(1).filter(|_| all)?;
    Some(ScopeId(Uuid::from_u128(next)))
}

/// Changes with a mark or relayed, by document.
pub(super) type Marked = BTreeMap<DocumentId, Vec<(Hash, Provenance)>>;

/// Reads the changes of these documents that are not simply their author's own.
pub(super) async fn marked(conn: &mut AnyConnection, documents: &[AnyRow]) -> Result<Marked, DbError> {
    let keys: Vec<Cell> = documents
        .iter()
        .map(|row| Ok(bytes(row, "id")?.into()))
        .collect::<Result<_, DbError>>()?;
    let sql = "SELECT document, hash, user_id, received_at, relayed_by, mark FROM changes WHERE document";
    let tail = "AND (mark IS NOT NULL OR relayed_by IS NOT NULL) ORDER BY document, seq";
    let mut marked = Marked::new();
    for row in fetch_in(conn, sql, &[], &keys, tail).await? {
        let document = id(&row, "document", DocumentId::from_bytes)?;
        let hash = Hash(bytes_n(&row, "hash")?);
        marked.entry(document).or_default().push((hash, provenance(&row)?));
    }
    Ok(marked)
}

/// Makes the entry that tells a whole document.
pub(super) fn snapshot(row: &AnyRow, marked: &Marked) -> Result<Entry, DbError> {
    let genesis = genesis_of(row)?;
    Ok(Entry::Snapshot {
        marked: marked.get(&genesis.document).cloned().unwrap_or_default(),
        genesis,
        scope: id(row, "scope", ScopeId::from_bytes)?,
        bytes: buf(row, "snapshot")?,
        heads: split_heads(&bytes(row, "heads")?),
        projection: buf(row, "projection")?,
        seq: seq_of(row, "seq")?,
    })
}

/// What a snapshot takes of the budget.
pub(super) fn size(entry: &Entry) -> usize {
    match entry {
        Entry::Snapshot {
            bytes,
            projection,
            heads,
            marked,
            ..
        } => bytes.len() + projection.len() + 32 * heads.len() + 100 * marked.len() + 80,
        _ => 64,
    }
}
