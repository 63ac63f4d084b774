//! The log of a project: numbered without a gap, every chain follows from the one before, every pointer points.

use super::{Findings, Kind, ProjectFacts, Stage, Step, Watch};
use crate::Error;
use crate::db::{AnyConnection, DbError, bytes, bytes_n, id, text};
use crate::sync::cursor::NO_CHAIN;
use crate::sync::log::{link_parts, seq_of, to_db};
use uuid::Uuid;

const PAGE: &str = "SELECT seq, kind, id, scope, hash, chain FROM log WHERE project = $1 AND seq > $2 \
                    ORDER BY seq LIMIT 2000";

pub(super) async fn examine(
    conn: &mut AnyConnection,
    project: &ProjectFacts,
    findings: &mut Findings,
    watch: Watch<'_>,
) -> Result<(), Error> {
    let at = |seq: u64| format!("{} {seq}", project.code);
    let (mut before, mut last, mut whole) = (NO_CHAIN, 0, true);
    loop {
        let query = sqlx::query(PAGE).bind(project.id.as_bytes().to_vec()).bind(to_db(last));
        let rows = query.fetch_all(&mut *conn).await.map_err(DbError::from)?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            let seq = seq_of(&row, "seq")?;
            let stored: [u8; 16] = bytes_n(&row, "chain")?;
            if seq != last + 1 {
                findings.add(Kind::LogGap, at(last + 1));
                whole = false;
            } else {
                let (id, scope, hash) = (bytes(&row, "id")?, bytes(&row, "scope")?, bytes(&row, "hash")?);
                let chain = link_parts(before, seq, &text(&row, "kind")?, [&id, &scope, &hash]);
                if chain != stored {
                    findings.add(Kind::ChainBroken, at(seq));
                    whole = false;
                }
            }
            (before, last) = (stored, seq);
        }
        watch(Step {
            stage: Stage::Log,
            done: last,
            total: project.seq,
        });
    }
    if project.seq > last {
        // Entries at its end are gone: to take their numbers again would be going back without saying so.
        findings.add(Kind::LogGap, at(last + 1));
    } else if whole && (project.seq != last || project.chain != hex::encode(before)) {
        findings.add(Kind::CounterDiffers, at(project.seq));
    }
    Ok(())
}

/// Queries that find nothing in a sound database; each returns an id and a seat.
const POINTERS: &[(Kind, &str)] = &[
    (
        Kind::ChangeMissing,
        "SELECT l.id, l.seq FROM log l LEFT JOIN documents d ON d.id = l.id \
         LEFT JOIN changes c ON c.document = l.id AND c.hash = l.hash \
         WHERE l.kind IN ('begin', 'change') AND c.hash IS NULL AND d.purged_at IS NULL",
    ),
    (
        Kind::ChangeUnseated,
        "SELECT c.document AS id, c.seq FROM changes c JOIN documents d ON d.id = c.document \
         LEFT JOIN log l ON l.project = d.project AND l.seq = c.seq AND l.id = c.document AND l.hash = c.hash \
         WHERE l.seq IS NULL AND d.purged_at IS NULL",
    ),
    (
        Kind::RowMissing,
        "SELECT l.id, l.seq FROM log l LEFT JOIN facts f ON f.project = l.project AND f.id = l.id \
         WHERE l.kind = 'row' AND f.id IS NULL",
    ),
    (
        Kind::GrantUnseated,
        "SELECT g.id, g.since_seq AS seq FROM grants g JOIN projects p ON p.id = g.project \
         LEFT JOIN log l ON l.project = g.project AND l.seq = g.since_seq AND l.kind = 'grant' AND l.id = g.id \
         WHERE l.seq IS NULL",
    ),
    (
        Kind::PurgeIncomplete,
        "SELECT l.id, l.seq FROM log l JOIN documents d ON d.id = l.id WHERE l.kind = 'purge' AND d.purged_at IS NULL",
    ),
    (
        Kind::PurgeIncomplete,
        "SELECT d.id, d.seq FROM documents d WHERE d.purged_at IS NOT NULL AND \
         (LENGTH(d.snapshot) > 0 OR d.id IN (SELECT document FROM changes WHERE document = d.id))",
    ),
    (
        Kind::DocumentMisplaced,
        "SELECT d.id, d.seq FROM documents d LEFT JOIN places p ON p.id = d.place \
         WHERE p.id IS NULL OR p.scope <> d.scope OR p.project <> d.project",
    ),
    (
        Kind::ActorOrphaned,
        "SELECT a.document AS id, 0 AS seq FROM actors a LEFT JOIN documents d ON d.id = a.document \
         WHERE d.id IS NULL OR d.purged_at IS NOT NULL",
    ),
    (
        Kind::EpochBroken,
        "SELECT e.id, e.n AS seq FROM epochs e LEFT JOIN epochs p ON p.id = e.parent \
         WHERE e.parent IS NOT NULL AND p.id IS NULL",
    ),
    (
        Kind::EpochBroken,
        "SELECT f.epoch AS id, f.seq FROM forks f LEFT JOIN projects p ON p.id = f.project \
         WHERE p.id IS NULL OR p.seq < f.seq",
    ),
];

/// Follows every pointer between tables.
pub(super) async fn pointers(conn: &mut AnyConnection, findings: &mut Findings) -> Result<(), Error> {
    for (kind, sql) in POINTERS {
        // A database that lost a table's rows has very many; the first ones say enough.
        let limited = format!("{sql} LIMIT 10000");
        for row in crate::db::numbered(limited)
            .fetch_all(&mut *conn)
            .await
            .map_err(DbError::from)?
        {
            let seq = seq_of(&row, "seq")?;
            let of = id(&row, "id", Uuid::from_bytes)?;
            findings.add(
                *kind,
                if seq > 0 {
                    format!("{of} @{seq}")
                } else {
                    of.to_string()
                },
            );
        }
    }
    Ok(())
}
