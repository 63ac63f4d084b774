//! Who this phone belongs to: enrolment, token, roles, and whether the device was withdrawn.

use crate::client::Inner;
use crate::{ClientError, Event};
use keyturn_domain::{DeviceId, ProjectId, ScopeId, UserId};
use keyturn_protocol::ApiError;
use keyturn_protocol::auth::{DpopProof, EnrolRequest, TOKEN_PATH};
use keyturn_protocol::codec::{from_cbor, to_cbor};
use keyturn_store::{Connection, ERASED_NOTE, StoreError, Transaction, grants, meta};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, PoisonError};

const ME: &str = "session";
const TOKEN: &str = "token";
const STATE: &str = "device_state";
const WIPING: &[u8] = b"wiping";

/// Who is enrolled on this phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// The person.
    pub user: UserId,
    /// This phone.
    pub device: DeviceId,
    /// The server; never changes, whatever its address becomes.
    pub server: uuid::Uuid,
}

/// A role that the person has in a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// The project.
    pub project: ProjectId,
    /// The scope; that of the project covers all of it.
    pub scope: ScopeId,
    /// e.g. `engineer`.
    pub role: String,
    /// False: to read only.
    pub write: bool,
}

/// Whether this phone may work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceState {
    /// Nobody is enrolled.
    New,
    /// It may.
    Active,
    /// It was withdrawn: what is queued is handed in, nothing else.
    Revoked,
    /// It was told to erase itself: what is queued is handed in, then all is gone.
    Wiping,
    /// It has erased itself ([`Session::wiped`]); it is enrolled anew, or put away.
    Wiped,
}

/// What became of the work on a phone that erased itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// When, by this phone's clock.
    pub at_ms: i64,
    /// Changes that the server did not have and that were handed in before.
    pub handed_in: u64,
    /// Changes and commands that nobody has now.
    pub lost: u64,
}

/// Enrolment, who I am, roles.
#[derive(Clone)]
pub struct Session {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Serialize, Deserialize)]
struct Token {
    token: String,
    expires_at: i64,
}

/// What of it is kept in memory: a tap must not read it.
#[derive(Default)]
pub(crate) struct SessionState(Mutex<Kept>);

#[derive(Clone, Default)]
struct Kept {
    me: Option<Me>,
    revoked: bool,
    wiping: bool,
    wiped: Option<Erased>,
    /// The key in memory is one that this process has deleted.
    spent: bool,
    nonce: Option<String>,
}

impl SessionState {
    pub(crate) fn load(conn: &Connection) -> Result<Self, ClientError> {
        let me = meta::get(conn, ME)?.map(|b| from_cbor(&b)).transpose()?;
        let state = meta::get(conn, STATE)?;
        let note = meta::get(conn, ERASED_NOTE)?;
        let kept = Kept {
            me,
            revoked: state.is_some(),
            wiping: state.as_deref() == Some(WIPING),
            wiped: note.and_then(|note| from_cbor(&note).ok()),
            ..Kept::default()
        };
        Ok(Self(Mutex::new(kept)))
    }

    fn kept(&self) -> Kept {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self, change: impl FnOnce(&mut Kept)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(crate) fn me(&self) -> Result<Me, ClientError> {
        self.kept().me.ok_or(ClientError::NotEnrolled)
    }

    pub(crate) fn is_revoked(&self) -> bool {
        self.kept().revoked
    }

    pub(crate) fn is_wiping(&self) -> bool {
        self.kept().wiping
    }

    /// Remembers in the same transaction that the device is to erase itself, or that it was taken back.
    pub(crate) fn set_wiping(&self, tx: &Transaction<'_>, wiping: bool) -> Result<(), StoreError> {
        meta::set(tx, STATE, if wiping { WIPING } else { b"revoked" })?;
        self.change(|kept| (kept.revoked, kept.wiping) = (true, wiping));
        Ok(())
    }

    /// All is gone; the key, too.
    pub(crate) fn erased(&self, wiped: Erased) {
        self.change(|kept| {
            *kept = Kept {
                wiped: Some(wiped),
                spent: true,
                ..Kept::default()
            };
        });
    }

    /// Remembers in the same transaction that the device was withdrawn.
    pub(crate) fn set_revoked(&self, tx: &Transaction<'_>) -> Result<(), StoreError> {
        if !self.is_wiping() {
            meta::set(tx, STATE, b"revoked")?;
        }
        self.change(|kept| kept.revoked = true);
        Ok(())
    }
}

impl Session {
    /// Binds this phone to the person for whom the code was made. Safe to repeat while the answer did not arrive.
    ///
    /// # Errors
    /// [`ClientError::Api`]: a wrong, used or expired code each has its own code; [`ClientError::Poisoned`] right after this
    /// phone has erased itself: the app must be started again.
    pub async fn enrol(&self, code: &str, device_name: &str) -> Result<Me, ClientError> {
        if self.inner.session.kept().spent {
            // The next start makes another key.
            return Err(ClientError::Poisoned);
        }
        let request = EnrolRequest {
            code: code.to_owned(),
            device_key: self.inner.signer.device_key(),
            device_name: device_name.to_owned(),
        };
        let reply = self.inner.api.enrol(request).await?;
        let me = Me {
            user: UserId(reply.user),
            device: DeviceId(reply.device),
            server: reply.server,
        };
        let bytes = to_cbor(&me)?;
        self.inner.store.write(|tx| {
            meta::delete(tx, TOKEN)?;
            meta::delete(tx, STATE)?;
            meta::delete(tx, ERASED_NOTE)?;
            meta::set(tx, ME, &bytes)
        })?;
        let kept = Kept {
            me: Some(me.clone()),
            ..Kept::default()
        };
        self.inner.session.change(|k| *k = kept);
        self.inner.observers.tell(&Event::Session);
        Ok(me)
    }

    /// Returns who is enrolled.
    ///
    /// # Errors
    /// [`ClientError::NotEnrolled`].
    pub fn me(&self) -> Result<Me, ClientError> {
        self.inner.session.me()
    }

    /// Tells whether this phone may work.
    #[must_use]
    pub fn device_state(&self) -> DeviceState {
        match self.inner.session.kept() {
            Kept { me: None, wiped, .. } => wiped.map_or(DeviceState::New, |_| DeviceState::Wiped),
            Kept { wiping: true, .. } => DeviceState::Wiping,
            Kept { revoked: true, .. } => DeviceState::Revoked,
            Kept { .. } => DeviceState::Active,
        }
    }

    /// Returns what became of the work on this phone when it erased itself, until somebody is enrolled on it again.
    #[must_use]
    pub fn wiped(&self) -> Option<Erased> {
        self.inner.session.kept().wiped
    }

    /// Returns the person's roles per scope, as of the last sync.
    ///
    /// # Errors
    /// [`ClientError::Store`].
    pub fn roles(&self) -> Result<Vec<Role>, ClientError> {
        let grants = self.inner.store.read(grants::every)?;
        Ok(grants
            .into_iter()
            .map(|g| Role {
                project: g.project,
                scope: g.scope,
                role: g.role,
                write: g.write,
            })
            .collect())
    }

    /// Returns a token that is valid for some time, asking for one with a proof of the device key when needed.
    ///
    /// # Errors
    /// [`ClientError::NotEnrolled`], [`ClientError::Api`].
    pub async fn token(&self) -> Result<String, ClientError> {
        self.inner.token().await
    }
}

impl Inner {
    pub(crate) async fn token(&self) -> Result<String, ClientError> {
        self.session.me()?;
        let kept = self.store.read(|conn| meta::get(conn, TOKEN))?;
        if let Some(token) = kept.and_then(|b| from_cbor::<Token>(&b).ok()) {
            // The phone's clock may be years off: the server says when a token has ended.
            return Ok(token.token);
        }
        let reply = self.ask_token().await?;
        let bytes = to_cbor(&Token {
            token: reply.token.clone(),
            expires_at: reply.expires_at,
        })?;
        self.store.write(|tx| {
            meta::set(tx, TOKEN, &bytes)?;
            if reply.wipe {
                self.begin_wiping(tx)?;
            }
            self.note_server_time(tx, reply.server_time)
        })?;
        Ok(reply.token)
    }

    pub(crate) fn drop_token(&self) -> Result<(), ClientError> {
        Ok(self.store.write(|tx| meta::delete(tx, TOKEN))?)
    }

    /// The first call of a day gets the nonce of the day, the second one the token.
    async fn ask_token(&self) -> Result<keyturn_protocol::auth::TokenReply, ClientError> {
        let mut nonce = self.session.kept().nonce;
        for _ in 0..2 {
            let random = self.ids.bytes16();
            let address = format!("{}{TOKEN_PATH}", self.server);
            let proof = DpopProof::sign(self.signer.as_ref(), &address, nonce.as_deref(), self.now_ms(), random)?;
            match self.api.token(&proof).await {
                Err(ApiError::Nonce(new)) => {
                    self.session.change(|kept| kept.nonce = Some(new.clone()));
                    nonce = Some(new);
                }
                other => return Ok(other?),
            }
        }
        Err(ApiError::Nonce(nonce.unwrap_or_default()).into())
    }

    pub(crate) fn note_server_time(&self, tx: &Transaction<'_>, server_ms: i64) -> Result<(), StoreError> {
        meta::set_number(tx, "clock_offset_ms", self.now_ms().saturating_sub(server_ms))
    }
}
