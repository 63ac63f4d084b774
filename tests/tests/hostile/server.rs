//! Each attack over HTTP to a server, every one in a document of its own: the verdicts are those of the gate but where
//! only a server knows better, what is refused is quarantined with its reason, what is beside it is accepted, another
//! phone receives it, and what the server stores loads in a new process.

use super::gate::{admit, attacks, load_in_a_new_process, store};
use keyturn_client::{Client, ClientOptions, FileKey, HttpApi, StepBudget};
use keyturn_domain::document::Author;
use keyturn_domain::gate::Gate;
use keyturn_domain::ids::{DocumentId, PlaceId, ProjectId, ScopeId};
use keyturn_protocol::{Push, SyncApi, SyncRequest, Verdict};
use keyturn_server::sync::{NewPlace, write_grant};
use keyturn_server::users::{Actor, Role};
use keyturn_server::{Server, ServerConfig};
use keyturn_tests::hostile::{Expect, Item, World};
use serde_bytes::ByteBuf;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

const PROJECT: ProjectId = ProjectId::from_bytes([2; 16]);
const HOME: PlaceId = PlaceId::from_bytes([3; 16]);

/// A phone over HTTP, with its token.
struct Phone {
    client: Client,
    api: Arc<HttpApi>,
    author: Author,
    token: String,
}

impl Phone {
    /// Enrols a phone of a new person who may work in the home.
    async fn new(server: &Server, url: &str, folder: &Path, name: &str) -> Self {
        let user = server.users().create(name, name).await.expect("a user").id;
        let grant = write_grant(PROJECT, user, Role::Engineer, ScopeId::home(HOME));
        server.sync().grant(Actor::Command, &grant).await.expect("a grant");
        let code = server.devices().create_enrolment(user).await.expect("a code");
        let api = Arc::new(HttpApi::new(url).expect("a client"));
        let options = ClientOptions {
            path: folder.join(format!("{name}.db")),
            server: url.to_owned(),
            api: api.clone(),
            signer: Arc::new(FileKey::in_memory(&keyturn_client::SystemIds)),
            clock: Arc::new(keyturn_client::SystemClock),
            ids: Arc::new(keyturn_client::SystemIds),
            ballast: 0,
        };
        let client = Client::open(options).expect("a phone").0;
        let me = client.session().enrol(&code.text, name).await.expect("enrolled");
        Self {
            token: client.session().token().await.expect("a token"),
            author: Author {
                user: me.user,
                device: me.device,
            },
            client,
            api,
        }
    }

    /// Pushes changes of one document; returns a verdict for each.
    async fn push(&self, world: &World, changes: &[Vec<u8>]) -> Vec<Verdict> {
        let push = Push {
            document: world.genesis.document,
            genesis: Some(world.genesis.clone()),
            changes: changes.iter().cloned().map(ByteBuf::from).collect(),
            wanted: false,
        };
        let request = SyncRequest {
            version: keyturn_protocol::VERSION,
            push: vec![push],
            budget: 1,
            ..SyncRequest::default()
        };
        let reply = self.api.sync(&self.token, request).await.expect("a reply");
        let each = reply
            .verdicts
            .iter()
            .flat_map(|run| std::iter::repeat_n(run.verdict.clone(), run.n as usize));
        each.collect()
    }
}

/// What a server says; it knows logins.
fn expected(item: &Item) -> Result<&'static str, Verdict> {
    match (item.name, item.expect) {
        ("another_actor_continued" | "author_on_seq_1", Expect::Passes(_)) => Ok("other_actor"),
        (_, Expect::Refused(_, code)) => Ok(code.code()),
        (_, Expect::BlockedBy) => Ok("blocked_by"),
        (_, Expect::MissingDeps) => Err(Verdict::MissingDeps),
        (_, Expect::ForkedActor) => Err(Verdict::ForkedActor),
        (_, Expect::Passes(_)) => Err(Verdict::Accepted),
    }
}

fn is_expected(item: &Item, said: &Verdict) -> bool {
    match (expected(item), said) {
        (Ok(code), Verdict::Quarantined(said)) => code == said,
        (Ok(code), Verdict::BlockedBy(_)) => code == "blocked_by",
        (Err(verdict), said) => verdict == *said,
        _ => false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_refuses_what_the_gate_refuses_and_what_only_it_knows() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("keyturn.db");
    let server = Server::open(ServerConfig::new(database.clone()))
        .await
        .expect("a server");
    let sync = server.sync();
    sync.create_project(PROJECT, "hostile").await.expect("a project");
    let home = NewPlace {
        id: HOME,
        scope: ScopeId::home(HOME),
        building: None,
    };
    sync.add_places(PROJECT, &[home]).await.expect("a home");
    let listener = keyturn_server::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn({
        let server = server.clone();
        async move { server.serve(listener, async { drop(stopped.await) }).await }
    });

    let hostile = Phone::new(&server, &url, folder.path(), "hostile").await;
    let stranger = Phone::new(&server, &url, folder.path(), "stranger").await;
    let reader = Phone::new(&server, &url, folder.path(), "reader").await;
    let attacks = attacks(PROJECT, HOME, hostile.author);
    let mut wrong = Vec::new();
    for (world, item) in &attacks {
        let base = hostile.push(world, &world.base[1..]).await;
        if base != vec![Verdict::Accepted; world.base.len() - 1] {
            wrong.push(format!("{}: base {base:?}", item.name));
        }
        // To go on as somebody else takes another login; everything else comes with its neighbours.
        let (said, beside) = if item.name == "another_actor_continued" {
            let said = stranger.push(world, &item.changes).await;
            (said, hostile.push(world, &world.next).await)
        } else {
            let both = [item.changes.clone(), world.next.clone()].concat();
            let mut said = hostile.push(world, &both).await;
            let beside = said.split_off(item.changes.len());
            (said, beside)
        };
        let judged = said.last().expect("a verdict");
        if !is_expected(item, judged) {
            wrong.push(format!("{}: {judged:?} instead of {:?}", item.name, expected(item)));
        }
        if beside != vec![Verdict::Accepted; world.next.len()] {
            wrong.push(format!("{}: beside {beside:?}", item.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    reader
        .client
        .sync()
        .run(StepBudget::default(), 50)
        .await
        .expect("synced");
    drop(stop);
    serving.await.expect("stopped");

    let stored = folder.path().join("stored");
    std::fs::create_dir(&stored).expect("a folder");
    for (world, item) in &attacks {
        let admitted = match expected(item) {
            Err(Verdict::Accepted) => [item.changes.clone(), world.next.clone()].concat(),
            _ => [item.changes[..item.changes.len() - 1].to_vec(), world.next.clone()].concat(),
        };
        let outcome = admit(Gate::server(), world, Some(&world.document), &admitted);
        let heads = outcome.document.expect("neighbours").heads();
        let document = world.genesis.document;
        let found = reader
            .client
            .records()
            .read(document, |d, _| d.heads())
            .expect("a record");
        if found != heads {
            wrong.push(format!(
                "{}: another phone has {found:?} instead of {heads:?}",
                item.name
            ));
        }
        store(&stored.join(item.name), &snapshot(&database, document), &heads);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    load_in_a_new_process(&stored, attacks.len());

    let meant: BTreeSet<DocumentId> = attacks
        .iter()
        .filter(|(_, item)| expected(item).is_ok())
        .map(|(world, _)| world.genesis.document)
        .collect();
    assert_eq!(in_quarantine(&database), meant);
}

fn snapshot(database: &Path, document: DocumentId) -> Vec<u8> {
    let db = rusqlite::Connection::open(database).expect("the server's database");
    let sql = "SELECT snapshot FROM documents WHERE id = ?1";
    db.query_row(sql, [document.as_bytes()], |row| row.get(0))
        .expect("a snapshot")
}

/// The documents of which something was refused and kept with its bytes.
fn in_quarantine(database: &Path) -> BTreeSet<DocumentId> {
    let db = rusqlite::Connection::open(database).expect("the server's database");
    let mut query = db
        .prepare("SELECT DISTINCT document FROM quarantine WHERE bytes IS NOT NULL")
        .expect("the table");
    let found = query.query_map((), |row| row.get::<_, [u8; 16]>(0)).expect("rows");
    found.map(|id| DocumentId::from_bytes(id.expect("an id"))).collect()
}
