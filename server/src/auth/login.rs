//! A token becomes a login: user, device, grants. What was looked up is kept as long as the counter `auth` stands
//! still, which is read at every request: so a revocation works at once, whichever process made it.
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use keyturn_domain::{DeviceId, Hash, UserId};
use keyturn_protocol::Code;
use uuid::Uuid;

use crate::Error;
use crate::db::{AnyConnection, DbError, WriteTx, id, int, opt_id, opt_int, text};
use crate::state::AppState;
use crate::users::{Grant, grants_of};

/// More logins than phones of the largest project; beyond, the memory is emptied.
const MOST: usize = 10_000;

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A phone's, twelve hours.
    Device,
    /// Another program's, to read the API.
    Reader,
}

impl TokenKind {
    /// Returns the word in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Reader => "reader",
        }
    }
}

/// Who calls.
#[derive(Debug, Clone)]
pub struct Login {
    /// The person.
    pub user: UserId,
    /// The phone; a reader's token has none.
    pub device: Option<DeviceId>,
    /// The id of the token, for lists and logs; opens nothing.
    pub token: Uuid,
    /// What the token is for.
    pub kind: TokenKind,
    /// It may write by the API; a phone writes by its exchange.
    pub may_write: bool,
    /// The device or its person was withdrawn: it may hand in, nothing else.
    pub revoked: bool,
    /// The device is to erase itself, after it has handed in what it can.
    pub wipe: bool,
    /// When the token ends.
    pub expires_at: i64,
    /// What this person holds, as far as it has not ended; by the clock it may have, see [`Login::active`].
    pub grants: Vec<Grant>,
    hash: Hash,
}

impl Login {
    /// Returns the grants that hold at `now`; none for a login that was withdrawn.
    pub fn active(&self, now: i64) -> impl Iterator<Item = &Grant> {
        let revoked = self.revoked;
        self.grants.iter().filter(move |grant| !revoked && grant.is_active(now))
    }
}

/// The logins that were looked up.
#[derive(Debug, Default)]
pub struct Logins(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    moved: i64,
    by_token: BTreeMap<Hash, Arc<Login>>,
}

impl Logins {
    fn find(&self, moved: i64, hash: &Hash) -> Option<Arc<Login>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.moved == moved {
            known.by_token.get(hash).cloned()
        } else {
            None
        }
    }

    fn keep(&self, moved: i64, login: &Arc<Login>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.moved < moved || known.by_token.len() >= MOST {
            known.by_token.clear();
            known.moved = known.moved.max(moved);
        }
        // Another request may have looked later and seen more.
        if known.moved == moved {
            known.by_token.insert(login.hash, Arc::clone(login));
        }
    }
}

impl AppState {
    /// Returns the login of a token.
    ///
    /// # Errors
    /// `token_unknown`, `token_expired`, `token_revoked`. A login whose device was withdrawn is returned, marked so.
    pub async fn login(&self, token: &str) -> Result<Arc<Login>, Error> {
        self.login_by_hash(Hash::of(token.as_bytes())).await
    }

    /// Looks up a login again, for answers that last.
    ///
    /// # Errors
    /// As [`AppState::login`].
    pub async fn login_again(&self, login: &Login) -> Result<Arc<Login>, Error> {
        self.login_by_hash(login.hash).await
    }

    async fn login_by_hash(&self, hash: Hash) -> Result<Arc<Login>, Error> {
        let now_moved = moved_so_far(&mut *self.db.reader().await?).await?;
        let login = match self.logins.find(now_moved, &hash) {
            Some(login) => login,
            None => self.load(hash).await?,
        };
        if login.expires_at <= self.now() {
            return Err(Code::TokenExpired.into());
        }
        Ok(login)
    }

    async fn load(&self, hash: Hash) -> Result<Arc<Login>, Error> {
        // One transaction, so that counter and login belong together.
        let mut tx = self.db.begin_read().await?;
        let moved = moved_so_far(&mut tx).await?;
        let login = Arc::new(load(&mut tx, hash).await?);
        self.logins.keep(moved, &login);
        Ok(login)
    }
}

async fn moved_so_far(conn: &mut AnyConnection) -> Result<i64, DbError> {
    let row = sqlx::query("SELECT n FROM counters WHERE name = 'auth'")
        .fetch_one(conn)
        .await?;
    int(&row, "n")
}

async fn load(conn: &mut AnyConnection, hash: Hash) -> Result<Login, Error> {
    let found = sqlx::query(include_str!("login.sql"))
        .bind(hash.0.to_vec())
        .fetch_optional(&mut *conn)
        .await;
    let row = found.map_err(DbError::from)?.ok_or(Code::TokenUnknown)?;
    if opt_int(&row, "token_revoked_at")?.is_some() {
        return Err(Code::TokenRevoked.into());
    }
    let withdrawn = opt_int(&row, "device_revoked_at")?.is_some() || opt_int(&row, "disabled_at")?.is_some();
    let kind = match text(&row, "kind")?.as_str() {
        "device" => TokenKind::Device,
        _ => TokenKind::Reader,
    };
    // A reader's token has no work to hand in.
    if withdrawn && kind == TokenKind::Reader {
        return Err(Code::TokenRevoked.into());
    }
    let user = id(&row, "user_id", UserId::from_bytes)?;
    Ok(Login {
        user,
        device: opt_id(&row, "device_id", DeviceId::from_bytes)?,
        token: id(&row, "id", Uuid::from_bytes)?,
        kind,
        may_write: text(&row, "may")?.split(' ').any(|word| word == "write"),
        revoked: withdrawn,
        wipe: opt_int(&row, "wipe_at")?.is_some(),
        expires_at: int(&row, "expires_at")?,
        grants: grants_of(conn, user).await?,
        hash,
    })
}

/// Counts a change of what logins may do; every transaction that makes one calls it.
pub(crate) async fn moved(tx: &mut WriteTx) -> Result<(), DbError> {
    sqlx::query("UPDATE counters SET n = n + 1 WHERE name = 'auth'")
        .execute(&mut **tx)
        .await?;
    Ok(())
}
