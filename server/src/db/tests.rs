use std::fs;

use super::*;

fn quick() -> DbOptions {
    DbOptions {
        wait: std::time::Duration::from_millis(200),
        ..DbOptions::default()
    }
}

async fn open(path: &std::path::Path) -> Result<Db, DbError> {
    Db::open(&path.into(), &quick()).await
}

#[tokio::test]
async fn sqlite_has_the_wal_reset_fix() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir.path().join("a.db")).await.unwrap();
    assert!(db.library_version().await.unwrap() >= (3, 51, 3));
}

#[tokio::test]
async fn commits_are_durable_and_readers_cannot_write() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir.path().join("a 100% #1?.db")).await.unwrap();
    assert!(dir.path().join("a 100% #1?.db").exists());
    for (sql, expected) in [
        ("PRAGMA synchronous", "2"),
        ("PRAGMA journal_mode", "wal"),
        ("PRAGMA foreign_keys", "1"),
    ] {
        for conn in [
            &mut *db.begin_write().await.unwrap(),
            &mut *db.begin_read().await.unwrap(),
        ] {
            let row = sqlx::query(sql).fetch_one(conn).await.unwrap();
            let said = sqlx::Row::try_get::<i64, _>(&row, 0).map(|n| n.to_string());
            assert_eq!(
                said.unwrap_or_else(|_| sqlx::Row::get::<String, _>(&row, 0)),
                expected,
                "{sql}"
            );
        }
    }
    let mut read = db.begin_read().await.unwrap();
    assert!(sqlx::query("DELETE FROM users").execute(&mut *read).await.is_err());
}

#[tokio::test]
async fn a_second_server_is_refused_and_a_tool_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.db");
    let tool = DbOptions {
        holder: Holder::Tool,
        ..quick()
    };
    drop(Db::open(&path.as_path().into(), &tool).await.unwrap());
    let db = open(&path).await.unwrap();
    assert!(matches!(open(&path).await, Err(DbError::Locked { .. })));
    let beside = Db::open(&path.as_path().into(), &tool).await.unwrap();
    beside.begin_write().await.unwrap().commit().await.unwrap();
    db.close().await;
    drop(db);
    open(&path).await.unwrap();
}

#[tokio::test]
async fn a_newer_database_is_refused_and_stays_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.db");
    let db = open(&path).await.unwrap();
    let mut tx = db.begin_write().await.unwrap();
    sqlx::query("INSERT INTO schema_version (version) VALUES (9999)")
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    db.close().await;
    drop(db);
    let before = fs::read(&path).unwrap();
    let error = open(&path).await.unwrap_err();
    assert!(matches!(error, DbError::Newer { found: 9999, .. }), "{error}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn an_older_database_in_use_is_refused_for_a_tool() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.db");
    let db = open(&path).await.unwrap();
    let mut tx = db.begin_write().await.unwrap();
    sqlx::query("DELETE FROM schema_version")
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let tool = DbOptions {
        holder: Holder::Tool,
        ..quick()
    };
    assert!(matches!(
        Db::open(&path.as_path().into(), &tool).await,
        Err(DbError::Older { found: 0, .. })
    ));
}

#[tokio::test]
async fn damage_is_found_and_nothing_is_changed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.db");
    fs::write(&path, "this is no database, but a text of some length".repeat(200)).unwrap();
    let before = fs::read(&path).unwrap();
    let error = open(&path).await.unwrap_err();
    assert!(matches!(error, DbError::Damaged { .. }), "{error}");
    assert!(error.to_string().contains("a.db"));
    assert_eq!(fs::read(&path).unwrap(), before);

    let path = dir.path().join("b.db");
    open(&path).await.unwrap().close().await;
    let mut pages = fs::read(&path).unwrap();
    for byte in &mut pages[4096..16_384] {
        *byte = 0x5a;
    }
    fs::write(&path, &pages).unwrap();
    let error = open(&path).await.unwrap_err();
    assert!(matches!(error, DbError::Damaged { .. }), "{error}");
    assert_eq!(fs::read(&path).unwrap(), pages);
}

#[tokio::test]
async fn a_folder_that_is_not_there_has_its_own_error() {
    let dir = tempfile::tempdir().unwrap();
    let error = open(&dir.path().join("no/such/a.db")).await.unwrap_err();
    assert!(matches!(error, DbError::Unusable { .. }), "{error}");
}

#[tokio::test]
async fn a_full_disk_changes_nothing_and_is_survived() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir.path().join("a.db")).await.unwrap();
    let insert = "INSERT INTO server_facts (name, value) VALUES ($1, $2)";
    for round in 0..3 {
        let mut tx = db.begin_write().await.unwrap();
        sqlx::raw_sql("PRAGMA max_page_count = 60")
            .execute(&mut *tx)
            .await
            .unwrap();
        sqlx::query(insert)
            .bind("small")
            .bind(vec![1_u8])
            .execute(&mut *tx)
            .await
            .unwrap();
        let large = sqlx::query(insert)
            .bind("large")
            .bind(vec![1_u8; 1_000_000])
            .execute(&mut *tx)
            .await;
        assert!(
            matches!(large.map_err(DbError::from), Err(DbError::Full)),
            "round {round}"
        );
        // SQLite itself went back; there is nothing left to commit.
        assert!(tx.commit().await.is_err());
        let mut read = db.begin_read().await.unwrap();
        assert!(
            sqlx::query("SELECT name FROM server_facts")
                .fetch_all(&mut *read)
                .await
                .unwrap()
                .is_empty()
        );
    }
    let mut tx = db.begin_write().await.unwrap();
    sqlx::query(insert)
        .bind("large")
        .bind(vec![1_u8; 1_000_000])
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}
