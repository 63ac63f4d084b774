//! A server over HTTP, phones of every role, and an ear on everything around them.

use async_trait::async_trait;
use keyturn_client::facade::HouseholdView;
use keyturn_client::{Client, ClientOptions, FileKey, HttpApi, StepBudget, SystemClock, SystemIds};
use keyturn_domain::catalog::Catalog;
use keyturn_domain::{ScopeId, UserId};
use keyturn_protocol::auth::{EnrolReply, EnrolRequest, TokenReply};
use keyturn_protocol::{ApiError, SyncApi, SyncReply, SyncRequest, codec};
use keyturn_server::sync::{DemoHome, DemoLoaded, DemoOptions, write_grant};
use keyturn_server::users::{Actor, Role};
use keyturn_server::{Server, ServerConfig};
use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// Bytes that somebody could have read: messages, log lines, errors.
#[derive(Clone, Default)]
pub(super) struct Heard(Arc<Mutex<Vec<u8>>>);

impl Heard {
    pub(super) fn hear(&self, bytes: &[u8]) {
        let mut heard = self.0.lock().expect("nobody panics here");
        heard.extend_from_slice(bytes);
        // What stands at the end of one message and the beginning of the next is no word.
        heard.push(b'\n');
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        self.0.lock().expect("nobody panics here").clone()
    }
}

impl Write for Heard {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("nobody panics here").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The way to the server, with an ear on it: what is packed on the wire is heard unpacked.
struct Tapped {
    inner: HttpApi,
    heard: Heard,
}

#[async_trait]
impl SyncApi for Tapped {
    async fn enrol(&self, request: EnrolRequest) -> Result<EnrolReply, ApiError> {
        self.inner.enrol(request).await
    }

    async fn token(&self, proof: &str) -> Result<TokenReply, ApiError> {
        self.inner.token(proof).await
    }

    async fn sync(&self, token: &str, request: SyncRequest) -> Result<SyncReply, ApiError> {
        self.heard.hear(&codec::to_cbor(&request).expect("CBOR"));
        let reply = self.inner.sync(token, request).await;
        if let Ok(reply) = &reply {
            self.heard.hear(&codec::to_cbor(reply).expect("CBOR"));
        }
        reply
    }
}

/// A server over HTTP, and everything that is heard around it.
pub(super) struct World {
    pub(super) folder: TempDir,
    pub(super) server: Server,
    url: String,
    pub(super) demo: DemoLoaded,
    pub(super) heard: Heard,
}

impl World {
    pub(super) async fn begin() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let server = Server::open(ServerConfig::new(folder.path().join("server.db")))
            .await
            .expect("a server");
        let catalog = Catalog::built_in().expect("sound data");
        let demo = server
            .sync()
            .load_demo(catalog, DemoOptions { homes: Some(8) })
            .await
            .expect("the demo");
        let listener = keyturn_server::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let serving = server.clone();
        tokio::spawn(async move { serving.serve(listener, std::future::pending()).await });
        Self {
            folder,
            server,
            url,
            demo,
            heard: Heard::default(),
        }
    }

    pub(super) fn home(&self) -> &DemoHome {
        self.demo.homes.first().expect("a home")
    }

    /// A phone of somebody who holds the first home in a role.
    pub(super) async fn phone(&self, name: &str, role: Role) -> Client {
        let user = self.server.users().create(name, "").await.expect("a user").id;
        let scope = match role {
            Role::Reviewer | Role::Manager => ScopeId::project(self.demo.project),
            Role::Staff => ScopeId::public_places(self.demo.project),
            _ => ScopeId::home(self.home().place),
        };
        let public = write_grant(self.demo.project, user, role, ScopeId::public_places(self.demo.project));
        let sync = self.server.sync();
        sync.grant(Actor::Command, &public).await.expect("a grant");
        if scope != public.scope {
            let grant = write_grant(self.demo.project, user, role, scope);
            sync.grant(Actor::Command, &grant).await.expect("a grant");
        }
        // Rows of homes stand in their building.
        if let Some(building) = self.building().await.filter(|_| role != Role::Staff) {
            let grant = write_grant(self.demo.project, user, role, building);
            sync.grant(Actor::Command, &grant).await.expect("a grant");
        }
        self.enrol(user, name).await
    }

    async fn building(&self) -> Option<ScopeId> {
        let reviewer = self.demo.people["rev01"];
        let shown = self
            .get(reviewer, &format!("/api/v1/homes?project={}", self.demo.project))
            .await;
        let homes = shown["items"].as_array().expect("items").clone();
        let found = homes.iter().find(|home| home["no"] == self.home().no.as_str())?;
        found["scope"].as_str()?.parse().ok()
    }

    pub(super) async fn enrol(&self, user: UserId, name: &str) -> Client {
        let code = self.server.devices().create_enrolment(user).await.expect("a code");
        let options = ClientOptions {
            path: self.folder.path().join(format!("{name}.db")),
            server: self.url.clone(),
            api: Arc::new(Tapped {
                inner: HttpApi::new(&self.url).expect("a client"),
                heard: self.heard.clone(),
            }),
            signer: Arc::new(FileKey::in_memory(&SystemIds)),
            clock: Arc::new(SystemClock),
            ids: Arc::new(SystemIds),
            ballast: 0,
        };
        let client = Client::open(options).expect("a phone").0;
        client.session().enrol(&code.text, name).await.expect("enrolled");
        sync(&client).await;
        client
    }

    pub(super) async fn get(&self, user: UserId, path: &str) -> Value {
        let token = self
            .server
            .tokens()
            .create_reader(user, "canary", 3_600_000)
            .await
            .expect("a token");
        let answer = keyturn_tests::harness::web()
            .get(format!("{}{path}", self.url))
            .bearer_auth(token.secret.text)
            .send()
            .await
            .expect("an answer");
        let status = answer.status();
        let kind = answer.headers()["content-type"].to_str().expect("text").to_owned();
        let text = answer.text().await.expect("a body");
        let description = keyturn_tests::harness::Description::of(&self.url).await;
        description.check("GET", path, status.as_u16(), &kind, text.as_bytes());
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).expect("JSON")
    }

    pub(super) fn household(&self, phone: &Client) -> HouseholdView {
        phone
            .people()
            .household(&self.home().place.to_string())
            .expect("the home is held")
    }

    pub(super) fn project(&self) -> String {
        self.demo.project.to_string()
    }

    pub(super) fn place(&self) -> String {
        self.home().place.to_string()
    }
}

pub(super) async fn sync(client: &Client) {
    let report = client.sync().run(StepBudget::default(), 50).await.expect("a sync");
    assert!(!report.more, "{report:?}");
}

pub(super) fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .filter(|path| path.is_file())
        .map(|path| (path.display().to_string(), std::fs::read(&path).expect("a file")))
        .collect()
}

pub(super) fn holds(bytes: &[u8], word: &str) -> bool {
    let utf16: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [word.as_bytes(), &utf16]
        .iter()
        .any(|needle| bytes.windows(needle.len()).any(|window| window == *needle))
}
