//! Making again what is computed, each document in a transaction of its own; people go on working meanwhile.

use super::documents::{self, Made, Verdict};
use super::{Findings, Kind, Stage, Step, Watch};
use crate::Error;
use crate::audit;
use crate::db::{
    Cell, DbError, WriteTx, bytes, bytes_n, expected_schema, expected_tables, id, insert_rows, is_postgres, numbered,
    schema_of,
};
use crate::sync::gather::split_heads;
use crate::sync::log::{seq_of, to_db};
use crate::sync::service::SyncService;
use crate::users::Actor;
use keyturn_domain::{DocumentId, ProjectId, ScopeId};
use keyturn_protocol::Sum;
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What was made again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Repaired {
    /// Indexes.
    pub indexes: u64,
    /// Documents: saved form, heads, projection.
    pub documents: u64,
    /// Purges that were brought to their end, and actors of no record.
    pub purges: u64,
    /// Whether all closing sums were made again.
    pub sums: bool,
    /// Counters of projects.
    pub counters: u64,
    /// Keys of people who were erased, ended once more.
    pub erased: u64,
}

impl SyncService {
    /// Makes again what an examination found to differ. What people recorded is not touched.
    ///
    /// # Errors
    /// What the storage says; what was done before stays done.
    pub async fn repair(
        &self,
        found: &Findings,
        erased: &[(ProjectId, Uuid)],
        watch: Watch<'_>,
    ) -> Result<Repaired, Error> {
        let has = |kind: Kind| found.0.contains_key(&kind);
        let mut done = Repaired::default();
        if has(Kind::IndexMissing) {
            done.indexes = self.make_indexes().await?;
        }
        if has(Kind::PurgeIncomplete) || has(Kind::ActorOrphaned) {
            done.purges = self.finish_purges().await?;
        }
        if has(Kind::SnapshotDiffers) || has(Kind::ProjectionDiffers) {
            done.documents = self.make_documents(watch).await?;
        }
        if has(Kind::CounterDiffers) {
            done.counters = self.set_counters().await?;
        }
        // The heads of documents may have moved above.
        if has(Kind::SumDiffers) || done.documents > 0 || done.purges > 0 {
            self.make_sums().await?;
            done.sums = true;
        }
        if has(Kind::ErasedAlive) {
            for (project, subject) in erased {
                done.erased += self.erase_subject(Actor::Command, *project, *subject).await? as u64;
            }
        }
        let mut tx = self.state.db.begin_write().await?;
        let entry = audit::Entry {
            actor: Actor::Command,
            action: "database.repair",
            subject: self.state.server_id.to_string(),
            detail: &found.0.keys().map(|kind| kind.code()).collect::<Vec<_>>().join(","),
        };
        audit::record(&mut tx, self.state.now(), &entry).await?;
        tx.commit().await?;
        Ok(done)
    }

    async fn make_indexes(&self) -> Result<u64, Error> {
        let mut tx = self.state.db.begin_write().await?;
        let there = schema_of(&mut tx).await?;
        let mut made = 0;
        for (name, wanted) in expected_schema(is_postgres(&tx)).await? {
            if wanted.kind != "index" || there.get(&name).is_some_and(|item| item.makes_the_same(&wanted)) {
                continue;
            }
            for sql in [format!("DROP INDEX IF EXISTS {name}"), wanted.sql] {
                numbered(sql).execute(&mut *tx).await.map_err(DbError::from)?;
            }
            made += 1;
        }
        let mut every = vec!["REINDEX".to_owned()];
        if is_postgres(&tx) {
            every = expected_tables()
                .await?
                .iter()
                .map(|table| format!("REINDEX TABLE {}", table.name))
                .collect();
        }
        for sql in every {
            numbered(sql).execute(&mut *tx).await.map_err(DbError::from)?;
        }
        tx.commit().await?;
        Ok(made)
    }

    /// Takes away what a purge left.
    async fn finish_purges(&self) -> Result<u64, Error> {
        let mut tx = self.state.db.begin_write().await?;
        let sql = "SELECT d.id, l.seq FROM log l JOIN documents d ON d.id = l.id WHERE l.kind = 'purge'";
        let purged = sqlx::query(sql).fetch_all(&mut *tx).await.map_err(DbError::from)?;
        let mut done = 0;
        for row in &purged {
            let key = bytes(row, "id")?;
            for sql in [
                "DELETE FROM changes WHERE document = $1",
                "DELETE FROM quarantine WHERE document = $1",
            ] {
                let query = sqlx::query(sql).bind(key.clone());
                done += query.execute(&mut *tx).await.map_err(DbError::from)?.rows_affected();
            }
            let sql = "UPDATE documents SET purged_at = COALESCE(purged_at, $1), seq = $2, version = version + 1, \
                       marked = 0, state = '', contested = 0, heads = $3, projection = $3, snapshot = $3 \
                       WHERE id = $4 AND (purged_at IS NULL OR LENGTH(snapshot) > 0)";
            let query = sqlx::query(sql)
                .bind(self.state.now())
                .bind(to_db(seq_of(row, "seq")?))
                .bind(Vec::<u8>::new())
                .bind(key);
            done += query.execute(&mut *tx).await.map_err(DbError::from)?.rows_affected();
        }
        let sql = "DELETE FROM actors WHERE document NOT IN (SELECT id FROM documents WHERE purged_at IS NULL)";
        done += sqlx::query(sql)
            .execute(&mut *tx)
            .await
            .map_err(DbError::from)?
            .rows_affected();
        tx.commit().await?;
        Ok(done)
    }

    async fn make_documents(&self, watch: Watch<'_>) -> Result<u64, Error> {
        let (mut last, mut seen, mut made) = (Vec::new(), 0, 0);
        loop {
            let ids = documents::page(&mut *self.state.db.begin_read().await?, &last).await?;
            let Some(newest) = ids.last() else { return Ok(made) };
            last = newest.as_bytes().to_vec();
            for document in ids {
                let stored = documents::read(&mut *self.state.db.begin_read().await?, document).await;
                let stored = match stored {
                    // Damage, which stays as it is.
                    Err(DbError::Shape(_)) => None,
                    other => other?,
                };
                if stored.is_some_and(|stored| matches!(stored.judge(), Verdict::Derived(..))) {
                    made += u64::from(self.make_document(document).await?);
                }
                seen += 1;
            }
            watch(Step {
                stage: Stage::Repair,
                done: seen,
                total: 0,
            });
        }
    }

    /// Reads the document once more inside the transaction: somebody may have written meanwhile.
    async fn make_document(&self, document: DocumentId) -> Result<bool, Error> {
        let mut tx = self.state.db.begin_write().await?;
        let Some(stored) = documents::read(&mut tx, document).await? else {
            return Ok(false);
        };
        let Verdict::Derived(_, made) = stored.judge() else {
            return Ok(false);
        };
        let Made {
            heads,
            snapshot,
            projected,
            marked,
        } = *made;
        // A new version: whoever judges on the old one judges again.
        let sql = "UPDATE documents SET heads = $1, snapshot = $2, projection = $3, state = $4, contested = $5, \
                   marked = $6, version = version + 1 WHERE id = $7";
        sqlx::query(sql)
            .bind(heads)
            .bind(snapshot)
            .bind(projected.bytes)
            .bind(projected.state)
            .bind(projected.contested)
            .bind(marked)
            .bind(document.as_bytes().to_vec())
            .execute(&mut *tx)
            .await
            .map_err(DbError::from)?;
        tx.commit().await?;
        self.shared().cache.forget(document);
        Ok(true)
    }

    /// Sets counters to the end of their logs; the examination has walked them and found them whole.
    async fn set_counters(&self) -> Result<u64, Error> {
        let mut tx = self.state.db.begin_write().await?;
        let sql = "SELECT l.project, l.seq, l.chain FROM log l \
                   JOIN (SELECT project, MAX(seq) AS seq FROM log GROUP BY project) AS last \
                   ON last.project = l.project AND last.seq = l.seq \
                   JOIN projects p ON p.id = l.project \
                   WHERE p.seq < l.seq OR (p.seq = l.seq AND p.chain <> l.chain)";
        let ends = sqlx::query(sql).fetch_all(&mut *tx).await.map_err(DbError::from)?;
        for row in &ends {
            sqlx::query("UPDATE projects SET seq = $1, chain = $2 WHERE id = $3")
                .bind(to_db(seq_of(row, "seq")?))
                .bind(bytes_n::<16>(row, "chain")?.to_vec())
                .bind(bytes(row, "project")?)
                .execute(&mut *tx)
                .await
                .map_err(DbError::from)?;
        }
        tx.commit().await?;
        Ok(ends.len() as u64)
    }

    /// Makes every closing sum again, in one transaction.
    async fn make_sums(&self) -> Result<(), Error> {
        let mut tx = self.state.db.begin_write().await?;
        let mut sums: BTreeMap<(ProjectId, ScopeId), Sum> = BTreeMap::new();
        let sql = "SELECT id, project, scope, heads FROM documents WHERE id > $1 AND purged_at IS NULL \
                   ORDER BY id LIMIT 2000";
        let mut last = Vec::new();
        loop {
            let rows = sqlx::query(sql)
                .bind(last)
                .fetch_all(&mut *tx)
                .await
                .map_err(DbError::from)?;
            let Some(newest) = rows.last() else { break };
            last = bytes(newest, "id")?;
            for row in &rows {
                let key = (
                    id(row, "project", ProjectId::from_bytes)?,
                    id(row, "scope", ScopeId::from_bytes)?,
                );
                let sum = sums.entry(key).or_default();
                let document = id(row, "id", DocumentId::from_bytes)?;
                *sum = sum.plus(Sum::of(document, &split_heads(&bytes(row, "heads")?)));
            }
        }
        store_sums(&mut tx, &sums).await?;
        tx.commit().await?;
        Ok(())
    }
}

async fn store_sums(tx: &mut WriteTx, sums: &BTreeMap<(ProjectId, ScopeId), Sum>) -> Result<(), DbError> {
    let nothing = Sum::default().as_bytes().to_vec();
    for sql in ["UPDATE scopes SET sum = $1", "UPDATE projects SET sum = $1"] {
        sqlx::query(sql).bind(nothing.clone()).execute(&mut **tx).await?;
    }
    let mut totals: BTreeMap<ProjectId, Sum> = BTreeMap::new();
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for ((project, scope), sum) in sums {
        let total = totals.entry(*project).or_default();
        *total = total.plus(*sum);
        rows.push(vec![
            (*project.as_bytes()).into(),
            (*scope.as_bytes()).into(),
            (*sum.as_bytes()).into(),
        ]);
    }
    let head = "INSERT INTO scopes (project, id, sum)";
    let tail = "ON CONFLICT (project, id) DO UPDATE SET sum = excluded.sum";
    insert_rows(tx, head, 3, &rows, tail).await?;
    for (project, sum) in totals {
        sqlx::query("UPDATE projects SET sum = $1 WHERE id = $2")
            .bind(sum.as_bytes().to_vec())
            .bind(project.as_bytes().to_vec())
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}
