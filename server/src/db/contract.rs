//! What both engines must do alike; `tests/run postgres` runs the same tests on PostgreSQL.
use super::*;
use crate::testing::database;

async fn open(dir: &std::path::Path) -> Result<Db, DbError> {
    // Long enough for a machine that is busy; one test waits it out.
    let options = DbOptions {
        wait: std::time::Duration::from_secs(5),
        ..DbOptions::default()
    };
    Db::open(&database(&dir.join("a.db")), &options).await
}

#[tokio::test]
async fn a_dropped_transaction_leaves_nothing_and_a_reader_keeps_its_view() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(dir.path()).await.unwrap();
    let count = async |conn: &mut AnyConnection| {
        int(
            &sqlx::query("SELECT COUNT(*) AS n FROM server_facts")
                .fetch_one(conn)
                .await
                .unwrap(),
            "n",
        )
        .unwrap()
    };
    let insert = "INSERT INTO server_facts (name, value) VALUES ($1, $2)";
    let mut read = db.begin_read().await.unwrap();
    let before = count(&mut read).await;
    let mut tx = db.begin_write().await.unwrap();
    sqlx::query(insert)
        .bind("a")
        .bind(vec![1_u8])
        .execute(&mut *tx)
        .await
        .unwrap();
    drop(tx);
    let mut tx = db.begin_write().await.unwrap();
    sqlx::query(insert)
        .bind("b")
        .bind(vec![1_u8])
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(count(&mut read).await, before);
    drop(read);
    assert_eq!(count(&mut *db.begin_read().await.unwrap()).await, before + 1);
}

#[tokio::test]
async fn the_second_writer_waits_and_then_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(dir.path()).await.unwrap();
    let first = db.begin_write().await.unwrap();
    assert!(matches!(db.begin_write().await, Err(DbError::Busy)));
    drop(first);
    db.begin_write().await.unwrap();
}

#[tokio::test]
async fn rows_go_in_batches_and_come_back_by_key() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(dir.path()).await.unwrap();
    let mut tx = db.begin_write().await.unwrap();
    let rows: Vec<Vec<Cell>> = (0..1_001_i64)
        .map(|n| vec![format!("k{n}").into(), n.to_be_bytes().into()])
        .collect();
    let head = "INSERT INTO server_facts (name, value)";
    let tail = "ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    assert_eq!(insert_rows(&mut tx, head, 2, &rows, tail).await.unwrap(), 1_001);
    assert_eq!(insert_rows(&mut tx, head, 2, &rows[..7], tail).await.unwrap(), 7);
    assert_eq!(insert_rows(&mut tx, head, 2, &[], tail).await.unwrap(), 0);
    assert!(insert_rows(&mut tx, head, 3, &rows, tail).await.is_err());
    let keys: Vec<Cell> = (0..300).map(|n| format!("k{}", n * 5).into()).collect();
    let head = "SELECT name, value FROM server_facts WHERE value >= $1 AND name";
    let least = [5_i64.to_be_bytes().into()];
    let found = fetch_in(&mut tx, head, &least, &keys, "").await.unwrap();
    assert_eq!(found.len(), 200);
    assert_eq!(bytes_n::<8>(&found[0], "value").map(i64::from_be_bytes).unwrap() % 5, 0);
}

#[tokio::test]
async fn cells_say_which_column_is_wrong() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(dir.path()).await.unwrap();
    let mut tx = db.begin_write().await.unwrap();
    let two = vec![vec!["two".into(), vec![1_u8, 2].into()]];
    insert_rows(&mut tx, "INSERT INTO server_facts (name, value)", 2, &two, "")
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut read = db.begin_read().await.unwrap();
    let row =
        sqlx::query("SELECT 1 AS one, CAST(NULL AS TEXT) AS none, value AS two FROM server_facts WHERE name = 'two'")
            .fetch_one(&mut *read)
            .await
            .unwrap();
    assert!(flag(&row, "one").unwrap());
    assert_eq!(opt_int(&row, "none").unwrap(), None);
    assert_eq!(opt_text(&row, "none").unwrap(), None);
    assert_eq!(opt_bytes(&row, "two").unwrap(), Some(vec![1, 2]));
    let error = id(&row, "two", keyturn_domain::UserId::from_bytes).unwrap_err();
    assert!(error.to_string().contains("column two holds 2 bytes"), "{error}");
    assert!(int(&row, "none").unwrap_err().to_string().contains("none"));
}

#[tokio::test]
async fn a_reader_cannot_write() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(dir.path()).await.unwrap();
    let mut read = db.begin_read().await.unwrap();
    assert!(sqlx::query("DELETE FROM users").execute(&mut *read).await.is_err());
    drop(read);
    let mut one = db.reader().await.unwrap();
    assert!(sqlx::query("DELETE FROM users").execute(&mut *one).await.is_err());
}

#[tokio::test]
async fn a_constraint_has_its_own_error_and_text_is_sorted_by_its_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(dir.path()).await.unwrap();
    let mut tx = db.begin_write().await.unwrap();
    let row = |name: &str| vec![name.into(), vec![1_u8].into()];
    let rows = ["b", "a", "B", "é", "楼", "_"].map(row);
    let head = "INSERT INTO server_facts (name, value)";
    insert_rows(&mut tx, head, 2, &rows, "").await.unwrap();
    tx.commit().await.unwrap();
    let mut read = db.begin_read().await.unwrap();
    let found = sqlx::query("SELECT name FROM server_facts ORDER BY name")
        .fetch_all(&mut *read)
        .await
        .unwrap();
    let names: Vec<String> = found.iter().map(|row| text(row, "name").unwrap()).collect();
    assert_eq!(names, ["B", "_", "a", "b", "é", "楼"]);
    let mut tx = db.begin_write().await.unwrap();
    let twice = insert_rows(&mut tx, head, 2, &[row("a")], "").await;
    assert!(matches!(twice, Err(DbError::Constraint(_))), "{twice:?}");
    if db.is_postgres() {
        // There nothing of such a transaction is kept, and nobody may believe that it was.
        assert!(tx.commit().await.is_err());
    }
}

#[tokio::test]
async fn the_schema_is_what_this_program_makes() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(dir.path()).await.unwrap();
    let mut read = db.begin_read().await.unwrap();
    let there = schema_of(&mut read).await.unwrap();
    for (name, wanted) in expected_schema(db.is_postgres()).await.unwrap() {
        assert!(there[&name].makes_the_same(&wanted), "{:?} {wanted:?}", there[&name]);
    }
    assert_eq!(version_of(&mut read).await.unwrap(), known_version());
}

#[tokio::test]
async fn a_database_that_a_newer_program_migrated_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(dir.path()).await.unwrap();
    let mut tx = db.begin_write().await.unwrap();
    sqlx::query("INSERT INTO schema_version (version) VALUES (9999)")
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    db.close().await;
    drop(db);
    let error = open(dir.path()).await.unwrap_err();
    assert!(matches!(error, DbError::Newer { found: 9999, .. }), "{error}");
}
