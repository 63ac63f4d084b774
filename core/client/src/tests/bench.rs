//! A phone on a bench: its answers come from the test.

use crate::{Client, ClientOptions, FileKey, Recording, Saved, StepBudget, StepReport, Target};
use async_trait::async_trait;
use keyturn_domain::document::Genesis;
use keyturn_domain::{Clock, Container, DocumentId, Hash, Ids, PlaceId, ProjectId, ScopeId, Write};
use keyturn_protocol::auth::{EnrolReply, EnrolRequest, TokenReply};
use keyturn_protocol::{ApiError, Cursor, Entry, Page, Provenance, Run, SyncApi, SyncReply, SyncRequest, Verdict};
use serde_bytes::ByteBuf;
use std::collections::VecDeque;
use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

pub(super) const PROJECT: ProjectId = ProjectId::from_bytes([200; 16]);
pub(super) const SCOPE: ScopeId = ScopeId::from_bytes([150; 16]);

pub(super) struct Ticks(AtomicI64);
impl Clock for Ticks {
    fn now_ms(&self) -> i64 {
        self.0.fetch_add(1, Ordering::SeqCst)
    }
}

/// Numbers that differ from phone to phone.
pub(super) struct Counted(u8, AtomicU64);
impl Ids for Counted {
    fn fill(&self, buffer: &mut [u8]) {
        let n = self.1.fetch_add(1, Ordering::SeqCst);
        let bytes = Hash::of(&[&[self.0][..], &n.to_be_bytes()].concat());
        buffer
            .iter_mut()
            .zip(bytes.0.iter().cycle())
            .for_each(|(to, from)| *to = *from);
    }
}

type Answer = Result<SyncReply, ApiError>;

/// Gives the answers that a test made, and keeps what was asked.
#[derive(Default)]
pub(super) struct Script {
    pub(super) answers: Mutex<VecDeque<Answer>>,
    pub(super) asked: Mutex<Vec<SyncRequest>>,
    pub(super) tokens: AtomicU64,
}

#[async_trait]
impl SyncApi for Script {
    async fn enrol(&self, _: EnrolRequest) -> Result<EnrolReply, ApiError> {
        let id = uuid::Uuid::from_bytes;
        Ok(EnrolReply {
            device: id([1; 16]),
            user: id([2; 16]),
            server: id([3; 16]),
        })
    }

    async fn token(&self, proof: &str) -> Result<TokenReply, ApiError> {
        let claims = keyturn_protocol::auth::DpopProof::verify(proof).unwrap().claims;
        if claims.nonce.as_deref() != Some("today") {
            return Err(ApiError::Nonce("today".into()));
        }
        let n = self.tokens.fetch_add(1, Ordering::SeqCst);
        Ok(TokenReply {
            token: format!("token-{n}"),
            expires_at: i64::MAX,
            server_time: 5,
            wipe: false,
        })
    }

    async fn sync(&self, _: &str, request: SyncRequest) -> Answer {
        self.asked.lock().unwrap().push(request);
        self.answers
            .lock()
            .unwrap()
            .pop_front()
            .expect("the test made an answer")
    }
}

pub(super) struct Phone {
    pub(super) client: Client,
    pub(super) script: Arc<Script>,
}

/// Runs what never waits for anything but the script.
pub(super) fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = Box::pin(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits"),
    }
}

pub(super) fn genesis(n: u8) -> Genesis {
    let (document, place) = (DocumentId::from_bytes([n; 16]), PlaceId::from_bytes([150; 16]));
    Genesis {
        document,
        project: PROJECT,
        place,
        kind: "inspection".into(),
    }
}

pub(super) fn put(key: &str, value: &str) -> Write {
    Write::Put {
        container: Container::Answers,
        key: format!("{key}/r03/1/result"),
        value: value.into(),
    }
}

impl Phone {
    pub(super) fn open(folder: &Path, n: u8) -> Self {
        let script = Arc::new(Script::default());
        let ids = Arc::new(Counted(n, AtomicU64::new(0)));
        let options = ClientOptions {
            path: folder.join(format!("{n}.db")),
            server: "https://keyturn.test/".into(),
            api: script.clone(),
            signer: Arc::new(FileKey::in_memory(ids.as_ref())),
            clock: Arc::new(Ticks(AtomicI64::new(1_000))),
            ids,
            ballast: 0,
        };
        let (client, _) = Client::open(options).unwrap();
        now(client.session().enrol("code", "bench")).unwrap();
        Self { client, script }
    }

    pub(super) fn tap(&self, n: u8, seen: &[Hash], key: &str, value: &str) -> Saved {
        let target = Target::Begin {
            genesis: genesis(n),
            scope: SCOPE,
        };
        let recording = Recording {
            target,
            seen: seen.to_vec(),
            writes: vec![put(key, value)],
        };
        self.client.records().record(recording).unwrap()
    }

    /// One step, answered like this.
    pub(super) fn step(&self, answer: SyncReply) -> StepReport {
        self.script.answers.lock().unwrap().push_back(Ok(answer));
        now(self.client.sync().step(StepBudget::default())).unwrap()
    }

    pub(super) fn asked(&self) -> SyncRequest {
        self.script.asked.lock().unwrap().last().unwrap().clone()
    }

    /// What is contested where: every value of one answer.
    pub(super) fn values(&self, n: u8, key: &str) -> Vec<String> {
        let key = format!("{key}/r03/1/result");
        let read = |d: &keyturn_domain::Document, _: &_| d.candidates(Container::Answers, &key);
        let found = self.client.records().read(genesis(n).document, read).unwrap();
        found.into_iter().map(|c| c.value.to_string()).collect()
    }

    pub(super) fn heads(&self, n: u8) -> Vec<Hash> {
        self.client
            .records()
            .read(genesis(n).document, |d, _| d.heads())
            .unwrap()
    }

    pub(super) fn saved(&self, n: u8) -> Vec<u8> {
        self.client
            .records()
            .read(genesis(n).document, |d, _| d.save())
            .unwrap()
    }
}

pub(super) fn reply() -> SyncReply {
    SyncReply {
        version: 1,
        now_ms: 1_000,
        ..SyncReply::default()
    }
}

pub(super) fn verdicts(all: &[(Verdict, u64, u32)]) -> SyncReply {
    let run = |(verdict, first_seq, n): &(Verdict, u64, u32)| Run {
        verdict: verdict.clone(),
        first_seq: *first_seq,
        n: *n,
    };
    SyncReply {
        verdicts: all.iter().map(run).collect(),
        ..reply()
    }
}

pub(super) fn pages(entries: Vec<Entry>) -> SyncReply {
    SyncReply {
        pages: vec![Page {
            project: PROJECT,
            entries,
        }],
        ..reply()
    }
}

pub(super) fn cursor(n: u8) -> Cursor {
    Cursor(ByteBuf::from(vec![n; 12]))
}

pub(super) fn from_somebody() -> Provenance {
    let user = keyturn_domain::UserId::from_bytes([44; 16]);
    Provenance {
        user,
        received_ms: 7,
        relayed_by: None,
        mark: None,
    }
}

pub(super) fn change(n: u8, seq: u64, bytes: Vec<u8>) -> Entry {
    Entry::Change {
        seq,
        document: genesis(n).document,
        bytes: ByteBuf::from(bytes),
        from: from_somebody(),
    }
}

pub(super) fn snapshot(n: u8, seq: u64, bytes: Vec<u8>, heads: Vec<Hash>) -> Entry {
    Entry::Snapshot {
        genesis: genesis(n),
        scope: SCOPE,
        bytes: ByteBuf::from(bytes),
        heads,
        projection: ByteBuf::new(),
        seq,
        marked: Vec::new(),
    }
}
