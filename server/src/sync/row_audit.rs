//! Rows that a phone learnt behind the place to which this server went back: told as they are here, or as gone.

use keyturn_domain::ScopeId;
use keyturn_domain::document::Author;
use keyturn_domain::rows;
use keyturn_protocol::{Entry, RowAsked, SyncReply};
use serde_bytes::ByteBuf;
use std::collections::BTreeMap;
use uuid::Uuid;

use super::held::held;
use super::log::heads;
use super::pull::add_page;
use super::service::SyncService;
use crate::Error;
use crate::db::{AnyConnection, Cell, fetch_in, id, opt_bytes, opt_int, text};

/// How many rows one exchange may ask for.
const MOST: usize = 1_000;

/// A row as it is stored.
struct Stored {
    kind: String,
    scope: ScopeId,
    seq: u64,
    body: Option<Vec<u8>>,
}

impl SyncService {
    /// Tells the rows that were asked for, cut to what the person may see; what is not there, or not in a scope that
    /// the person holds any longer, as gone. Nothing is said of what the person does not hold.
    pub(super) async fn answer_rows(
        &self,
        conn: &mut AnyConnection,
        me: Author,
        asked: &[RowAsked],
        reply: &mut SyncReply,
    ) -> Result<(), Error> {
        if asked.is_empty() {
            return Ok(());
        }
        let all_held = held(conn, me.user, self.state.now()).await?;
        let mut of: BTreeMap<_, Vec<&RowAsked>> = BTreeMap::new();
        for row in asked.iter().take(MOST) {
            of.entry(row.project).or_default().push(row);
        }
        for (project, asked) in of {
            let Some(held) = all_held.get(&project) else { continue };
            let head = heads(conn, &[project]).await?.get(&project).map_or(0, |h| h.seq);
            let ids: Vec<Cell> = asked.iter().map(|row| (*row.id.as_bytes()).into()).collect();
            let sql = "SELECT id, kind, scope, seq, body FROM facts WHERE project = $1 AND id";
            let found = fetch_in(conn, sql, &[(*project.as_bytes()).into()], &ids, "").await?;
            let mut stored = BTreeMap::new();
            for row in &found {
                let one = Stored {
                    kind: text(row, "kind")?,
                    scope: id(row, "scope", ScopeId::from_bytes)?,
                    seq: opt_int(row, "seq")?.unwrap_or_default().unsigned_abs(),
                    body: opt_bytes(row, "body")?,
                };
                stored.insert(id(row, "id", Uuid::from_bytes)?, one);
            }
            let mut entries = Vec::new();
            for row in asked {
                let known = stored.remove(&row.id);
                let known = known.filter(|s| s.kind == row.kind && held.since(s.scope).is_some());
                let (scope, seq, body) = match known {
                    Some(Stored {
                        kind, scope, seq, body, ..
                    }) => {
                        let roles = held.roles(scope);
                        (scope, seq, body.and_then(|b| rows::cut(&kind, &b, &roles)))
                    }
                    None if held.since(row.scope).is_some() => (row.scope, head, None),
                    None => continue,
                };
                entries.push(Entry::Row {
                    seq,
                    kind: row.kind.clone(),
                    id: row.id,
                    scope,
                    body: body.map(ByteBuf::from),
                });
            }
            add_page(reply, project, entries);
        }
        Ok(())
    }
}
