//! Moves a whole server to another database, of the other engine or of the same: every row of every table, in one
//! transaction of the target, a page at a time. What was written is read back and compared before it counts. Ids, epoch
//! and logs stay what they are, so phones notice nothing.
use std::collections::BTreeMap;
use std::path::Path;

use futures_util::TryStreamExt;
use keyturn_protocol::Code;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::Error;
use crate::db::{
    AnyConnection, AnyRow, Cell, Database, Db, DbError, DbOptions, Table, WriteTx, expected_tables, fresh, insert_any,
    int, numbered, opt_bytes, opt_int, opt_real, opt_text,
};
use crate::sync::doctor::{Facts, Stage, Step, Watch, facts};

/// So many rows, or bytes, wait before they are written.
const ROWS: usize = 64;
const BYTES: usize = 1 << 20;

/// A server that was moved.
#[derive(Clone, Debug, Serialize)]
pub struct Moved {
    /// From where.
    pub from: String,
    /// To where.
    pub to: String,
    /// How many rows each table has.
    pub tables: BTreeMap<String, u64>,
    /// One hash over all tables; the same of both sides.
    pub hash: String,
    /// What both sides hold: server, epoch, the head of each project.
    pub facts: Facts,
}

/// Moves a server. Nobody may have the source open, or the target.
///
/// # Errors
/// `config_bad` when both are one; `db_locked` when either is in use; `db_not_empty`; `copy_differs` when what was read
/// back is not what was read; whatever keeps one of them from being opened. Then the target is as empty as it was.
pub async fn transfer(from: &Database, to: &Database, watch: Watch<'_>) -> Result<Moved, Error> {
    if from.shown() == to.shown() {
        return Err(Error::refused(
            Code::ConfigBad,
            "source and target are the same database",
        ));
    }
    if let Database::File(path) = from
        && !path.is_file()
    {
        let detail = "there is no such file".to_owned();
        let path = path.clone();
        return Err(DbError::Unusable { path, detail }.into());
    }
    let source = Db::open(from, &DbOptions::default()).await?;
    let done = with_source(&source, to, watch).await;
    source.close().await;
    done
}

/// Looks whether a server may be moved to a database: nobody has it open, and it is empty.
///
/// # Errors
/// `db_locked`, `db_not_empty`; whatever keeps it from being opened.
pub async fn check_target(to: &Database) -> Result<(), Error> {
    let target = Db::open(to, &DbOptions::default()).await?;
    let looked = async {
        let _alone = target.alone().await?;
        let mut write = target.begin_write().await?;
        // What it takes away comes back with the end of the transaction.
        check_empty(&mut write, &expected_tables().await?, &target).await
    };
    let looked = looked.await;
    target.close().await;
    looked
}

/// Copies one state of a database, which may be in use, into a new file of SQLite.
///
/// # Errors
/// As [`transfer`]; what was written by half is taken away.
pub async fn snapshot(source: &Db, to: &Path) -> Result<(), Error> {
    let target = Db::open(&Database::from(to), &DbOptions::default()).await?;
    let done = between(source, &target, &mut |_| ()).await;
    target.close().await;
    drop(target);
    let mut lock = to.as_os_str().to_owned();
    lock.push(".lock");
    // Beside a copy there is nothing to lock; a file that is left there does no harm.
    let _ = std::fs::remove_file(lock);
    done.map(|_| ())
}

async fn with_source(source: &Db, to: &Database, watch: Watch<'_>) -> Result<Moved, Error> {
    let _alone = source.alone().await?;
    let target = Db::open(to, &DbOptions::default()).await?;
    let done = into_target(source, &target, watch).await;
    target.close().await;
    done
}

async fn into_target(source: &Db, target: &Db, watch: Watch<'_>) -> Result<Moved, Error> {
    let _alone = target.alone().await?;
    let moved = between(source, target, watch).await?;
    target.tidy().await?;
    Ok(moved)
}

async fn between(source: &Db, target: &Db, watch: Watch<'_>) -> Result<Moved, Error> {
    let tables = expected_tables().await?;
    let mut read = source.begin_read().await?;
    let mut write = target.begin_write().await?;
    check_empty(&mut write, &tables, target).await?;
    let mut total = 0;
    for table in &tables {
        total += count(&mut read, table).await?;
    }
    let mut step = |done| {
        watch(Step {
            stage: Stage::Copy,
            done,
            total: total * 2,
        });
    };
    let (mut done, mut counts, mut all) = (0, BTreeMap::new(), Sha256::new());
    let mut sums = Vec::new();
    for table in &tables {
        let (rows, sum) = copy(&mut read, &mut write, table).await?;
        done += rows;
        step(done);
        all.update(sum);
        sums.push(sum);
        counts.insert(table.name.clone(), rows);
    }
    let there = facts(&mut read).await?;
    drop(read);
    for (table, sum) in tables.iter().zip(sums) {
        let (rows, written) = digest(&mut write, table).await?;
        if written != sum {
            return Err(differs(&format!("table {}: {rows} rows", table.name)));
        }
        done += rows;
        step(done);
    }
    let here = facts(&mut write).await?;
    if here != there {
        return Err(differs("the heads of its projects"));
    }
    write.commit().await?;
    Ok(Moved {
        from: source.database().shown(),
        to: target.database().shown(),
        tables: counts,
        hash: hex::encode(all.finalize()),
        facts: here,
    })
}

fn differs(detail: &str) -> Error {
    Error::refused(Code::CopyDiffers, detail)
}

/// Only what a new database holds may be there; it goes.
async fn check_empty(write: &mut WriteTx, tables: &[Table], target: &Db) -> Result<(), Error> {
    let mut new = fresh().await?;
    for table in tables {
        let same = count(write, table).await? == count(&mut new, table).await?
            && digest(write, table).await?.1 == digest(&mut new, table).await?.1;
        if !same {
            let detail = format!("{}: {}", target.database().shown(), table.name);
            return Err(Error::refused(Code::DbNotEmpty, detail));
        }
    }
    for table in tables.iter().rev() {
        let sql = format!("DELETE FROM {}", table.name);
        numbered(sql).execute(&mut **write).await.map_err(DbError::from)?;
    }
    Ok(())
}

async fn count(conn: &mut AnyConnection, table: &Table) -> Result<u64, DbError> {
    let row = numbered(format!("SELECT COUNT(*) AS n FROM {}", table.name))
        .fetch_one(conn)
        .await?;
    Ok(int(&row, "n")?.unsigned_abs())
}

/// Every row, in the order of the key, which both engines sort alike.
fn select(table: &Table) -> String {
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let mut key = table.key();
    if key.is_empty() {
        key.clone_from(&names);
    }
    format!(
        "SELECT {} FROM {} ORDER BY {}",
        names.join(", "),
        table.name,
        key.join(", ")
    )
}

async fn copy(read: &mut AnyConnection, write: &mut WriteTx, table: &Table) -> Result<(u64, [u8; 32]), Error> {
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let head = format!("INSERT INTO {} ({})", table.name, names.join(", "));
    let mut rows = numbered(select(table)).fetch(read);
    let (mut waiting, mut bytes, mut n, mut sum) = (Vec::new(), 0, 0, Sha256::new());
    while let Some(row) = rows.try_next().await.map_err(DbError::from)? {
        let cells = cells(&row, table)?;
        bytes += add(&mut sum, &cells);
        waiting.push(cells);
        n += 1;
        if waiting.len() >= ROWS || bytes >= BYTES {
            insert_any(write, &head, &waiting).await?;
            waiting.clear();
            bytes = 0;
        }
    }
    insert_any(write, &head, &waiting).await?;
    Ok((n, sum.finalize().into()))
}

async fn digest(conn: &mut AnyConnection, table: &Table) -> Result<(u64, [u8; 32]), Error> {
    let mut rows = numbered(select(table)).fetch(conn);
    let (mut n, mut sum) = (0, Sha256::new());
    while let Some(row) = rows.try_next().await.map_err(DbError::from)? {
        add(&mut sum, &cells(&row, table)?);
        n += 1;
    }
    Ok((n, sum.finalize().into()))
}

fn cells(row: &AnyRow, table: &Table) -> Result<Vec<Cell>, DbError> {
    let one = |column: &crate::db::Column| {
        Ok(match column.kind.as_str() {
            "BIGINT" => opt_int(row, &column.name)?.into(),
            "TEXT" => opt_text(row, &column.name)?.into(),
            "BYTEA" => opt_bytes(row, &column.name)?.into(),
            "DOUBLE PRECISION" => opt_real(row, &column.name)?.into(),
            other => {
                let place = format!("{}.{}", table.name, column.name);
                return Err(DbError::Shape(format!("column {place} is of the unknown type {other}")));
            }
        })
    };
    table.columns.iter().map(one).collect()
}

/// Adds a row to a hash, each value with its type and length; returns about how many bytes it has.
fn add(sum: &mut Sha256, cells: &[Cell]) -> usize {
    let mut size = 0;
    let mut put = |tag: u8, bytes: &[u8]| {
        sum.update([tag]);
        sum.update((bytes.len() as u64).to_be_bytes());
        sum.update(bytes);
        size += 9 + bytes.len();
    };
    for cell in cells {
        match cell {
            Cell::Int(Some(n)) => put(1, &n.to_be_bytes()),
            Cell::Real(Some(n)) => put(2, &n.to_bits().to_be_bytes()),
            Cell::Text(Some(text)) => put(3, text.as_bytes()),
            Cell::Bytes(Some(bytes)) => put(4, bytes),
            Cell::Int(None) | Cell::Real(None) | Cell::Text(None) | Cell::Bytes(None) => put(0, &[]),
        }
    }
    size
}
