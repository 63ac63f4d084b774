//! Each document: its snapshot holds exactly the changes that are stored; heads, projection and sums follow from it.

use super::{Facts, Findings, Kind, Stage, Step, Watch};
use crate::Error;
use crate::db::{AnyConnection, AnyRow, DbError, bytes, bytes_n, id, int, opt_text, text};
use crate::sync::gather::{genesis_of, join_heads, marks_of, split_heads};
use crate::sync::log::sum_of;
use crate::sync::projected::Projected;
use keyturn_domain::document::Genesis;
use keyturn_domain::gate::Header;
use keyturn_domain::{Document, DocumentId, Hash, ProjectId, ScopeId};
use keyturn_protocol::{Mark, Sum};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Documents that are read at a time, and how many between two words about it.
const PAGE: i64 = 200;

const COLUMNS: &str = "SELECT id, project, place, kind, scope, heads, projection, snapshot, state, contested, marked \
                       FROM documents WHERE id = $1";

/// A document and its changes, as they are stored.
pub(super) struct Stored {
    pub(super) genesis: Genesis,
    pub(super) scope: ScopeId,
    pub(super) heads: Vec<u8>,
    snapshot: Vec<u8>,
    projected: Projected,
    marked: i64,
    /// In the order in which they were received.
    changes: Vec<(Hash, Vec<u8>)>,
    marks: BTreeMap<Hash, Mark>,
    marks_stored: i64,
}

/// What a document should be.
pub(super) struct Made {
    pub(super) heads: Vec<u8>,
    pub(super) snapshot: Vec<u8>,
    pub(super) projected: Projected,
    pub(super) marked: i64,
}

/// What the saved form of a document is worth.
enum Saved {
    /// It is what the changes make.
    Sound(Box<Document>),
    /// It does not load, or lacks something.
    Differs,
    /// It holds a change that is stored nowhere else.
    HoldsMore,
}

/// What is wrong with one document.
pub(super) enum Verdict {
    /// Nothing.
    Sound,
    /// What is computed differs: so it should be.
    Derived(Vec<Kind>, Box<Made>),
    /// The changes themselves are not whole.
    Damage(Kind),
}

pub(super) async fn examine(
    conn: &mut AnyConnection,
    facts: &Facts,
    findings: &mut Findings,
    watch: Watch<'_>,
) -> Result<(), Error> {
    let mut sums: BTreeMap<(ProjectId, ScopeId), Sum> = BTreeMap::new();
    let mut last = Vec::new();
    let mut done = 0;
    loop {
        let ids = page(conn, &last).await?;
        let Some(newest) = ids.last() else { break };
        last = newest.as_bytes().to_vec();
        for document in ids {
            let stored = match read(conn, document).await {
                Ok(Some(stored)) => stored,
                Ok(None) => continue,
                // A column of another type than was ever written.
                Err(DbError::Shape(_)) => {
                    findings.add(Kind::ChangeDamaged, document.to_string());
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            match stored.judge() {
                Verdict::Sound => {}
                Verdict::Derived(kinds, _) => kinds.iter().for_each(|k| findings.add(*k, document.to_string())),
                Verdict::Damage(kind) => findings.add(kind, document.to_string()),
            }
            let sum = sums.entry((stored.genesis.project, stored.scope)).or_default();
            *sum = sum.plus(Sum::of(document, &split_heads(&stored.heads)));
            done += 1;
            if done % 50 == 0 {
                let total = facts.rows.get("documents").copied().unwrap_or(0);
                let stage = Stage::Documents;
                watch(Step { stage, done, total });
            }
        }
    }
    compare(conn, facts, &sums, findings).await
}

/// Returns the ids of the next documents that were not purged.
pub(super) async fn page(conn: &mut AnyConnection, after: &[u8]) -> Result<Vec<DocumentId>, DbError> {
    let sql = "SELECT id FROM documents WHERE id > $1 AND purged_at IS NULL ORDER BY id LIMIT $2";
    let rows = sqlx::query(sql).bind(after.to_vec()).bind(PAGE).fetch_all(conn).await?;
    rows.iter().map(|row| id(row, "id", DocumentId::from_bytes)).collect()
}

/// Reads one document with everything that belongs to it; `None` when it is gone meanwhile.
pub(super) async fn read(conn: &mut AnyConnection, document: DocumentId) -> Result<Option<Stored>, DbError> {
    let key = document.as_bytes().to_vec();
    let Some(row) = sqlx::query(COLUMNS)
        .bind(key.clone())
        .fetch_optional(&mut *conn)
        .await?
    else {
        return Ok(None);
    };
    let sql = "SELECT hash, bytes, mark FROM changes WHERE document = $1 ORDER BY seq";
    let (mut changes, mut marks_stored) = (Vec::new(), 0);
    for row in sqlx::query(sql).bind(key).fetch_all(&mut *conn).await? {
        marks_stored += i64::from(opt_text(&row, "mark")?.is_some());
        changes.push((Hash(bytes_n(&row, "hash")?), bytes(&row, "bytes")?));
    }
    let marks = if marks_stored > 0 {
        marks_of(conn, document).await?
    } else {
        BTreeMap::new()
    };
    stored(&row, changes, marks, marks_stored).map(Some)
}

fn stored(
    row: &AnyRow,
    changes: Vec<(Hash, Vec<u8>)>,
    marks: BTreeMap<Hash, Mark>,
    marks_stored: i64,
) -> Result<Stored, DbError> {
    Ok(Stored {
        genesis: genesis_of(row)?,
        scope: id(row, "scope", ScopeId::from_bytes)?,
        heads: bytes(row, "heads")?,
        snapshot: bytes(row, "snapshot")?,
        projected: Projected {
            bytes: bytes(row, "projection")?,
            state: text(row, "state")?,
            contested: int(row, "contested")?,
        },
        marked: int(row, "marked")?,
        changes,
        marks,
        marks_stored,
    })
}

impl Stored {
    pub(super) fn judge(&self) -> Verdict {
        let saved = self.saved();
        let (document, saved_is_sound) = match saved {
            Saved::Sound(document) => (*document, true),
            // The saved form is the last that knows of it: it must not be made again without it.
            Saved::HoldsMore => return Verdict::Damage(Kind::ChangeMissing),
            Saved::Differs => match self.remake() {
                Ok(document) => (document, false),
                Err(kind) => return Verdict::Damage(kind),
            },
        };
        let heads = join_heads(&document.heads());
        let projected = Projected::of(&document, &self.marks);
        let mut kinds = Vec::new();
        if !saved_is_sound || heads != self.heads {
            kinds.push(Kind::SnapshotDiffers);
        }
        if projected != self.projected || self.marked != self.marks_stored {
            kinds.push(Kind::ProjectionDiffers);
        }
        if kinds.is_empty() {
            return Verdict::Sound;
        }
        let made = Made {
            heads,
            snapshot: document.save(),
            projected,
            marked: self.marks_stored,
        };
        Verdict::Derived(kinds, Box::new(made))
    }

    /// The saved form: does it hold the very bytes of the stored changes and nothing else?
    fn saved(&self) -> Saved {
        // Damaged bytes may make the library panic.
        let loaded = catch_unwind(AssertUnwindSafe(|| Document::load(&self.snapshot).ok()));
        let Some(document) = loaded.ok().flatten().filter(|d| d.genesis() == &self.genesis) else {
            return Saved::Differs;
        };
        let mut held: BTreeMap<Hash, Vec<u8>> = document.changes_since(&[]).into_iter().collect();
        let same = self
            .changes
            .iter()
            .all(|(hash, bytes)| held.remove(hash).as_ref() == Some(bytes));
        match (same, held.is_empty()) {
            (true, true) => Saved::Sound(Box::new(document)),
            (true, false) => Saved::HoldsMore,
            (false, _) => {
                let stored: BTreeSet<Hash> = self.changes.iter().map(|(hash, _)| *hash).collect();
                if held.keys().all(|hash| stored.contains(hash)) {
                    Saved::Differs
                } else {
                    Saved::HoldsMore
                }
            }
        }
    }

    /// The document out of its changes alone.
    fn remake(&self) -> Result<Document, Kind> {
        let mut hashes = BTreeSet::new();
        for (hash, bytes) in &self.changes {
            if Header::peek(bytes).ok().is_none_or(|header| header.hash != *hash) {
                return Err(Kind::ChangeDamaged);
            }
            hashes.insert(*hash);
        }
        let (begin, _) = self.genesis.change().map_err(|_| Kind::DocumentIncomplete)?;
        if !hashes.contains(&begin) {
            return Err(Kind::DocumentIncomplete);
        }
        let later = self.changes.iter().filter(|(hash, _)| *hash != begin);
        let later = later.map(|(_, bytes)| bytes.as_slice());
        let made = catch_unwind(AssertUnwindSafe(|| Document::restore(&self.genesis, None, later).ok()));
        let document = made.ok().flatten().ok_or(Kind::DocumentIncomplete)?;
        // A change whose dependency is missing is held back, and not part of it.
        if hashes.iter().all(|hash| document.has(hash)) {
            Ok(document)
        } else {
            Err(Kind::DocumentIncomplete)
        }
    }
}

/// Compares the stored sums with those of the documents; a scope without a row has the sum of nothing.
async fn compare(
    conn: &mut AnyConnection,
    facts: &Facts,
    sums: &BTreeMap<(ProjectId, ScopeId), Sum>,
    findings: &mut Findings,
) -> Result<(), Error> {
    let mut left = sums.clone();
    let mut last = (Vec::new(), Vec::new());
    let sql = "SELECT project, id, sum FROM scopes WHERE project > $1 OR (project = $1 AND id > $2) \
               ORDER BY project, id LIMIT 2000";
    loop {
        let query = sqlx::query(sql).bind(last.0.clone()).bind(last.1.clone());
        let rows = query.fetch_all(&mut *conn).await.map_err(DbError::from)?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            let key = (
                id(row, "project", ProjectId::from_bytes)?,
                id(row, "id", ScopeId::from_bytes)?,
            );
            if sum_of(row)? != left.remove(&key).unwrap_or_default() {
                findings.add(Kind::SumDiffers, format!("{} {}", key.0, key.1));
            }
            last = (key.0.as_bytes().to_vec(), key.1.as_bytes().to_vec());
        }
    }
    for ((project, scope), _) in left.iter().filter(|(_, sum)| **sum != Sum::default()) {
        findings.add(Kind::SumDiffers, format!("{project} {scope}"));
    }
    for project in &facts.projects {
        let own = sums.iter().filter(|((of, _), _)| *of == project.id);
        let sum = own.fold(Sum::default(), |all, (_, sum)| all.plus(*sum));
        if hex::encode(sum.as_bytes()) != project.sum {
            findings.add(Kind::SumDiffers, project.code.clone());
        }
    }
    Ok(())
}
