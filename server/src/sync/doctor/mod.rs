//! The doctor: verifies everything that a database says twice, and makes again what is computed.
//!
//! What people recorded stands once: as bytes of changes, as rows, and as pointers to both in each project's log. The
//! rest follows from it, so it can be compared (`examine`) and made again (`repair`):
//!
//! 1. pages, schema, references between tables (`pages`);
//! 2. each log: no gap, every chain, the counter at its end, every pointer, every row by its hash (`log`, `rows`);
//! 3. each document: its snapshot holds exactly the changes that are stored, byte by byte; heads, projection and sums
//!    follow from it (`documents`);
//! 4. the audit log, epochs, people who were erased (`rows`); and the machine: disk, clock (`machine`).
//!
//! One read transaction, a page of rows at a time: memory does not grow with the database, and people go on writing.
//! The same examination verifies a backup before its mark moves, and a restored copy before it is used.

mod documents;
mod finding;
mod log;
mod machine;
mod pages;
mod repair;
mod rows;

use crate::Error;
use crate::db::{AnyConnection, DbError, bytes_n, id, int, known_version, text};
use keyturn_domain::{EpochId, ProjectId};
use keyturn_protocol::Sum;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

use super::rewind::epochs;

pub use finding::{Class, Findings, Found, Kind};
pub use machine::{Machine, free_bytes, look_at_machine};
pub use repair::Repaired;

/// How far something has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is being done.
    pub stage: Stage,
    /// How much of it is done.
    pub done: u64,
    /// Of so much; 0 when that is not known.
    pub total: u64,
}

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// The database is copied.
    Copy,
    /// Pages are read.
    Pages,
    /// Logs are read.
    Log,
    /// Rows are read.
    Rows,
    /// Documents are compared.
    Documents,
    /// What is computed is made again.
    Repair,
}

/// Hears how far it has come.
pub type Watch<'a> = &'a mut (dyn FnMut(Step) + Send);

/// A project as a database holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectFacts {
    /// Its id.
    pub id: ProjectId,
    /// Its code.
    pub code: String,
    /// The newest entry of its log.
    pub seq: u64,
    /// The chain after it.
    pub chain: String,
    /// Its closing sum: documents and heads.
    pub sum: String,
    /// What is in a backup.
    pub backup_seq: u64,
}

/// What a database holds, in numbers; no personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Which server it is.
    pub server: Uuid,
    /// The version of its schema.
    pub schema: i64,
    /// The epoch that runs.
    pub epoch: EpochId,
    /// Its projects.
    pub projects: Vec<ProjectFacts>,
    /// How many rows each table has.
    pub rows: BTreeMap<String, u64>,
    /// The sum of all projects' sums.
    pub heads_sum: String,
}

/// What an examination found.
#[derive(Clone, Debug, Serialize)]
pub struct Examined {
    /// What the database holds.
    pub facts: Facts,
    /// How many changes are in quarantine, by reason. They are no finding: they wait for a person.
    pub quarantine: BTreeMap<String, u64>,
    /// What is wrong.
    pub findings: Findings,
}

/// The tables that are counted.
const COUNTED: &[&str] = &[
    "users",
    "devices",
    "grants",
    "audit",
    "places",
    "log",
    "facts",
    "documents",
    "changes",
    "quarantine",
    "intents",
];

/// Verifies a database to the last row.
///
/// # Errors
/// `db_newer`, `db_older` for another schema; what the database says when it cannot be read at all.
pub async fn examine(
    conn: &mut AnyConnection,
    erased: &[(ProjectId, Uuid)],
    watch: Watch<'_>,
) -> Result<Examined, Error> {
    let mut findings = Findings::default();
    pages::examine(conn, &mut findings, watch).await?;
    if findings.0.contains_key(&Kind::PagesDamaged) || findings.0.contains_key(&Kind::SchemaDiffers) {
        // Whatever is read from here on could be wrong, or is not there.
        let facts = Facts {
            server: Uuid::nil(),
            schema: known_version(),
            epoch: EpochId::default(),
            projects: Vec::new(),
            rows: BTreeMap::new(),
            heads_sum: String::new(),
        };
        return Ok(Examined {
            facts,
            quarantine: BTreeMap::new(),
            findings,
        });
    }
    let facts = facts(conn).await?;
    for project in &facts.projects {
        log::examine(conn, project, &mut findings, watch).await?;
    }
    rows::examine(conn, &facts, erased, &mut findings, watch).await?;
    documents::examine(conn, &facts, &mut findings, watch).await?;
    let quarantine = quarantine(conn).await?;
    Ok(Examined {
        facts,
        quarantine,
        findings,
    })
}

/// Reads what a database holds.
///
/// # Errors
/// What the database says.
pub async fn facts(conn: &mut AnyConnection) -> Result<Facts, DbError> {
    let mut rows = BTreeMap::new();
    for table in COUNTED {
        let sql = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) AS n FROM {table}"));
        let row = sqlx::query(sql).fetch_one(&mut *conn).await?;
        rows.insert((*table).to_owned(), int(&row, "n")?.unsigned_abs());
    }
    let sql = "SELECT id, code, seq, chain, sum, backup_seq FROM projects ORDER BY id";
    let mut all = Sum::default();
    let mut projects = Vec::new();
    for row in sqlx::query(sql).fetch_all(&mut *conn).await? {
        let sum = super::log::sum_of(&row)?;
        all = all.plus(sum);
        projects.push(ProjectFacts {
            id: id(&row, "id", ProjectId::from_bytes)?,
            code: text(&row, "code")?,
            seq: super::log::seq_of(&row, "seq")?,
            chain: hex::encode(bytes_n::<16>(&row, "chain")?),
            sum: hex::encode(sum.as_bytes()),
            backup_seq: super::log::seq_of(&row, "backup_seq")?,
        });
    }
    let server = sqlx::query("SELECT value FROM server_facts WHERE name = 'server_id'")
        .fetch_optional(&mut *conn)
        .await?;
    Ok(Facts {
        server: match server {
            Some(row) => Uuid::from_bytes(bytes_n(&row, "value")?),
            None => Uuid::nil(),
        },
        schema: crate::db::version_of(conn).await?,
        epoch: epochs(conn).await?.current,
        projects,
        rows,
        heads_sum: hex::encode(all.as_bytes()),
    })
}

async fn quarantine(conn: &mut AnyConnection) -> Result<BTreeMap<String, u64>, DbError> {
    let sql = "SELECT code, COUNT(*) AS n FROM quarantine GROUP BY code ORDER BY code";
    let rows = sqlx::query(sql).fetch_all(conn).await?;
    let one = |row| Ok((text(row, "code")?, int(row, "n")?.unsigned_abs()));
    rows.iter().map(one).collect()
}
