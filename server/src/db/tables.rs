//! The tables that the migrations make, as data: what to copy in which order, and what every engine must have.
use std::collections::BTreeSet;

use sqlx::{AnyConnection, AssertSqlSafe};

use super::{DbError, SchemaItem, int, text};

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// `BIGINT`, `TEXT`, `BYTEA` or `DOUBLE PRECISION`.
    pub kind: String,
    /// It is never NULL.
    pub filled: bool,
    /// Its place in the primary key, from 1; 0 when it is not part of it.
    pub key: i64,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// The tables that it refers to.
    pub needs: BTreeSet<String>,
}

impl Table {
    /// A table of which nothing but the name is known.
    pub(super) const fn named(name: String) -> Self {
        Self {
            name,
            columns: Vec::new(),
            needs: BTreeSet::new(),
        }
    }

    /// Returns the names of its primary key, in order.
    pub fn key(&self) -> Vec<&str> {
        let mut key: Vec<&Column> = self.columns.iter().filter(|column| column.key > 0).collect();
        key.sort_by_key(|column| column.key);
        key.into_iter().map(|column| column.name.as_str()).collect()
    }

    /// Says it in words that are the same for both engines.
    pub(super) fn item(&self) -> SchemaItem {
        let columns: Vec<String> = self
            .columns
            .iter()
            .map(|c| format!("{} {}{}", c.name, c.kind, if c.filled { " NOT NULL" } else { "" }))
            .collect();
        let key = self.key().join(", ");
        SchemaItem {
            kind: "table".to_owned(),
            sql: format!("TABLE {} ({}) KEY ({key})", self.name, columns.join(", ")),
        }
    }
}

/// Reads the tables of a SQLite database; a table comes after those that it refers to.
pub(super) async fn read(conn: &mut AnyConnection) -> Result<Vec<Table>, DbError> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name";
    let mut found = Vec::new();
    for row in sqlx::query(sql).fetch_all(&mut *conn).await? {
        let mut table = Table::named(text(&row, "name")?);
        // The names come from our own migrations.
        let columns = format!(
            "SELECT name, type, \"notnull\" AS filled, pk FROM pragma_table_info('{}')",
            table.name
        );
        for row in sqlx::query(AssertSqlSafe(columns)).fetch_all(&mut *conn).await? {
            table.columns.push(Column {
                name: text(&row, "name")?,
                kind: text(&row, "type")?.to_uppercase(),
                filled: int(&row, "filled")? != 0,
                key: int(&row, "pk")?,
            });
        }
        let needs = format!(
            "SELECT DISTINCT \"table\" AS other FROM pragma_foreign_key_list('{}')",
            table.name
        );
        for row in sqlx::query(AssertSqlSafe(needs)).fetch_all(&mut *conn).await? {
            table.needs.insert(text(&row, "other")?);
        }
        table.needs.remove(&table.name);
        found.push(table);
    }
    Ok(sorted(found))
}

fn sorted(mut rest: Vec<Table>) -> Vec<Table> {
    let mut done: Vec<Table> = Vec::with_capacity(rest.len());
    let mut names = BTreeSet::new();
    while !rest.is_empty() {
        let (ready, waits): (Vec<Table>, Vec<Table>) =
            rest.into_iter().partition(|table| table.needs.is_subset(&names));
        if ready.is_empty() {
            // Tables that refer to each other in a circle: their order cannot matter to an engine that takes them.
            done.extend(waits);
            return done;
        }
        names.extend(ready.iter().map(|table| table.name.clone()));
        done.extend(ready);
        rest = waits;
    }
    done
}
