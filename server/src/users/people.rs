//! Users: who may log in.
use keyturn_domain::UserId;
use keyturn_protocol::Code;

use super::Actor;
use crate::Error;
use crate::audit::{self, Entry};
use crate::auth::moved;
use crate::db::{AnyRow, DbError, id, int, opt_int, text};
use crate::state::AppState;

const LONGEST: usize = 80;

/// A person who may log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// What it is called on the command line, such as `wang.lei`; unique.
    pub name: String,
    /// What others see, such as `王磊`.
    pub display: String,
    /// When it was made.
    pub made_at: i64,
    /// When it was disabled.
    pub disabled_at: Option<i64>,
}

/// The people of this server.
pub struct Users<'a> {
    state: &'a AppState,
    actor: Actor,
}

impl<'a> Users<'a> {
    /// Returns the calls, made in the name of `actor`.
    pub fn new(state: &'a AppState, actor: Actor) -> Self {
        Self { state, actor }
    }

    /// Creates a user.
    ///
    /// # Errors
    /// `user_exists`; `bad_value` for a name that is empty, too long or holds spaces.
    pub async fn create(&self, name: &str, display: &str) -> Result<User, Error> {
        let display = if display.trim().is_empty() {
            name
        } else {
            display.trim()
        };
        if name.is_empty()
            || name.chars().any(|c| c.is_whitespace() || c.is_control())
            || name.chars().count() > LONGEST
        {
            return Err(Error::refused(
                Code::BadValue,
                "a name has 1 to 80 letters and no spaces",
            ));
        }
        if display.chars().any(char::is_control) || display.chars().count() > LONGEST {
            return Err(Error::refused(
                Code::BadValue,
                "a displayed name has at most 80 letters",
            ));
        }
        let now = self.state.now();
        let user = User {
            id: UserId(self.state.ids.uuid_v7(now)),
            name: name.to_owned(),
            display: display.to_owned(),
            made_at: now,
            disabled_at: None,
        };
        let mut tx = self.state.db.begin_write().await?;
        let done = sqlx::query("INSERT INTO users (id, name, display, made_at) VALUES ($1, $2, $3, $4)")
            .bind(user.id.as_bytes().to_vec())
            .bind(user.name.clone())
            .bind(user.display.clone())
            .bind(now)
            .execute(&mut *tx)
            .await;
        match done.map_err(DbError::from) {
            Err(DbError::Constraint(_)) => return Err(Error::refused(Code::UserExists, name)),
            other => other?,
        };
        let entry = Entry {
            actor: self.actor,
            action: "user.create",
            subject: user.id.to_string(),
            detail: "",
        };
        audit::record(&mut tx, now, &entry).await?;
        tx.commit().await?;
        Ok(user)
    }

    /// Returns everybody, by name.
    ///
    /// # Errors
    /// What the database says.
    pub async fn list(&self) -> Result<Vec<User>, Error> {
        let mut tx = self.state.db.begin_read().await?;
        let rows = sqlx::query("SELECT id, name, display, made_at, disabled_at FROM users ORDER BY name");
        let rows = rows.fetch_all(&mut *tx).await.map_err(DbError::from)?;
        Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
    }

    /// Finds a user by name.
    ///
    /// # Errors
    /// `user_unknown`.
    pub async fn find(&self, name: &str) -> Result<User, Error> {
        let mut tx = self.state.db.begin_read().await?;
        let row = sqlx::query("SELECT id, name, display, made_at, disabled_at FROM users WHERE name = $1")
            .bind(name.to_owned())
            .fetch_optional(&mut *tx)
            .await
            .map_err(DbError::from)?;
        let row = row.ok_or_else(|| Error::refused(Code::UserUnknown, name))?;
        Ok(read(&row)?)
    }

    /// Disables a user: readers' tokens end, phones may hand in their work and nothing else. Safe to repeat.
    ///
    /// # Errors
    /// `user_unknown`.
    pub async fn disable(&self, user: UserId) -> Result<(), Error> {
        let now = self.state.now();
        let mut tx = self.state.db.begin_write().await?;
        let done = sqlx::query("UPDATE users SET disabled_at = COALESCE(disabled_at, $1) WHERE id = $2")
            .bind(now)
            .bind(user.as_bytes().to_vec())
            .execute(&mut *tx)
            .await
            .map_err(DbError::from)?;
        if done.rows_affected() == 0 {
            return Err(Code::UserUnknown.into());
        }
        moved(&mut tx).await?;
        let entry = Entry {
            actor: self.actor,
            action: "user.disable",
            subject: user.to_string(),
            detail: "",
        };
        audit::record(&mut tx, now, &entry).await?;
        tx.commit().await?;
        Ok(())
    }
}

fn read(row: &AnyRow) -> Result<User, DbError> {
    Ok(User {
        id: id(row, "id", UserId::from_bytes)?,
        name: text(row, "name")?,
        display: text(row, "display")?,
        made_at: int(row, "made_at")?,
        disabled_at: opt_int(row, "disabled_at")?,
    })
}
