//! The draft of a project: at most one, kept beside the log, because no phone has anything to do with it.

use std::collections::BTreeMap;

use keyturn_domain::catalog::edition::EditionFiles;
use keyturn_domain::{Hash, ProjectId};
use keyturn_protocol::codec::{from_cbor, to_cbor};

use crate::Error;
use crate::db::{AnyConnection, DbError, WriteTx, bytes, bytes_n, int, text};

/// What was imported and not published.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) hash: Hash,
    pub(super) files: EditionFiles,
    pub(super) note: String,
    pub(super) made_at: i64,
}

/// Reads the draft of a project.
pub(super) async fn draft(conn: &mut AnyConnection, project: ProjectId) -> Result<Option<Draft>, Error> {
    let found = sqlx::query("SELECT hash, files, note, made_at FROM edition_drafts WHERE project = $1")
        .bind(project.as_bytes().to_vec())
        .fetch_optional(conn)
        .await
        .map_err(DbError::from)?;
    let Some(row) = found else { return Ok(None) };
    let files: BTreeMap<String, String> =
        from_cbor(&bytes(&row, "files")?).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(Some(Draft {
        hash: Hash(bytes_n(&row, "hash")?),
        files: EditionFiles::stored(files),
        note: text(&row, "note")?,
        made_at: int(&row, "made_at")?,
    }))
}

/// Puts the draft of a project in the place of the one before.
pub(super) async fn put(tx: &mut WriteTx, project: ProjectId, draft: &Draft) -> Result<(), Error> {
    let files = to_cbor(draft.files.own()).map_err(|error| Error::Internal(error.to_string()))?;
    let sql = "INSERT INTO edition_drafts (project, hash, files, note, made_at) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (project) DO UPDATE SET hash = excluded.hash, files = excluded.files, \
               note = excluded.note, made_at = excluded.made_at";
    sqlx::query(sql)
        .bind(project.as_bytes().to_vec())
        .bind(draft.hash.0.to_vec())
        .bind(files)
        .bind(draft.note.clone())
        .bind(draft.made_at)
        .execute(&mut **tx)
        .await
        .map_err(DbError::from)?;
    Ok(())
}

/// Takes the draft away.
pub(super) async fn remove(tx: &mut WriteTx, project: ProjectId) -> Result<(), Error> {
    sqlx::query("DELETE FROM edition_drafts WHERE project = $1")
        .bind(project.as_bytes().to_vec())
        .execute(&mut **tx)
        .await
        .map_err(DbError::from)?;
    Ok(())
}
