//! A server's database, read beside the code that wrote it: changes, log, chain, documents, projections, sums.

use keyturn_domain::document::Genesis;
use keyturn_domain::record::{Marks, Projection};
use keyturn_domain::{Document, DocumentId, Hash, PlaceId, ProjectId, ScopeId};
use keyturn_protocol::Sum;
use rusqlite::{Connection, Row};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A row of the log.
struct Entry {
    seq: i64,
    kind: String,
    id: Vec<u8>,
    scope: Vec<u8>,
    hash: Vec<u8>,
    chain: Vec<u8>,
}

/// Looks for everything that was acknowledged, and that everything fits together.
pub fn check(path: &Path, acknowledged: &BTreeMap<(DocumentId, Hash), u64>) {
    let conn = Connection::open(path).unwrap();
    let said: String = conn.query_row("PRAGMA integrity_check", (), |row| row.get(0)).unwrap();
    assert_eq!(said, "ok");
    has(&conn, acknowledged);
    log(&conn);
    let mut sums: BTreeMap<Vec<u8>, Sum> = BTreeMap::new();
    let sql = "SELECT id, project, place, kind, scope, heads, projection, snapshot FROM documents";
    for (genesis, scope, heads, projection, snapshot) in all(&conn, sql, document) {
        let id = genesis.document;
        let sql = format!(
            "SELECT bytes FROM changes WHERE document = x'{}' ORDER BY seq",
            hex(id.as_bytes())
        );
        let changes: Vec<Vec<u8>> = all(&conn, &sql, |row| row.get(0).unwrap());
        let genesis_bytes = genesis.change().unwrap().1;
        let later = changes
            .iter()
            .map(Vec::as_slice)
            .filter(|bytes| *bytes != genesis_bytes);
        let whole = Document::restore(&genesis, None, later).expect("a document that loads");
        assert_eq!(whole.heads(), heads, "the heads of {id}");
        let cached = Document::restore(&genesis, Some(&snapshot), std::iter::empty()).expect("a snapshot that loads");
        assert_eq!(cached.heads(), heads, "the snapshot of {id}");
        let made = Projection::of(&whole, &Marks::default());
        assert_eq!(
            Projection::from_bytes(&projection),
            Some(made),
            "the projection of {id}"
        );
        let sum = sums.entry(scope).or_default();
        *sum = sum.plus(Sum::of(id, &heads));
    }
    let stored = all(&conn, "SELECT id, sum FROM scopes", |row| {
        (row.get(0).unwrap(), sum(row, 1))
    });
    assert_eq!(
        stored.into_iter().collect::<BTreeMap<Vec<u8>, Sum>>(),
        sums,
        "the sums of scopes"
    );
    let total = sums.values().fold(Sum::default(), |all, one| all.plus(*one));
    let stored = all(&conn, "SELECT sum FROM projects", |row| sum(row, 0));
    assert_eq!(stored, [total], "the sum of the project");
}

/// Looks for everything that was acknowledged, each once in the log; quick enough for every round.
pub fn has(conn: &Connection, acknowledged: &BTreeMap<(DocumentId, Hash), u64>) {
    let key = |row: &Row<'_>| {
        let (id, hash): (Vec<u8>, Vec<u8>) = (row.get(0).unwrap(), row.get(1).unwrap());
        (DocumentId::from_slice(&id).unwrap(), Hash::from_slice(&hash).unwrap())
    };
    let changes: BTreeSet<_> = all(conn, "SELECT document, hash FROM changes", key)
        .into_iter()
        .collect();
    for (which, n) in acknowledged {
        assert!(changes.contains(which), "number {n} is missing");
    }
    let seats = all(conn, "SELECT id, hash FROM log WHERE kind IN ('begin', 'change')", key);
    assert_eq!(seats.len(), changes.len(), "a change has no seat, or two");
    assert_eq!(seats.into_iter().collect::<BTreeSet<_>>(), changes);
}

/// The log has no gap, its chain holds, and the project's row stands at its end.
fn log(conn: &Connection) {
    let sql = "SELECT seq, kind, id, scope, hash, chain FROM log ORDER BY seq";
    let entry = |row: &Row<'_>| Entry {
        seq: row.get(0).unwrap(),
        kind: row.get(1).unwrap(),
        id: row.get(2).unwrap(),
        scope: row.get(3).unwrap(),
        hash: row.get(4).unwrap(),
        chain: row.get(5).unwrap(),
    };
    let mut chain = vec![0; 16];
    let mut last = 0;
    for entry in all(conn, sql, entry) {
        last += 1;
        assert_eq!(entry.seq, last, "the log has a gap");
        let mut hash = Sha256::new();
        let seq = entry.seq.to_be_bytes();
        for part in [
            &chain[..],
            &seq,
            entry.kind.as_bytes(),
            &entry.id,
            &entry.scope,
            &entry.hash,
        ] {
            hash.update(part);
        }
        chain = hash.finalize()[..16].to_vec();
        assert_eq!(entry.chain, chain, "the chain breaks at {last}");
    }
    let head = all(conn, "SELECT seq, chain FROM projects", |row| {
        (row.get::<_, i64>(0).unwrap(), row.get::<_, Vec<u8>>(1).unwrap())
    });
    assert_eq!(head, [(last, chain)], "the project's counter");
}

fn document(row: &Row<'_>) -> (Genesis, Vec<u8>, Vec<Hash>, Vec<u8>, Vec<u8>) {
    let bytes = |n: usize| row.get::<_, Vec<u8>>(n).unwrap();
    let genesis = Genesis {
        document: DocumentId::from_slice(&bytes(0)).unwrap(),
        project: ProjectId::from_slice(&bytes(1)).unwrap(),
        place: PlaceId::from_slice(&bytes(2)).unwrap(),
        kind: row.get(3).unwrap(),
    };
    assert_eq!(bytes(4), ScopeId::home(genesis.place).as_bytes(), "the scope of a home");
    let heads = bytes(5).chunks(32).map(|h| Hash::from_slice(h).unwrap()).collect();
    (genesis, bytes(4), heads, bytes(6), bytes(7))
}

fn sum(row: &Row<'_>, n: usize) -> Sum {
    Sum::from_slice(&row.get::<_, Vec<u8>>(n).unwrap()).unwrap()
}

fn all<T>(conn: &Connection, sql: &str, mut read: impl FnMut(&Row<'_>) -> T) -> Vec<T> {
    let mut statement = conn.prepare(sql).unwrap();
    let rows = statement.query_map((), |row| Ok(read(row))).unwrap();
    rows.map(Result::unwrap).collect()
}

fn hex(bytes: &[u8]) -> String {
    hex::encode(bytes)
}
