//! Receipts: what the server has is noted once, and what it holds of the document grows by it.

use super::apply::Applying;
use super::request::Outgoing;
use super::server_heads;
use crate::ClientError;
use keyturn_domain::gate::Header;
use keyturn_domain::{DocumentId, Hash};
use keyturn_protocol::{Mark, SyncReply};
use keyturn_store::changes::StoredChange;
use keyturn_store::documents::StoredDocument;
use keyturn_store::errands::Errand;
use keyturn_store::{changes, documents, errands, grants, outbox};
use std::collections::BTreeSet;

impl Applying<'_> {
    /// Own work comes back as prefixes: receipts, and marks.
    pub(super) fn yours(
        &mut self,
        seq: u64,
        document: DocumentId,
        received_ms: i64,
        prefixes: &[u8],
        mark: Option<Mark>,
    ) -> Result<(), ClientError> {
        for (prefix, seq) in prefixes.chunks_exact(8).zip(seq..) {
            match changes::by_prefix(self.tx, document, prefix)? {
                Some(hash) => {
                    self.received(document, hash, seq, received_ms)?;
                    if let Some(mark) = mark {
                        self.set_mark(document, hash, mark, received_ms)?;
                    }
                }
                // A phone that was restored from an earlier copy does not know its own work any longer.
                None if !self.knows(document, prefix)? => errands::add(self.tx, Errand::Need, document)?,
                None => {}
            }
        }
        if mark.is_some() {
            self.project_anew(document)?;
        }
        Ok(())
    }

    /// Notes the receipt of a change, once; what the server holds of the document grows by it.
    pub(super) fn received(
        &mut self,
        document: DocumentId,
        hash: Hash,
        seq: u64,
        received_ms: i64,
    ) -> Result<(), ClientError> {
        let Some(change) = self.receipt(document, hash, seq, received_ms)? else {
            return Ok(());
        };
        if let Some(mut stored) = documents::get(self.tx, document)? {
            if stored.server_heads.is_empty() {
                let (genesis, _) = stored.genesis.change()?;
                stored.server_heads.push(genesis);
            }
            let deps = Header::peek(&change.bytes).map(|h| h.deps).unwrap_or_default();
            if !self.is_below(&stored, hash, &deps)? {
                server_heads::advance(self.tx, &mut stored, hash, &deps, seq)?;
            }
        }
        Ok(())
    }

    /// Tells whether the server is known to hold what builds on a change: after a rewind, receipts come in any order.
    fn is_below(&mut self, stored: &StoredDocument, hash: Hash, deps: &[Hash]) -> Result<bool, ClientError> {
        let heads = &stored.server_heads;
        // What builds on heads alone is below none of them.
        if stored.husk || deps.iter().all(|dep| heads.contains(dep)) {
            return Ok(false);
        }
        let found = self.document(stored)?;
        Ok(found.is_some_and(|d| d.changes_since(heads).iter().all(|(later, _)| *later != hash)))
    }

    /// Notes the receipt of a change; returns it when it was not noted before.
    pub(super) fn receipt(
        &mut self,
        document: DocumentId,
        hash: Hash,
        seq: u64,
        received_ms: i64,
    ) -> Result<Option<StoredChange>, ClientError> {
        let Some(change) = changes::get(self.tx, document, hash)? else {
            return Ok(None);
        };
        let seat = if seq == 0 {
            change.received_seq.unwrap_or(0)
        } else {
            seq
        };
        if change.received_seq != Some(seat) {
            changes::set_received(self.tx, document, hash, seat, received_ms)?;
            self.report.records.insert(document);
        }
        if let Some(mut command) = outbox::get(self.tx, document, hash)? {
            command.state = outbox::State::Received;
            command.code.clear();
            outbox::set(self.tx, &command)?;
        }
        Ok(change.received_seq.is_none().then_some(change))
    }

    /// Notes the receipt of every change that `there` holds, at a seat not above `seq`.
    pub(super) fn receipts_of(
        &mut self,
        document: DocumentId,
        there: &dyn Fn(&Hash) -> bool,
        seq: u64,
    ) -> Result<(), ClientError> {
        for change in changes::after(self.tx, document, 0)? {
            if change.received_seq.is_none() && there(&change.hash) {
                self.receipt(document, change.hash, seq, self.now_ms)?;
            }
        }
        Ok(())
    }

    /// The server was told heads: what it did not ask for, it has.
    pub(super) fn audited(&mut self, outgoing: &Outgoing, reply: &SyncReply) -> Result<(), ClientError> {
        let wanted: BTreeSet<DocumentId> = reply.want.iter().map(|w| w.document).collect();
        for (document, heads) in &outgoing.audits {
            errands::done(self.tx, Errand::Audit, *document)?;
            if wanted.contains(document) || heads.is_empty() {
                continue;
            }
            let Some(mut stored) = documents::get(self.tx, *document)?.filter(|d| !d.husk) else {
                continue;
            };
            // Of a place that the person never held, as far as the server knows, it asks and says nothing: own work
            // there stays queued, and is offered the usual way.
            if !grants::covers(self.tx, stored.genesis.project, stored.scope)? {
                continue;
            }
            if let Some(found) = self.document(&stored)? {
                let later: BTreeSet<Hash> = found.changes_since(heads).into_iter().map(|(hash, _)| hash).collect();
                self.receipts_of(*document, &|hash| !later.contains(hash), 0)?;
                server_heads::replace(self.tx, &mut stored, heads, 0)?;
            }
        }
        Ok(())
    }

    /// Tells whether a change with this prefix came within a snapshot.
    fn knows(&mut self, document: DocumentId, prefix: &[u8]) -> Result<bool, ClientError> {
        let Some(stored) = documents::get(self.tx, document)?.filter(|d| !d.husk) else {
            return Ok(false);
        };
        let found = self.document(&stored)?;
        Ok(found.is_some_and(|d| d.changes_since(&[]).iter().any(|(hash, _)| hash.0.starts_with(prefix))))
    }
}
