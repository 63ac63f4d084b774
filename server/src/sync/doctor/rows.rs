//! Rows by their hash in the log, the audit log, and people who were erased.

use super::{Facts, Findings, Kind, Stage, Step, Watch};
use crate::Error;
use crate::audit;
use crate::db::{AnyConnection, Cell, DbError, bytes, id, opt_bytes};
use crate::sync::row_intents;
use keyturn_domain::rows::SubjectKeyRow;
use keyturn_domain::{Hash, ProjectId};
use uuid::Uuid;

const PAGE: &str = "SELECT f.id, f.body, l.hash FROM facts f LEFT JOIN log l ON l.project = f.project \
                    AND l.seq = f.seq AND l.kind = 'row' AND l.id = f.id \
                    WHERE f.project = $1 AND f.id > $2 ORDER BY f.id LIMIT 500";

pub(super) async fn examine(
    conn: &mut AnyConnection,
    facts: &Facts,
    erased: &[(ProjectId, Uuid)],
    findings: &mut Findings,
    watch: Watch<'_>,
) -> Result<(), Error> {
    super::log::pointers(conn, findings).await?;
    let mut done = 0;
    for project in &facts.projects {
        let mut last = Vec::new();
        loop {
            let query = sqlx::query(PAGE)
                .bind(project.id.as_bytes().to_vec())
                .bind(last.clone());
            let rows = query.fetch_all(&mut *conn).await.map_err(DbError::from)?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                last = bytes(row, "id")?;
                let body = opt_bytes(row, "body")?;
                let hash = body.as_deref().map(Hash::of).unwrap_or_default();
                // No entry at its seat is as wrong as another hash there.
                if opt_bytes(row, "hash")?.as_deref() != Some(&hash.0[..]) {
                    findings.add(Kind::RowDamaged, id(row, "id", Uuid::from_bytes)?.to_string());
                }
                done += 1;
            }
            watch(Step {
                stage: Stage::Rows,
                done,
                total: facts.rows.get("facts").copied().unwrap_or(0),
            });
        }
    }
    if let Some(seq) = audit::first_broken(conn).await? {
        findings.add(Kind::AuditBroken, seq.to_string());
    }
    for (project, subject) in erased {
        if is_alive(conn, *project, *subject).await? {
            findings.add(Kind::ErasedAlive, subject.to_string());
        }
    }
    Ok(())
}

/// Whether the key of a subject is still there.
async fn is_alive(conn: &mut AnyConnection, project: ProjectId, subject: Uuid) -> Result<bool, DbError> {
    let key = SubjectKeyRow::id_of(subject);
    let rows = row_intents::facts(conn, project, &[Cell::from(*key.as_bytes())]).await?;
    Ok(rows.values().any(|row| row.body.is_some()))
}
