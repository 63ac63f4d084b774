//! All of a project: records as the API shows them, the changes that they are made of, rows.
//!
//! | file | a line |
//! |---|---|
//! | `about.json` | the whole file: which project, when, how far its log was |
//! | `records.jsonl` | a record, as `GET /api/v1/records/{id}` shows it |
//! | `documents.jsonl` | a document: what it is, its heads, its file, the sizes of the changes in it |
//! | `changes/3f/….automerge` | the raw changes of one document, the first one first: automerge loads them as they are |
//! | `changes.jsonl` | a change: who sent it from which phone, when it was received, its mark |
//! | `rows.jsonl` | a row of any kind in its present state |

use keyturn_domain::document::Genesis;
use keyturn_domain::rows::{self, ContactRow, PersonRow, kind};
use keyturn_domain::{DocumentId, Hash, PlaceId, ProjectId, ScopeId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::people::Key;
use super::read::Reader;
use super::sink::Sink;
use super::{Exported, What};
use crate::Error;
use crate::db::{AnyRow, DbError, bytes, bytes_n, id, int, opt_id, opt_text, text};
use crate::records::{Reach, show};
use crate::state::AppState;

/// The list of documents.
pub(super) const DOCUMENTS: &str = "documents.jsonl";
const PAGE: i64 = 100;
/// Rows that say something of owners.
const PEOPLE: &[&str] = &[kind::HOUSEHOLD, kind::PERSON, kind::CONTACT];

/// A line of the list of documents.
#[derive(Serialize, Deserialize)]
pub(super) struct Listed {
    pub(super) id: DocumentId,
    pub(super) project: ProjectId,
    pub(super) place: PlaceId,
    pub(super) kind: String,
    /// Hexadecimal, sorted.
    pub(super) heads: Vec<String>,
    pub(super) file: String,
    /// Of each change, in the order of the file.
    pub(super) sizes: Vec<usize>,
}

#[derive(Serialize)]
struct ChangeLine {
    document: DocumentId,
    hash: String,
    seq: i64,
    user: Uuid,
    device: Uuid,
    received_ms: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    relayed_by: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mark: Option<String>,
}

/// Writes all of it.
pub(super) async fn write(
    state: &AppState,
    reader: &mut Reader<'_>,
    sink: &mut Sink,
    what: What,
    done: &mut Exported,
) -> Result<(), Error> {
    let folder = sink.folder().to_owned();
    let mut records = sink.begin("records.jsonl")?;
    let mut documents = sink.begin(DOCUMENTS)?;
    let mut changes = sink.begin("changes.jsonl")?;
    let reach = Reach::everything();
    let mut after = Uuid::nil();
    loop {
        let page = page(reader, after).await?;
        let Some(last) = page.last() else { break };
        after = id(last, "id", Uuid::from_bytes)?;
        for row in &page {
            let document = id(row, "id", Uuid::from_bytes)?;
            let shown = show(state, reader.conn, &reach, document).await?;
            records.line(&folder, &shown)?;
            let listed = bytes_of(reader, sink, row, &mut changes).await?;
            done.changes += listed.sizes.len().saturating_sub(1);
            documents.line(&folder, &listed)?;
            done.records += 1;
        }
    }
    for out in [records, documents, changes] {
        sink.end(out)?;
    }
    done.rows = all_rows(reader, sink, what).await?;
    let head = sqlx::query("SELECT seq, chain FROM projects WHERE id = $1")
        .bind(reader.project.as_bytes().to_vec())
        .fetch_one(&mut *reader.conn)
        .await
        .map_err(DbError::from)?;
    let about = json!({
        "format": "keyturn-export/1", "project": reader.project, "code": reader.row.code, "at_ms": state.now(),
        "seq": int(&head, "seq")?, "chain": hex::encode(bytes(&head, "chain")?), "people": what.people,
        "records": done.records, "changes": done.changes, "rows": done.rows,
    });
    let mut out = sink.begin("about.json")?;
    out.line(&folder, &about)?;
    sink.end(out)
}

async fn page(reader: &mut Reader<'_>, after: Uuid) -> Result<Vec<AnyRow>, Error> {
    let sql = "SELECT id, place, kind, heads FROM documents WHERE project = $1 AND id > $2 AND purged_at IS NULL \
               ORDER BY id LIMIT $3";
    let rows = sqlx::query(sql)
        .bind(reader.project.as_bytes().to_vec())
        .bind(after.as_bytes().to_vec())
        .bind(PAGE)
        .fetch_all(&mut *reader.conn)
        .await
        .map_err(DbError::from)?;
    Ok(rows)
}

/// Writes the changes of one document, its computed first change included, and what is known about each.
async fn bytes_of(
    reader: &mut Reader<'_>,
    sink: &mut Sink,
    row: &AnyRow,
    lines: &mut super::sink::Out,
) -> Result<Listed, Error> {
    let folder = sink.folder().to_owned();
    let document = id(row, "id", DocumentId::from_bytes)?;
    let genesis = Genesis {
        document,
        project: reader.project,
        place: id(row, "place", PlaceId::from_bytes)?,
        kind: text(row, "kind")?,
    };
    let (_, first) = genesis.change().map_err(|error| Error::Internal(error.to_string()))?;
    let name = document.to_string();
    let file = format!("changes/{}/{name}.automerge", name.get(..2).unwrap_or_default());
    let mut out = sink.begin(&file)?;
    out.put(&folder, &first)?;
    let mut sizes = vec![first.len()];
    let sql = "SELECT hash, seq, user_id, device_id, received_at, relayed_by, mark, bytes FROM changes \
               WHERE document = $1 ORDER BY seq, hash";
    let found = sqlx::query(sql)
        .bind(document.as_bytes().to_vec())
        .fetch_all(&mut *reader.conn)
        .await
        .map_err(DbError::from)?;
    for change in &found {
        let raw = bytes(change, "bytes")?;
        let hash = Hash(bytes_n(change, "hash")?);
        // The first change is computed; where it was sent all the same, once is enough.
        if raw == first {
            continue;
        }
        out.put(&folder, &raw)?;
        sizes.push(raw.len());
        let line = ChangeLine {
            document,
            hash: hash.to_string(),
            seq: int(change, "seq")?,
            user: id(change, "user_id", Uuid::from_bytes)?,
            device: id(change, "device_id", Uuid::from_bytes)?,
            received_ms: int(change, "received_at")?,
            relayed_by: opt_id(change, "relayed_by", UserId::from_bytes)?,
            mark: opt_text(change, "mark")?,
        };
        lines.line(&folder, &line)?;
    }
    sink.end(out)?;
    let heads = bytes(row, "heads")?;
    Ok(Listed {
        id: document,
        project: genesis.project,
        place: genesis.place,
        kind: genesis.kind,
        heads: heads.chunks(32).map(hex::encode).collect(),
        file,
        sizes,
    })
}

/// Writes the rows: without keys, and without people unless they are asked for.
async fn all_rows(reader: &mut Reader<'_>, sink: &mut Sink, what: What) -> Result<usize, Error> {
    let folder = sink.folder().to_owned();
    let mut out = sink.begin("rows.jsonl")?;
    let (mut after, mut count) = (Uuid::nil(), 0);
    loop {
        let sql = "SELECT id, kind, scope, seq, body FROM facts WHERE project = $1 AND id > $2 AND body IS NOT NULL \
                   ORDER BY id LIMIT $3";
        let page = sqlx::query(sql)
            .bind(reader.project.as_bytes().to_vec())
            .bind(after.as_bytes().to_vec())
            .bind(PAGE)
            .fetch_all(&mut *reader.conn)
            .await
            .map_err(DbError::from)?;
        let Some(last) = page.last() else { break };
        after = id(last, "id", Uuid::from_bytes)?;
        for row in &page {
            let of = text(row, "kind")?;
            if of == kind::SUBJECT_KEY || (PEOPLE.contains(&of.as_str()) && !what.people) {
                continue;
            }
            let line = json!({
                "id": id(row, "id", Uuid::from_bytes)?, "kind": of, "scope": id(row, "scope", ScopeId::from_bytes)?,
                "seq": int(row, "seq")?, "row": body(reader, row, &of, what).await?,
            });
            out.line(&folder, &line)?;
            count += 1;
        }
    }
    sink.end(out)?;
    Ok(count)
}

/// A row as JSON; what is sealed is opened, or left out.
async fn body(reader: &mut Reader<'_>, row: &AnyRow, of: &str, what: What) -> Result<Value, Error> {
    let (row_id, body) = (id(row, "id", Uuid::from_bytes)?, bytes(row, "body")?);
    let map: ciborium::Value = rows::read(&body).unwrap_or(ciborium::Value::Null);
    let mut shown = crate::records::json(&map);
    let Some(members) = shown.as_object_mut() else {
        return Ok(shown);
    };
    let subject = match of {
        kind::STAFF if !what.people => {
            members.remove("phone");
            None
        }
        kind::PERSON => Some(row_id),
        kind::CONTACT => rows::read::<ContactRow>(&body).map(|contact| contact.subject()),
        _ => None,
    };
    if let Some(subject) = subject {
        for sealed in ["name", "contact", "words"] {
            members.remove(sealed);
        }
        if let Some(Key::Held(key)) = reader.keys(&[subject]).await?.remove(&subject) {
            if let Some(person) = rows::read::<PersonRow>(&body).filter(|_| of == kind::PERSON) {
                members.insert("name".into(), json!(person.open_name(row_id, &key)));
                members.insert("contact".into(), json!(person.open_contact(row_id, &key)));
            } else if let Some(contact) = rows::read::<ContactRow>(&body) {
                members.insert("words".into(), json!(contact.open_words(row_id, &key)));
            }
        }
    }
    Ok(shown)
}
