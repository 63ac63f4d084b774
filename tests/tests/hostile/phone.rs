//! Each attack from a hostile server to a phone, every one in a document of its own: what is refused is kept with its
//! reason and changes nothing, what is beside it arrives, and the phone opens all of it in a new process.

use super::gate::{admit, attacks, author};
use async_trait::async_trait;
use keyturn_client::{Client, ClientOptions, FileKey, StepBudget, SystemClock, SystemIds};
use keyturn_domain::gate::Gate;
use keyturn_domain::ids::{DocumentId, Hash, PlaceId, ProjectId, ScopeId, UserId};
use keyturn_protocol::auth::{EnrolReply, EnrolRequest, TokenReply};
use keyturn_protocol::{ApiError, Cursor, Entry, Page, Provenance, SyncApi, SyncReply, SyncRequest};
use keyturn_tests::hostile::Expect;
use serde_bytes::ByteBuf;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

/// Names a phone's folder: then the test that opens it is a new process that another test started.
const PHONE: &str = "KEYTURN_TEST_HOSTILE_PHONE";

/// A server that sends what it was told to, whatever it is asked.
#[derive(Default)]
struct HostileServer {
    replies: Mutex<VecDeque<Vec<Entry>>>,
    asked: Mutex<Vec<SyncRequest>>,
    seq: Mutex<u64>,
}

const PROJECT: ProjectId = ProjectId::from_bytes([2; 16]);

#[async_trait]
impl SyncApi for HostileServer {
    async fn enrol(&self, _: EnrolRequest) -> Result<EnrolReply, ApiError> {
        let id = uuid::Uuid::from_bytes([4; 16]);
        Ok(EnrolReply {
            device: id,
            user: id,
            server: id,
        })
    }

    async fn token(&self, _: &str) -> Result<TokenReply, ApiError> {
        Ok(TokenReply {
            token: "any".into(),
            expires_at: i64::MAX,
            server_time: 0,
            wipe: false,
        })
    }

    async fn sync(&self, _: &str, request: SyncRequest) -> Result<SyncReply, ApiError> {
        self.asked.lock().expect("unpoisoned").push(request);
        let entries = self.replies.lock().expect("unpoisoned").pop_front();
        Ok(SyncReply {
            version: keyturn_protocol::VERSION,
            cursor: Some(Cursor(ByteBuf::from(vec![1]))),
            pages: entries
                .map(|entries| Page {
                    project: PROJECT,
                    entries,
                })
                .into_iter()
                .collect(),
            ..SyncReply::default()
        })
    }
}

impl HostileServer {
    fn next(&self) -> u64 {
        let mut seq = self.seq.lock().expect("unpoisoned");
        *seq += 1;
        *seq
    }

    fn changes(&self, document: DocumentId, changes: &[Vec<u8>]) -> Vec<Entry> {
        let entry = |bytes: &Vec<u8>| Entry::Change {
            seq: self.next(),
            document,
            bytes: ByteBuf::from(bytes.clone()),
            from: Provenance {
                user: UserId::from_bytes([6; 16]),
                received_ms: 1,
                relayed_by: None,
                mark: None,
            },
        };
        changes.iter().map(entry).collect()
    }

    fn say(&self, entries: Vec<Entry>) {
        self.replies.lock().expect("unpoisoned").push_back(entries);
    }

    /// The documents that the phone has asked for whole.
    fn needed(&self) -> BTreeSet<DocumentId> {
        let asked = self.asked.lock().expect("unpoisoned");
        asked.iter().flat_map(|request| request.need.clone()).collect()
    }
}

fn phone(folder: &Path, server: Arc<HostileServer>) -> Client {
    let options = ClientOptions {
        path: folder.join("phone.db"),
        server: "http://hostile.example".into(),
        api: server,
        signer: Arc::new(FileKey::in_memory(&SystemIds)),
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        ballast: 0,
    };
    Client::open(options).expect("a phone").0
}

/// What a database keeps of refused bytes: the reasons, by document.
fn quarantine(folder: &Path) -> BTreeMap<DocumentId, Vec<String>> {
    let db = rusqlite::Connection::open(folder.join("phone.db")).expect("the phone's database");
    let mut query = db
        .prepare("SELECT document, reason FROM quarantine ORDER BY reason")
        .expect("the table");
    let rows = query.query_map((), |row| Ok((row.get::<_, [u8; 16]>(0)?, row.get(1)?)));
    let mut all = BTreeMap::<DocumentId, Vec<String>>::new();
    for row in rows.expect("rows") {
        let (document, reason) = row.expect("a row");
        all.entry(DocumentId::from_bytes(document)).or_default().push(reason);
    }
    all
}

fn heads(client: &Client, document: DocumentId) -> Vec<Hash> {
    client
        .records()
        .read(document, |document, _| document.heads())
        .expect("a record")
}

#[tokio::test]
async fn a_phone_refuses_what_its_server_should_have_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Arc::new(HostileServer::default());
    let client = phone(folder.path(), server.clone());
    client.session().enrol("any", "phone").await.expect("enrolled");

    let attacks = attacks(PROJECT, PlaceId::from_bytes([3; 16]), author());
    let scope = ScopeId::project(PROJECT);
    let (mut honest, mut hostile) = (Vec::new(), Vec::new());
    for (world, item) in &attacks {
        let document = world.genesis.document;
        honest.push(Entry::Begin {
            seq: server.next(),
            genesis: world.genesis.clone(),
            scope,
        });
        honest.extend(server.changes(document, &world.base[1..]));
        hostile.extend(server.changes(document, &[item.changes.clone(), world.next.clone()].concat()));
    }
    server.say(honest);
    server.say(hostile);
    for _ in 0..2 {
        client.sync().step(StepBudget::default()).await.expect("a step");
    }
    // What is missing something is asked for in the next request.
    client.sync().step(StepBudget::default()).await.expect("a step");

    let (kept, needed) = (quarantine(folder.path()), server.needed());
    let mut wrong = Vec::new();
    let mut stored = Vec::new();
    for (world, item) in &attacks {
        let document = world.genesis.document;
        let reasons = kept.get(&document).cloned().unwrap_or_default();
        let (reason, asks) = match item.expect {
            Expect::Refused(_, code) => (Some(code.code()), false),
            Expect::BlockedBy => (Some("blocked_by"), false),
            Expect::MissingDeps | Expect::ForkedActor => (None, true),
            Expect::Passes(_) => (None, item.name == "another_actor_continued"),
        };
        if reason.is_some_and(|code| !reasons.iter().any(|r| r == code)) || (reason.is_none() && !reasons.is_empty()) {
            wrong.push(format!("{}: kept as {reasons:?} instead of {reason:?}", item.name));
        }
        if needed.contains(&document) != asks {
            wrong.push(format!("{}: asked for the document: {}", item.name, !asks));
        }
        let changes = [item.changes.clone(), world.next.clone()].concat();
        let outcome = admit(Gate::phone(), world, Some(&world.document), &changes);
        let expected = outcome.document.expect("neighbours").heads();
        let found = heads(&client, document);
        if found != expected {
            wrong.push(format!("{}: heads {found:?} instead of {expected:?}", item.name));
        }
        let expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
        stored.push(format!("{document} {}", expected.join(" ")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    drop(client);
    std::fs::write(folder.path().join("heads"), stored.join("\n")).expect("written");
    let child = Command::new(std::env::current_exe().expect("this binary"))
        .args([
            "--exact",
            "hostile::phone::a_phone_opens_in_a_new_process",
            "--nocapture",
        ])
        .env(PHONE, folder.path())
        .output()
        .expect("a process");
    let said = String::from_utf8_lossy(&child.stdout);
    assert!(
        child.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&child.stderr)
    );
    assert!(said.contains(&format!("{} records open", attacks.len())), "{said}");
}

/// Opens all records of a phone that another test has left; on its own, of a phone without any.
#[test]
fn a_phone_opens_in_a_new_process() {
    let own = tempfile::tempdir().expect("a folder");
    let folder = std::env::var_os(PHONE);
    let folder = folder.as_deref().map_or(own.path(), Path::new);
    let client = phone(folder, Arc::default());
    let expected = std::fs::read_to_string(folder.join("heads")).unwrap_or_default();
    for line in expected.lines() {
        let (document, expected) = line.split_once(' ').expect("a document and its heads");
        let found = heads(&client, document.parse().expect("an id"));
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(found.join(" "), expected);
    }
    println!("{} records open", expected.lines().count());
}
