//! Where backups went, and how the last one there ended: known to every server on the database.

use crate::Error;
use crate::db::{AnyConnection, DbError, WriteTx, int, text};
use crate::state::AppState;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Where earlier versions kept the folders, in the data folder.
const EARLIER: &str = "backup-targets.json";
const UPSERT: &str = "INSERT INTO backup_places (place, kind, tried_at, failed, name, made_at) \
                      VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (place) DO UPDATE SET \
                      kind = excluded.kind, tried_at = excluded.tried_at, failed = excluded.failed, \
                      name = CASE WHEN excluded.name = '' THEN backup_places.name ELSE excluded.name END, \
                      made_at = CASE WHEN excluded.name = '' THEN backup_places.made_at ELSE excluded.made_at END";

/// A place that backups went to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlaceState {
    /// A folder, or the address of a bucket.
    pub place: String,
    /// `first` or `second`.
    pub kind: String,
    /// When it was tried last; 0: not known.
    pub tried_at: i64,
    /// Why the last one failed; empty: it did not.
    pub failed: String,
    /// The newest that is whole and verified there; empty: none is known.
    pub name: String,
    /// When that one was made.
    pub made_at: i64,
}

impl PlaceState {
    pub(super) fn is_folder(&self) -> bool {
        !self.place.contains("://")
    }
}

/// Whether backups are made there, or copied there afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rank {
    First,
    Second,
}

impl Rank {
    const fn word(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Second => "second",
        }
    }
}

/// Returns every place, by name.
///
/// # Errors
/// What the storage says.
pub async fn of(state: &AppState) -> Result<Vec<PlaceState>, Error> {
    let mut all: BTreeMap<String, PlaceState> = BTreeMap::new();
    // What cannot be read there is made again by the next backup.
    let earlier = std::fs::read(state.db.folder().join(EARLIER)).unwrap_or_default();
    let earlier: Vec<PathBuf> = serde_json::from_slice(&earlier).unwrap_or_default();
    for folder in earlier {
        let place = shown(&folder);
        let kind = Rank::First.word().to_owned();
        all.insert(
            place.clone(),
            PlaceState {
                place,
                kind,
                tried_at: 0,
                failed: String::new(),
                name: String::new(),
                made_at: 0,
            },
        );
    }
    for place in read(&mut *state.db.begin_read().await?).await? {
        all.insert(place.place.clone(), place);
    }
    Ok(all.into_values().collect())
}

/// Returns what the database says of every place.
pub(crate) async fn read(conn: &mut AnyConnection) -> Result<Vec<PlaceState>, DbError> {
    let sql = "SELECT place, kind, tried_at, failed, name, made_at FROM backup_places ORDER BY place";
    let one = |row| {
        Ok(PlaceState {
            place: text(row, "place")?,
            kind: text(row, "kind")?,
            tried_at: int(row, "tried_at")?,
            failed: text(row, "failed")?,
            name: text(row, "name")?,
            made_at: int(row, "made_at")?,
        })
    };
    sqlx::query(sql).fetch_all(conn).await?.iter().map(one).collect()
}

/// How a folder is named here, from wherever it is looked at.
pub(super) fn shown(folder: &Path) -> String {
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    absolute.to_string_lossy().into_owned()
}

/// Writes down that a place holds a backup that was verified. Others of its rank that never held one were mistyped.
pub(super) async fn reached(
    tx: &mut WriteTx,
    place: &str,
    rank: Rank,
    now: i64,
    (name, made_at): (&str, i64),
) -> Result<(), DbError> {
    sqlx::query("DELETE FROM backup_places WHERE kind = $1 AND name = ''")
        .bind(rank.word())
        .execute(&mut **tx)
        .await?;
    upsert(tx, place, rank, now, "", (name, made_at)).await
}

/// Writes down that a place could not be reached; the newest that is there stays so.
pub(super) async fn missed(state: &AppState, place: &str, rank: Rank, error: &Error) -> Result<(), Error> {
    let mut tx = state.db.begin_write().await?;
    upsert(&mut tx, place, rank, state.now(), error.code().as_str(), ("", 0)).await?;
    Ok(tx.commit().await?)
}

async fn upsert(
    tx: &mut WriteTx,
    place: &str,
    rank: Rank,
    now: i64,
    failed: &str,
    (name, made_at): (&str, i64),
) -> Result<(), DbError> {
    sqlx::query(UPSERT)
        .bind(place.to_owned())
        .bind(rank.word())
        .bind(now)
        .bind(failed.to_owned())
        .bind(name.to_owned())
        .bind(made_at)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
