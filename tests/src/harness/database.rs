//! On which engine whole-system tests run: files of SQLite, or, where `KEYTURN_TEST_DATABASE` names a PostgreSQL
//! database, a schema of its own there for every path at which a file would lie.

use keyturn_domain::Hash;
use keyturn_server::db::{
    Cell, Database, Db, DbOptions, Holder, Table, expected_tables, numbered, opt_bytes, opt_int, opt_real, opt_text,
};
use keyturn_server::transfer::{snapshot, transfer};
use rusqlite::Connection;
use rusqlite::types::Value;
use std::future::Future;
use std::path::Path;

const VARIABLE: &str = "KEYTURN_TEST_DATABASE";

/// Tells whether the tests run on PostgreSQL: then there are no files to look at.
#[must_use]
pub fn on_postgres() -> bool {
    std::env::var_os(VARIABLE).is_some()
}

/// The address of the database of a test that would lie at `path`; none: it is a file there.
#[must_use]
pub fn address(path: &Path) -> Option<String> {
    let address = std::env::var(VARIABLE).ok()?;
    let name = hex::encode(&Hash::of(path.as_os_str().as_encoded_bytes()).0[..8]);
    Some(format!("{address}?schema=t_{name}"))
}

/// The database of a test that would lie at `path`.
///
/// # Panics
/// When the variable holds no address.
#[must_use]
pub fn database(path: &Path) -> Database {
    let folder = path.parent().expect("a folder");
    address(path).map_or_else(
        || path.into(),
        |address| Database::parse(&address, folder, None).expect("an address"),
    )
}

fn tool() -> DbOptions {
    DbOptions {
        holder: Holder::Tool,
        readers: 1,
        writers: 1,
        check: false,
        ..DbOptions::default()
    }
}

/// Copies the database of a test into a file.
pub(super) async fn copy_out(path: &Path, to: &Path) {
    if !on_postgres() {
        std::fs::copy(path, to).expect("a copy");
        return;
    }
    super::template::remove_database(to);
    let db = Db::open(&database(path), &tool()).await.expect("the database");
    snapshot(&db, to).await.expect("a copy");
    db.close().await;
}

/// Puts such a file in the place of the database of a test.
pub(super) async fn copy_in(from: &Path, path: &Path) {
    if !on_postgres() {
        std::fs::copy(from, path).expect("a copy");
        return;
    }
    let to = database(path);
    clear(&to).await;
    // Several histories begin with one file; each takes a copy that nobody else has open.
    let own = tempfile::NamedTempFile::new().expect("a file");
    std::fs::copy(from, own.path()).expect("a copy");
    let moved = transfer(&own.path().into(), &to, &mut |_| ()).await;
    moved.expect("a copy in PostgreSQL");
    super::template::remove_database(own.path());
    let mut lock = own.path().as_os_str().to_owned();
    lock.push(".lock");
    let _ = std::fs::remove_file(lock);
}

/// Takes away what an earlier life of the database left.
async fn clear(database: &Database) {
    let db = Db::open(database, &tool()).await.expect("the database");
    let mut tx = db.begin_write().await.expect("a writer");
    let shown = database.shown();
    let schema = shown.rsplit_once("schema=").expect("a schema").1;
    let sql = format!("DROP SCHEMA {schema} CASCADE");
    numbered(sql).execute(&mut *tx).await.expect("nothing is left");
    tx.commit().await.expect("nothing is left");
    db.close().await;
}

/// Copies what the tests look at into memory, where the tests run on PostgreSQL.
pub(super) fn mirror(path: &Path) -> Option<Connection> {
    if !on_postgres() {
        return None;
    }
    let database = database(path);
    Some(aside(async move {
        let db = Db::open(&database, &tool()).await.expect("the database");
        let mut tx = db.begin_read().await.expect("a reader");
        let conn = Connection::open_in_memory().expect("memory");
        for table in expected_tables().await.expect("the tables") {
            let names: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
            // In the order in which the rows were written: ctid grows as long as nothing is taken away.
            let sql = format!("SELECT {} FROM {} ORDER BY ctid", names.join(", "), table.name);
            let rows = numbered(sql).fetch_all(&mut *tx).await.expect("rows");
            put(&conn, &table, rows.iter().map(|row| cells(row, &table)));
        }
        drop(tx);
        db.close().await;
        conn
    }))
}

fn cells(row: &keyturn_server::db::AnyRow, table: &Table) -> Vec<Cell> {
    let one = |name: &str, kind: &str| -> Cell {
        match kind {
            "BIGINT" => opt_int(row, name).expect(name).into(),
            "TEXT" => opt_text(row, name).expect(name).into(),
            "BYTEA" => opt_bytes(row, name).expect(name).into(),
            _ => opt_real(row, name).expect(name).into(),
        }
    };
    table.columns.iter().map(|c| one(&c.name, &c.kind)).collect()
}

fn put(conn: &Connection, table: &Table, rows: impl Iterator<Item = Vec<Cell>>) {
    let names: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
    conn.execute_batch(&format!("CREATE TABLE {} ({}); BEGIN", table.name, names.join(", ")))
        .expect("a table");
    let holders = vec!["?"; names.len()].join(", ");
    let mut insert = conn
        .prepare(&format!("INSERT INTO {} VALUES ({holders})", table.name))
        .expect("an insert");
    for row in rows {
        let values = row.into_iter().map(|cell| match cell {
            Cell::Int(Some(n)) => Value::Integer(n),
            Cell::Real(Some(n)) => Value::Real(n),
            Cell::Text(Some(text)) => Value::Text(text),
            Cell::Bytes(Some(bytes)) => Value::Blob(bytes.to_vec()),
            _ => Value::Null,
        });
        insert.execute(rusqlite::params_from_iter(values)).expect("a row");
    }
    conn.execute_batch("COMMIT").expect("rows");
}

/// Runs something on a thread of its own: whoever asks stands in a runtime already.
fn aside<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    let run = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(work)
    };
    std::thread::spawn(run).join().expect("what was asked")
}
