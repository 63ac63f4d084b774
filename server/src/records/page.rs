//! One scheme for lists: at most `limit` items after the id of the last one.

use super::reach::{Reach, bytes};
use crate::Error;
use crate::db::{AnyConnection, AnyRow, Cell, DbError, bind, numbered};
use keyturn_protocol::Code;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The most items of one answer.
const MOST: u32 = 200;

/// A part of a list.
#[derive(Debug, Serialize)]
pub struct Page<T> {
    /// The items, in the order of their ids.
    pub items: Vec<T>,
    /// Give this as `after` to read on; none: that was all.
    pub next: Option<String>,
}

/// Where a list begins and how much of it is wanted.
#[derive(Debug, Default, Deserialize)]
pub struct From {
    /// The id behind which to begin.
    after: Option<Uuid>,
    /// At most so many items.
    limit: Option<u32>,
}

/// A statement that is being put together out of constants and bound cells.
pub(super) struct Select {
    sql: String,
    cells: Vec<Cell>,
}

impl Select {
    pub(super) fn new(sql: &'static str) -> Self {
        Self {
            sql: sql.to_owned(),
            cells: Vec::new(),
        }
    }

    /// Adds `AND {column} {operator} $n`.
    pub(super) fn and(mut self, condition: &'static str, cell: Option<Cell>) -> Self {
        if let Some(cell) = cell {
            self.cells.push(cell);
            self.sql.push_str(" AND ");
            self.sql.push_str(condition);
            self.sql.push_str(&format!(" ${}", self.cells.len()));
        }
        self
    }

    pub(super) fn and_id(self, condition: &'static str, id: Option<Uuid>) -> Self {
        self.and(condition, id.map(|id| bytes(id.as_bytes())))
    }

    pub(super) fn and_text(self, condition: &'static str, text: Option<String>) -> Self {
        self.and(condition, text.map(|text| Cell::Text(Some(text))))
    }

    pub(super) fn within(mut self, reach: &Reach) -> Self {
        reach.narrow(&mut self.sql, &mut self.cells);
        self
    }

    /// Runs the statement whole.
    pub(super) async fn all(self, conn: &mut AnyConnection) -> Result<Vec<AnyRow>, Error> {
        let mut query = numbered(self.sql);
        for cell in &self.cells {
            query = bind(query, cell);
        }
        Ok(query.fetch_all(conn).await.map_err(DbError::from)?)
    }

    /// Runs the statement for one page; tells whether there is more.
    pub(super) async fn page(self, conn: &mut AnyConnection, from: &From) -> Result<(Vec<AnyRow>, bool), Error> {
        let limit = from.limit.unwrap_or(50);
        if limit == 0 || limit > MOST {
            return Err(Error::refused(Code::BadValue, "limit is 1 to 200"));
        }
        let mut this = self.and_id("id >", from.after);
        this.sql
            .push_str(&format!(" ORDER BY id LIMIT {}", u64::from(limit) + 1));
        let mut rows = this.all(conn).await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        Ok((rows, more))
    }
}

impl From {
    /// Reads the two parameters as they stand in a query.
    ///
    /// # Errors
    /// `bad_value` for a limit that is no number.
    pub(super) fn read(after: Option<Uuid>, limit: Option<&str>) -> Result<Self, Error> {
        let bad = |_| Error::refused(Code::BadValue, "limit is 1 to 200");
        Ok(Self {
            after,
            limit: limit.map(str::parse).transpose().map_err(bad)?,
        })
    }
}
