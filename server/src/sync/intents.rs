//! Intents: commands that a phone made about rows and marks. Each is judged once; its verdict is kept.

use keyturn_domain::document::Author;
use keyturn_domain::intents::Refusal;
use keyturn_domain::{DocumentId, Hash, ScopeId};
use keyturn_protocol::{Intent, IntentReply, Mark, codec};
use serde::{Deserialize, Serialize};

use super::gather::{documents, marks_of};
use super::log::{NewEntry, append, heads, kind};
use super::projected::Projected;
use super::rights::{covers, mark_word};
use super::service::SyncService;
use crate::Error;
use crate::db::{DbError, WriteTx, bytes, text};
use crate::users::{Role, grants_of};

/// The kind of an intent by which a reviewer lifts the mark `role` of a change.
pub const LIFT_MARK: &str = "lift_mark";
const LONGEST: usize = 64 << 10;

/// The payload of [`LIFT_MARK`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiftMark {
    /// The document.
    pub document: DocumentId,
    /// The change whose mark is lifted.
    pub hash: Hash,
}

impl SyncService {
    /// Judges an intent once; asked again, it gives the same verdict again.
    pub(super) async fn intent(&self, me: Author, intent: Intent) -> Result<IntentReply, Error> {
        let mut tx = self.state.db.begin_write().await?;
        let known = sqlx::query("SELECT refused FROM intents WHERE id = $1")
            .bind(intent.id.as_bytes().to_vec())
            .fetch_optional(&mut *tx)
            .await
            .map_err(DbError::from)?;
        if let Some(row) = known {
            let refused = Some(text(&row, "refused")?).filter(|code| !code.is_empty());
            let seq = heads(&mut tx, &[intent.project])
                .await?
                .get(&intent.project)
                .map_or(0, |h| h.seq);
            return Ok(IntentReply {
                id: intent.id,
                refused,
                seq,
            });
        }
        let done = match intent.kind.as_str() {
            _ if intent.payload.len() > LONGEST => Err("too_large"),
            LIFT_MARK => self.lift_mark(&mut tx, me, &intent).await?,
            _ => self.row_intent(&mut tx, me, &intent).await?.map_err(Refusal::code),
        };
        let refused = done.err();
        sqlx::query(include_str!("intent_insert.sql"))
            .bind(intent.id.as_bytes().to_vec())
            .bind(intent.project.as_bytes().to_vec())
            .bind(me.user.as_bytes().to_vec())
            .bind(me.device.as_bytes().to_vec())
            .bind(intent.kind.chars().take(64).collect::<String>())
            .bind(refused.unwrap_or_default())
            .bind(self.state.now())
            .execute(&mut *tx)
            .await
            .map_err(DbError::from)?;
        let seq = heads(&mut tx, &[intent.project])
            .await?
            .get(&intent.project)
            .map_or(0, |h| h.seq);
        tx.commit().await?;
        // What collided has opened a task.
        if refused.is_none_or(|code| code == Refusal::Collides.code()) {
            self.state.poke(intent.project);
        }
        Ok(IntentReply {
            id: intent.id,
            refused: refused.map(str::to_owned),
            seq,
        })
    }

    async fn lift_mark(
        &self,
        tx: &mut WriteTx,
        me: Author,
        intent: &Intent,
    ) -> Result<Result<(), &'static str>, Error> {
        let Ok(LiftMark { document, hash }) = codec::from_cbor(&intent.payload) else {
            return Ok(Err("bad_payload"));
        };
        let stored = documents(tx, &[(*document.as_bytes()).into()]).await?;
        let now = self.state.now();
        let grants = grants_of(tx, me.user).await?;
        let may = |scope: ScopeId| {
            grants.iter().any(|g| {
                g.is_active(now) && matches!(g.role, Role::Reviewer | Role::Manager) && covers(g, intent.project, scope)
            })
        };
        // Knowing an id opens nothing: what one does not hold is not there.
        let Some(stored) = stored
            .get(&document)
            .filter(|s| !s.purged && s.genesis.project == intent.project && may(s.scope))
        else {
            return Ok(Err("unknown_document"));
        };
        let mut marks = marks_of(tx, document).await?;
        match marks.get(&hash) {
            Some(Mark::Role) => {}
            Some(Mark::Lifted) => return Ok(Ok(())),
            _ => return Ok(Err("not_marked")),
        }
        marks.insert(hash, Mark::Lifted);
        sqlx::query("UPDATE changes SET mark = $1 WHERE document = $2 AND hash = $3")
            .bind(mark_word(Mark::Lifted))
            .bind(document.as_bytes().to_vec())
            .bind(hash.0.to_vec())
            .execute(&mut **tx)
            .await
            .map_err(DbError::from)?;
        let row = sqlx::query("SELECT snapshot FROM documents WHERE id = $1")
            .bind(document.as_bytes().to_vec())
            .fetch_one(&mut **tx)
            .await
            .map_err(DbError::from)?;
        let open = match keyturn_domain::Document::load(&bytes(&row, "snapshot")?) {
            Ok(open) => open,
            Err(_) => super::rebuild::rebuild(tx, self.shared(), &stored.genesis).await?,
        };
        let projected = Projected::of(&open, &marks);
        // A new version: whoever judges on the old marks judges again.
        let sql =
            "UPDATE documents SET projection = $1, state = $2, contested = $3, version = version + 1 WHERE id = $4";
        sqlx::query(sql)
            .bind(projected.bytes)
            .bind(projected.state)
            .bind(projected.contested)
            .bind(document.as_bytes().to_vec())
            .execute(&mut **tx)
            .await
            .map_err(DbError::from)?;
        let entry = NewEntry {
            kind: kind::MARK,
            id: document.0,
            scope: stored.scope,
            hash,
            who: uuid::Uuid::nil(),
        };
        append(tx, intent.project, &[entry]).await?;
        Ok(Ok(()))
    }
}
