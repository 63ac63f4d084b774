//! Readers' tokens: another program reads the API in the name of a user, with `curl` for example.
use keyturn_domain::UserId;
use keyturn_protocol::Code;
use uuid::Uuid;

use super::Actor;
use crate::Error;
use crate::audit::{self, Entry};
use crate::auth::{NewToken, Secret, TokenKind, insert_token, moved};
use crate::db::{DbError, id, int, opt_int, text};
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

/// A token as lists show it.
#[derive(Debug, Clone)]
pub struct TokenListed {
    /// Its id.
    pub id: Uuid,
    /// In whose name.
    pub user: UserId,
    /// What it is for.
    pub label: String,
    /// It may also write.
    pub may_write: bool,
    /// When it was made.
    pub made_at: i64,
    /// When it ends.
    pub expires_at: i64,
    /// When it was withdrawn.
    pub revoked_at: Option<i64>,
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
        self.create(user, label, life_ms, false).await
    }

    /// Makes a token that also does what `user` may do.
    ///
    /// # Errors
    /// `user_unknown`.
    pub async fn create_writer(&self, user: UserId, label: &str, life_ms: i64) -> Result<ReaderToken, Error> {
        self.create(user, label, life_ms, true).await
    }

    async fn create(&self, user: UserId, label: &str, life_ms: i64, may_write: bool) -> Result<ReaderToken, Error> {
        let now = self.state.now();
        let secret = Secret::token(&*self.state.ids);
        let expires_at = now.saturating_add(life_ms);
        let token = NewToken {
            hash: secret.hash,
            id: self.state.ids.uuid_v7(now),
            kind: TokenKind::Reader,
            user,
            device: None,
            may_write,
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
            detail: if may_write { "writer" } else { "reader" },
        };
        audit::record(&mut tx, now, &entry).await?;
        tx.commit().await?;
        Ok(ReaderToken {
            id: token.id,
            secret,
            expires_at,
        })
    }

    /// Returns the tokens of programs, by the time at which they were made.
    ///
    /// # Errors
    /// What the database says.
    pub async fn list(&self) -> Result<Vec<TokenListed>, Error> {
        let mut tx = self.state.db.begin_read().await?;
        let sql = "SELECT id, user_id, label, may, made_at, expires_at, revoked_at FROM tokens \
                   WHERE kind = 'reader' ORDER BY made_at, id";
        let rows = sqlx::query(sql).fetch_all(&mut *tx).await.map_err(DbError::from)?;
        let listed = rows.iter().map(|row| {
            Ok(TokenListed {
                id: id(row, "id", Uuid::from_bytes)?,
                user: id(row, "user_id", UserId::from_bytes)?,
                label: text(row, "label")?,
                may_write: text(row, "may")?.split(' ').any(|word| word == "write"),
                made_at: int(row, "made_at")?,
                expires_at: int(row, "expires_at")?,
                revoked_at: opt_int(row, "revoked_at")?,
            })
        });
        Ok(listed.collect::<Result<_, DbError>>()?)
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
