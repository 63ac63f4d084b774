//! The server's side of the exchange, behind the trait that phones call.

use async_trait::async_trait;
use keyturn_domain::document::Author;
use keyturn_domain::gate::{Gate, MergeEngine};
use keyturn_domain::{DeviceId, EpochId, UserId};
use keyturn_protocol::auth::{EnrolReply, EnrolRequest, TOKEN_PATH, TokenReply};
use keyturn_protocol::{ApiError, Code, OLDEST, SyncApi, SyncReply, SyncRequest, VERSION};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::sync::Semaphore;

use super::cache::Cache;
use super::plan::Offices;
use crate::auth::Login;
use crate::state::AppState;
use crate::users::grants_of;
use crate::{Error, auth};

/// The address that proofs name when phone and server are joined in memory.
pub const MEMORY_URL: &str = "http://keyturn.memory";

/// What a phone said of itself: whether it still holds something, and which life of the database it follows.
pub(super) type Said = (bool, EpochId);

/// What all exchanges of one process share.
pub struct Shared {
    pub(super) engine: Box<dyn MergeEngine>,
    pub(super) cache: Cache,
    pub(super) offices: Offices,
    /// When phones were last written down, and what they said then.
    pub(super) heard: Mutex<BTreeMap<DeviceId, (i64, Said)>>,
    /// As many gates at once as there are cores.
    pub(super) pool: Arc<Semaphore>,
}

impl Default for Shared {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self {
            engine: Box::new(Gate::server()),
            cache: Cache::default(),
            offices: Offices::default(),
            heard: Mutex::default(),
            pool: Arc::new(Semaphore::new(cores)),
        }
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

/// Whose exchange it is.
#[derive(Clone, Copy, Debug)]
pub struct Who {
    /// The person.
    pub user: UserId,
    /// The phone.
    pub device: DeviceId,
    /// Withdrawn: it hands in, and nothing comes down but purges.
    pub revoked: bool,
}

/// The sync of a server; cheap to clone.
#[derive(Clone)]
pub struct SyncService {
    pub(crate) state: AppState,
}

impl SyncService {
    /// Returns the service over an open server's state.
    #[must_use]
    pub const fn new(state: AppState) -> Self {
        Self { state }
    }

    pub(super) fn shared(&self) -> &Shared {
        &self.state.sync
    }

    /// Makes one exchange for a login.
    ///
    /// # Errors
    /// `forbidden` for a reader's token; as [`SyncService::exchange`].
    pub async fn sync_as(&self, login: &Login, request: SyncRequest) -> Result<SyncReply, Error> {
        let device = login.device.ok_or(Code::Forbidden)?;
        let who = Who {
            user: login.user,
            device,
            revoked: login.revoked,
        };
        // No exchange fails because of what is only nice to know.
        if let Err(error) = self.heard(device, &request).await {
            tracing::warn!(%error, "What a phone said of itself was not written down");
        }
        let told = request.wiping;
        let mut reply = self.exchange(who, request).await?;
        reply.wipe = login.wipe;
        if let Some(told) = told.filter(|_| login.wipe) {
            self.wiped(device, told).await?;
        }
        Ok(reply)
    }

    /// Makes one exchange: the push is judged, then the pull is read, the push's effects included.
    ///
    /// # Errors
    /// `protocol_unknown`, `cursor_foreign`, `bad_value`, or what the storage says; what was accepted before stays so.
    pub async fn exchange(&self, who: Who, request: SyncRequest) -> Result<SyncReply, Error> {
        if !(OLDEST..=VERSION).contains(&request.version) {
            return Err(Code::ProtocolUnknown.into());
        }
        let me = Author {
            user: who.user,
            device: who.device,
        };
        let mut reply = SyncReply {
            version: VERSION,
            now_ms: self.state.now(),
            ..SyncReply::default()
        };
        let place = self.place_of(request.cursor.as_ref())?;
        let witness = request.witness.as_ref().map(|w| self.place_of(Some(w))).transpose()?;
        let mut tx = self.state.db.begin_read().await?;
        if who.revoked {
            drop(tx);
            reply.verdicts = self.hand_in(me, request.push).await?;
            self.state.metrics.verdicts(&reply.verdicts);
            let mut tx = self.state.db.begin_read().await?;
            self.pull_purges(&mut tx, &place, &mut reply).await?;
            return Ok(reply);
        }
        if self
            .went_back(&mut tx, &place, witness.as_ref(), &request, &mut reply)
            .await?
        {
            return Ok(reply);
        }
        let quiet = request.push.is_empty() && request.intents.is_empty();
        if !quiet {
            drop(tx);
            let (runs, _) = self.push(me, request.push).await?;
            self.state.metrics.verdicts(&runs);
            reply.verdicts = runs;
            for intent in request.intents {
                reply.intents.push(self.intent(me, intent).await?);
            }
            tx = self.state.db.begin_read().await?;
        }
        let held = grants_of(&mut tx, me.user).await?;
        if held.iter().any(|g| !g.is_active(self.state.now())) {
            drop(tx);
            self.end_expired(me.user, &held).await?;
            tx = self.state.db.begin_read().await?;
        }
        let asked = self
            .answer_audit(&mut tx, me, &request.audit, &request.need, &mut reply)
            .await?;
        self.answer_rows(&mut tx, me, &request.audit.rows, &mut reply).await?;
        let budget = super::pull::budget(request.budget);
        self.pull(&mut tx, me, place, budget, &mut reply).await?;
        let still = quiet && reply.pages.is_empty() && !reply.more && reply.want.is_empty();
        if still && request.idle && request.audit.is_empty() {
            reply.closing = Some(self.closing(&mut tx, who.user).await?);
        }
        drop(tx);
        self.remember_wants(me.device, &asked).await?;
        if let (Some(new), Some(old)) = (&reply.cursor, &request.cursor)
            && new == old
        {
            reply.cursor = None;
        }
        Ok(reply)
    }
}

#[async_trait]
impl SyncApi for SyncService {
    async fn enrol(&self, request: EnrolRequest) -> Result<EnrolReply, ApiError> {
        auth::enrol(&self.state, &request).await.map_err(to_api)
    }

    async fn token(&self, proof: &str) -> Result<TokenReply, ApiError> {
        let base = self.state.public_url.as_deref().unwrap_or(MEMORY_URL);
        let address = format!("{base}{TOKEN_PATH}");
        auth::token(&self.state, proof, &[address]).await.map_err(to_api)
    }

    async fn sync(&self, token: &str, request: SyncRequest) -> Result<SyncReply, ApiError> {
        let login = self.state.login(token).await.map_err(to_api)?;
        self.sync_as(&login, request).await.map_err(to_api)
    }
}

fn to_api(error: Error) -> ApiError {
    if let Error::Internal(words) = &error {
        tracing::error!(words, "exchange");
    }
    match error {
        Error::Nonce(nonce) => ApiError::Nonce(nonce),
        other => ApiError::problem(other.code().status(), other.code().as_str()),
    }
}
