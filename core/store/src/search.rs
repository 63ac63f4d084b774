//! The words of records and their full-text index.
//!
//! Both are kept in the transaction that stores the projection, and the index is touched only when the words changed or
//! the record moved on by an hour: a tap on a checklist compares, and pays for nothing more. The row number carries the
//! record's time, so a walk from the end meets the newest first and may stop early.

use crate::StoreError;
use crate::statement::{first, id, run, sql};
use keyturn_domain::search::{SEARCH_FORM, Tokens, fold};
use keyturn_domain::{DocumentId, PlaceId};
use rusqlite::{Connection, Row, Transaction};

/// Bits of a row number below its minute: records of one minute stand side by side.
const MINUTE_BITS: u32 = 20;
/// A record whose words stay the same gets a newer place after so many minutes.
const STALE_MINUTES: i64 = 60;
/// Minutes of the year 5138; device times beyond are nonsense.
const LAST_MINUTE: i64 = 1_666_666_666;

/// The words of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// The record.
    pub document: DocumentId,
    /// Where it is.
    pub place: PlaceId,
    /// Its words, folded, in lines.
    pub words: String,
}

/// Keeps words and index of a record as they should be.
pub(crate) fn keep(tx: &Transaction<'_>, document: DocumentId, words: &str, updated_ms: i64) -> Result<(), StoreError> {
    let words = fold(words);
    let minute = (updated_ms / 60_000).clamp(0, LAST_MINUTE);
    let stored = first(tx, sql!("words_of"), [document.as_bytes()], |row| {
        let same = row.get_ref(1)?.as_str()? == words && row.get::<_, i64>(2)? == i64::from(SEARCH_FORM);
        Ok((row.get::<_, i64>(0)?, same))
    })?;
    if let Some((n, same)) = stored {
        if same && minute - (n >> MINUTE_BITS) < STALE_MINUTES {
            return Ok(());
        }
        delete(tx, n)?;
    }
    if words.is_empty() {
        return Ok(());
    }
    let begin = minute << MINUTE_BITS;
    let end = begin.saturating_add(1 << MINUTE_BITS);
    let last = first(tx, sql!("words_last"), (begin, end), |row| row.get::<_, Option<i64>>(0))?.flatten();
    let n = last.map_or(begin, |last| last + 1);
    let tokens = Tokens::of(&words);
    run(tx, sql!("words_put"), (n, document.as_bytes(), &words, SEARCH_FORM))?;
    run(tx, sql!("words_index"), (n, &tokens.chars, &tokens.initials)).map(drop)
}

/// Removes words and index of a record.
pub(crate) fn remove(tx: &Transaction<'_>, document: DocumentId) -> Result<(), StoreError> {
    match first(tx, sql!("words_of"), [document.as_bytes()], |row| row.get::<_, i64>(0))? {
        Some(n) => delete(tx, n),
        None => Ok(()),
    }
}

fn delete(tx: &Transaction<'_>, n: i64) -> Result<(), StoreError> {
    run(tx, sql!("words_delete"), [n])?;
    run(tx, sql!("words_unindex"), [n]).map(drop)
}

/// Takes out of the index what it still holds of removed records: for purges and quiet hours.
///
/// # Errors
/// [`StoreError`].
pub fn tidy(tx: &Transaction<'_>) -> Result<(), StoreError> {
    run(tx, sql!("words_tidy"), ()).map(drop)
}

/// Shows `visit` the words that an expression of the index finds (`keyturn_domain::search::Pattern::expression`), the
/// newest first, until it returns false.
///
/// # Errors
/// [`StoreError`].
pub fn walk(conn: &Connection, expression: &str, mut visit: impl FnMut(Words) -> bool) -> Result<(), StoreError> {
    let sql = sql!("words_walk");
    let mut walk = || -> rusqlite::Result<()> {
        let mut statement = conn.prepare_cached(sql.text)?;
        let mut rows = statement.query([expression])?;
        while let Some(row) = rows.next()? {
            if !visit(read(row)?) {
                break;
            }
        }
        Ok(())
    };
    walk().map_err(|e| StoreError::of(sql.name, e))
}

/// Returns the words of the records about a place, the newest first.
///
/// # Errors
/// [`StoreError`].
pub fn at_place(conn: &Connection, place: PlaceId) -> Result<Vec<Words>, StoreError> {
    crate::statement::all(conn, sql!("words_at_place"), [place.as_bytes()], read)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Words> {
    Ok(Words {
        document: id(row, 0, DocumentId::from_slice)?,
        place: id(row, 1, PlaceId::from_slice)?,
        words: row.get(2)?,
    })
}
