//! The schema as PostgreSQL's catalogue tells it, in the words of `super::super::tables`.
use std::collections::BTreeMap;

use sqlx::AnyConnection;

use super::super::tables::{Column, Table};
use super::super::{DbError, SchemaItem, flag, int, text};

const COLUMNS: &str = "SELECT c.relname::text AS table, a.attname::text AS name, format_type(a.atttypid, a.atttypmod) AS type, \
                       CASE WHEN a.attnotnull THEN 1 ELSE 0 END AS filled, \
                       COALESCE(array_position(p.conkey, a.attnum), 0) AS place \
                       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
                       LEFT JOIN pg_constraint p ON p.conrelid = c.oid AND p.contype = 'p' \
                       WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::text::regnamespace \
                       ORDER BY c.relname, a.attnum";
const INDEXES: &str = "SELECT indexname::text AS name, indexdef AS sql, schemaname::text AS schema FROM pg_indexes \
                       WHERE schemaname = current_schema() AND indexname NOT LIKE '%\\_key' \
                       AND indexname NOT LIKE '%\\_pkey'";

/// Returns every table and index by name; what a constraint made for itself is left out.
pub(in super::super) async fn schema_of(conn: &mut AnyConnection) -> Result<BTreeMap<String, SchemaItem>, DbError> {
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    for row in sqlx::query(COLUMNS).fetch_all(&mut *conn).await? {
        let name = text(&row, "table")?;
        let table = tables.entry(name.clone()).or_insert_with(|| Table::named(name));
        table.columns.push(Column {
            name: text(&row, "name")?,
            kind: text(&row, "type")?.to_uppercase(),
            filled: flag(&row, "filled")?,
            key: int(&row, "place")?,
        });
    }
    let mut items: BTreeMap<String, SchemaItem> =
        tables.into_iter().map(|(name, table)| (name, table.item())).collect();
    for row in sqlx::query(INDEXES).fetch_all(conn).await? {
        let schema = text(&row, "schema")?;
        let sql = text(&row, "sql")?
            .replace(&format!(" {schema}."), " ")
            .replace(" USING btree ", " ");
        let item = SchemaItem {
            kind: "index".to_owned(),
            sql,
        };
        items.insert(text(&row, "name")?, item);
    }
    Ok(items)
}
