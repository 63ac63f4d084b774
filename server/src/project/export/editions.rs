//! Editions with their own files, each in a folder of its own.

use keyturn_domain::rows::{EditionRow, kind};

use super::super::form::moment_text;
use super::super::input::EDITIONS;
use super::read::Reader;
use super::sink::Sink;
use crate::Error;
use crate::editions::files_of;

impl Reader<'_> {
    pub(super) async fn editions_table(&mut self) -> Result<Vec<Vec<String>>, Error> {
        let row = |row: EditionRow| {
            vec![
                row.number.to_string(),
                moment_text(row.published_ms),
                row.note,
                row.hash.to_string(),
            ]
        };
        Ok(published(self).await?.into_iter().map(row).collect())
    }
}

/// Writes the files of every edition.
pub(super) async fn write(reader: &mut Reader<'_>, sink: &mut Sink) -> Result<(), Error> {
    for row in published(reader).await? {
        let files = files_of(reader.conn, reader.project, Some(&row)).await?;
        for (name, text) in files.own() {
            let mut out = sink.begin(&format!("{EDITIONS}/{}/{name}", row.number))?;
            out.put(sink.folder(), text.as_bytes())?;
            sink.end(out)?;
        }
    }
    Ok(())
}

async fn published(reader: &mut Reader<'_>) -> Result<Vec<EditionRow>, Error> {
    let all = reader.all::<EditionRow>(kind::EDITION).await?;
    let mut all: Vec<EditionRow> = all.into_iter().map(|(_, row)| row).collect();
    all.sort_by_key(|row| row.number);
    Ok(all)
}
