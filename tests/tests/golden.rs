//! What a released version wrote is opened, shown, continued and understood by this one.
//!
//! The files lie in `tests/golden/vN`. A change of schema, record or message that breaks a test here is not to be mended in
//! the files: it takes a migration, a new form, or a new version of the protocol (docs/adr/0012).

use keyturn_client::StepBudget;
use keyturn_domain::DocumentId;
use keyturn_tests::golden::{engineer, samples, server, shown, unpack};
use keyturn_tests::harness::{ServerDb, SimPhone, SimServer};
use rusqlite::Connection;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn golden(version: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(version)
}

/// Everything that was shown is shown still; a later version may show more, and correct the words of its data.
fn still(path: &str, was: &Value, is: &Value) {
    let words = |of: &Value| {
        of.as_object()
            .is_some_and(|of| of.len() == 2 && of.contains_key("zh") && of.contains_key("en"))
    };
    match (was, is) {
        _ if words(was) && words(is) => {}
        (Value::Object(was), Value::Object(is)) => {
            for (name, value) in was {
                let now = is
                    .get(name)
                    .unwrap_or_else(|| panic!("{path}/{name} is not shown any more"));
                still(&format!("{path}/{name}"), value, now);
            }
        }
        (Value::Array(was), Value::Array(is)) => {
            assert_eq!(was.len(), is.len(), "{path}");
            for (n, (was, is)) in was.iter().zip(is).enumerate() {
                still(&format!("{path}/{n}"), was, is);
            }
        }
        _ => assert_eq!(was, is, "{path}"),
    }
}

fn schema(path: &Path) -> BTreeMap<String, String> {
    let file = Connection::open(path).expect("a database");
    let mut all = file
        .prepare("SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_master ORDER BY 1")
        .expect("SQL");
    let rows = all.query_map((), |row| Ok((row.get(0)?, row.get(1)?))).expect("rows");
    rows.map(|row| row.expect("a row")).collect()
}

fn start(phone: &mut SimPhone, server: &SimServer) {
    phone.net.lead_to(server.api());
    phone.start();
}

#[tokio::test]
async fn a_phone_and_a_server_of_version_1_are_opened_and_go_on() {
    let folder = tempfile::tempdir().expect("a folder");
    unpack(&golden("v1"), folder.path());
    let was = std::fs::read(folder.path().join("seen.json")).expect("a file");
    let was: Value = serde_json::from_slice(&was).expect("JSON");
    let mut server = server(folder.path());
    server.open().await;
    let mut phone = engineer(folder.path());
    start(&mut phone, &server);
    let client = phone.client();
    let record = was["inspection"]["record"].as_str().expect("a record");
    let place = was["inspection"]["place"].as_str().expect("a place");
    still("", &was, &shown(client, record, place));
    let waiting = client.sync().status().expect("a status").queued;
    assert!(waiting > 0, "work that was not sent yet");
    client.sync().run(StepBudget::default(), 50).await.expect("a sync");
    let status = client.sync().status().expect("a status");
    assert_eq!((status.queued, status.stuck), (0, 0));
    // One more tap, on what the older version had begun.
    let view = client.inspections().open(record).expect("a screen");
    let key = &view.rooms[0].questions[3].key;
    client
        .inspections()
        .answer(record, &view.seen, key, "ok", "", "")
        .expect("a tap");
    client.sync().run(StepBudget::default(), 50).await.expect("a sync");
    let seen = client.inspections().open(record).expect("a screen").seen;
    phone.stop();
    phone.net.lead_to(None);
    server.close().await;
    let stored = ServerDb::open(server.path()).documents();
    let stored = &stored[&record.parse::<DocumentId>().expect("an id")];
    let heads: Vec<String> = stored.heads.iter().map(ToString::to_string).collect();
    assert_eq!(heads, seen, "the server has all of it");
}

#[tokio::test]
async fn a_database_of_version_1_has_the_schema_of_a_new_one_after_opening() {
    let (old, new) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    unpack(&golden("v1"), old.path());
    for folder in [old.path(), new.path()] {
        let mut server = server(folder);
        server.open().await;
        server.close().await;
        let mut phone = engineer(folder);
        phone.start();
        phone.stop();
    }
    for name in ["server.db", "phone.db"] {
        let (old, new) = (schema(&old.path().join(name)), schema(&new.path().join(name)));
        assert_eq!(old, new, "{name}: change a schema by a new migration only");
    }
}

#[test]
fn messages_of_version_1_are_read_and_written_alike() {
    let text = std::fs::read_to_string(golden("v1").join("wire.txt")).expect("a file");
    let samples: BTreeMap<String, _> = samples().into_iter().map(|s| (s.name.clone(), s)).collect();
    for line in text.lines() {
        let (name, bytes) = line.split_once(' ').expect("a name and bytes");
        let bytes = hex::decode(bytes).expect("bytes");
        let sample = samples
            .get(name)
            .unwrap_or_else(|| panic!("{name} is no message any more"));
        let again = (sample.again)(&bytes).unwrap_or_else(|| panic!("{name} is not understood any more"));
        assert_eq!(
            hex::encode(again),
            hex::encode(&bytes),
            "{name} is read as something else"
        );
    }
}
