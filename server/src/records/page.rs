//! One scheme for lists: at most `limit` items behind an opaque cursor.

use super::reach::{Reach, bytes};
use crate::Error;
use crate::db::{AnyConnection, AnyRow, Cell, DbError, bind, id, int, numbered};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use uuid::Uuid;

/// The most items of one answer.
const MOST: u32 = 200;
/// So many where nothing else was asked for.
const USUAL: u32 = 50;
/// So many rows are looked through for one answer, however few of them fit.
const LOOKED_AT: usize = 4_000;

/// A part of a list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PageOf{T}")]
pub struct Page<T> {
    /// The items. A page may be shorter than asked for; only `next` says whether it was the last.
    pub items: Vec<T>,
    /// Give this as `after` to read on; none: that was all.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// A list that is whole.
    pub(super) const fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }
}

/// A place in a list. Opaque: its form may change, and it opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor(pub(super) [u8; 16]);

impl Cursor {
    /// The cursor behind a number of an order.
    pub(super) fn of_number(n: i64) -> Self {
        let mut bytes = [0; 16];
        bytes
            .iter_mut()
            .skip(8)
            .zip(n.to_be_bytes())
            .for_each(|(to, from)| *to = from);
        Self(bytes)
    }

    /// The number that it stands behind.
    pub(super) fn number(self) -> i64 {
        let mut bytes = [0; 8];
        bytes
            .iter_mut()
            .zip(self.0.into_iter().skip(8))
            .for_each(|(to, from)| *to = from);
        i64::from_be_bytes(bytes)
    }
}

impl Serialize for Cursor {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = URL_SAFE_NO_PAD
            .decode(text)
            .ok()
            .and_then(|bytes| bytes.try_into().ok());
        bytes
            .map(Self)
            .ok_or_else(|| serde::de::Error::custom("no cursor of this server"))
    }
}

impl JsonSchema for Cursor {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Cursor".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[A-Za-z0-9_-]{21}[AQgw]$" })
    }
}

/// How many items are wanted.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "u32")]
pub struct Limit(u32);

impl TryFrom<u32> for Limit {
    type Error = String;

    fn try_from(n: u32) -> Result<Self, String> {
        if (1..=MOST).contains(&n) {
            Ok(Self(n))
        } else {
            Err(format!("limit is 1 to {MOST}"))
        }
    }
}

impl JsonSchema for Limit {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Limit".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": MOST })
    }
}

/// Where a list begins and how much of it is wanted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    pub(super) after: Option<Cursor>,
    pub(super) limit: usize,
}

impl Start {
    pub(super) fn new(after: Option<Cursor>, limit: Option<Limit>) -> Self {
        Self {
            after,
            limit: limit.map_or(USUAL, |limit| limit.0) as usize,
        }
    }
}

impl Start {
    /// Cuts a page out of what was found whole, by keys of which no two are the same.
    pub(super) fn keyed<T>(self, mut all: Vec<([u8; 16], T)>) -> Page<T> {
        all.sort_by_key(|(key, _)| *key);
        all.retain(|(key, _)| self.after.is_none_or(|after| *key > after.0));
        let more = all.len() > self.limit;
        all.truncate(self.limit);
        let next = all.last().map(|(key, _)| Cursor(*key)).filter(|_| more);
        Page {
            items: all.into_iter().map(|(_, item)| item).collect(),
            next,
        }
    }
}

/// A statement that is being put together out of constants and bound cells.
#[derive(Clone)]
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

    pub(super) fn and_int(self, condition: &'static str, n: Option<i64>) -> Self {
        self.and(condition, n.map(|n| Cell::Int(Some(n))))
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

    /// Runs the statement for the first rows by a column.
    pub(super) async fn first(
        mut self,
        conn: &mut AnyConnection,
        column: &'static str,
        most: usize,
    ) -> Result<Vec<AnyRow>, Error> {
        self.sql.push_str(&format!(" ORDER BY {column} LIMIT {most}"));
        self.all(conn).await
    }

    /// Runs the statement in the order of `id`, until there are as many items as wanted; `item` says what a row is, if
    /// it fits.
    pub(super) async fn page<T>(
        self,
        conn: &mut AnyConnection,
        start: Start,
        mut item: impl FnMut(&AnyRow) -> Result<Option<T>, Error>,
    ) -> Result<Page<T>, Error> {
        let (mut items, mut looked_at) = (Vec::new(), 0);
        let (mut after, mut size) = (start.after, start.limit);
        loop {
            let behind = after.map(|cursor| Uuid::from_bytes(cursor.0));
            let mut this = self.clone().and_id("id >", behind);
            this.sql.push_str(&format!(" ORDER BY id LIMIT {}", size + 1));
            let rows = this.all(conn).await?;
            for (n, row) in rows.iter().take(size).enumerate() {
                after = Some(Cursor(id(row, "id", |bytes| bytes)?));
                items.extend(item(row)?);
                if items.len() == start.limit {
                    let more = n + 1 < rows.len();
                    return Ok(Page {
                        items,
                        next: after.filter(|_| more),
                    });
                }
            }
            looked_at += size;
            if rows.len() <= size {
                return Ok(Page::whole(items));
            }
            if looked_at >= LOOKED_AT {
                return Ok(Page { items, next: after });
            }
            // Few fit: look at more at once.
            size = MOST as usize;
        }
    }

    /// Runs the statement in the order of a numbered column.
    pub(super) async fn numbered<T>(
        mut self,
        conn: &mut AnyConnection,
        start: Start,
        column: &'static str,
        item: impl Fn(&AnyRow) -> Result<T, Error>,
    ) -> Result<Page<T>, Error> {
        let behind = start.after.map_or(0, Cursor::number);
        self.cells.push(Cell::Int(Some(behind)));
        let n = self.cells.len();
        self.sql.push_str(&format!(
            " AND {column} > ${n} ORDER BY {column} LIMIT {}",
            start.limit + 1
        ));
        let rows = self.all(conn).await?;
        let more = rows.len() > start.limit;
        let kept = rows.get(..start.limit).unwrap_or(&rows);
        let last = kept.last().map(|row| int(row, column)).transpose()?;
        Ok(Page {
            items: kept.iter().map(item).collect::<Result<_, _>>()?,
            next: last.filter(|_| more).map(Cursor::of_number),
        })
    }

    /// Runs the statement in the order of `id`, of which there may be several rows: so many ids, each with all of its
    /// rows.
    pub(super) async fn grouped<T>(
        self,
        conn: &mut AnyConnection,
        start: Start,
        item: impl Fn(&AnyRow) -> Result<T, Error>,
    ) -> Result<Page<T>, Error> {
        let behind = start.after.map(|cursor| Uuid::from_bytes(cursor.0));
        let mut ids = self.clone().and_id("id >", behind);
        ids.sql = format!(
            "SELECT DISTINCT id FROM ({}) found ORDER BY id LIMIT {}",
            ids.sql,
            start.limit + 1
        );
        let found = ids.all(conn).await?;
        let more = found.len() > start.limit;
        let kept = found.get(..start.limit).unwrap_or(&found);
        let Some(last) = kept.last() else {
            return Ok(Page::whole(Vec::new()));
        };
        let last = id(last, "id", Uuid::from_bytes)?;
        let mut whole = self.and_id("id >", behind).and_id("id <=", Some(last));
        whole.sql.push_str(" ORDER BY id, hash");
        let rows = whole.all(conn).await?;
        Ok(Page {
            items: rows.iter().map(item).collect::<Result<_, _>>()?,
            next: more.then(|| Cursor(last.into_bytes())),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_by_key_have_no_gap_and_nothing_twice() {
        let all = || (0..7_u8).rev().map(|n| ([n; 16], n)).collect::<Vec<_>>();
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = Start { after, limit: 3 }.keyed(all());
            seen.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, (0..7).collect::<Vec<_>>());
    }

    #[test]
    fn cursors_are_read_as_they_were_written_and_nothing_else_is_one() {
        let cursor = Cursor::of_number(799);
        let text = serde_json::to_string(&cursor).unwrap();
        let read: Cursor = serde_json::from_str(&text).unwrap();
        assert_eq!((read, read.number()), (cursor, 799));
        for wrong in [
            "",
            "7",
            "AAAAAAAAAAAAAAAAAAAAAB",
            "018f0000-0000-7000-8000-000000000000",
        ] {
            assert!(serde_json::from_value::<Cursor>(wrong.into()).is_err(), "{wrong}");
        }
    }
}
