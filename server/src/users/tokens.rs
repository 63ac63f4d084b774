//! Readers' tokens: another program reads the API in the name of a user, with `curl` for example.
use keyturn_domain::UserId;
use keyturn_protocol::Code;
use uuid::Uuid;

use super::Actor;
use crate::Error;
use crate::audit::{self, Entry};
use crate::auth::{NewToken, Secret, TokenKind, insert_token, moved};
use crate::db::DbError;
use crate::state::AppState;

/// A token for another program.
#[derive(Debug, Clone)]
pub struct ReaderToken {
    /// Its id, to withdraw it.
    pub id: Uuid,
    /// Goes into `Authorization: Bearer`; shown now and never again.
    pub secret: Secret,
    /// When it ends.
    pub expires_at: i64,
}

/// The tokens of other programs.
pub struct Tokens<'a> {
    state: &'a AppState,
    actor: Actor,
}

impl<'a> Tokens<'a> {
    /// Returns the calls, made in the name of `actor`.
    pub fn new(state: &'a AppState, actor: Actor) -> Self {
        Self { state, actor }
    }

    /// Makes a token that reads what `user` may read, for `life_ms` milliseconds.
    ///
    /// # Errors
    /// `user_unknown`.
    pub async fn create_reader(&self, user: UserId, label: &str, life_ms: i64) -> Result<ReaderToken, Error> {
        let now = self.state.now();
        let secret = Secret::token(&*self.state.ids);
        let expires_at = now.saturating_add(life_ms);
        let token = NewToken {
            hash: secret.hash,
            id: self.state.ids.uuid_v7(now),
            kind: TokenKind::Reader,
            user,
            device: None,
        };
        let mut tx = self.state.db.begin_write().await?;
        match insert_token(&mut tx, &token, label, now, expires_at).await {
            Err(DbError::Constraint(_)) => return Err(Code::UserUnknown.into()),
            other => other?,
        }
        let entry = Entry {
            actor: self.actor,
            action: "token.make",
            subject: user.to_string(),
            detail: "reader",
        };
        audit::record(&mut tx, now, &entry).await?;
        tx.commit().await?;
        Ok(ReaderToken {
            id: token.id,
            secret,
            expires_at,
        })
    }

    /// Withdraws a token; it is refused from the next request on. Safe to repeat.
    ///
    /// # Errors
    /// `token_unknown`.
    pub async fn revoke(&self, token: Uuid) -> Result<(), Error> {
        let now = self.state.now();
        let mut tx = self.state.db.begin_write().await?;
        let done = sqlx::query("UPDATE tokens SET revoked_at = COALESCE(revoked_at, $1) WHERE id = $2")
            .bind(now)
            .bind(token.as_bytes().to_vec())
            .execute(&mut *tx)
            .await
            .map_err(DbError::from)?;
        if done.rows_affected() == 0 {
            return Err(Code::TokenUnknown.into());
        }
        moved(&mut tx).await?;
        let entry = Entry {
            actor: self.actor,
            action: "token.revoke",
            subject: token.to_string(),
            detail: "",
        };
        audit::record(&mut tx, now, &entry).await?;
        tx.commit().await?;
        Ok(())
    }
}
