//! What the server holds of each document, as far as this phone knows: kept change by change, so that a tap does not
//! touch the closing sum, and unsent work does not make it differ.

use keyturn_domain::{DocumentId, Hash};
use keyturn_protocol::Sum;
use keyturn_store::documents::{self, StoredDocument};
use keyturn_store::{StoreError, Transaction};

/// Adds a received change.
pub(super) fn advance(
    tx: &Transaction<'_>,
    stored: &mut StoredDocument,
    hash: Hash,
    deps: &[Hash],
    seq: u64,
) -> Result<(), StoreError> {
    if !stored.server_heads.contains(&hash) {
        stored.server_heads.retain(|h| !deps.contains(h));
        stored.server_heads.push(hash);
        stored.server_heads.sort_unstable();
    }
    set(tx, stored, seq)
}

/// Replaces what is known.
pub(super) fn replace(
    tx: &Transaction<'_>,
    stored: &mut StoredDocument,
    heads: &[Hash],
    seq: u64,
) -> Result<(), StoreError> {
    stored.server_heads = heads.to_vec();
    stored.server_heads.sort_unstable();
    set(tx, stored, seq)
}

fn set(tx: &Transaction<'_>, stored: &mut StoredDocument, seq: u64) -> Result<(), StoreError> {
    stored.server_seq = stored.server_seq.max(seq);
    let id: DocumentId = stored.genesis.document;
    let known = !stored.server_heads.is_empty() && !stored.husk;
    let summand = known.then(|| *Sum::of(id, &stored.server_heads).as_bytes());
    documents::set_server(tx, id, &stored.server_heads, seq, summand)
}
