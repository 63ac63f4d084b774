//! What only PostgreSQL does. `tests/run postgres` names a database; without one there is nothing to ask here.
use std::path::Path;
use std::time::Duration;

use super::*;
use crate::db::{Database, Db, DbError, DbOptions, Holder};
use crate::testing::{database, on_postgres};

fn quick() -> DbOptions {
    DbOptions {
        wait: Duration::from_millis(500),
        ..DbOptions::default()
    }
}

fn tool() -> DbOptions {
    DbOptions {
        holder: Holder::Tool,
        ..quick()
    }
}

#[tokio::test]
async fn an_address_where_nobody_answers_and_one_that_refuses_have_their_own_errors() {
    let nobody = Database::parse("postgres://kt:s3cret@127.0.0.1:1/estate", Path::new("."), None).unwrap();
    let error = Db::open(&nobody, &quick()).await.unwrap_err();
    assert!(matches!(error, DbError::Unreachable { .. }), "{error:?}");
    assert!(error.to_string().contains("127.0.0.1:1/estate") && !format!("{error:?}").contains("s3cret"));
    let Ok(address) = std::env::var("KEYTURN_TEST_DATABASE") else {
        return;
    };
    let base = address.rsplit_once('/').unwrap().0;
    let missing = Database::parse(&format!("{base}/no_such_database"), Path::new("."), None).unwrap();
    let error = Db::open(&missing, &quick()).await.unwrap_err();
    assert!(matches!(error, DbError::Refused { .. }), "{error:?}");
}

#[tokio::test]
async fn writers_beside_each_other_wait_only_for_whoever_is_alone() {
    let dir = tempfile::tempdir().unwrap();
    if !on_postgres() {
        return;
    }
    let db = Db::open(&database(&dir.path().join("a.db")), &quick()).await.unwrap();
    let one = db.begin_write_beside().await.unwrap();
    let two = db.begin_write_beside().await.unwrap();
    assert!(matches!(db.begin_write().await, Err(DbError::Busy)));
    drop((one, two));
    let alone = db.begin_write().await.unwrap();
    assert!(matches!(db.begin_write_beside().await, Err(DbError::Busy)));
    alone.commit().await.unwrap();
    db.begin_write_beside().await.unwrap();
}

#[tokio::test]
async fn a_job_is_done_by_one_and_goes_to_another_when_that_ends() {
    let dir = tempfile::tempdir().unwrap();
    if !on_postgres() {
        return;
    }
    let place = database(&dir.path().join("a.db"));
    let (a, b) = (
        Db::open(&place, &quick()).await.unwrap(),
        Db::open(&place, &quick()).await.unwrap(),
    );
    let mut held = a.job(JobName::Planning).await.unwrap().unwrap();
    assert!(b.job(JobName::Planning).await.unwrap().is_none());
    assert!(b.job(JobName::Backups).await.unwrap().is_some());
    assert!(held.is_held().await);
    drop(held);
    // The end of a connection is told to the database in its own time.
    for _ in 0..100 {
        if b.job(JobName::Planning).await.unwrap().is_some() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the job stays with a server that is gone");
}

#[tokio::test]
async fn servers_hear_each_other_and_keep_movers_and_newer_programs_away() {
    let dir = tempfile::tempdir().unwrap();
    if !on_postgres() {
        return;
    }
    let place = database(&dir.path().join("a.db"));
    let (a, b) = (
        Db::open(&place, &quick()).await.unwrap(),
        Db::open(&place, &quick()).await.unwrap(),
    );
    let (line, mut other) = (a.listen().await.unwrap().unwrap(), b.listen().await.unwrap().unwrap());
    line.say("a", "one two").await.unwrap();
    let said = Said {
        by: "a".to_owned(),
        words: "one two".to_owned(),
    };
    assert_eq!(other.next().await.unwrap(), said);
    assert!(matches!(a.alone().await, Err(DbError::Locked { .. })));
    // A newer program would migrate here: an older schema cannot be brought up while servers run.
    let mut tx = a.begin_write().await.unwrap();
    sqlx::query("DELETE FROM schema_version")
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let error = Db::open(&place, &tool()).await.unwrap_err();
    assert!(matches!(error, DbError::Older { found: 0, .. }), "{error:?}");
    // While it was away, somebody migrated: the line says so, and nothing is touched any more.
    let mut tx = a.begin_write().await.unwrap();
    sqlx::query("INSERT INTO schema_version (version) VALUES (9999)")
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    drop(line);
    assert!(matches!(
        a.listen().await.map(|_| ()),
        Err(DbError::Newer { found: 9999, .. })
    ));
    assert!(matches!(a.begin_write().await, Err(DbError::Newer { .. })));
    assert!(matches!(a.begin_read().await.map(|_| ()), Err(DbError::Newer { .. })));
    assert!(matches!(a.reader().await.map(|_| ()), Err(DbError::Newer { .. })));
}

#[tokio::test]
async fn nobody_starts_on_a_database_that_is_moved() {
    let dir = tempfile::tempdir().unwrap();
    if !on_postgres() {
        return;
    }
    let place = database(&dir.path().join("a.db"));
    let db = Db::open(&place, &quick()).await.unwrap();
    let alone = db.alone().await.unwrap();
    assert!(matches!(Db::open(&place, &quick()).await, Err(DbError::Locked { .. })));
    Db::open(&place, &tool()).await.unwrap();
    assert!(matches!(db.listen().await.map(|_| ()), Err(DbError::Locked { .. })));
    drop(alone);
}
