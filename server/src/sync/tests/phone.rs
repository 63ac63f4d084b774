//! A phone as small as can be: enough to hold what it is told and to say what it wrote.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use keyturn_domain::document::Genesis;
use keyturn_domain::gate::{Batch, Gate, MergeEngine};
use keyturn_domain::{Container, Document, DocumentId, Hash, ProjectId, ScopeId, Write};
use keyturn_protocol::{
    Audit, Closing, Cursor, DocumentHeads, Entry, Mark, Push, Rewind, ScopeDocuments, Sum, SyncReply, SyncRequest,
    Verdict,
};
use serde_bytes::ByteBuf;
use uuid::Uuid;

use super::world::{PROJECT, World};
use crate::sync::Who;

pub(super) struct Phone {
    pub(super) who: Who,
    pub(super) cursor: Option<Cursor>,
    pub(super) witnesses: VecDeque<Cursor>,
    pub(super) documents: BTreeMap<DocumentId, (Document, ScopeId)>,
    pub(super) outbox: Vec<(Genesis, Hash, Vec<u8>)>,
    pub(super) sent: BTreeMap<Hash, (Genesis, Vec<u8>)>,
    pub(super) received: BTreeMap<Hash, u64>,
    pub(super) marks: BTreeMap<Hash, Mark>,
    pub(super) relayed: BTreeSet<Hash>,
    pub(super) rows: BTreeMap<Uuid, (String, Option<Vec<u8>>)>,
    pub(super) scopes: BTreeSet<(ScopeId, String)>,
    pub(super) backup: u64,
    pub(super) said: Vec<Verdict>,
    pub(super) audit: Audit,
    pub(super) need: Vec<DocumentId>,
    pub(super) closing: Option<Closing>,
    pub(super) budget: u64,
    actors: u8,
}

impl Phone {
    pub(super) fn new(who: Who) -> Self {
        Self {
            who,
            cursor: None,
            witnesses: VecDeque::new(),
            documents: BTreeMap::new(),
            outbox: Vec::new(),
            sent: BTreeMap::new(),
            received: BTreeMap::new(),
            marks: BTreeMap::new(),
            relayed: BTreeSet::new(),
            rows: BTreeMap::new(),
            scopes: BTreeSet::new(),
            backup: 0,
            said: Vec::new(),
            audit: Audit::default(),
            need: Vec::new(),
            closing: None,
            budget: 0,
            actors: 0,
        }
    }

    /// Writes one field; returns the change.
    pub(super) fn write(&mut self, genesis: &Genesis, key: &str, value: &str) -> Hash {
        let write = Write::Put {
            container: Container::Fields,
            key: key.into(),
            value: value.into(),
        };
        let scope = ScopeId::home(genesis.place);
        let (document, _) = self
            .documents
            .entry(genesis.document)
            .or_insert_with(|| (Document::begin(genesis).unwrap(), scope));
        self.actors += 1;
        let mut actor = [self.actors; 16];
        actor[0] = self.who.device.as_bytes()[0];
        document.write_as(actor, self.who.user, self.who.device);
        let seen = document.heads();
        let change = document.write(&seen, 5, &[write]).unwrap().unwrap();
        self.outbox.push((genesis.clone(), change.hash, change.bytes));
        change.hash
    }

    pub(super) fn request(&mut self) -> SyncRequest {
        let mut push: Vec<Push> = Vec::new();
        for (genesis, hash, bytes) in &self.outbox {
            self.sent.insert(*hash, (genesis.clone(), bytes.clone()));
            push.push(Push {
                document: genesis.document,
                genesis: Some(genesis.clone()),
                changes: vec![ByteBuf::from(bytes.clone())],
                wanted: false,
            });
        }
        SyncRequest {
            version: 1,
            cursor: self.cursor.clone(),
            witness: self
                .witnesses
                .front()
                .filter(|w| Some(*w) != self.cursor.as_ref())
                .cloned(),
            idle: push.is_empty(),
            push,
            audit: std::mem::take(&mut self.audit),
            need: std::mem::take(&mut self.need),
            budget: self.budget,
            ..SyncRequest::default()
        }
    }

    /// One exchange.
    pub(super) async fn step(&mut self, world: &World) -> SyncReply {
        let request = self.request();
        self.send(world, request).await
    }

    pub(super) async fn send(&mut self, world: &World, request: SyncRequest) -> SyncReply {
        let pushed: Vec<Hash> = if request.push.iter().all(|p| !p.wanted) {
            self.outbox.iter().map(|(_, hash, _)| *hash).collect()
        } else {
            Vec::new()
        };
        let reply = world.sync.exchange(self.who, request).await.unwrap();
        self.take(&pushed, reply.clone());
        if let Some(rewind) = &reply.rewind {
            self.went_back(rewind, &reply);
        }
        reply
    }

    /// Exchanges until nothing more comes.
    pub(super) async fn settle(&mut self, world: &World) -> SyncReply {
        for _ in 0..200 {
            let mut request = self.request();
            if matches!(self.said.last(), Some(Verdict::Rejected(code)) if code == "send_earlier") {
                self.said.pop();
                request.earlier = self.witnesses.iter().cloned().collect();
            }
            let reply = self.send(world, request).await;
            for want in &reply.want {
                let request = self.answer(want.document, &want.have);
                self.send(world, request).await;
            }
            let quiet = reply.pages.is_empty() && reply.want.is_empty() && reply.rewind.is_none();
            if !reply.more && quiet && self.outbox.is_empty() && self.audit.is_empty() {
                return reply;
            }
        }
        panic!("does not come to rest");
    }

    fn answer(&mut self, document: DocumentId, have: &[Hash]) -> SyncRequest {
        let (held, _) = &self.documents[&document];
        let have: Vec<_> = have.iter().filter(|h| held.has(h)).map(|h| (*h).into()).collect();
        let changes = held.automerge().get_changes(&have);
        let push = Push {
            document,
            genesis: Some(held.genesis().clone()),
            changes: changes.iter().map(|c| ByteBuf::from(c.raw_bytes().to_vec())).collect(),
            wanted: true,
        };
        let mut request = self.request();
        request.push = vec![push];
        request
    }

    fn take(&mut self, pushed: &[Hash], reply: SyncReply) {
        let verdicts = reply.verdicts.iter().flat_map(|run| {
            (0..u64::from(run.n)).map(|n| {
                (
                    run.verdict.clone(),
                    if run.first_seq == 0 { 0 } else { run.first_seq + n },
                )
            })
        });
        for (hash, (verdict, seq)) in pushed.iter().zip(verdicts) {
            if matches!(verdict, Verdict::Accepted | Verdict::Duplicate) {
                self.received.insert(*hash, seq);
            }
            self.said.push(verdict);
            self.outbox.retain(|(_, h, _)| h != hash);
        }
        for page in reply.pages {
            for entry in page.entries {
                self.entry(page.project, entry);
            }
        }
        for mark in reply.backup {
            self.backup = mark.seq;
        }
        if let Some(cursor) = reply.cursor {
            self.cursor = Some(cursor);
        }
        let told = reply.witness.or_else(|| self.cursor.clone());
        if reply.rewind.is_none() && told.is_some() && told.as_ref() != self.witnesses.front() {
            self.witnesses.extend(told.clone());
            self.witnesses.rotate_right(1);
            self.witnesses.truncate(8);
        }
        self.closing = reply.closing;
    }

    fn entry(&mut self, _: ProjectId, entry: Entry) {
        match entry {
            Entry::Begin { genesis, scope, .. } => {
                let begun = Document::begin(&genesis).unwrap();
                self.documents.entry(genesis.document).or_insert((begun, scope));
            }
            Entry::Change {
                document,
                bytes,
                from,
                seq,
            } => {
                let Some((held, _)) = self.documents.get_mut(&document) else {
                    self.need.push(document);
                    return;
                };
                let genesis = held.genesis().clone();
                let outcome = Gate::phone().admit(Batch {
                    genesis: &genesis,
                    current: Some(held),
                    changes: &[&bytes],
                });
                let hash = outcome.verdicts[0].hash().unwrap();
                if let Some(mark) = from.mark {
                    self.marks.insert(hash, mark);
                }
                if from.relayed_by.is_some() {
                    self.relayed.insert(hash);
                }
                self.received.insert(hash, seq);
                assert!(
                    outcome.verdicts[0].is_in() || outcome.verdicts[0].code() == "missing_deps",
                    "{:?}",
                    outcome.verdicts
                );
                match outcome.document {
                    Some(new) => *held = new,
                    None if !outcome.verdicts[0].is_in() => self.need.push(document),
                    None => {}
                }
            }
            Entry::Yours {
                seq,
                document,
                prefixes,
                mark,
                ..
            } => {
                let (held, _) = &self.documents[&document];
                for (prefix, seq) in prefixes.chunks(8).zip(seq..) {
                    let all = held.automerge().get_changes(&[]);
                    let hash = all.iter().map(|c| Hash::from(c.hash())).find(|h| h.prefix() == prefix);
                    let hash = hash.expect("a change of ours");
                    self.received.insert(hash, seq);
                    self.marks.extend(mark.map(|m| (hash, m)));
                }
            }
            Entry::Snapshot {
                genesis,
                scope,
                bytes,
                heads,
                marked,
                seq,
                projection,
            } => {
                assert!(!projection.is_empty());
                let mut new = Document::load(&bytes).unwrap();
                assert_eq!(new.heads(), heads);
                for change in new.automerge().get_changes(&[]) {
                    self.received.entry(change.hash().into()).or_insert(seq);
                }
                if let Some((old, _)) = self.documents.get(&genesis.document) {
                    let more = old.automerge().get_changes(&[]);
                    let bytes: Vec<&[u8]> = more.iter().map(|c| c.raw_bytes()).collect();
                    let outcome = Gate::phone().admit(Batch {
                        genesis: &genesis,
                        current: Some(&new),
                        changes: &bytes,
                    });
                    new = outcome.document.unwrap_or(new);
                }
                self.documents.insert(genesis.document, (new, scope));
                for (hash, from) in marked {
                    self.marks.extend(from.mark.map(|m| (hash, m)));
                    if from.relayed_by.is_some() {
                        self.relayed.insert(hash);
                    }
                }
            }
            Entry::Row { id, kind, body, .. } => {
                self.rows.insert(id, (kind, body.map(ByteBuf::into_vec)));
            }
            Entry::Grant { scope, role, .. } => {
                self.scopes.insert((scope, role));
            }
            Entry::Revoke { scope, role, .. } => {
                self.scopes.remove(&(scope, role));
                let held = |s: &ScopeId| {
                    self.scopes
                        .iter()
                        .any(|(h, _)| h == s || *h == ScopeId::project(PROJECT))
                };
                self.documents.retain(|_, (_, s)| held(s));
            }
            Entry::Purge { document, .. } => {
                self.documents.remove(&document);
                self.outbox.retain(|(g, ..)| g.document != document);
            }
            Entry::Marked { hash, mark, .. } => {
                self.marks.insert(hash, mark);
            }
            Entry::Unknown(_) => panic!("unknown entry"),
        }
    }

    fn went_back(&mut self, rewind: &Rewind, reply: &SyncReply) {
        match rewind {
            Rewind::SendEarlier => self.said.push(Verdict::Rejected("send_earlier".into())),
            Rewind::To { forks, .. } => {
                let fork = forks.iter().find(|(p, _)| *p == PROJECT).map_or(0, |(_, seq)| *seq);
                self.fall_back(fork);
            }
            Rewind::Everything { .. } => self.fall_back(0),
        }
        if !matches!(rewind, Rewind::SendEarlier) {
            self.cursor.clone_from(&reply.cursor);
            self.witnesses.clear();
        }
    }

    fn fall_back(&mut self, fork: u64) {
        let lost: BTreeSet<Hash> = self
            .received
            .iter()
            .filter(|(_, seq)| **seq > fork)
            .map(|(h, _)| *h)
            .collect();
        for hash in &lost {
            self.received.remove(hash);
            if let Some((genesis, bytes)) = self.sent.get(hash) {
                self.outbox.push((genesis.clone(), *hash, bytes.clone()));
            }
        }
        for (document, _) in self.documents.values() {
            let all = document.automerge().get_changes(&[]);
            let others = all
                .iter()
                .map(|c| Hash::from(c.hash()))
                .any(|h| lost.contains(&h) && !self.sent.contains_key(&h));
            if others {
                self.audit.documents.push(DocumentHeads {
                    genesis: document.genesis().clone(),
                    heads: document.heads(),
                });
            }
        }
    }

    pub(super) fn sum(&self) -> Closing {
        let sums = self.documents.iter().map(|(id, (d, _))| Sum::of(*id, &d.heads()));
        Closing(sums.fold(Sum::default(), Sum::plus))
    }

    pub(super) fn contents(&self, scope: ScopeId) -> ScopeDocuments {
        let of = self.documents.values().filter(|(_, s)| *s == scope);
        ScopeDocuments {
            project: PROJECT,
            scope,
            documents: of
                .map(|(d, _)| DocumentHeads {
                    genesis: d.genesis().clone(),
                    heads: d.heads(),
                })
                .collect(),
        }
    }

    pub(super) fn values(&self, genesis: &Genesis, key: &str) -> Vec<String> {
        let Some((document, _)) = self.documents.get(&genesis.document) else {
            return Vec::new();
        };
        let found = document.candidates(Container::Fields, key);
        found.into_iter().map(|c| c.value.to_string()).collect()
    }
}
