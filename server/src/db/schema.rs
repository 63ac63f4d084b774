//! The schema as it stands in a file, and as this program makes it.
use std::collections::BTreeMap;
use std::path::Path;

use sqlx::{AnyConnection, ConnectOptions, Connection};

use super::tables::{self, Table};
use super::{DbError, migrate, postgres, text};

/// A table or an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaItem {
    /// `table` or `index`.
    pub kind: String,
    /// The statement that makes it.
    pub sql: String,
}

impl SchemaItem {
    /// Whether both make the same, however they are commented and laid out.
    pub fn makes_the_same(&self, other: &Self) -> bool {
        self.kind == other.kind && plain(&self.sql) == plain(&other.sql)
    }
}

fn plain(sql: &str) -> String {
    let code = sql
        .lines()
        .map(|line| line.split_once("--").map_or(line, |(code, _)| code));
    code.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

/// Returns the version that this program writes.
pub const fn known_version() -> i64 {
    migrate::KNOWN
}

/// Returns the version of a database, 0 for one that has none. Writes nothing.
///
/// # Errors
/// What the database says.
pub async fn version_of(conn: &mut AnyConnection) -> Result<i64, DbError> {
    if !schema_of(conn).await?.contains_key("schema_version") {
        return Ok(0);
    }
    let row = sqlx::query("SELECT MAX(version) AS version FROM schema_version")
        .fetch_one(conn)
        .await?;
    Ok(super::opt_int(&row, "version")?.unwrap_or(0))
}

/// Returns every table and index by name.
///
/// # Errors
/// What the database says.
pub async fn schema_of(conn: &mut AnyConnection) -> Result<BTreeMap<String, SchemaItem>, DbError> {
    if is_postgres(conn) {
        return postgres::schema_of(conn).await;
    }
    let sql = "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL";
    let rows = sqlx::query(sql).fetch_all(conn).await?;
    let item = |row| {
        let item = SchemaItem {
            kind: text(row, "type")?,
            sql: text(row, "sql")?,
        };
        Ok((text(row, "name")?, item))
    };
    rows.iter().map(item).collect()
}

/// Tells which engine it is.
pub fn is_postgres(conn: &AnyConnection) -> bool {
    conn.backend_name() == migrate::POSTGRES
}

/// Returns the schema that this program makes, as [`schema_of`] tells it of that engine.
///
/// # Errors
/// What the database says.
pub async fn expected_schema(postgres: bool) -> Result<BTreeMap<String, SchemaItem>, DbError> {
    let mut conn = fresh().await?;
    let mut schema = schema_of(&mut conn).await?;
    if postgres {
        schema.retain(|_, item| item.kind == "index");
        let tables = tables::read(&mut conn).await?;
        schema.extend(tables.into_iter().map(|table| (table.name.clone(), table.item())));
    }
    conn.close().await?;
    Ok(schema)
}

/// Returns the tables that this program makes; a table comes after those that it refers to.
///
/// # Errors
/// What the database says.
pub async fn expected_tables() -> Result<Vec<Table>, DbError> {
    let mut conn = fresh().await?;
    let tables = tables::read(&mut conn).await;
    conn.close().await?;
    tables
}

/// Makes a database in memory with this program's schema.
///
/// # Errors
/// What the database says.
pub(crate) async fn fresh() -> Result<AnyConnection, DbError> {
    sqlx::any::install_default_drivers();
    let options: sqlx::any::AnyConnectOptions = "sqlite::memory:".parse()?;
    let mut conn = options.disable_statement_logging().connect().await?;
    migrate::run(&mut conn, Path::new(":memory:")).await?;
    Ok(conn)
}
