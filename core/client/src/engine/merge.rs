//! Foreign changes pass the gate, once per document and page.

use super::apply::{Applying, mark_name};
use super::server_heads;
use crate::ClientError;
use crate::records::{LoadError, listing, load, marks_of};
use keyturn_domain::gate::{Batch, ChangeVerdict};
use keyturn_domain::{Document, DocumentId, Hash};
use keyturn_protocol::{Entry, Page, Provenance};
use keyturn_store::changes::{StoredChange, StoredMark};
use keyturn_store::documents::{self, Snapshot, StoredDocument};
use keyturn_store::errands::Errand;
use keyturn_store::quarantine::Refused;
use keyturn_store::{changes, errands, outbox, quarantine};
use std::collections::BTreeMap;

/// One foreign change as it arrived.
pub(super) struct Arrived<'a> {
    pub(super) seq: u64,
    pub(super) bytes: &'a [u8],
    pub(super) from: &'a Provenance,
}

/// The changes of a page by document, in their order.
pub(super) type Batches<'a> = BTreeMap<DocumentId, Vec<Arrived<'a>>>;

/// Groups the changes of a page.
pub(super) fn batches(page: &Page) -> Batches<'_> {
    let mut batches = Batches::new();
    for entry in &page.entries {
        if let Entry::Change {
            seq,
            document,
            bytes,
            from,
        } = entry
        {
            batches
                .entry(*document)
                .or_default()
                .push(Arrived { seq: *seq, bytes, from });
        }
    }
    batches
}

impl Applying<'_> {
    /// Returns a stored document, open or loaded; none when it does not load (the server is asked for it then).
    pub(super) fn document(&mut self, stored: &StoredDocument) -> Result<Option<Document>, ClientError> {
        let id = stored.genesis.document;
        if let Some(open) = self.open.get(id)
            && open.document.heads() == stored.heads
        {
            return Ok(Some(open.document.clone()));
        }
        self.open.close(id);
        match load(self.tx, self.inner.gate.as_ref(), stored) {
            Ok(document) => {
                if !stored.checked {
                    self.inner.accept_snapshot(self.tx, stored, &document)?;
                }
                Ok(Some(document))
            }
            Err(LoadError::Store(e)) => Err(e.into()),
            Err(error) => {
                self.inner.unreadable(self.tx, stored, &error)?;
                Ok(None)
            }
        }
    }

    /// Merges what arrived for one document.
    pub(super) fn merge(&mut self, id: DocumentId, arrived: &[Arrived<'_>]) -> Result<(), ClientError> {
        let stored = documents::get(self.tx, id)?.filter(|d| !d.husk);
        let Some(stored) = stored else {
            return Ok(errands::add(self.tx, Errand::Need, id)?);
        };
        let Some(document) = self.document(&stored)? else {
            return Ok(());
        };
        let bytes: Vec<&[u8]> = arrived.iter().map(|a| a.bytes).collect();
        let outcome = self.inner.admit(Batch {
            genesis: &stored.genesis,
            current: Some(&document),
            changes: &bytes,
        });
        // The database's order of changes is one in which each stands behind what it builds on.
        let Some(mut stored) = documents::get(self.tx, id)? else {
            return Ok(());
        };
        for (arrived, verdict) in arrived.iter().zip(&outcome.verdicts) {
            self.judged(&mut stored, arrived, verdict)?;
        }
        if let (Some(document), Some(bytes)) = (outcome.document, outcome.snapshot) {
            self.keep(&stored, document, &bytes)?;
        }
        Ok(())
    }

    /// Stores a document that moved: snapshot, heads, listing; an open one goes on with its actor.
    pub(super) fn keep(
        &mut self,
        stored: &StoredDocument,
        document: Document,
        bytes: &[u8],
    ) -> Result<(), ClientError> {
        let (id, heads) = (stored.genesis.document, document.heads());
        let new = Snapshot {
            bytes,
            heads: &heads,
            checked: true,
            scope: stored.scope,
        };
        documents::set_snapshot(self.tx, id, new)?;
        let listing = listing(self.tx, &document, &marks_of(self.tx, id)?)?;
        documents::set_listing(self.tx, id, &listing)?;
        self.report.records.insert(id);
        self.open.renew(document);
        Ok(())
    }

    fn judged(
        &mut self,
        stored: &mut StoredDocument,
        arrived: &Arrived<'_>,
        verdict: &ChangeVerdict,
    ) -> Result<(), ClientError> {
        let document = stored.genesis.document;
        match verdict {
            ChangeVerdict::Admitted(header) => {
                let change = StoredChange {
                    hash: header.hash,
                    bytes: arrived.bytes.to_vec(),
                    own: false,
                    received_seq: Some(arrived.seq),
                    received_ms: arrived.from.received_ms,
                    from_user: Some(arrived.from.user),
                };
                changes::insert(self.tx, document, &change)?;
                server_heads::advance(self.tx, stored, header.hash, &header.deps, arrived.seq)?;
                self.provenance(document, header.hash, arrived.from)
            }
            ChangeVerdict::Duplicate(hash) => {
                if changes::get(self.tx, document, *hash)?.is_some() {
                    self.received(document, *hash, arrived.seq, arrived.from.received_ms)?;
                    if let Some(fresh) = documents::get(self.tx, document)? {
                        *stored = fresh;
                    }
                }
                self.provenance(document, *hash, arrived.from)
            }
            ChangeVerdict::MissingDeps { .. } | ChangeVerdict::ForkedActor { .. } => {
                Ok(errands::add(self.tx, Errand::Need, document)?)
            }
            ChangeVerdict::Refused { hash, refusal } => {
                let hash = hash.unwrap_or_else(|| Hash::of(arrived.bytes));
                self.refuse(document, hash, arrived.bytes, refusal.code.code())
            }
            ChangeVerdict::BlockedBy { hash, .. } => self.refuse(document, *hash, arrived.bytes, "blocked_by"),
        }
    }

    /// Keeps refused bytes, once.
    pub(super) fn refuse(
        &mut self,
        document: DocumentId,
        hash: Hash,
        bytes: &[u8],
        reason: &str,
    ) -> Result<(), ClientError> {
        self.report.refused_here += 1;
        let (bytes, reason) = (bytes.to_vec(), reason.to_owned());
        let refused = Refused {
            document,
            hash,
            bytes,
            reason,
            at_ms: self.inner.now_ms(),
        };
        Ok(quarantine::put(self.tx, &refused)?)
    }

    /// Remembers a mark, or that a change was relayed.
    pub(super) fn provenance(&self, document: DocumentId, hash: Hash, from: &Provenance) -> Result<(), ClientError> {
        if from.mark.is_none() && from.relayed_by.is_none() {
            return Ok(());
        }
        let stored = StoredMark {
            hash,
            mark: from.mark.map(mark_name).unwrap_or_default().to_owned(),
            user: Some(from.user),
            relayed_by: from.relayed_by,
            received_ms: from.received_ms,
        };
        Ok(changes::set_mark(self.tx, document, &stored)?)
    }

    /// Tells whether own commands of a document wait to be made again.
    pub(super) fn has_held(&self, document: DocumentId) -> Result<bool, ClientError> {
        let open = outbox::open_of(self.tx, document)?;
        Ok(open.iter().any(|c| c.state == outbox::State::Held))
    }
}

impl crate::client::Inner {
    /// The gate; with the planted bug, what is loaded without it.
    pub(super) fn admit(&self, batch: Batch<'_>) -> keyturn_domain::gate::Outcome {
        #[cfg(feature = "planted")]
        if crate::planted::is("gate_skipped_on_phone")
            && let Some(outcome) = ungated(&batch)
        {
            return outcome;
        }
        self.gate.admit(batch)
    }
}

#[cfg(feature = "planted")]
fn ungated(batch: &Batch<'_>) -> Option<keyturn_domain::gate::Outcome> {
    use keyturn_domain::gate::Header;
    let held = batch.current?;
    let document = Document::restore(batch.genesis, Some(&held.save()), batch.changes.iter().copied()).ok()?;
    let verdicts = batch
        .changes
        .iter()
        .map(|bytes| Header::peek(bytes).map(ChangeVerdict::Admitted));
    let verdicts = verdicts.collect::<Result<Vec<_>, _>>().ok()?;
    let snapshot = Some(document.save());
    Some(keyturn_domain::gate::Outcome {
        verdicts,
        document: Some(document),
        snapshot,
    })
}
