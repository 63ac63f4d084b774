//! A project comes in by the program and reaches a phone; so does a changed file; and all of it comes out again.

use keyturn_client::Client;
use keyturn_tests::real::{DATABASE, Outcome, Serve, bare, keyturn, open_phone, settle};
use rusqlite::Connection;
use std::path::{Path, PathBuf};

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/examples/import")
}

fn did(outcome: Outcome) -> serde_json::Value {
    assert_eq!(outcome.exit, Some(0), "{outcome:?}");
    outcome.result
}

/// The phone's tasks: home, day, slot.
fn tasks(client: &Client) -> Vec<String> {
    let cards = client.tasks().mine().unwrap();
    cards
        .iter()
        .map(|t| format!("{} {} {}", t.place_name.zh, t.day, t.slot))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_comes_in_reaches_a_phone_changes_and_comes_out_again() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let (data, files) = (folder.path().join("server"), folder.path().join("files"));
    let serve = Serve::start(&data);
    let path = |path: &Path| path.to_str().unwrap().to_owned();
    let import = |from: &Path, dry: bool| {
        let from = path(from);
        let args = ["project", "import", &from, "--dry-run"];
        keyturn(args.get(..if dry { 4 } else { 3 }).unwrap(), &data)
    };
    let first = did(import(&example(), false));
    assert_eq!(first["added"].as_array().unwrap().len(), 34);

    // A phone of an engineer who came with the files.
    let (client, _) = open_phone(&folder.path().join("phone"), &serve.url).unwrap();
    let code = did(keyturn(&["device", "enrol", "wei.yi", "--server", &serve.url], &data));
    client
        .session()
        .enrol(code["code"].as_str().unwrap(), "phone")
        .await
        .unwrap();
    settle(&client).await.unwrap();
    assert_eq!(
        tasks(&client),
        ["1-1-0101 2026-12-04 09:00", "1-1-0201 2026-12-04 10:15"]
    );
    let task = client.tasks().mine().unwrap().remove(0).task;
    let begun = client.inspections().begin(&task).unwrap();
    let question = begun
        .rooms
        .iter()
        .flat_map(|room| &room.questions)
        .next()
        .unwrap()
        .key
        .clone();
    client
        .inspections()
        .answer(&begun.record, &begun.seen, &question, "ok", "", "")
        .unwrap();
    assert!(settle(&client).await.unwrap());

    // A changed file: first looked at, then imported.
    std::fs::create_dir(&files).unwrap();
    for name in ["project.csv", "handover.csv", "persons.csv"] {
        std::fs::copy(example().join(name), files.join(name)).unwrap();
    }
    let plan = std::fs::read_to_string(files.join("handover.csv")).unwrap();
    let plan = plan.replace("1-1-0201,2026-12-04,10:15,t1", "1-1-0201,2026-12-06,14:00,t1");
    std::fs::write(
        files.join("handover.csv"),
        plan.replace("2-2-1101,2026-12-05,,,eng2", "2-2-1101,2026-12-05,,,eng1"),
    )
    .unwrap();
    let would = did(import(&files, true));
    assert_eq!(would["changed"].as_array().unwrap().len(), 2);
    assert_eq!(would["changed"][0]["fields"][0]["old"], "2026-12-04");
    settle(&client).await.unwrap();
    assert_eq!(tasks(&client).len(), 2, "a dry run changes nothing");
    did(import(&files, false));
    settle(&client).await.unwrap();
    let after = [
        "1-1-0101 2026-12-04 09:00",
        "2-2-1101 2026-12-05 ",
        "1-1-0201 2026-12-06 14:00",
    ];
    assert_eq!(tasks(&client), after);
    // The same again is nothing: no entry in the log.
    let head = || -> i64 {
        let conn = Connection::open(data.join("keyturn.db")).unwrap();
        conn.query_row("SELECT MAX(seq) FROM log", [], |row| row.get(0))
            .unwrap()
    };
    let before = head();
    let again = did(import(&files, false));
    assert_eq!(
        (
            again["added"].as_array().unwrap().len(),
            again["changed"].as_array().unwrap().len()
        ),
        (0, 0)
    );
    assert_eq!(head(), before);

    // Mistakes: all of them, nothing changes.
    std::fs::write(
        files.join("homes.csv"),
        "no,building,entrance,floor,layout\n1,b7,1,1,two\n2,b1,1,99,two\n",
    )
    .unwrap();
    let refused = import(&files, false);
    assert_eq!(
        (refused.exit, refused.code()),
        (Some(1), "import_refused"),
        "{refused:?}"
    );
    assert_eq!(refused.error["problems"].as_array().unwrap().len(), 2, "{refused:?}");
    assert_eq!(head(), before);

    // Out again, read back; and a byte that was changed is found.
    let out = path(&folder.path().join("out"));
    let exported = did(keyturn(
        &["project", "export", "reed_court", &out, "--full", "--people"],
        &data,
    ));
    assert_eq!(
        (exported["records"].as_u64(), exported["changes"].as_u64() >= Some(2)),
        (Some(1), true),
        "{exported}"
    );
    let verified = did(bare(&["project", "verify", &out]));
    assert_eq!(verified["documents"], 1);
    let record = std::fs::read_to_string(Path::new(&out).join("records.jsonl")).unwrap();
    let record: serde_json::Value = serde_json::from_str(record.lines().next().unwrap()).unwrap();
    assert_eq!(record["place_name"]["zh"], "1-1-0101");
    let name = &begun.record;
    let changes = Path::new(&out)
        .join("changes")
        .join(&name[..2])
        .join(format!("{name}.automerge"));
    let mut doc = automerge::Automerge::new();
    let bytes = std::fs::read(&changes).unwrap();
    doc.load_incremental(&bytes).unwrap();
    assert!(doc.get_changes(&[]).len() >= 3, "any automerge reads it");
    std::fs::write(&changes, &bytes[..bytes.len() - 1]).unwrap();
    let damaged = bare(&["project", "verify", &out]);
    assert_eq!((damaged.exit, damaged.code()), (Some(6), "export_damaged"));
    assert_eq!(
        damaged.error["problems"].as_array().unwrap().len(),
        2,
        "the hash and the document"
    );

    // Another server that gets the files holds the same.
    let (other, second) = (folder.path().join("other"), path(&folder.path().join("second")));
    drop(Serve::start(&other));
    did(keyturn(&["project", "import", &out], &other));
    did(keyturn(
        &["project", "export", "reed_court", &second, "--people"],
        &other,
    ));
    let (mut folders, mut compared) = (vec![PathBuf::from(&second)], 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            let (path, name) = (entry.path(), entry.path().strip_prefix(&second).unwrap().to_owned());
            if path.is_dir() {
                folders.push(path);
            } else if name != Path::new("SHA256SUMS") {
                let first = std::fs::read(Path::new(&out).join(&name)).unwrap();
                assert!(first == std::fs::read(path).unwrap(), "{name:?} differs");
                compared += 1;
            }
        }
    }
    assert!(compared > 10, "with the edition: {compared}");
    drop(client);
    assert!(folder.path().join("phone").join(DATABASE).exists());
}
