//! A port in use; databases that are newer, damaged, or open elsewhere.

use super::{Site, number};
use keyturn_client::{Action, ClientError};
use keyturn_tests::real::{DATABASE, Office, Outcome, home, keyturn, open_phone, record};
use rusqlite::Connection;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

fn serve(data: &Path, listen: &str) -> Outcome {
    keyturn(&["serve", "--listen", listen], data)
}

fn said(outcome: &Outcome, exit: i32, code: &str) {
    assert_eq!((outcome.exit, outcome.code()), (Some(exit), code), "{outcome:?}");
    for words in ["message", "next"] {
        assert!(
            outcome.error[words].as_str().is_some_and(|w| w.len() > 10),
            "{outcome:?}"
        );
    }
}

#[test]
fn a_port_in_use_is_told_before_anything_is_touched() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let data = folder.path().join("server");
    said(
        &serve(&data, &taken.local_addr().unwrap().to_string()),
        5,
        "port_in_use",
    );
    assert!(!data.exists());
}

#[tokio::test]
async fn a_database_that_another_server_has_open_is_left_alone() {
    let site = Site::new().await;
    said(&serve(&site.office.data, "127.0.0.1:0"), 4, "db_locked");
    // The first one goes on.
    site.phone("a").await;
}

#[tokio::test]
async fn a_newer_or_damaged_database_stays_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    for (name, code) in [
        ("newer", "db_newer"),
        ("damaged", "db_damaged"),
        ("other", "db_damaged"),
    ] {
        let data = folder.path().join(name);
        let office = Office::found(&data, 2).await;
        let database = office.database();
        match name {
            "newer" => Connection::open(&database)
                .unwrap()
                .execute_batch("INSERT INTO schema_version (version) VALUES (9000); PRAGMA wal_checkpoint(TRUNCATE)")
                .unwrap(),
            "damaged" => {
                let mut bytes = std::fs::read(&database).unwrap();
                let end = bytes.len();
                bytes[4_096..end].fill(0xee);
                std::fs::write(&database, bytes).unwrap();
            }
            _ => std::fs::write(&database, "what is this? ".repeat(1_000)).unwrap(),
        }
        let before = std::fs::read(&database).unwrap();
        said(&serve(&data, "127.0.0.1:0"), 4, code);
        assert!(
            std::fs::read(&database).unwrap() == before,
            "{name}: the file was changed"
        );
    }
}

#[test]
fn a_folder_that_cannot_be_used_is_told() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "no folder").unwrap();
    said(&serve(&folder.path().join("file"), "127.0.0.1:0"), 4, "db_unusable");
}

#[tokio::test]
async fn a_phone_refuses_a_newer_store_and_one_that_is_open() {
    let site = Site::new().await;
    let client = site.phone("a").await;
    record(&client, home(1), 0, "kept").unwrap();
    drop(client);
    let (dir, database) = (site.dir("a"), site.dir("a").join(DATABASE));

    let args = [dir.to_str().unwrap(), "1", "1", "1"];
    let mut other = Command::new(env!("CARGO_BIN_EXE_kill-phone"))
        .args(args)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut stdout = BufReader::new(other.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n");
    let error = refused(&dir, &site.serve.url);
    assert_eq!((error.code(), error.action()), ("store_locked", Action::Retry));
    other.kill().unwrap();
    other.wait().unwrap();

    let version = number(&database, "PRAGMA user_version");
    let set = |version: i64| {
        let conn = Connection::open(&database).unwrap();
        conn.execute_batch(&format!(
            "PRAGMA user_version = {version}; PRAGMA wal_checkpoint(TRUNCATE)"
        ))
        .unwrap();
    };
    set(9_000);
    let before = std::fs::read(&database).unwrap();
    let error = refused(&dir, &site.serve.url);
    assert_eq!((error.code(), error.action()), ("store_newer", Action::Update));
    assert!(std::fs::read(&database).unwrap() == before, "the file was changed");
    set(version);
    let (client, report) = open_phone(&dir, &site.serve.url).unwrap();
    assert_eq!(report.set_aside, None);
    assert!(client.sync().status().unwrap().queued >= 1);
}

fn refused(dir: &Path, server: &str) -> ClientError {
    open_phone(dir, server).map(drop).unwrap_err()
}

#[tokio::test]
async fn a_damaged_store_is_set_aside_and_never_deleted() {
    let site = Site::new().await;
    for (name, pages) in [("head", 0..1), ("middle", 1..8), ("all", 0..1_000)] {
        let (dir, database) = (site.dir(name), site.dir(name).join(DATABASE));
        let client = site.phone(name).await;
        for n in 0..3 {
            record(&client, home(1), n, "of before").unwrap();
        }
        drop(client);
        number(&database, "PRAGMA wal_checkpoint(TRUNCATE)");
        let mut bytes = std::fs::read(&database).unwrap();
        let end = bytes.len().min(pages.end * 4_096);
        bytes[pages.start * 4_096..end].fill(0xee);
        std::fs::write(&database, &bytes).unwrap();

        let (client, report) = match open_phone(&dir, &site.serve.url) {
            Ok(opened) => opened,
            // Found by a read only: then the next opening looks at every page.
            Err(error) => {
                assert_eq!(error.code(), "store_damaged", "{name}");
                open_phone(&dir, &site.serve.url).unwrap()
            }
        };
        let aside = report.set_aside.expect("the damage is found");
        assert!(std::fs::read(aside).unwrap() == bytes, "{name}: it is what was there");
        // The phone goes on with a new one: it enrols again, under a key of its own.
        assert!(matches!(
            record(&client, home(1), 0, "x"),
            Err(ClientError::NotEnrolled)
        ));
    }
}
