//! On which engine whole-system tests run: files of SQLite, or, where `KEYTURN_TEST_DATABASE` names a PostgreSQL
//! database, a schema of its own there for every path at which a file would lie.

use keyturn_domain::Hash;
use keyturn_server::db::{Database, Db, DbOptions, Holder, numbered, opt_bytes, opt_int, opt_text};
use keyturn_server::transfer::{snapshot, transfer};
use rusqlite::types::Value;
use std::path::Path;
use std::sync::{Mutex, OnceLock, mpsc};

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

/// What a column holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Int,
    Text,
    Bytes,
}

/// The columns of a query: how each is asked for, and what it holds. One that is computed has a name behind ` AS `.
pub(super) type Columns = &'static [(&'static str, Kind)];

/// Asks the database of a test that would lie at `path`, where the tests run on PostgreSQL. Each look is one query on a
/// connection that stays open: the simulator looks after every exchange.
pub(super) fn ask(path: &Path, sql: String, columns: Columns, key: Option<Vec<u8>>) -> Vec<Vec<Value>> {
    static ASKED: OnceLock<Mutex<mpsc::Sender<Question>>> = OnceLock::new();
    let asked = ASKED.get_or_init(|| {
        let (ask, asked) = mpsc::channel();
        std::thread::spawn(move || answer(&asked));
        Mutex::new(ask)
    });
    let (tell, told) = mpsc::channel();
    let question = Question {
        database: database(path),
        sql,
        columns,
        key,
        tell,
    };
    asked
        .lock()
        .expect("nobody failed")
        .send(question)
        .expect("somebody answers");
    told.recv().expect("an answer")
}

struct Question {
    database: Database,
    sql: String,
    columns: Columns,
    key: Option<Vec<u8>>,
    tell: mpsc::Sender<Vec<Vec<Value>>>,
}

/// So many databases stay open to be looked at.
const OPEN: usize = 6;

/// Answers as long as the tests run. Whoever asks stands in a runtime already, so this has its own.
fn answer(asked: &mpsc::Receiver<Question>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let mut open: Vec<(String, Db)> = Vec::new();
    while let Ok(question) = asked.recv() {
        let rows = runtime.block_on(async {
            let shown = question.database.shown();
            let found = open.iter().position(|(name, _)| *name == shown);
            let db = match found {
                Some(n) => open.remove(n).1,
                None => Db::open(&question.database, &tool()).await.expect("the database"),
            };
            let rows = query(&db, &question).await;
            open.push((shown, db));
            if open.len() > OPEN {
                open.remove(0).1.close().await;
            }
            rows
        });
        // Whoever asked may have failed meanwhile.
        let _ = question.tell.send(rows);
    }
}

async fn query(db: &Db, question: &Question) -> Vec<Vec<Value>> {
    let mut conn = db.reader().await.expect("a reader");
    let mut query = numbered(question.sql.clone());
    if let Some(key) = &question.key {
        query = query.bind(key.clone());
    }
    let rows = query.fetch_all(&mut *conn).await.expect("rows");
    let value = |row, (name, kind): &(&str, Kind)| {
        let name = name.rsplit(" AS ").next().expect("a name");
        match kind {
            Kind::Int => opt_int(row, name).expect(name).map(Value::Integer),
            Kind::Text => opt_text(row, name).expect(name).map(Value::Text),
            Kind::Bytes => opt_bytes(row, name).expect(name).map(Value::Blob),
        }
        .unwrap_or(Value::Null)
    };
    let columns = question.columns;
    rows.iter()
        .map(|row| columns.iter().map(|c| value(row, c)).collect())
        .collect()
}
