//! Whole documents: a first sight, a repair, or the cure.
//!
//! A document that is not here, or was never opened, is stored as it came and judged when it is first opened. One that
//! is open here with work of its own takes what it lacks through the gate. When own commands are held (the server
//! refused their changes), the server's copy becomes the document, everybody else's changes are put on top, and the
//! commands are made again, in their order, under a new actor, with the same keys and event ids. What they had seen is
//! mapped: a change that the server does not have stands for what it was built on.

use super::apply::Applying;
use super::server_heads;
use crate::ClientError;
use crate::records::{listing, listing_of, marks_of};
use keyturn_domain::document::Genesis;
use keyturn_domain::gate::{Batch, ChangeVerdict, Header, open_snapshot};
use keyturn_domain::{Document, DocumentId, Hash};
use keyturn_protocol::{Entry, SyncReply};
use keyturn_store::changes::StoredChange;
use keyturn_store::documents::{self, Snapshot, StoredDocument};
use keyturn_store::errands::Errand;
use keyturn_store::outbox::{self, Command, State};
use keyturn_store::{changes, errands};
use std::collections::{BTreeMap, BTreeSet};

/// A command that was made again so often is not made again.
const REPLAYS: u32 = 4;

impl Applying<'_> {
    /// Takes a whole document.
    pub(super) fn snapshot(&mut self, entry: &Entry) -> Result<(), ClientError> {
        let Entry::Snapshot {
            genesis,
            scope,
            bytes,
            heads,
            projection,
            seq,
            marked,
        } = entry
        else {
            return Ok(());
        };
        let id = genesis.document;
        errands::done(self.tx, Errand::Need, id)?;
        let stored = documents::get(self.tx, id)?;
        if stored.as_ref().is_some_and(|d| d.genesis != *genesis) {
            return self.refuse(id, Hash::of(bytes), bytes, "wrong_document");
        }
        let own = outbox::open_of(self.tx, id)?;
        let pristine = stored.as_ref().is_none_or(|d| !d.checked || d.husk) && own.is_empty();
        let same = stored.as_ref().is_some_and(|d| !d.husk && d.heads == *heads);
        let known = same
            && stored
                .as_ref()
                .is_some_and(|d| d.snapshot.as_deref() == Some(bytes.as_slice()));
        if pristine && !known {
            if stored.is_none() {
                documents::insert(self.tx, genesis, *scope)?;
            }
            let new = Snapshot {
                bytes,
                heads,
                checked: false,
                scope: *scope,
            };
            documents::set_snapshot(self.tx, id, new)?;
            let listing = listing_of(self.tx, genesis.project, projection)?;
            documents::set_listing(self.tx, id, &listing)?;
            self.open.close(id);
        }
        for (hash, from) in marked {
            self.provenance(id, *hash, from)?;
        }
        if !pristine && (!same || own.iter().any(|c| c.state == State::Held)) {
            let theirs = match open_snapshot(self.inner.gate.as_ref(), genesis, bytes) {
                Ok(theirs) => theirs,
                Err(refusal) => return self.refuse(id, Hash::of(bytes), bytes, refusal.code.code()),
            };
            self.adopt(genesis, theirs, *scope, *seq)?;
        }
        if same {
            self.receipts_of(id, &|_| true, *seq)?;
        }
        if let Some(mut stored) = documents::get(self.tx, id)? {
            server_heads::replace(self.tx, &mut stored, heads, *seq)?;
        }
        self.report.records.insert(id);
        Ok(())
    }

    /// The server was asked for whole documents and did not send them.
    pub(super) fn unanswered(&mut self, needed: &[DocumentId], reply: &SyncReply) -> Result<(), ClientError> {
        if reply.more {
            return Ok(()); // they may not have fitted: asked again
        }
        let asked: BTreeSet<DocumentId> = errands::documents(self.tx, Errand::Need, u32::MAX)?
            .into_iter()
            .collect();
        for id in needed.iter().filter(|id| asked.contains(id)) {
            errands::done(self.tx, Errand::Need, *id)?;
            if !self.has_held(*id)? {
                continue;
            }
            match documents::get(self.tx, *id)?.filter(|d| !d.husk) {
                // The server never took a change of it: it begins there with the commands that are made again.
                Some(stored) if stored.server_heads.is_empty() => {
                    let empty = Document::begin(&stored.genesis)?;
                    self.adopt(&stored.genesis, empty, stored.scope, 0)?;
                }
                // It cannot be read any longer.
                _ => self.stick_held(*id)?,
            }
        }
        Ok(())
    }

    fn stick_held(&self, id: DocumentId) -> Result<(), ClientError> {
        for mut command in outbox::open_of(self.tx, id)?
            .into_iter()
            .filter(|c| c.state == State::Held)
        {
            command.state = State::Stuck;
            outbox::set(self.tx, &command)?;
        }
        Ok(())
    }

    /// Makes the server's copy the document, with everything that is only here put on top.
    fn adopt(
        &mut self,
        genesis: &Genesis,
        theirs: Document,
        scope: keyturn_domain::ScopeId,
        seq: u64,
    ) -> Result<(), ClientError> {
        let id = genesis.document;
        let stored = documents::get(self.tx, id)?.ok_or(ClientError::UnknownDocument(id))?;
        let ours = if stored.husk { None } else { self.document(&stored)? };
        self.receipts_of(id, &|hash| theirs.has(hash), seq)?;
        let commands = outbox::open_of(self.tx, id)?;
        let cure = commands.iter().any(|c| c.state == State::Held);
        let again: BTreeSet<Hash> = match cure {
            true => commands.iter().map(|c| c.hash).collect(),
            false => BTreeSet::new(),
        };
        let extra = self.only_here(id, ours.as_ref(), &theirs, &again)?;
        let bytes: Vec<&[u8]> = extra.iter().map(|(_, bytes)| bytes.as_slice()).collect();
        let outcome = self.inner.gate.admit(Batch {
            genesis,
            current: Some(&theirs),
            changes: &bytes,
        });
        let mut document = outcome.document.unwrap_or(theirs);
        let mut left = BTreeSet::new();
        for ((hash, bytes), verdict) in extra.iter().zip(&outcome.verdicts) {
            if verdict.is_in() {
                continue;
            }
            left.insert(*hash);
            if !commands.iter().any(|c| c.hash == *hash) {
                let code = match verdict {
                    ChangeVerdict::Refused { refusal, .. } => refusal.code.code(),
                    other => other.code(),
                };
                self.refuse(id, *hash, bytes, code)?;
                changes::delete(self.tx, id, *hash)?;
            }
        }
        let replay: Vec<Command> = commands
            .into_iter()
            .filter(|c| again.contains(&c.hash) || left.contains(&c.hash))
            .collect();
        if !replay.is_empty() {
            self.make_again(&mut document, ours.as_ref(), replay)?;
        }
        for command in outbox::open_of(self.tx, id)?
            .into_iter()
            .filter(|c| c.state == State::Queued)
        {
            if !document.has(&command.hash) {
                tracing::warn!(document = %id, "A queued change is not part of its document");
                outbox::set(
                    self.tx,
                    &Command {
                        state: State::Stuck,
                        code: "superseded".to_owned(),
                        ..command
                    },
                )?;
            }
        }
        self.open.close(id);
        let stored = StoredDocument { scope, ..stored };
        let bytes = document.save();
        let new = Snapshot {
            bytes: &bytes,
            heads: &document.heads(),
            checked: true,
            scope: stored.scope,
        };
        documents::set_snapshot(self.tx, id, new)?;
        let listing = listing(self.tx, &document, &marks_of(self.tx, id)?)?;
        Ok(documents::set_listing(self.tx, id, &listing)?)
    }

    /// Returns the changes that are only here, in causal order, without those whose commands are made again.
    fn only_here(
        &self,
        id: DocumentId,
        ours: Option<&Document>,
        theirs: &Document,
        again: &BTreeSet<Hash>,
    ) -> Result<Vec<(Hash, Vec<u8>)>, ClientError> {
        let here = match ours {
            Some(ours) => ours.changes_since(&theirs.heads()),
            None => changes::after(self.tx, id, 0)?
                .into_iter()
                .map(|c| (c.hash, c.bytes))
                .collect(),
        };
        let missing = here
            .into_iter()
            .filter(|(hash, _)| !theirs.has(hash) && !again.contains(hash));
        Ok(missing.collect())
    }

    /// Makes commands again, in their order, under a new actor.
    fn make_again(
        &mut self,
        document: &mut Document,
        ours: Option<&Document>,
        commands: Vec<Command>,
    ) -> Result<(), ClientError> {
        document.write_as(self.inner.ids.bytes16(), self.me.user, self.me.device);
        let mut stands_for = Replaced {
            ours,
            made: BTreeMap::new(),
            deps: BTreeMap::new(),
        };
        for command in &commands {
            if let Some(change) = changes::get(self.tx, command.document, command.hash)? {
                let deps = Header::peek(&change.bytes).map(|h| h.deps).unwrap_or_default();
                stands_for.deps.insert(command.hash, deps);
            }
        }
        for command in commands {
            let id = command.document;
            if document.has(&command.hash) {
                continue; // the server has it after all
            }
            let poison = command.state == State::Stuck;
            let hopeless = command.writes.is_empty() || command.replayed >= REPLAYS;
            if poison || hopeless {
                if !poison {
                    outbox::set(
                        self.tx,
                        &Command {
                            state: State::Stuck,
                            ..command.clone()
                        },
                    )?;
                }
                self.not_in_document(&command)?;
                continue;
            }
            let seen = stands_for.map(document, &command.seen);
            match document.write(&seen, command.at_ms, &command.writes) {
                Ok(Some(new)) => {
                    self.report.replayed += 1;
                    stands_for.made.insert(command.hash, vec![new.hash]);
                    outbox::delete(self.tx, id, command.hash)?;
                    changes::delete(self.tx, id, command.hash)?;
                    let change = StoredChange {
                        hash: new.hash,
                        bytes: new.bytes,
                        own: true,
                        received_seq: None,
                        received_ms: 0,
                        from_user: None,
                    };
                    changes::insert(self.tx, id, &change)?;
                    let (hash, state, replayed) = (new.hash, State::Queued, command.replayed + 1);
                    outbox::insert(
                        self.tx,
                        &Command {
                            hash,
                            seen,
                            state,
                            replayed,
                            tries: 0,
                            ..command
                        },
                    )?;
                }
                // Everything that it says stands there already.
                Ok(None) => {
                    outbox::delete(self.tx, id, command.hash)?;
                    changes::delete(self.tx, id, command.hash)?;
                }
                Err(error) => {
                    tracing::warn!(document = %id, %error, "A command could not be made again");
                    outbox::set(
                        self.tx,
                        &Command {
                            state: State::Stuck,
                            ..command.clone()
                        },
                    )?;
                    self.not_in_document(&command)?;
                }
            }
        }
        Ok(())
    }

    /// A stuck command keeps its bytes among the refused ones: its change is no part of the document any longer.
    fn not_in_document(&mut self, command: &Command) -> Result<(), ClientError> {
        if let Some(change) = changes::get(self.tx, command.document, command.hash)? {
            self.refuse(command.document, command.hash, &change.bytes, "superseded")?;
            changes::delete(self.tx, command.document, command.hash)?;
        }
        Ok(())
    }
}

/// What stands for a change that the new document does not hold.
struct Replaced<'a> {
    ours: Option<&'a Document>,
    made: BTreeMap<Hash, Vec<Hash>>,
    deps: BTreeMap<Hash, Vec<Hash>>,
}

impl Replaced<'_> {
    fn map(&self, document: &Document, seen: &[Hash]) -> Vec<Hash> {
        let mut found = BTreeSet::new();
        let mut visited = BTreeSet::new();
        let mut open: Vec<Hash> = seen.to_vec();
        while let Some(hash) = open.pop() {
            if !visited.insert(hash) {
                continue;
            }
            if document.has(&hash) {
                found.insert(hash);
            } else if let Some(made) = self.made.get(&hash) {
                found.extend(made.iter().copied());
            } else if let Some(deps) = self.deps.get(&hash) {
                open.extend(deps.iter().copied());
            } else if let Some(deps) = self.ours.and_then(|ours| ours.builds_on(&hash)) {
                open.extend(deps);
            }
        }
        found.into_iter().collect()
    }
}
