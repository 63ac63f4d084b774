//! The log after a seat, as entries for one person.

use keyturn_domain::document::Genesis;
use keyturn_domain::{DocumentId, Hash, PlaceId, ProjectId, ScopeId, UserId, rows};
use keyturn_protocol::{Entry, Provenance};
use serde_bytes::ByteBuf;
use uuid::Uuid;

use super::cursor::{Backfill, Phase, Spot};
use super::log::{kind, seq_of, to_db};
use super::pull::{Budget, Pull};
use super::rights::mark_of;
use crate::db::{
    AnyConnection, AnyRow, Cell, DbError, bytes, bytes_n, id, int, opt_bytes, opt_id, opt_int, opt_text, text,
};
use crate::users::{Access, grants_ever_of};

/// How many entries are read at once.
const CHUNK: usize = 512;
/// With more single scopes than this, the filter by scope is ours and not the database's.
const MOST_SCOPES: usize = 256;

impl Pull<'_> {
    /// Reads until the head or the end of the budget; returns whether there is more.
    pub(super) async fn read(
        &mut self,
        conn: &mut AnyConnection,
        spot: &mut Spot,
        budget: &mut Budget,
    ) -> Result<bool, DbError> {
        loop {
            if !self.backfill(conn, spot, budget).await? {
                return Ok(true);
            }
            if spot.seq >= self.head.seq {
                return Ok(false);
            }
            let rows = self.chunk(conn, spot.seq).await?;
            let whole = rows.len() < CHUNK;
            let mut granted = false;
            for row in &rows {
                if !self.entry(conn, row, spot, budget).await? {
                    return Ok(true);
                }
                if spot.backfill.is_some() {
                    granted = true;
                    break;
                }
            }
            if whole && !granted {
                (spot.seq, spot.chain) = (self.head.seq, self.head.chain);
                return Ok(false);
            }
        }
    }

    async fn chunk(&self, conn: &mut AnyConnection, after: u64) -> Result<Vec<AnyRow>, DbError> {
        let mut sql = include_str!("log_after.sql").to_owned();
        let mut cells: Vec<Cell> = vec![
            (*self.project.as_bytes()).into(),
            to_db(after).into(),
            (*self.me.user.as_bytes()).into(),
        ];
        let scopes = &self.held.scopes;
        if self.held.whole.is_none() && scopes.len() <= MOST_SCOPES {
            // A few lengths only, so that prepared statements are found again.
            let slots = scopes.len().max(1).next_power_of_two();
            sql.push_str(" AND (l.kind = 'purge' OR l.who = $3 OR l.scope IN ");
            sql.push_str(&crate::db::in_list(4, slots));
            sql.push(')');
            let padding = std::iter::repeat_n(ScopeId::default(), slots.saturating_sub(scopes.len()));
            cells.extend(scopes.keys().copied().chain(padding).map(|s| Cell::from(*s.as_bytes())));
        } else {
            cells.truncate(2);
        }
        sql.push_str(" ORDER BY l.seq LIMIT 512");
        let mut query = crate::db::numbered(sql);
        for cell in &cells {
            query = crate::db::bind(query, cell);
        }
        Ok(query.fetch_all(conn).await?)
    }

    /// Tells one entry if it is for this person; returns false when it does not fit any more.
    async fn entry(
        &mut self,
        conn: &mut AnyConnection,
        row: &AnyRow,
        spot: &mut Spot,
        budget: &mut Budget,
    ) -> Result<bool, DbError> {
        let seq = seq_of(row, "seq")?;
        let scope = id(row, "scope", ScopeId::from_bytes)?;
        let about = id(row, "id", Uuid::from_bytes)?;
        let what = text(row, "kind")?;
        let visible = self.held.since(scope).is_some_and(|since| seq > since);
        let own = id(row, "who", Uuid::from_bytes)? == self.me.user.0;
        let mut begins = None;
        let entry = match what.as_str() {
            kind::PURGE => Some(Entry::Purge {
                seq,
                document: DocumentId(about),
            }),
            kind::GRANT if own => {
                begins = Some(scope);
                // A grant that has ended since is not worth telling; its end is.
                self.held.grants.iter().find(|g| g.id == about).map(|g| Entry::Grant {
                    seq,
                    scope,
                    role: g.role.as_str().to_owned(),
                    write: g.access == Access::Write,
                })
            }
            kind::REVOKE if own => {
                let ever = grants_ever_of(conn, self.me.user, self.project).await?;
                ever.iter().find(|g| g.id == about).map(|g| Entry::Revoke {
                    seq,
                    scope,
                    role: g.role.as_str().to_owned(),
                })
            }
            _ if !visible => None,
            kind::BEGIN => genesis(row, self.project, about)?.map(|genesis| Entry::Begin { seq, genesis, scope }),
            kind::CHANGE => self.change(row, seq, DocumentId(about))?,
            kind::ROW => self.row(row, seq, scope, about)?,
            kind::MARK => opt_text(row, "mark")?
                .and_then(|word| mark_of(&word))
                .map(|mark| {
                    Ok::<_, DbError>(Entry::Marked {
                        seq,
                        document: DocumentId(about),
                        hash: Hash(bytes_n(row, "hash")?),
                        mark,
                    })
                })
                .transpose()?,
            _ => None,
        };
        if let Some(entry) = entry {
            if !self.fits(&entry, budget) {
                if crate::planted::is_set("cursor_one_too_far") {
                    (spot.seq, spot.chain) = (seq, bytes_n(row, "chain")?);
                }
                return Ok(false);
            }
            if let Some(scope) = begins {
                spot.backfill = Some(Backfill {
                    all: false,
                    scope,
                    phase: Phase::Rows,
                    last: Uuid::nil(),
                });
            }
            self.join_or_tell(entry);
        }
        (spot.seq, spot.chain) = (seq, bytes_n(row, "chain")?);
        Ok(true)
    }

    fn fits(&self, entry: &Entry, budget: &mut Budget) -> bool {
        let bytes = match entry {
            Entry::Change { bytes, .. } => bytes.len(),
            Entry::Row { body, .. } => body.as_ref().map_or(0, |b| b.len()),
            // Eight bytes each, joined with the one before.
            Entry::Yours { .. } => 0,
            _ => 64,
        };
        budget.take(bytes, self.first)
    }

    fn change(&self, row: &AnyRow, seq: u64, document: DocumentId) -> Result<Option<Entry>, DbError> {
        // Purged since: the purge follows.
        let Some(chunk) = opt_bytes(row, "bytes")? else {
            return Ok(None);
        };
        let from = provenance(row)?;
        if id(row, "who", Uuid::from_bytes)? == self.me.device.0 {
            let hash = Hash(bytes_n(row, "hash")?);
            return Ok(Some(Entry::Yours {
                seq,
                document,
                received_ms: from.received_ms,
                prefixes: ByteBuf::from(hash.prefix().to_vec()),
                mark: from.mark,
            }));
        }
        Ok(Some(Entry::Change {
            seq,
            document,
            bytes: ByteBuf::from(chunk),
            from,
        }))
    }

    fn row(&self, row: &AnyRow, seq: u64, scope: ScopeId, about: Uuid) -> Result<Option<Entry>, DbError> {
        let kind = opt_text(row, "row_kind")?.unwrap_or_default();
        // It has left this scope: gone for whoever holds no other.
        if opt_id(row, "row_scope", ScopeId::from_bytes)?.is_some_and(|now| now != scope) {
            let body = None;
            return Ok(Some(Entry::Row {
                seq,
                kind,
                id: about,
                scope,
                body,
            }));
        }
        // Only the newest entry of a row tells it; then as it is now.
        if opt_int(row, "row_seq")? != Some(to_db(seq)) {
            return Ok(None);
        }
        let body = opt_bytes(row, "body")?;
        let roles = self.held.roles(scope);
        Ok(Some(Entry::Row {
            seq,
            body: body.and_then(|b| rows::cut(&kind, &b, &roles)).map(ByteBuf::from),
            kind,
            id: about,
            scope,
        }))
    }

    /// Tells an entry; a change of this phone joins the run before it.
    fn join_or_tell(&mut self, entry: Entry) {
        if let Entry::Yours {
            seq: new_seq,
            document: new_document,
            received_ms: new_received,
            prefixes: new_prefixes,
            mark: new_mark,
        } = &entry
            && let Some(Entry::Yours {
                seq,
                document,
                received_ms,
                prefixes,
                mark,
            }) = self.entries.last_mut()
            && document == new_document
            && received_ms == new_received
            && mark == new_mark
            && *seq + (prefixes.len() / 8) as u64 == *new_seq
        {
            prefixes.extend_from_slice(new_prefixes);
            return;
        }
        self.tell(entry);
    }
}

/// Reads who a change came from.
pub(super) fn provenance(row: &AnyRow) -> Result<Provenance, DbError> {
    Ok(Provenance {
        user: id(row, "user_id", UserId::from_bytes)?,
        received_ms: int(row, "received_at")?,
        relayed_by: opt_id(row, "relayed_by", UserId::from_bytes)?,
        mark: opt_text(row, "mark")?.and_then(|word| mark_of(&word)),
    })
}

fn genesis(row: &AnyRow, project: ProjectId, document: Uuid) -> Result<Option<Genesis>, DbError> {
    // Purged since: the purge follows.
    if opt_bytes(row, "bytes")?.is_none() {
        return Ok(None);
    }
    let Some(place) = opt_id(row, "place", PlaceId::from_bytes)? else {
        return Ok(None);
    };
    Ok(Some(Genesis {
        document: DocumentId(document),
        project,
        place,
        kind: text(row, "document_kind")?,
    }))
}

/// Returns the purges of a project after a seat.
pub(super) async fn purges_after(
    conn: &mut AnyConnection,
    project: ProjectId,
    after: u64,
) -> Result<Vec<Entry>, DbError> {
    let sql = "SELECT seq, id FROM log WHERE project = $1 AND seq > $2 AND kind = 'purge' ORDER BY seq LIMIT 512";
    let rows = sqlx::query(sql)
        .bind(project.as_bytes().to_vec())
        .bind(to_db(after))
        .fetch_all(conn)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Entry::Purge {
                seq: seq_of(row, "seq")?,
                document: id(row, "id", DocumentId::from_bytes)?,
            })
        })
        .collect()
}

/// Reads undeflated bytes of a column, for snapshots.
pub(super) fn buf(row: &AnyRow, column: &str) -> Result<ByteBuf, DbError> {
    Ok(ByteBuf::from(bytes(row, column)?))
}
