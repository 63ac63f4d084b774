//! The log of a project: appending takes the counter, chains each entry to the one before, and moves the closing sums.

use keyturn_domain::{Hash, ProjectId, ScopeId};
use keyturn_protocol::Sum;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use uuid::Uuid;

use crate::db::{AnyConnection, AnyRow, Cell, DbError, WriteTx, bytes, bytes_n, fetch_in, id, insert_rows, int};

/// What an entry is about, as it stands in the database.
pub(super) mod kind {
    pub(crate) const BEGIN: &str = "begin";
    pub(crate) const CHANGE: &str = "change";
    pub(crate) const ROW: &str = "row";
    pub(crate) const GRANT: &str = "grant";
    pub(crate) const REVOKE: &str = "revoke";
    pub(crate) const PURGE: &str = "purge";
    pub(crate) const MARK: &str = "mark";
}

/// An entry to be appended: a pointer, never the content.
pub(super) struct NewEntry {
    pub(super) kind: &'static str,
    pub(super) id: Uuid,
    pub(super) scope: ScopeId,
    pub(super) hash: Hash,
    /// The device or person, see the table; none: all zero.
    pub(super) who: Uuid,
}

/// The counter of a project.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) seq: u64,
    pub(super) chain: [u8; 16],
    pub(super) backup: u64,
    pub(super) sum: Sum,
}

pub(super) fn seq_of(row: &AnyRow, column: &str) -> Result<u64, DbError> {
    u64::try_from(int(row, column)?).map_err(|_| DbError::Shape(format!("column {column} is negative")))
}

pub(super) fn to_db(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

pub(super) fn sum_of(row: &AnyRow) -> Result<Sum, DbError> {
    Sum::from_slice(&bytes(row, "sum")?).ok_or_else(|| DbError::Shape("a sum has 16 bytes".into()))
}

/// Returns the chain after an entry.
pub(super) fn link(before: [u8; 16], seq: u64, entry: &NewEntry) -> [u8; 16] {
    let parts: [&[u8]; 3] = [entry.id.as_bytes(), entry.scope.as_bytes(), &entry.hash.0];
    link_parts(before, seq, entry.kind, parts)
}

/// Returns the chain after an entry as it is stored: id, scope and hash.
pub(super) fn link_parts(before: [u8; 16], seq: u64, kind: &str, parts: [&[u8]; 3]) -> [u8; 16] {
    let mut hash = Sha256::new();
    hash.update(before);
    hash.update(seq.to_be_bytes());
    hash.update(kind.as_bytes());
    parts.iter().for_each(|part| hash.update(part));
    let digest: [u8; 32] = hash.finalize().into();
    let mut chain = [0; 16];
    chain.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    chain
}

/// Reads the heads of projects; those that are unknown are left out.
pub(super) async fn heads(
    conn: &mut AnyConnection,
    projects: &[ProjectId],
) -> Result<BTreeMap<ProjectId, Head>, DbError> {
    let keys: Vec<Cell> = projects.iter().map(|p| (*p.as_bytes()).into()).collect();
    let sql = "SELECT id, seq, chain, backup_seq, sum FROM projects WHERE id";
    let rows = fetch_in(conn, sql, &[], &keys, "").await?;
    rows.iter()
        .map(|row| {
            let head = Head {
                seq: seq_of(row, "seq")?,
                chain: bytes_n(row, "chain")?,
                backup: seq_of(row, "backup_seq")?,
                sum: sum_of(row)?,
            };
            Ok((id(row, "id", ProjectId::from_bytes)?, head))
        })
        .collect()
}

/// Takes `count` seats of a project's log; returns the first of them. From here to the commit nobody else gets one, so
/// this comes last in a transaction.
///
/// # Errors
/// `DbError::Shape` when the project is unknown.
pub(super) async fn seats(tx: &mut WriteTx, project: ProjectId, count: usize) -> Result<Seats, DbError> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let sql = "UPDATE projects SET seq = seq + $1 WHERE id = $2 RETURNING seq, chain, sum";
    let row = sqlx::query(sql)
        .bind(count)
        .bind(project.as_bytes().to_vec())
        .fetch_optional(&mut **tx)
        .await?
        .ok_or_else(|| DbError::Shape(format!("project {project} is unknown")))?;
    let last = seq_of(&row, "seq")?;
    Ok(Seats {
        project,
        first: last.saturating_sub(count.unsigned_abs()) + 1,
        chain: bytes_n(&row, "chain")?,
        sum: sum_of(&row)?,
    })
}

/// Seats that a transaction holds.
pub(super) struct Seats {
    pub(super) project: ProjectId,
    pub(super) first: u64,
    chain: [u8; 16],
    sum: Sum,
}

impl Seats {
    /// Fills the seats, in order, and moves the sums of scopes: what is added and what is taken away.
    pub(super) async fn fill(
        self,
        tx: &mut WriteTx,
        entries: &[NewEntry],
        sums: &BTreeMap<ScopeId, (Sum, Sum)>,
    ) -> Result<(), DbError> {
        let mut chain = self.chain;
        let mut rows = Vec::with_capacity(entries.len());
        for (entry, seq) in entries.iter().zip(self.first..) {
            chain = link(chain, seq, entry);
            rows.push(vec![
                (*self.project.as_bytes()).into(),
                to_db(seq).into(),
                entry.kind.into(),
                (*entry.id.as_bytes()).into(),
                (*entry.scope.as_bytes()).into(),
                entry.hash.0.into(),
                (*entry.who.as_bytes()).into(),
                chain.into(),
            ]);
        }
        let head = "INSERT INTO log (project, seq, kind, id, scope, hash, who, chain)";
        insert_rows(tx, head, 8, &rows, "").await?;
        let sum = self.move_sums(tx, sums).await?;
        sqlx::query("UPDATE projects SET chain = $1, sum = $2 WHERE id = $3")
            .bind(chain.to_vec())
            .bind(sum.as_bytes().to_vec())
            .bind(self.project.as_bytes().to_vec())
            .execute(&mut **tx)
            .await?;
        Ok(())
    }

    async fn move_sums(&self, tx: &mut WriteTx, sums: &BTreeMap<ScopeId, (Sum, Sum)>) -> Result<Sum, DbError> {
        if sums.is_empty() {
            return Ok(self.sum);
        }
        let keys: Vec<Cell> = sums.keys().map(|s| (*s.as_bytes()).into()).collect();
        let project = [Cell::from(*self.project.as_bytes())];
        let sql = "SELECT id, sum FROM scopes WHERE project = $1 AND id";
        let mut present = BTreeMap::new();
        for row in fetch_in(tx, sql, &project, &keys, "").await? {
            present.insert(id(&row, "id", ScopeId::from_bytes)?, sum_of(&row)?);
        }
        let mut all = self.sum;
        let mut rows = Vec::with_capacity(sums.len());
        for (scope, (plus, minus)) in sums {
            all = all.plus(*plus).minus(*minus);
            let now = present
                .get(scope)
                .copied()
                .unwrap_or_default()
                .plus(*plus)
                .minus(*minus);
            rows.push(vec![
                (*self.project.as_bytes()).into(),
                (*scope.as_bytes()).into(),
                (*now.as_bytes()).into(),
            ]);
        }
        let head = "INSERT INTO scopes (project, id, sum)";
        let tail = "ON CONFLICT (project, id) DO UPDATE SET sum = excluded.sum";
        insert_rows(tx, head, 3, &rows, tail).await?;
        Ok(all)
    }
}

/// Appends entries that change no document.
pub(super) async fn append(tx: &mut WriteTx, project: ProjectId, entries: &[NewEntry]) -> Result<u64, DbError> {
    let seats = seats(tx, project, entries.len()).await?;
    let first = seats.first;
    seats.fill(tx, entries, &BTreeMap::new()).await?;
    Ok(first)
}
