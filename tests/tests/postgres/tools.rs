//! The commands on PostgreSQL, as a person types them.

use keyturn_tests::harness::address;
use keyturn_tests::real::{Office, Serve, bare, home, keyturn, open_phone, record, settle};
use serde_json::Value;

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_moved_backed_up_and_looked_after() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let data = folder.path().join("server");
    let office = Office::found(&data, 1).await;
    let user = office.engineer("li.na", 1).await;
    let serve = Serve::start(&data);
    let (phone, _) = open_phone(&folder.path().join("phone"), &serve.url).unwrap();
    phone.session().enrol(&office.code(user).await, "phone").await.unwrap();
    record(&phone, home(1), 0, "before").unwrap();
    assert!(settle(&phone).await.unwrap());

    // Nobody moves a database under a server.
    let from = address(&office.database()).unwrap();
    let file = format!("sqlite:{}", folder.path().join("moved.db").display());
    let refused = bare(&["copy", "--from", &from, "--to", &file]);
    assert_eq!((refused.exit, refused.code()), (Some(4), "db_locked"), "{refused:?}");

    // A backup is a file of SQLite, examined to the last record.
    let backups = folder.path().join("backups");
    let made = keyturn(&["backup", backups.to_str().unwrap()], &data);
    assert_eq!(made.exit, Some(0), "{made:?}");
    assert_eq!(made.result["manifest"]["facts"]["rows"]["documents"], 1);
    let restored = folder.path().join("restored");
    let path = made.result["path"].as_str().unwrap();
    let restored_to = restored.to_str().unwrap();
    let done = bare(&["restore", path, "--data", restored_to]);
    assert_eq!(done.exit, Some(0), "{done:?}");
    drop(serve);

    // There and back; what came back is what went away.
    let there = bare(&["copy", "--from", &from, "--to", &file]);
    assert_eq!(there.exit, Some(0), "{there:?}");
    let other = address(&folder.path().join("other.db")).unwrap();
    let back = bare(&["copy", "--from", &file, "--to", &other]);
    assert_eq!(back.exit, Some(0), "{back:?}");
    assert_eq!(there.result["hash"], back.result["hash"]);
    assert_eq!(back.result["facts"]["rows"]["documents"], 1);
    let full = bare(&["copy", "--from", &file, "--to", &other]);
    assert_eq!((full.exit, full.code()), (Some(4), "db_not_empty"), "{full:?}");

    // Passwords are shown nowhere, and one that is wrong, or nobody there, has its own code.
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "hush-hush\n").unwrap();
    let secret = secret.to_str().unwrap();
    let shown = bare(&[
        "config",
        "--database",
        "postgres://kt@127.0.0.1:1/x",
        "--database-password-file",
        secret,
    ]);
    assert_eq!(shown.result["database"]["value"], "postgres://kt@127.0.0.1:1/x");
    let nobody = keyturn_at("postgres://kt:hush-hush@127.0.0.1:1/x", restored_to);
    assert_eq!((nobody.exit, nobody.code()), (Some(5), "db_unreachable"), "{nobody:?}");
    let refused = keyturn_at(&from.replace("/keyturn?", "/no_such?"), restored_to);
    assert_eq!((refused.exit, refused.code()), (Some(4), "db_refused"), "{refused:?}");
    for said in [&shown.result, &nobody.error, &refused.error] {
        assert!(!Value::to_string(said).contains("hush-hush"), "{said}");
    }
    let doctor = keyturn(&["doctor"], &data);
    assert_eq!(doctor.exit, Some(0), "{:?} {:?}", doctor.result, doctor.error);
}

fn keyturn_at(database: &str, data: &str) -> keyturn_tests::real::Outcome {
    bare(&["user", "list", "--data", data, "--database", database])
}
