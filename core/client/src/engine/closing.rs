//! The closing check: when all is quiet and the sums differ all the same, an audit finds out what differs.
//!
//! At most one audit per difference and day: the same two sums again mean that an audit did not help, and a loop would
//! empty the battery.

use crate::ClientError;
use keyturn_protocol::{Closing, Sum, SyncReply};
use keyturn_store::{Connection, Transaction, errands, meta, progress};

const DUE: &str = "audit_due";
const LAST: &str = "audit_last";
const DAY_MS: i64 = 86_400_000;

/// Tells whether the sums per scope are to be told.
pub(super) fn is_due(conn: &Connection) -> Result<bool, ClientError> {
    Ok(meta::get(conn, DUE)?.is_some())
}

/// Compares the closing sum with our own.
pub(super) fn compare(tx: &Transaction<'_>, closing: Closing, now_ms: i64) -> Result<bool, ClientError> {
    let sums = progress::sums(tx)?.into_iter();
    let own = sums
        .filter_map(|(_, _, sum)| Sum::from_slice(&sum))
        .fold(Sum::default(), Sum::plus);
    if own == closing.0 {
        meta::delete(tx, LAST)?;
        return Ok(true);
    }
    let day = now_ms.div_euclid(DAY_MS).to_be_bytes();
    let difference = [own.as_bytes().as_slice(), closing.0.as_bytes(), &day].concat();
    if meta::get(tx, LAST)?.as_deref() != Some(difference.as_slice()) {
        meta::set(tx, LAST, &difference)?;
        meta::set(tx, DUE, b"1")?;
        meta::add(tx, "audits", 1)?;
    }
    Ok(false)
}

/// Notes which scopes differ, after the sums were told.
pub(super) fn differing(tx: &Transaction<'_>, reply: &SyncReply) -> Result<(), ClientError> {
    meta::delete(tx, DUE)?;
    for (project, scope) in &reply.differing {
        errands::add_scope(tx, *project, *scope)?;
    }
    Ok(())
}
