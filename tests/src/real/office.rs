//! What a person at the server's machine does: a project, homes, people, codes. Beside a running server, or without.

use keyturn_domain::{DocumentId, Hash, PlaceId, ProjectId, ScopeId, UserId};
use keyturn_server::db::{DbOptions, Holder};
use keyturn_server::sync::{NewPlace, write_grant};
use keyturn_server::users::{Actor, Role};
use keyturn_server::{Server, ServerConfig};
use std::path::{Path, PathBuf};

/// The one project.
pub const PROJECT: ProjectId = ProjectId::from_bytes([7; 16]);

/// The n-th home.
#[must_use]
pub fn home(n: u8) -> PlaceId {
    PlaceId::from_bytes([n; 16])
}

/// The n-th record about a home.
#[must_use]
pub fn document(home: PlaceId, n: u32) -> DocumentId {
    let hash = Hash::of(&[&home.as_bytes()[..], &n.to_be_bytes()].concat());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.0[..16]);
    DocumentId::from_bytes(bytes)
}

/// A server's folder, and somebody who may do everything there.
#[derive(Clone, Debug)]
pub struct Office {
    /// The folder, as `keyturn serve --data` takes it.
    pub data: PathBuf,
}

impl Office {
    /// Makes the folder with a project of `homes` homes.
    ///
    /// # Panics
    /// When it cannot.
    pub async fn found(data: &Path, homes: u8) -> Self {
        std::fs::create_dir_all(data).expect("the folder");
        let office = Self { data: data.to_owned() };
        let server = office.open().await;
        let sync = server.sync();
        sync.create_project(PROJECT, "lane").await.expect("the project");
        let place = |n| NewPlace {
            id: home(n),
            scope: ScopeId::home(home(n)),
            building: None,
        };
        let places: Vec<NewPlace> = (1..=homes).map(place).collect();
        sync.add_places(PROJECT, &places).await.expect("the homes");
        server.close().await;
        office
    }

    /// The database.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.data.join("keyturn.db")
    }

    /// Opens the database as a command beside the server does.
    ///
    /// # Panics
    /// When it cannot.
    pub async fn open(&self) -> Server {
        let mut config = ServerConfig::new(crate::harness::database(&self.database()));
        config.db = DbOptions {
            holder: Holder::Tool,
            check: false,
            ..DbOptions::default()
        };
        Server::open(config).await.expect("the database")
    }

    /// Adds an engineer who holds the first `homes` homes.
    ///
    /// # Panics
    /// When it cannot.
    pub async fn engineer(&self, name: &str, homes: u8) -> UserId {
        let server = self.open().await;
        let user = server.users().create(name, "").await.expect("the person").id;
        for n in 1..=homes {
            let grant = write_grant(PROJECT, user, Role::Engineer, ScopeId::home(home(n)));
            server.sync().grant(Actor::Command, &grant).await.expect("the grant");
        }
        server.close().await;
        user
    }

    /// Makes an enrolment code.
    ///
    /// # Panics
    /// When it cannot.
    pub async fn code(&self, user: UserId) -> String {
        let server = self.open().await;
        let code = server.devices().create_enrolment(user).await.expect("the code");
        server.close().await;
        code.text
    }
}
