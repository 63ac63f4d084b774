//! A server with one project of four homes, and phones of people who work there.

use async_trait::async_trait;
use keyturn_client::{Client, ClientOptions, FileKey, Recording, Saved, StepBudget, StepReport, Target};
use keyturn_domain::document::Genesis;
use keyturn_domain::{Clock, Container, DocumentId, Hash, Ids, PlaceId, ProjectId, ScopeId, UserId, Write};
use keyturn_protocol::auth::{EnrolReply, EnrolRequest, TokenReply};
use keyturn_protocol::{ApiError, SyncApi, SyncReply, SyncRequest};
use keyturn_server::sync::{MEMORY_URL, NewPlace, SyncService, write_grant};
use keyturn_server::users::{Actor, Grant, Role};
use keyturn_server::{Server, ServerConfig};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

pub const PROJECT: ProjectId = ProjectId::from_bytes([7; 16]);

#[derive(Default)]
pub struct Time(pub AtomicI64);

impl Clock for Time {
    fn now_ms(&self) -> i64 {
        self.0.fetch_add(1, Ordering::SeqCst)
    }
}

/// Numbers that follow from a seed.
pub struct Dice(u8, AtomicU64);

impl Dice {
    pub fn new(seed: u8) -> Arc<Self> {
        Arc::new(Self(seed, AtomicU64::new(0)))
    }
}

impl Ids for Dice {
    fn fill(&self, buffer: &mut [u8]) {
        let n = self.1.fetch_add(1, Ordering::SeqCst);
        let hash = Hash::of(&[&[self.0][..], &n.to_be_bytes()].concat());
        buffer
            .iter_mut()
            .zip(hash.0.iter().cycle())
            .for_each(|(to, from)| *to = *from);
    }
}

pub fn home(n: u8) -> PlaceId {
    PlaceId::from_bytes([n; 16])
}

/// The record number `n` of home 1.
pub fn record(n: u8) -> Genesis {
    Genesis {
        document: DocumentId::from_bytes([100 + n; 16]),
        project: PROJECT,
        place: home(1),
        kind: "inspection".into(),
    }
}

/// The way to the server that runs now; closed while it does not.
#[derive(Default)]
pub struct Door(Mutex<Option<SyncService>>);

impl Door {
    fn set(&self, service: Option<SyncService>) {
        *self.0.lock().expect("unpoisoned") = service;
    }

    fn service(&self) -> Result<SyncService, ApiError> {
        let service = self.0.lock().expect("unpoisoned").clone();
        service.ok_or_else(|| ApiError::Offline("the server is down".into()))
    }
}

#[async_trait]
impl SyncApi for Door {
    async fn enrol(&self, request: EnrolRequest) -> Result<EnrolReply, ApiError> {
        self.service()?.enrol(request).await
    }

    async fn token(&self, proof: &str) -> Result<TokenReply, ApiError> {
        self.service()?.token(proof).await
    }

    async fn sync(&self, token: &str, request: SyncRequest) -> Result<SyncReply, ApiError> {
        SyncApi::sync(&self.service()?, token, request).await
    }
}

pub struct World {
    pub door: Arc<Door>,
    pub dir: TempDir,
    pub server: Server,
    pub sync: SyncService,
    pub time: Arc<Time>,
    ids: Arc<Dice>,
}

async fn open(dir: &Path, time: &Arc<Time>, ids: &Arc<Dice>) -> Server {
    let mut config = ServerConfig::new(keyturn_tests::harness::database(&dir.join("server.db")));
    config.clock = time.clone();
    config.ids = ids.clone();
    Server::open(config).await.expect("the server opens")
}

impl World {
    pub async fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let (time, ids) = (Arc::new(Time(AtomicI64::new(1_800_000_000_000))), Dice::new(0));
        let server = open(dir.path(), &time, &ids).await;
        let sync = server.sync();
        sync.create_project(PROJECT, "lane").await.expect("a project");
        let place = |n| NewPlace {
            id: home(n),
            scope: ScopeId::home(home(n)),
            building: None,
        };
        let places: Vec<NewPlace> = (1..=4).map(place).collect();
        sync.add_places(PROJECT, &places).await.expect("places");
        let door = Arc::new(Door::default());
        door.set(Some(sync.clone()));
        Self {
            door,
            dir,
            server,
            sync,
            time,
            ids,
        }
    }

    pub fn file(&self) -> PathBuf {
        self.dir.path().join("server.db")
    }

    /// Stops the server, lets `between` do something to its files, and opens it again.
    pub async fn restart(&mut self, between: impl FnOnce(&Path)) {
        let spare = tempfile::tempdir().expect("a folder");
        self.door.set(None);
        self.server.close().await;
        let other = open(spare.path(), &self.time, &self.ids).await;
        self.sync = other.sync();
        drop(std::mem::replace(&mut self.server, other));
        between(&self.file());
        self.server = open(self.dir.path(), &self.time, &self.ids).await;
        self.sync = self.server.sync();
        self.door.set(Some(self.sync.clone()));
    }

    pub async fn user(&self, name: &str) -> UserId {
        self.server.users().create(name, "").await.expect("a user").id
    }

    pub async fn grant(&self, user: UserId, n: u8) -> Grant {
        let grant = write_grant(PROJECT, user, Role::Engineer, ScopeId::home(home(n)));
        self.sync.grant(Actor::Command, &grant).await.expect("a grant")
    }

    /// A phone of somebody who holds home 1.
    pub async fn engineer(&self, name: &str, seed: u8) -> Phone {
        let user = self.user(name).await;
        self.grant(user, 1).await;
        self.phone(user, seed).await
    }

    pub async fn phone(&self, user: UserId, seed: u8) -> Phone {
        let phone = Phone::open(self.dir.path().join(format!("phone-{seed}.db")), seed, self);
        let code = self.server.devices().create_enrolment(user).await.expect("a code");
        phone
            .client
            .session()
            .enrol(&code.text, "bench")
            .await
            .expect("enrolled");
        phone
    }
}

pub struct Phone {
    pub client: Client,
    pub path: PathBuf,
    pub seed: u8,
}

impl Phone {
    pub fn open(path: PathBuf, seed: u8, world: &World) -> Self {
        Self::open_with(path, seed, Dice::new(seed), world.door.clone(), MEMORY_URL)
    }

    pub fn open_with(path: PathBuf, seed: u8, ids: Arc<Dice>, api: Arc<dyn SyncApi>, server: &str) -> Self {
        let options = ClientOptions {
            path: path.clone(),
            server: server.into(),
            api,
            // The same phone has the same key after a restart.
            signer: Arc::new(FileKey::in_memory(Dice::new(seed).as_ref())),
            clock: Arc::new(Time(AtomicI64::new(1_800_000_000_000))),
            ids,
            ballast: 0,
        };
        let (client, report) = Client::open(options).expect("the phone opens");
        assert_eq!(report.set_aside, None);
        Self { client, path, seed }
    }

    /// The same database in a new process, as far as anybody can tell.
    pub fn restart(self, world: &World, seed: u8) -> Self {
        let (path, key) = (self.path.clone(), self.seed);
        drop(self);
        let mut phone = Self::open_with(path, key, Dice::new(seed), world.door.clone(), MEMORY_URL);
        phone.seed = key;
        phone
    }

    pub fn tap(&self, n: u8, key: &str, value: &str) -> Saved {
        let target = Target::Begin {
            genesis: record(n),
            scope: ScopeId::home(home(1)),
        };
        let key = format!("{key}/r03/1/result");
        let writes = vec![Write::Put {
            container: Container::Answers,
            key,
            value: value.into(),
        }];
        let seen = self.heads(n);
        self.client
            .records()
            .record(Recording { target, seen, writes })
            .expect("saved")
    }

    pub fn heads(&self, n: u8) -> Vec<Hash> {
        if !self.client.records().has(record(n).document).expect("readable") {
            return Vec::new();
        }
        self.client
            .records()
            .read(record(n).document, |d, _| d.heads())
            .expect("readable")
    }

    pub fn values(&self, n: u8, key: &str) -> Vec<String> {
        let key = format!("{key}/r03/1/result");
        let read = |d: &keyturn_domain::Document, _: &_| d.candidates(Container::Answers, &key);
        let found = self.client.records().read(record(n).document, read).expect("readable");
        found.into_iter().map(|c| c.value.to_string()).collect()
    }

    pub async fn sync(&self) -> StepReport {
        self.client.sync().run(StepBudget::default(), 30).await.expect("synced")
    }

    /// Syncs until nothing is left, and asserts that both sides hold the same.
    pub async fn quiet(&self) {
        let mut agreed = None;
        for _ in 0..6 {
            let report = self.sync().await;
            agreed = report.agreed.or(agreed);
            if !report.more && agreed == Some(true) {
                return;
            }
        }
        panic!("no agreement: {agreed:?}, {:?}", self.client.sync().status());
    }
}
