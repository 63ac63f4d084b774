//! Faults: each has a clear error with a stable code, and the data stays as it was.
//!
//! What needs no process is tested where it stands: broken rows of data files in the catalog, hostile bytes at the
//! gate, limits of single messages in the codec and the routes.

mod clock;
mod disk;
mod files;
mod login;
pub mod namespace;
mod network;
mod requests;
mod wipe;

use keyturn_client::Client;
use keyturn_domain::UserId;
use keyturn_tests::real::{Office, Serve, open_phone};
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A running server with one engineer.
struct Site {
    folder: TempDir,
    office: Office,
    user: UserId,
    serve: Serve,
}

impl Site {
    async fn new() -> Self {
        Self::on(tempfile::tempdir().unwrap()).await
    }

    async fn on(folder: TempDir) -> Self {
        let data = folder.path().join("server");
        let office = Office::found(&data, 2).await;
        let user = office.engineer("wang.lei", 2).await;
        let serve = Serve::start(&data);
        Self {
            folder,
            office,
            user,
            serve,
        }
    }

    fn dir(&self, phone: &str) -> PathBuf {
        self.folder.path().join(phone)
    }

    /// An enrolled phone.
    async fn phone(&self, name: &str) -> Client {
        let (client, _) = open_phone(&self.dir(name), &self.serve.url).unwrap();
        let code = self.office.code(self.user).await;
        client.session().enrol(&code, name).await.unwrap();
        client
    }

    /// What the server's database holds, beside the running server.
    fn number(&self, sql: &str) -> i64 {
        number(&self.office.database(), sql)
    }

    /// Changes the server's database behind its back: time passes.
    fn change(&self, sql: &str) {
        Connection::open(self.office.database())
            .unwrap()
            .execute_batch(sql)
            .unwrap();
    }
}

fn number(database: &Path, sql: &str) -> i64 {
    let conn = Connection::open(database).unwrap();
    conn.query_row(sql, (), |row| row.get(0)).unwrap()
}
