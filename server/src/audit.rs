//! Who did what to whom may do what: append-only, each entry chained to the one before.
use keyturn_domain::Hash;

use crate::db::{AnyConnection, DbError, WriteTx, bytes_n, int, text};
use crate::users::Actor;

/// What happened. Holds ids and words of ours, never names.
pub struct Entry<'a> {
    /// Who did it.
    pub actor: Actor,
    /// What was done, such as `device.revoke`.
    pub action: &'a str,
    /// To what: an id.
    pub subject: String,
    /// What else matters, such as the role.
    pub detail: &'a str,
}

/// Appends an entry to the log, in the transaction of what it tells about.
///
/// # Errors
/// What the database says.
pub async fn record(tx: &mut WriteTx, now: i64, entry: &Entry<'_>) -> Result<(), DbError> {
    let last = sqlx::query("SELECT seq, chain FROM audit ORDER BY seq DESC LIMIT 1")
        .fetch_optional(&mut **tx)
        .await?;
    let (seq, before) = match last {
        Some(row) => (int(&row, "seq")? + 1, bytes_n::<32>(&row, "chain")?),
        None => (1, [0; 32]),
    };
    let actor = entry.actor.to_string();
    let chain = link(before, seq, now, [&actor, entry.action, &entry.subject, entry.detail]);
    sqlx::query(
        "INSERT INTO audit (seq, at, actor, action, subject, detail, chain) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(seq)
    .bind(now)
    .bind(actor)
    .bind(entry.action.to_owned())
    .bind(entry.subject.clone())
    .bind(entry.detail.to_owned())
    .bind(chain.0.to_vec())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Walks the whole log, some entries at a time; returns the first that does not follow from the one before, if any.
///
/// # Errors
/// What the database says.
pub async fn first_broken(conn: &mut AnyConnection) -> Result<Option<i64>, DbError> {
    let sql = "SELECT seq, at, actor, action, subject, detail, chain FROM audit WHERE seq > $1 ORDER BY seq LIMIT 1000";
    let (mut before, mut last) = ([0; 32], 0);
    loop {
        let rows = sqlx::query(sql).bind(last).fetch_all(&mut *conn).await?;
        if rows.is_empty() {
            return Ok(None);
        }
        for row in rows {
            let seq = int(&row, "seq")?;
            let words = [
                text(&row, "actor")?,
                text(&row, "action")?,
                text(&row, "subject")?,
                text(&row, "detail")?,
            ];
            let [actor, action, subject, detail] = &words;
            let chain = link(before, seq, int(&row, "at")?, [actor, action, subject, detail]);
            before = bytes_n(&row, "chain")?;
            if seq != last + 1 || chain.0 != before {
                return Ok(Some(seq));
            }
            last = seq;
        }
    }
}

fn link(before: [u8; 32], seq: i64, at: i64, words: [&str; 4]) -> Hash {
    let mut bytes = before.to_vec();
    bytes.extend_from_slice(&seq.to_be_bytes());
    bytes.extend_from_slice(&at.to_be_bytes());
    for word in words {
        // With its length, or two entries could share one chain.
        bytes.extend_from_slice(&(word.len() as u64).to_be_bytes());
        bytes.extend_from_slice(word.as_bytes());
    }
    Hash::of(&bytes)
}
