//! A phone's database after a kill, opened by our own code: change, document, projection, outbox row, sums.

use keyturn_domain::record::{Marks, Projection};
use keyturn_domain::{Document, DocumentId, Hash, ScopeId};
use keyturn_protocol::Sum;
use keyturn_store::outbox::State;
use keyturn_store::{Connection, Store, StoreError, StoreOptions, changes, documents, outbox};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Looks for everything that was acknowledged in the documents that hold it, or in all; and that nothing is there by half.
/// Returns how many own changes there are.
pub fn check(path: &Path, acknowledged: &BTreeMap<(DocumentId, Hash), u64>, all: bool) -> usize {
    let (store, report) = Store::open(&StoreOptions {
        path: path.to_owned(),
        ballast: 0,
        now_ms: 0,
    })
    .unwrap();
    assert_eq!(report.set_aside, None, "the database is damaged");
    store.check().unwrap();
    store
        .read(|conn| {
            let mut ids: BTreeSet<DocumentId> = acknowledged.keys().map(|(id, _)| *id).collect();
            ids.extend(listed(
                conn,
                if all {
                    ""
                } else {
                    "WHERE id = (SELECT document FROM changes ORDER BY n DESC)"
                },
            ));
            let open: BTreeMap<DocumentId, Document> = ids.iter().map(|id| (*id, whole(conn, *id))).collect();
            for ((id, hash), n) in acknowledged {
                let change = changes::get(conn, *id, *hash)?;
                assert!(change.is_some_and(|c| c.own), "number {n}: the change is missing");
                let holds = open.get(id).is_some_and(|document| document.written(hash).is_some());
                assert!(holds, "number {n}: the document lacks it");
                let command = outbox::get(conn, *id, *hash)?.expect("its command");
                let handled = matches!(command.state, State::Queued | State::Received);
                assert!(handled, "number {n}: {:?} {}", command.state, command.code);
            }
            sums(conn);
            let own = count(conn, "SELECT count(*) FROM changes WHERE own = 1");
            let both = "SELECT count(*) FROM changes c JOIN outbox o ON o.document = c.document AND o.hash = c.hash \
                        WHERE c.own = 1 AND (o.state = 'received') = (c.received_seq IS NOT NULL)";
            assert_eq!(
                count(conn, both),
                own,
                "an own change has no command, or another state than it"
            );
            assert_eq!(
                count(conn, "SELECT count(*) FROM outbox"),
                own,
                "a command has no change"
            );
            Ok::<_, StoreError>(own)
        })
        .unwrap()
}

/// Loads a document from its cache and, where every change is stored, from its changes alone; both must be what the row
/// says, like the projection.
fn whole(conn: &Connection, id: DocumentId) -> Document {
    let stored = documents::get(conn, id).unwrap().expect("the document's row");
    let restore = |snapshot: Option<&[u8]>, after| {
        let changes = changes::after(conn, id, after).unwrap();
        let bytes = changes.iter().map(|c| c.bytes.as_slice());
        Document::restore(&stored.genesis, snapshot, bytes).expect("a document that loads")
    };
    let document = restore(stored.snapshot.as_deref(), stored.snapshot_n);
    assert_eq!(document.heads(), stored.heads);
    // Besides the genesis, which is computed. What came in a server's snapshot is stored in that form only.
    let changes = changes::after(conn, id, 0).unwrap().len() + 1;
    if changes == document.automerge().get_changes(&[]).len() {
        assert_eq!(restore(None, 0).heads(), stored.heads);
    }
    let listed = documents::listed(conn, id).unwrap().expect("it is listed");
    let projection = Projection::of(&document, &Marks::default());
    assert_eq!(
        Projection::from_bytes(&listed.projection),
        Some(projection),
        "the projection of {id}"
    );
    document
}

/// The closing sum of each scope is that of its documents as the server has them.
fn sums(conn: &Connection) {
    let mut sums: BTreeMap<ScopeId, Sum> = BTreeMap::new();
    for id in listed(conn, "") {
        let stored = documents::get(conn, id).unwrap().expect("the document's row");
        if !stored.server_heads.is_empty() {
            let sum = sums.entry(stored.scope).or_default();
            *sum = sum.plus(Sum::of(id, &stored.server_heads));
        }
    }
    let mut statement = conn.prepare("SELECT scope, sum FROM sums").unwrap();
    let stored = statement.query_map((), |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?)));
    let mut stored: BTreeMap<ScopeId, Sum> = stored
        .unwrap()
        .map(Result::unwrap)
        .map(|(scope, sum)| (ScopeId::from_slice(&scope).unwrap(), Sum::from_slice(&sum).unwrap()))
        .collect();
    stored.retain(|_, sum| *sum != Sum::default());
    assert_eq!(stored, sums, "the closing sums");
}

fn listed(conn: &Connection, which: &str) -> BTreeSet<DocumentId> {
    let mut statement = conn.prepare(&format!("SELECT id FROM documents {which}")).unwrap();
    let ids = statement.query_map((), |row| row.get::<_, Vec<u8>>(0)).unwrap();
    ids.map(|id| DocumentId::from_slice(&id.unwrap()).unwrap()).collect()
}

fn count(conn: &Connection, sql: &str) -> usize {
    let n: i64 = conn.query_row(sql, (), |row| row.get(0)).unwrap();
    usize::try_from(n).unwrap()
}
