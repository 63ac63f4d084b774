//! A served demo project with phones, and what every story here does.

use crate::story::{phone, sync};
use keyturn_client::Client;
use keyturn_client::facade::{NewCase, NewPhoto, PromisedView, TellingView};
use keyturn_domain::catalog::Catalog;
use keyturn_domain::{Clock, Hash, UserId};
use keyturn_server::sync::{DemoLoaded, DemoOptions};
use keyturn_server::{Server, ServerConfig};

pub(crate) const HOUR: i64 = 3_600_000;

/// A served demo project; the phones live in its folder.
pub(crate) struct World {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) server: Server,
    pub(crate) url: String,
    pub(crate) demo: DemoLoaded,
    pub(crate) stop: tokio::sync::oneshot::Sender<()>,
    pub(crate) serving: tokio::task::JoinHandle<()>,
}

impl World {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let config = ServerConfig::new(keyturn_tests::harness::database(&folder.path().join("server.db")));
        let server = Server::open(config).await.expect("a server");
        let catalog = Catalog::built_in().expect("sound data");
        let options = DemoOptions { homes: Some(20) };
        let demo = server.sync().load_demo(catalog, options).await.expect("the demo");
        let listener = keyturn_server::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let serving = {
            let server = server.clone();
            let stopped = async {
                let _ = stopped.await;
            };
            tokio::spawn(async move { server.serve(listener, stopped).await })
        };
        Self {
            folder,
            server,
            url,
            demo,
            stop,
            serving,
        }
    }

    pub(crate) fn user(&self, code: &str) -> UserId {
        self.demo.people[code]
    }

    pub(crate) async fn person(&self, user: UserId, name: &str) -> Client {
        let client = phone(&self.server, &self.url, user, self.folder.path(), name).await;
        sync(&client).await;
        client
    }

    pub(crate) async fn end(self) {
        drop(self.stop);
        self.serving.await.expect("a clean stop");
    }
}

pub(crate) fn now() -> i64 {
    keyturn_client::SystemClock.now_ms()
}

pub(crate) fn heads(client: &Client, record: &str) -> Vec<String> {
    client.cases().open(record).expect("the case").seen
}

pub(crate) fn shown(client: &Client, record: &str) -> Vec<String> {
    client.defects().open(record).expect("the defect").seen
}

pub(crate) fn by_phone() -> TellingView {
    TellingView {
        way: "phone".into(),
        at_ms: None,
    }
}

pub(crate) fn report(client: &Client, place: &str, kind: &str, words: &str) -> String {
    let new = NewCase {
        place: place.into(),
        kind: kind.into(),
        words: words.into(),
        person: "a-person".into(),
        category: "quality".into(),
        ..NewCase::default()
    };
    client.cases().report(&new).expect("reported").record
}

pub(crate) fn photo(client: &Client, record: &str, kind: &str, n: u8) {
    let new = NewPhoto {
        hash: Hash([n; 32]).to_string(),
        kind: kind.into(),
        taken_ms: now(),
        ..NewPhoto::default()
    };
    client
        .defects()
        .photo(record, &shown(client, record), &new)
        .expect("a photo");
}

pub(crate) fn told(hours: i64) -> PromisedView {
    PromisedView {
        at_ms: now() + hours * HOUR,
        owner_told: true,
        ..PromisedView::default()
    }
}
