//! A project as files: the tables that import again to the same state, and on request everything that there is.
//!
//! Everything is read in one transaction, so that it belongs together. One table is held in memory at a time; records,
//! changes and rows are written as they are read.

mod editions;
mod estate;
mod everything;
mod people;
mod read;
mod sink;
mod verify;

pub use verify::{Verified, verify};

use keyturn_domain::ProjectId;
use keyturn_protocol::Code;
use serde::Serialize;
use std::path::Path;

use self::read::Reader;
use self::sink::Sink;
use super::import::Projects;
use super::tables::TABLES;
use crate::Error;
use crate::db::{DbError, id};

/// What is exported.
#[derive(Clone, Copy, Debug, Default)]
pub struct What {
    /// Personal data, too: households, persons, telephones of the staff.
    pub people: bool,
    /// All records, changes and rows, too.
    pub full: bool,
}

/// What was exported.
#[derive(Debug, Default, Serialize)]
pub struct Exported {
    /// The project.
    pub project: ProjectId,
    /// Tables with their rows.
    pub tables: Vec<(String, usize)>,
    /// Records.
    pub records: usize,
    /// Changes.
    pub changes: usize,
    /// Rows of every kind.
    pub rows: usize,
    /// Files, the list of hashes among them.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
}

impl Projects<'_> {
    /// Writes a project into a folder that is new or empty.
    ///
    /// # Errors
    /// `project_unknown`, `export_exists`, `disk_full`, `file_unusable`, or what the storage says.
    pub async fn export(&self, code: &str, folder: &Path, what: What) -> Result<Exported, Error> {
        let mut tx = self.state.db.begin_read().await?;
        let row = sqlx::query("SELECT id FROM projects WHERE code = $1")
            .bind(code.to_owned())
            .fetch_optional(&mut *tx)
            .await
            .map_err(DbError::from)?;
        let row = row.ok_or_else(|| Error::refused(Code::ProjectUnknown, code))?;
        let project = id(&row, "id", ProjectId::from_bytes)?;
        let mut sink = Sink::open(folder)?;
        let mut done = Exported {
            project,
            ..Exported::default()
        };
        let mut reader = Reader::open(&mut tx, project).await?;
        for def in TABLES.iter().filter(|def| what.people || !def.people) {
            let rows = reader.table(def.name).await?;
            // An empty table says nothing; only the days of a calendar are all that there are.
            if rows.is_empty() {
                continue;
            }
            sink.table(def, &rows)?;
            done.tables.push((def.name.to_owned(), rows.len()));
        }
        editions::write(&mut reader, &mut sink).await?;
        if what.full {
            everything::write(self.state, &mut reader, &mut sink, what, &mut done).await?;
        }
        (done.files, done.bytes) = sink.close()?;
        Ok(done)
    }
}
