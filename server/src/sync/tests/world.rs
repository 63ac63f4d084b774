//! A server with one project of two homes, and the people who work there.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use keyturn_domain::document::Genesis;
use keyturn_domain::{Clock, DeviceId, DocumentId, Ids, PlaceId, ProjectId, ScopeId, UserId};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::phone::Phone;
use crate::sync::{NewPlace, SyncService, Who, write_grant};
use crate::users::{Actor, Grant, Role};
use crate::{Server, ServerConfig};

pub(super) const DAY: i64 = 86_400_000;

#[derive(Default)]
pub(super) struct Time(pub(super) AtomicI64);

impl Clock for Time {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

#[derive(Default)]
pub(super) struct Dice(AtomicU64);

impl Ids for Dice {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(32) {
            let n = self.0.fetch_add(1, Ordering::Relaxed);
            let digest = Sha256::digest(n.to_be_bytes());
            chunk.copy_from_slice(&digest[..chunk.len()]);
        }
    }
}

pub(super) struct World {
    pub(super) dir: TempDir,
    pub(super) server: Server,
    pub(super) sync: SyncService,
    pub(super) time: Arc<Time>,
    pub(super) ids: Arc<Dice>,
}

pub(super) const PROJECT: ProjectId = ProjectId::from_bytes([7; 16]);

pub(super) fn home(n: u8) -> PlaceId {
    PlaceId::from_bytes([n; 16])
}

pub(super) fn record(n: u8) -> Genesis {
    Genesis {
        document: DocumentId::from_bytes([100 + n; 16]),
        project: PROJECT,
        place: home(n),
        kind: "inspection".into(),
    }
}

pub(super) async fn open(dir: &Path, time: &Arc<Time>, ids: &Arc<Dice>) -> Server {
    let mut config = ServerConfig::new(crate::testing::database(&dir.join("server.db")));
    config.clock = Arc::<Time>::clone(time);
    config.ids = Arc::<Dice>::clone(ids);
    Server::open(config).await.unwrap()
}

impl World {
    pub(super) async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let time = Arc::new(Time(AtomicI64::new(1_800_000_000_000)));
        let ids = Arc::new(Dice::default());
        let server = open(dir.path(), &time, &ids).await;
        let sync = server.sync();
        sync.create_project(PROJECT, "lane").await.unwrap();
        let places: Vec<NewPlace> = (1..=4)
            .map(|n| NewPlace {
                id: home(n),
                scope: ScopeId::home(home(n)),
                building: None,
            })
            .collect();
        sync.add_places(PROJECT, &places).await.unwrap();
        Self {
            dir,
            server,
            sync,
            time,
            ids,
        }
    }

    /// Stops the server, lets `between` do something to its folder, and opens it again.
    pub(super) async fn restart(&mut self, between: impl FnOnce(&Path)) {
        self.server.close().await;
        let old = std::mem::replace(&mut self.server, {
            let spare = tempfile::tempdir().unwrap();
            open(spare.path(), &self.time, &self.ids).await
        });
        drop(old);
        self.sync = self.server.sync();
        between(self.dir.path());
        self.server = open(self.dir.path(), &self.time, &self.ids).await;
        self.sync = self.server.sync();
    }

    pub(super) fn pass(&self, ms: i64) {
        self.time.0.fetch_add(ms, Ordering::Relaxed);
    }

    pub(super) async fn user(&self, name: &str) -> UserId {
        self.server.users().create(name, "").await.unwrap().id
    }

    pub(super) async fn grant(&self, user: UserId, role: Role, scope: ScopeId) -> Grant {
        let grant = write_grant(PROJECT, user, role, scope);
        self.sync.grant(Actor::Command, &grant).await.unwrap()
    }

    /// A phone of somebody who holds home 1.
    pub(super) async fn engineer(&self, name: &str, device: u8) -> Phone {
        let user = self.user(name).await;
        self.grant(user, Role::Engineer, ScopeId::home(home(1))).await;
        self.phone(user, device)
    }

    pub(super) fn phone(&self, user: UserId, device: u8) -> Phone {
        Phone::new(Who {
            user,
            device: DeviceId::from_bytes([device; 16]),
            revoked: false,
        })
    }
}
