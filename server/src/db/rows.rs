//! Multi-row upserts and set queries. A statement's text depends on how many rows it takes, so rows go in batches of a
//! few fixed sizes: the prepared statements are found again in the cache.
use std::fmt::Write as _;
use std::sync::Arc;

use sqlx::AssertSqlSafe;
use sqlx::any::{Any, AnyArguments, AnyRow};
use sqlx::query::Query;

use super::{AnyConnection, DbError, WriteTx};

const SIZES: [usize; 5] = [64, 32, 16, 4, 1];
/// SQLite looks a numbered parameter up in a list, once when a statement is made and once whenever one is bound: time
/// grows with the square of their number, and a thousand of them cost more than four statements of 256.
const MOST_PARAMETERS: usize = 256;

/// One value to bind; an absent one keeps its type, which PostgreSQL wants to know.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// BIGINT.
    Int(Option<i64>),
    /// DOUBLE PRECISION.
    Real(Option<f64>),
    /// TEXT.
    Text(Option<String>),
    /// BYTEA; shared, because change bytes are large.
    Bytes(Option<Arc<Vec<u8>>>),
}

/// Binds one cell to a query.
pub fn bind<'q>(query: Query<'q, Any, AnyArguments>, cell: &Cell) -> Query<'q, Any, AnyArguments> {
    match cell {
        Cell::Int(v) => query.bind(*v),
        Cell::Real(v) => query.bind(*v),
        Cell::Text(v) => query.bind(v.clone()),
        Cell::Bytes(v) => query.bind(v.clone()),
    }
}

/// Runs `{head} VALUES (…),(…) {tail}` over all rows, in as few statements as the sizes allow; every row has `width`
/// cells. Returns how many rows were touched.
///
/// # Errors
/// `DbError::Shape` for a row of another width; what the database says.
pub async fn insert_rows(
    tx: &mut WriteTx,
    head: &'static str,
    width: usize,
    rows: &[Vec<Cell>],
    tail: &'static str,
) -> Result<u64, DbError> {
    if let Some(wrong) = rows.iter().find(|row| row.len() != width) {
        return Err(DbError::Shape(format!(
            "{head}: a row has {} cells, {width} expected",
            wrong.len()
        )));
    }
    insert(tx, head, width, rows, tail).await
}

/// The same for a table whose name is known only at run time, from our own migrations.
///
/// # Errors
/// What the database says.
pub(crate) async fn insert_any(tx: &mut WriteTx, head: &str, rows: &[Vec<Cell>]) -> Result<u64, DbError> {
    insert(tx, head, rows.first().map_or(1, Vec::len), rows, "").await
}

async fn insert(tx: &mut WriteTx, head: &str, width: usize, rows: &[Vec<Cell>], tail: &str) -> Result<u64, DbError> {
    let mut touched = 0;
    let postgres = super::is_postgres(tx);
    for batch in batches(rows, width) {
        let sql = format!("{head} VALUES {} {tail}", values(batch.len(), width, postgres));
        // Only static text and placeholders.
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for cell in batch.iter().flatten() {
            query = bind(query, cell);
        }
        touched += query.execute(&mut **tx).await?.rows_affected();
    }
    Ok(touched)
}

/// Runs `{head} IN (…) {tail}` for all `keys`, in batches. `before` is bound first, as $1, $2 …; a key is never asked
/// for in two batches, so rows come once per key and condition.
///
/// # Errors
/// What the database says.
pub async fn fetch_in(
    conn: &mut AnyConnection,
    head: &'static str,
    before: &[Cell],
    keys: &[Cell],
    tail: &'static str,
) -> Result<Vec<AnyRow>, DbError> {
    let mut found = Vec::new();
    for batch in batches(keys, 1) {
        let sql = format!("{head} IN {} {tail}", in_list(before.len() + 1, batch.len()));
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for cell in before.iter().chain(batch) {
            query = bind(query, cell);
        }
        found.extend(query.fetch_all(&mut *conn).await?);
    }
    Ok(found)
}

/// Returns `($first,$first+1,…)` with `count` placeholders.
pub fn in_list(first: usize, count: usize) -> String {
    let mut list = String::with_capacity(count * 5 + 2);
    list.push('(');
    for n in first..first + count {
        if n > first {
            list.push(',');
        }
        // Writing to a String cannot fail.
        let _ = write!(list, "${n}");
    }
    list.push(')');
    list
}

/// Returns a query whose text was put together from constants and [`in_list`]s only.
pub fn numbered<'q>(sql: String) -> Query<'q, Any, AnyArguments> {
    sqlx::query(AssertSqlSafe(sql))
}

/// The cells in their order; so SQLite needs no numbers, and is spared to look them up.
fn values(rows: usize, width: usize, numbers: bool) -> String {
    let plain = format!("({})", vec!["?"; width].join(","));
    let list = |row| {
        if numbers {
            in_list(row * width + 1, width)
        } else {
            plain.clone()
        }
    };
    (0..rows).map(list).collect::<Vec<String>>().join(",")
}

fn batches<T>(mut rest: &[T], width: usize) -> Vec<&[T]> {
    let mut out = Vec::new();
    for size in SIZES {
        if size * width > MOST_PARAMETERS && size > 1 {
            continue;
        }
        while let Some((batch, after)) = rest.split_at_checked(size) {
            out.push(batch);
            rest = after;
        }
    }
    out
}

impl From<i64> for Cell {
    fn from(v: i64) -> Self {
        Self::Int(Some(v))
    }
}
impl From<Option<i64>> for Cell {
    fn from(v: Option<i64>) -> Self {
        Self::Int(v)
    }
}
impl From<bool> for Cell {
    fn from(v: bool) -> Self {
        Self::Int(Some(i64::from(v)))
    }
}
impl From<f64> for Cell {
    fn from(v: f64) -> Self {
        Self::Real(Some(v))
    }
}
impl From<Option<f64>> for Cell {
    fn from(v: Option<f64>) -> Self {
        Self::Real(v)
    }
}
impl From<&str> for Cell {
    fn from(v: &str) -> Self {
        Self::Text(Some(v.to_owned()))
    }
}
impl From<String> for Cell {
    fn from(v: String) -> Self {
        Self::Text(Some(v))
    }
}
impl From<Option<String>> for Cell {
    fn from(v: Option<String>) -> Self {
        Self::Text(v)
    }
}
impl From<Vec<u8>> for Cell {
    fn from(v: Vec<u8>) -> Self {
        Self::Bytes(Some(Arc::new(v)))
    }
}
impl From<Option<Vec<u8>>> for Cell {
    fn from(v: Option<Vec<u8>>) -> Self {
        Self::Bytes(v.map(Arc::new))
    }
}
impl From<&[u8]> for Cell {
    fn from(v: &[u8]) -> Self {
        Self::Bytes(Some(Arc::new(v.to_vec())))
    }
}
impl<const N: usize> From<[u8; N]> for Cell {
    fn from(v: [u8; N]) -> Self {
        Self::Bytes(Some(Arc::new(v.to_vec())))
    }
}
