//! The file itself: its pages, its tables, references between them.

use super::{Findings, Kind, Stage, Step, Watch};
use crate::Error;
use crate::db::{AnyConnection, DbError, expected_schema, is_postgres, known_version, schema_of, version_of};
use sqlx::Row as _;
use std::path::PathBuf;

/// How many complaints of SQLite are listened to.
const MOST: usize = 100;

pub(super) async fn examine(conn: &mut AnyConnection, findings: &mut Findings, watch: Watch<'_>) -> Result<(), Error> {
    let step = |done| Step {
        stage: Stage::Pages,
        done,
        total: 3,
    };
    watch(step(0));
    // PostgreSQL checks its pages when it reads them (and with `amcheck`), and lets no reference break.
    if is_postgres(conn) {
        let found = version_of(conn).await?;
        if found > known_version() {
            return Err(newer(found).into());
        }
        schema(conn, findings).await?;
        watch(step(3));
        return Ok(());
    }
    // Damage that keeps SQLite from reading at all is a finding like any other.
    match sqlx::query("PRAGMA integrity_check(100)").fetch_all(&mut *conn).await {
        Ok(rows) => {
            for row in rows.iter().take(MOST) {
                let said: String = row.try_get(0).map_err(DbError::from)?;
                let index = said.contains("missing from index") || said.contains("# of entries in index");
                if index {
                    findings.add(Kind::IndexMissing, said);
                } else if said != "ok" {
                    findings.add(Kind::PagesDamaged, said);
                }
            }
        }
        Err(error) => match DbError::from(error) {
            DbError::Damaged { detail, .. } => {
                findings.add(Kind::PagesDamaged, detail);
                return Ok(());
            }
            other => return Err(other.into()),
        },
    }
    watch(step(1));
    let found = version_of(conn).await?;
    if found > known_version() {
        return Err(newer(found).into());
    }
    schema(conn, findings).await?;
    watch(step(2));
    for row in sqlx::query("PRAGMA foreign_key_check")
        .fetch_all(&mut *conn)
        .await
        .map_err(DbError::from)?
        .iter()
        .take(MOST)
    {
        let (from, to): (String, String) = (
            row.try_get(0).map_err(DbError::from)?,
            row.try_get(2).map_err(DbError::from)?,
        );
        findings.add(Kind::ReferenceBroken, format!("{from} -> {to}"));
    }
    watch(step(3));
    Ok(())
}

fn newer(found: i64) -> DbError {
    DbError::Newer {
        path: PathBuf::from("keyturn.db"),
        found,
        known: known_version(),
    }
}

async fn schema(conn: &mut AnyConnection, findings: &mut Findings) -> Result<(), DbError> {
    let there = schema_of(conn).await?;
    for (name, wanted) in expected_schema(is_postgres(conn)).await? {
        let same = there.get(&name).is_some_and(|item| item.makes_the_same(&wanted));
        if !same && wanted.kind == "index" {
            findings.add(Kind::IndexMissing, name);
        } else if !same {
            findings.add(Kind::SchemaDiffers, name);
        }
    }
    Ok(())
}
