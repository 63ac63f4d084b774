//! One record, opened: the document, and what the server knows of each of its changes.

use super::page::Select;
use super::reach::Reach;
use crate::Error;
use crate::db::{AnyConnection, DbError, bytes, id, int, opt_id, opt_text, text};
use crate::state::AppState;
use keyturn_domain::document::Genesis;
use keyturn_domain::record::Marks;
use keyturn_domain::{Document, DocumentId, Hash, PlaceId, ProjectId, ScopeId, UserId};
use keyturn_protocol::Code;
use uuid::Uuid;

/// A record that the login may read.
pub struct Opened {
    /// The document.
    pub document: Document,
    /// The scope that it is in.
    pub scope: ScopeId,
    /// What the server says of its changes.
    pub marks: Marks,
    /// How often it was stored: whoever writes on an older one writes on nothing.
    pub stored: i64,
    /// When the server first heard of it.
    pub made_at: i64,
    /// When it changed last.
    pub changed_at: i64,
}

impl Opened {
    /// Names the state of the record: its heads, and what the server says of its changes.
    pub(super) fn version(&self) -> String {
        version(&self.document, &self.marks)
    }
}

/// Names the state of a record.
pub(super) fn version(document: &Document, marks: &Marks) -> String {
    let mut heads = document.heads();
    heads.sort_unstable();
    let mut bytes: Vec<u8> = heads.iter().flat_map(|head| head.0).collect();
    for (change, mark) in &marks.marks {
        bytes.extend_from_slice(&change.0);
        bytes.extend_from_slice(mark.as_bytes());
    }
    hex::encode(Hash::of(&bytes).prefix())
}

/// Opens a record within reach.
///
/// # Errors
/// `not_found` for what is not there or not within reach.
pub(super) async fn open(
    state: &AppState,
    conn: &mut AnyConnection,
    reach: &Reach,
    record: Uuid,
) -> Result<Opened, Error> {
    let sql = "SELECT id, project, place, scope, kind, version, made_at, changed_at, snapshot FROM documents \
               WHERE purged_at IS NULL";
    let found = Select::new(sql)
        .and_id("id =", Some(record))
        .within(reach)
        .all(conn)
        .await?;
    let row = found.first().ok_or(Code::NotFound)?;
    let genesis = Genesis {
        document: DocumentId(record),
        project: id(row, "project", ProjectId::from_bytes)?,
        place: id(row, "place", PlaceId::from_bytes)?,
        kind: text(row, "kind")?,
    };
    let document = match Document::load(&bytes(row, "snapshot")?) {
        Ok(document) => document,
        Err(_) => crate::sync::rebuild::rebuild(conn, &state.sync, &genesis).await?,
    };
    Ok(Opened {
        document,
        scope: id(row, "scope", ScopeId::from_bytes)?,
        marks: marks(conn, record).await?,
        stored: int(row, "version")?,
        made_at: int(row, "made_at")?,
        changed_at: int(row, "changed_at")?,
    })
}

async fn marks(conn: &mut AnyConnection, record: Uuid) -> Result<Marks, Error> {
    let rows = sqlx::query("SELECT hash, received_at, relayed_by, mark FROM changes WHERE document = $1")
        .bind(record.as_bytes().to_vec())
        .fetch_all(conn)
        .await
        .map_err(DbError::from)?;
    let mut marks = Marks::default();
    for row in &rows {
        let Some(hash) = Hash::from_slice(&bytes(row, "hash")?) else {
            continue;
        };
        marks.received.insert(hash, int(row, "received_at")?);
        if let Some(mark) = opt_text(row, "mark")? {
            marks.marks.insert(hash, mark);
        }
        if let Some(by) = opt_id(row, "relayed_by", UserId::from_bytes)? {
            marks.relayed.insert(hash, by);
        }
    }
    Ok(marks)
}
