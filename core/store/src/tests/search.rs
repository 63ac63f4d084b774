//! Words, their index, and phrases that were used.

use super::{genesis, options};
use crate::documents::Listing;
use crate::{Connection, Store, StoreError, Transaction, documents, phrases, search};
use keyturn_domain::ScopeId;
use keyturn_domain::search::Pattern;

/// A record with these words at this minute.
fn worded(tx: &Transaction<'_>, n: u8, words: &str, minute: i64) -> Result<(), StoreError> {
    let genesis = genesis(n);
    if documents::get(tx, genesis.document)?.is_none() {
        documents::insert(tx, &genesis, ScopeId::default())?;
    }
    let listing = Listing {
        search: words.to_owned(),
        updated_ms: minute * 60_000,
        ..Listing::default()
    };
    documents::set_listing(tx, genesis.document, &listing)
}

fn found(store: &Store, query: &str) -> Vec<u8> {
    let pattern = Pattern::new(query).unwrap();
    let mut found = Vec::new();
    let walk = |c: &Connection| {
        search::walk(c, &pattern.expression(false), |words| {
            if pattern.fit(&words.words).is_some() {
                found.push(words.document.as_bytes()[0]);
            }
            true
        })
    };
    store.read(walk).unwrap();
    found
}

#[test]
fn search_finds_what_stands_anywhere_and_takes_every_sign_literally() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(&options(folder.path())).unwrap();
    let words = [
        "客厅墙面空鼓 100%",
        "Kitchen door 'sticks'",
        "重新银行\n\"a_b\" 漏水😀",
        "axb 5'2\"",
    ];
    store
        .write(|tx| {
            (1..)
                .zip(words)
                .try_for_each(|(n, words)| worded(tx, n, words, i64::from(n)))
        })
        .unwrap();
    for (query, ids) in [
        ("墙面", &[1][..]),
        ("鼓", &[1]),
        ("0%", &[1]),
        ("%", &[1]),
        ("_", &[3]),
        ("a_b", &[3]),
        ("'", &[4, 2]),
        ("\"", &[4, 3]),
        ("😀", &[3]),
        ("水😀", &[3]),
        ("KITCHEN", &[2]),
        ("ｋｉｔ", &[2]),
        ("cx", &[3]),
        ("zx", &[3]),
        ("yh", &[3]),
        ("yx", &[3]),
        ("ktqm", &[1]),
        ("客t墙m", &[1]),
        ("k", &[2, 1]),
        ("kg 100", &[1]),
        ("kt ls", &[]),
        ("面墙", &[]),
        ("\\", &[]),
        ("*", &[]),
    ] {
        assert_eq!(found(&store, query), ids, "{query}");
    }
}

#[test]
fn words_follow_their_record_the_newest_first_and_a_tap_moves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(&options(folder.path())).unwrap();
    let set = |n, words: &str, minute| store.write(|tx| worded(tx, n, words, minute)).unwrap();
    let written = || -> u64 {
        let count = |c: &Connection| -> Result<i64, StoreError> {
            Ok(c.query_row("SELECT sum(n) FROM words", (), |row| row.get(0)).unwrap())
        };
        u64::try_from(store.read(count).unwrap()).unwrap()
    };
    set(1, "空鼓", 1_000);
    set(2, "空鼓", 1_000);
    set(3, "空鼓", 900);
    assert_eq!(found(&store, "空鼓"), [2, 1, 3]);
    let before = written();
    set(3, "空鼓", 959);
    assert_eq!(written(), before, "the same words an hour long");
    set(3, "空鼓", 1_001);
    assert_eq!(found(&store, "kg"), [3, 2, 1]);
    set(2, "漏水", 1_000);
    assert_eq!((found(&store, "空鼓"), found(&store, "漏水")), (vec![3, 1], vec![2]));
    set(2, "", 1_000);
    assert_eq!(found(&store, "ls"), [] as [u8; 0]);
    let data = "SELECT count(*) FROM words_index_data WHERE instr(block, CAST('7a7a' AS BLOB))";
    let left = |c: &Connection| Ok::<i64, StoreError>(c.query_row(data, (), |row| row.get(0)).unwrap());
    assert_ne!(store.read(left).unwrap(), 0);
    store
        .write(|tx| {
            documents::forget(tx, genesis(1).document)?;
            documents::make_husk(tx, genesis(3).document)?;
            search::tidy(tx)
        })
        .unwrap();
    assert_eq!(found(&store, "空鼓"), [] as [u8; 0]);
    assert_eq!(store.read(left).unwrap(), 0, "nothing of it stays in the index");
}

#[test]
fn a_phrase_counts_once_per_record_and_goes_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(&options(folder.path())).unwrap();
    let note = |n: u8, at_ms| {
        let note = |tx: &Transaction<'_>| phrases::note(tx, genesis(n).document, "空鼓处已经开裂", "wall", at_ms);
        store.write(note).unwrap();
    };
    for (n, at_ms) in [(1, 5), (1, 6), (2, 4)] {
        note(n, at_ms);
    }
    let used = || store.read(phrases::used).unwrap();
    assert_eq!(used().len(), 1);
    assert_eq!((used()[0].records, used()[0].at_ms), (2, 6));
    store.write(|tx| documents::forget(tx, genesis(1).document)).unwrap();
    assert_eq!((used()[0].records, used()[0].at_ms), (1, 4));
}
