//! The database itself; what the engine does with it is tested there.

use crate::outbox::{Command, State};
use crate::{Store, StoreError, StoreOptions, documents, grants, meta, migrate, outbox, progress, rows};
use keyturn_domain::document::Genesis;
use keyturn_domain::{Container, DocumentId, Hash, PlaceId, ProjectId, ScopeId, Write};
use rusqlite::Connection;
use std::path::Path;

mod search;

fn options(folder: &Path) -> StoreOptions {
    StoreOptions {
        path: folder.join("phone.db"),
        ballast: 0,
        now_ms: 1_000,
    }
}

fn genesis(n: u8) -> Genesis {
    Genesis {
        document: DocumentId::from_bytes([n; 16]),
        project: ProjectId::from_bytes([200; 16]),
        place: PlaceId::from_bytes([100 + n; 16]),
        kind: "inspection".into(),
    }
}

fn schema(conn: &Connection) -> Vec<(String, String)> {
    let mut statement = conn
        .prepare("SELECT name, coalesce(sql, '') FROM sqlite_schema ORDER BY name")
        .unwrap();
    let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

/// Runs every upgrade from every older version and compares with a fresh database.
fn assert_upgrades_equal_fresh(table: &[(i64, &str)]) {
    let mut fresh = Connection::open_in_memory().unwrap();
    migrate::run_table(&mut fresh, table).unwrap();
    for from in 1..table.len() {
        let mut old = Connection::open_in_memory().unwrap();
        migrate::run_table(&mut old, &table[..from]).unwrap();
        migrate::run_table(&mut old, table).unwrap();
        migrate::run_table(&mut old, table).unwrap();
        assert_eq!(schema(&old), schema(&fresh), "from version {}", table[from - 1].0);
        assert_eq!(migrate::version(&old).unwrap(), migrate::version(&fresh).unwrap());
    }
}

#[test]
fn an_upgraded_schema_equals_a_fresh_one_and_a_failed_upgrade_leaves_the_old() {
    assert_upgrades_equal_fresh(migrate::MIGRATIONS);
    let next = migrate::MIGRATIONS.last().map_or(0, |(version, _)| *version) + 1;
    let later = [migrate::MIGRATIONS, &[(next, "ALTER TABLE meta ADD COLUMN note TEXT")]].concat();
    assert_upgrades_equal_fresh(&later);
    let broken = [
        migrate::MIGRATIONS,
        &[(next, "CREATE TABLE more (n INTEGER); CREATE TABLE meta (n INTEGER)")],
    ]
    .concat();
    let mut conn = Connection::open_in_memory().unwrap();
    migrate::run(&mut conn).unwrap();
    let before = schema(&conn);
    assert!(migrate::run_table(&mut conn, &broken).is_err());
    assert_eq!((schema(&conn), migrate::version(&conn).unwrap()), (before, next - 1));
}

#[test]
fn every_table_is_strict_and_says_what_it_is_for() {
    let mut conn = Connection::open_in_memory().unwrap();
    migrate::run(&mut conn).unwrap();
    let tables: Vec<_> = schema(&conn)
        .into_iter()
        // The tables inside a full-text index are SQLite's own.
        .filter(|(name, sql)| sql.starts_with("CREATE TABLE") && !name.starts_with("words_index"))
        .collect();
    assert!(tables.len() > 12);
    for (name, sql) in tables {
        assert!(sql.contains("STRICT") && sql.contains("\n  -- "), "{name}");
    }
}

#[test]
fn a_newer_database_is_refused_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    drop(Store::open(&options).unwrap());
    let conn = Connection::open(&options.path).unwrap();
    conn.execute_batch("PRAGMA user_version = 99; CREATE TABLE later (n INTEGER)")
        .unwrap();
    drop(conn);
    let error = Store::open(&options).unwrap_err();
    assert!(matches!(error, StoreError::Newer { found: 99, .. }), "{error}");
    assert_eq!(error.code(), "store_newer");
    let conn = Connection::open(&options.path).unwrap();
    assert_eq!(migrate::version(&conn).unwrap(), 99);
}

#[test]
fn a_damaged_database_is_set_aside_and_never_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    let rubbish = [b"SQLite format 3\0".as_slice(), &[0x5a; 8_192]].concat();
    for bytes in [b"not a database at all, but long enough to look".to_vec(), rubbish] {
        std::fs::write(&options.path, &bytes).unwrap();
        let (store, report) = Store::open(&options).unwrap();
        let aside = report.set_aside.unwrap();
        assert_eq!(std::fs::read(&aside).unwrap(), bytes);
        store.write(|tx| meta::set(tx, "works", b"1")).unwrap();
        drop(store);
        assert_eq!(Store::open(&options).unwrap().1.set_aside, None);
    }
}

#[test]
fn damage_inside_is_found_by_the_check_and_set_aside_at_the_next_opening() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    let (store, _) = Store::open(&options).unwrap();
    store
        .write(|tx| (0..2_000).try_for_each(|n: i64| meta::set(tx, &format!("key-{n:05}"), &[7; 64])))
        .unwrap();
    store.suspend().unwrap();
    let mut bytes = std::fs::read(&options.path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4_096].fill(0xee);
    std::fs::write(&options.path, &bytes).unwrap();
    let error = store.check().unwrap_err();
    assert_eq!(error.code(), "store_damaged");
    drop(store);
    let (_, report) = Store::open(&options).unwrap();
    assert_eq!(std::fs::read(report.set_aside.unwrap()).unwrap(), bytes);
}

#[test]
fn one_process_at_a_time_has_it_open_and_a_suspended_one_has_not() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    let (store, report) = Store::open(&options).unwrap();
    assert!(report.created);
    assert_eq!(Store::open(&options).unwrap_err().code(), "store_locked");
    store.write(|tx| meta::set_number(tx, "n", 7)).unwrap();
    store.suspend().unwrap();
    assert!(store.is_suspended());
    assert!(!options.path.with_extension("db-wal").exists(), "the log was folded");
    let (other, _) = Store::open(&options).unwrap();
    assert_eq!(
        store.read(|conn| meta::number(conn, "n")).unwrap_err().code(),
        "store_locked"
    );
    drop(other);
    assert_eq!(store.read(|conn| meta::number(conn, "n")).unwrap(), 7);
    assert!(!store.is_suspended());
}

#[test]
fn what_fails_inside_a_transaction_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(&options(folder.path())).unwrap();
    let failed: Result<(), StoreError> = store.write(|tx| {
        meta::set_number(tx, "n", 1)?;
        Err(StoreError::Broken("test"))
    });
    assert!(failed.is_err());
    assert_eq!(store.read(|conn| meta::number(conn, "n")).unwrap(), 0);
}

#[test]
fn the_ballast_gives_its_room_back_once() {
    let folder = tempfile::tempdir().unwrap();
    let options = StoreOptions {
        ballast: 300_000,
        ..options(folder.path())
    };
    let (store, _) = Store::open(&options).unwrap();
    let file = folder.path().join("phone.db.ballast");
    assert_eq!(std::fs::metadata(&file).unwrap().len(), 300_000);
    assert!(store.release_ballast());
    assert!(!store.release_ballast());
    store.fill_ballast();
    assert_eq!(std::fs::metadata(&file).unwrap().len(), 300_000);
}

#[test]
fn the_closing_sum_follows_what_the_server_holds() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(&options(folder.path())).unwrap();
    let scope = ScopeId::from_bytes([5; 16]);
    let sum = |store: &Store| {
        store
            .read(progress::sums)
            .unwrap()
            .first()
            .map(|(_, _, sum)| u128::from_le_bytes(*sum))
    };
    store
        .write(|tx| {
            // Only scopes that are held count.
            let grant = grants::StoredGrant {
                project: genesis(1).project,
                scope,
                role: "engineer".to_owned(),
                write: true,
                seq: 1,
            };
            grants::put(tx, &grant)?;
            for n in [1, 2] {
                documents::insert(tx, &genesis(n), scope)?;
                let summand = u128::from(n).to_le_bytes();
                documents::set_server(tx, genesis(n).document, &[Hash([n; 32])], u64::from(n), Some(summand))?;
            }
            Ok::<_, StoreError>(())
        })
        .unwrap();
    assert_eq!(sum(&store), Some(3));
    let document = genesis(2).document;
    store
        .write(|tx| documents::set_server(tx, document, &[Hash([9; 32])], 1, Some(40_u128.to_le_bytes())))
        .unwrap();
    assert_eq!(sum(&store), Some(41));
    assert_eq!(
        store.read(|c| documents::get(c, document)).unwrap().unwrap().server_seq,
        2
    );
    store.write(|tx| documents::make_husk(tx, document)).unwrap();
    store.write(|tx| documents::forget(tx, genesis(1).document)).unwrap();
    assert_eq!(sum(&store), Some(0));
}

#[test]
fn a_command_comes_back_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(&options(folder.path())).unwrap();
    let write = Write::Put {
        container: Container::Answers,
        key: "win-03/r03/1/result".into(),
        value: "ok".into(),
    };
    let command = Command {
        document: genesis(1).document,
        hash: Hash([4; 32]),
        seen: vec![Hash([1; 32]), Hash([2; 32])],
        writes: vec![write],
        at_ms: 99,
        state: State::Queued,
        code: String::new(),
        tries: 0,
        replayed: 0,
    };
    store.write(|tx| outbox::insert(tx, &command)).unwrap();
    assert_eq!(
        store.read(|c| outbox::queued(c, 10)).unwrap(),
        std::slice::from_ref(&command)
    );
    let stuck = Command {
        state: State::Stuck,
        code: "quota".into(),
        tries: 2,
        replayed: 1,
        ..command
    };
    store.write(|tx| outbox::set(tx, &stuck)).unwrap();
    assert_eq!(
        store.read(|c| outbox::open_of(c, stuck.document)).unwrap(),
        std::slice::from_ref(&stuck)
    );
    assert_eq!(
        store.read(|c| outbox::stuck_count(c, None)).unwrap(),
        (1, "quota".into())
    );
    store.write(|tx| outbox::retry(tx, "quota")).unwrap();
    assert_eq!(store.read(outbox::waiting).unwrap(), 1);
}

#[test]
fn losing_the_last_grant_of_a_project_takes_its_public_places_too() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(&options(folder.path())).unwrap();
    let project = genesis(1).project;
    let (home, public) = (ScopeId::from_bytes([9; 16]), ScopeId::public_places(project));
    let grant = grants::StoredGrant {
        project,
        scope: home,
        role: "engineer".into(),
        write: true,
        seq: 4,
    };
    let row = |id: u8, scope| rows::Row {
        project,
        kind: "place".into(),
        id: uuid::Uuid::from_bytes([id; 16]),
        scope,
        seq: 1,
        body: vec![1],
    };
    store
        .write(|tx| {
            grants::put(tx, &grant)?;
            rows::put(tx, &row(1, home))?;
            rows::put(tx, &row(2, public))?;
            rows::put(tx, &row(3, ScopeId::from_bytes([77; 16])))?;
            assert_eq!(rows::delete_uncovered(tx, project)?, 1);
            grants::delete(tx, project, home, "engineer", 3)?;
            assert_eq!(
                rows::delete_uncovered(tx, project)?,
                0,
                "a revoke that is older than the grant"
            );
            grants::delete(tx, project, home, "engineer", 5)?;
            assert_eq!(rows::delete_uncovered(tx, project)?, 2);
            Ok::<_, StoreError>(())
        })
        .unwrap();
}
