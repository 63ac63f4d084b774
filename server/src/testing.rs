//! What the tests of this crate share: a server on a folder of its own, a clock that is set by hand, ids that repeat.
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use keyturn_domain::{Clock, Hash, Ids};
use keyturn_protocol::auth::{DeviceSigner, DpopProof, EnrolRequest, TOKEN_PATH};
use p256::ecdsa::SigningKey;
use tempfile::TempDir;

use crate::users::{Role, User};
use crate::{Error, Server, ServerConfig, auth};

/// 2026-11-22.
pub const START: i64 = 1_795_305_600_000;

/// The host that phones of these tests know.
pub const HOST: &str = "keyturn.example";

/// The database of a test that would lie at `path`: a file there, or, where `KEYTURN_TEST_DATABASE` names a PostgreSQL
/// database, a schema of its own in it.
pub fn database(path: &std::path::Path) -> crate::db::Database {
    let Ok(address) = std::env::var("KEYTURN_TEST_DATABASE") else {
        return path.into();
    };
    let name = hex::encode(&Hash::of(path.as_os_str().as_encoded_bytes()).0[..8]);
    let folder = path.parent().unwrap();
    crate::db::Database::parse(&format!("{address}?schema=t_{name}"), folder, None).unwrap()
}

/// Whether the tests run on PostgreSQL: then those of SQLite's own behaviour have nothing to look at.
pub fn on_postgres() -> bool {
    std::env::var_os("KEYTURN_TEST_DATABASE").is_some()
}

pub struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

pub struct TestIds(AtomicU64);

impl Ids for TestIds {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(32) {
            let hash = Hash::of(&self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes());
            chunk.copy_from_slice(&hash.0[..chunk.len()]);
        }
    }
}

pub struct Bench {
    pub server: Server,
    pub clock: Arc<TestClock>,
    pub dir: TempDir,
    config: ServerConfig,
}

/// A phone: its key and what it calls the server.
pub struct Phone {
    pub key: SigningKey,
    pub url: String,
}

impl Bench {
    pub async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(TestClock(AtomicI64::new(START)));
        let mut config = ServerConfig::new(database(&dir.path().join("keyturn.db")));
        config.clock = clock.clone();
        config.ids = Arc::new(TestIds(AtomicU64::new(0)));
        let server = Server::open(config.clone()).await.unwrap();
        Self {
            server,
            clock,
            dir,
            config,
        }
    }

    /// Another server on the same database, which only PostgreSQL has.
    pub async fn beside(&self) -> Server {
        Server::open(self.config.clone()).await.unwrap()
    }

    /// The same database in a new process, as far as anybody can tell.
    pub async fn restart(self) -> Self {
        self.server.close().await;
        let Self {
            server,
            clock,
            dir,
            config,
        } = self;
        drop(server);
        let server = Server::open(config.clone()).await.unwrap();
        Self {
            server,
            clock,
            dir,
            config,
        }
    }

    pub fn pass(&self, ms: i64) {
        self.clock.0.fetch_add(ms, Ordering::SeqCst);
    }

    pub async fn user(&self, name: &str) -> User {
        self.server.users().create(name, name).await.unwrap()
    }

    pub async fn user_with(&self, role: Role) -> User {
        let user = self.user(role.as_str()).await;
        let grant = crate::users::NewGrant {
            project: keyturn_domain::ProjectId::from_bytes([7; 16]),
            user: user.id,
            role,
            scope: keyturn_domain::ScopeId::from_bytes([8; 16]),
            access: crate::users::Access::Write,
            expires_at: None,
        };
        let state = self.server.state();
        let mut tx = state.db.begin_write().await.unwrap();
        let id = uuid::Uuid::from_bytes(state.ids.bytes16());
        let actor = crate::users::Actor::Server;
        crate::users::insert_grant(&mut tx, actor, &grant, id, 1, state.now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        user
    }

    pub async fn enrol(&self, user: &User, phone: &Phone) -> keyturn_protocol::auth::EnrolReply {
        let code = self.server.devices().create_enrolment(user.id).await.unwrap();
        auth::enrol(self.server.state(), &phone.request(&code.text))
            .await
            .unwrap()
    }

    /// A token by way of a nonce, as a phone gets it.
    pub async fn token(&self, phone: &Phone) -> Result<String, Error> {
        let state = self.server.state();
        let now = state.now();
        let addresses = [format!("{}{TOKEN_PATH}", phone.url)];
        let first = auth::token(state, &phone.proof(None, now, state.ids.bytes16()), &addresses).await;
        let Err(Error::Nonce(nonce)) = first else {
            panic!("a nonce was expected")
        };
        let proof = phone.proof(Some(&nonce), now, state.ids.bytes16());
        Ok(auth::token(state, &proof, &addresses).await?.token)
    }
}

impl Phone {
    pub fn new(seed: u8) -> Self {
        Self {
            key: SigningKey::from_slice(&[seed; 32]).unwrap(),
            url: format!("http://{HOST}"),
        }
    }

    pub fn request(&self, code: &str) -> EnrolRequest {
        EnrolRequest {
            code: code.to_owned(),
            device_key: self.key.device_key(),
            device_name: "Pixel 9".to_owned(),
        }
    }

    pub fn proof(&self, nonce: Option<&str>, now: i64, random: [u8; 16]) -> String {
        DpopProof::sign(&self.key, &format!("{}{TOKEN_PATH}", self.url), nonce, now, random).unwrap()
    }
}
