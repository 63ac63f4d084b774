//! What becomes of an inspection after it was signed: the server's receipt, the review, the lock, a new version.

use super::inspections::Inspections;
use super::record::{command, genesis_of, on_scene, parse};
use super::views::Recorded;
use crate::{Client, ClientError};
use keyturn_domain::document::Genesis;
use keyturn_domain::record::view::InspectionView;
use keyturn_domain::record::{coverage, review};
use keyturn_domain::{Document, DocumentId, Hash};
use keyturn_store::changes;
use std::collections::{BTreeMap, BTreeSet};

impl Inspections {
    /// Says that the server has received everything that was signed, so that the review may begin.
    ///
    /// # Errors
    /// `missing` before it has, `illegal` where nothing was signed or the signed hash is another.
    pub fn countersign(&self, record: &str, heads: &[String]) -> Result<Recorded, ClientError> {
        let id: DocumentId = parse(record, "record")?;
        let waiting = waiting(&self.0, id)?;
        let at_ms = self.0.opened(id, |document, marks| {
            let signed = document.entries(keyturn_domain::Container::Signatures);
            let receipts = signed
                .iter()
                .filter_map(|s| marks.received.get(&s.made.change).copied());
            receipts.filter(|at_ms| *at_ms != 0).max()
        })?;
        let received = |record: DocumentId, change: &Hash| waiting.get(&record).is_some_and(|w| !w.contains(change));
        on_scene(&self.0, record, heads, |scene| {
            review::countersign(scene, &received, at_ms.flatten())
        })
    }

    /// Reviews what the server has received, with notes or without; whoever inspected it does not.
    ///
    /// # Errors
    /// `illegal` with what is missing, or before it was countersigned.
    pub fn review(&self, record: &str, heads: &[String], notes: &str) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, |scene| review::review(scene, notes))
    }

    /// Locks what was reviewed.
    ///
    /// # Errors
    /// `illegal` for anybody but a manager, or before the review.
    pub fn lock(&self, record: &str, heads: &[String]) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, review::lock)
    }

    /// Begins the version that may replace a signed inspection, or goes on with it, and shows it.
    ///
    /// # Errors
    /// `illegal` while the other one is not signed, or for a role that inspects nothing.
    pub fn new_version(&self, record: &str) -> Result<InspectionView, ClientError> {
        let old = genesis_of(&self.0, record)?;
        let genesis = Genesis {
            document: review::next_version(old.document),
            ..old.clone()
        };
        let before = self.0.looked(old.document, Clone::clone)?;
        let before = before.ok_or_else(|| ClientError::refused("unknown_record"))?;
        let heads = self.0.looked(genesis.document, Document::heads)?.unwrap_or_default();
        let edition = self.0.edition_of(&old)?;
        command(&self.0, &genesis, true, &heads, |ask| {
            review::begin_version(&ask.scene(&edition.catalog), &before)
        })?;
        self.open(&genesis.document.to_string())
    }

    /// Says that the new version of an inspection counts instead of it, and why.
    ///
    /// # Errors
    /// `unknown_record` while this phone does not have the new version, `missing` before it is signed, `illegal` without a
    /// reason.
    pub fn supersede(&self, record: &str, heads: &[String], reason: &str) -> Result<Recorded, ClientError> {
        let id: DocumentId = parse(record, "record")?;
        let next = self
            .0
            .looked(review::next_version(id), |document| review::successor(document, id))?;
        let successor = next.ok_or_else(|| ClientError::refused("unknown_record"))??;
        on_scene(&self.0, record, heads, |scene| {
            review::supersede(scene, &successor, reason)
        })
    }
}

/// The changes of a record, and of the defects that its signatures list, that the server has not received. A record that
/// is not on this phone is not there: nobody here can say what the server has of it.
fn waiting(client: &Client, record: DocumentId) -> Result<BTreeMap<DocumentId, BTreeSet<Hash>>, ClientError> {
    let signed = client.looked(record, coverage)?;
    let signed = signed.ok_or_else(|| ClientError::refused("unknown_record"))?;
    let listed = signed.into_iter().filter_map(|covers| covers.manifest);
    let listed = listed.flat_map(|manifest| manifest.defects).map(|defect| defect.defect);
    let mut all = BTreeMap::new();
    for id in listed.chain([record]) {
        if client.records().has(id)? {
            let stored = client.look(|conn| Ok(changes::after(conn, id, 0)?))?;
            let waits = stored.into_iter().filter(|change| change.received_seq.is_none());
            all.insert(id, waits.map(|change| change.hash).collect());
        }
    }
    Ok(all)
}
