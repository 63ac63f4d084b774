//! A backup brought back straight into PostgreSQL, by one command.

use keyturn_tests::harness::address;
use keyturn_tests::real::{Office, Serve, bare, home, keyturn, open_phone, record, settle};

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_goes_straight_into_an_empty_database() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let data = folder.path().join("server");
    let office = Office::found(&data, 1).await;
    let user = office.engineer("li.na", 1).await;
    let serve = Serve::start(&data);
    let (phone, _) = open_phone(&folder.path().join("phone"), &serve.url).unwrap();
    phone.session().enrol(&office.code(user).await, "phone").await.unwrap();
    record(&phone, home(1), 0, "before").unwrap();
    assert!(settle(&phone).await.unwrap());
    let backups = folder.path().join("backups");
    let made = keyturn(&["backup", backups.to_str().unwrap()], &data);
    assert_eq!(made.exit, Some(0), "{made:?}");
    record(&phone, home(1), 1, "after").unwrap();
    assert!(settle(&phone).await.unwrap());
    let at = serve.address().to_owned();
    drop(serve);

    let new = folder.path().join("new");
    let from = made.result["path"].as_str().unwrap();
    let restore = |data: &std::path::Path, database: &str| {
        bare(&[
            "restore",
            from,
            "--data",
            data.to_str().unwrap(),
            "--database",
            database,
        ])
    };
    // Not into what holds something, and nothing is left of the try.
    let full = restore(&new, &address(&office.database()).unwrap());
    assert_eq!(full.exit, Some(4), "{full:?}");
    assert!(["db_not_empty", "db_locked"].contains(&full.code()), "{full:?}");
    assert!(!new.exists());
    let refused = restore(&new, "sqlite:/nowhere/x.db");
    assert_eq!(refused.code(), "db_engine", "{refused:?}");

    let target = address(&new.join("keyturn.db")).unwrap();
    // A copy that is not whole leaves the database empty.
    let file = std::path::Path::new(from).join("keyturn.db");
    let bytes = std::fs::read(&file).unwrap();
    let mut other = bytes.clone();
    let middle = other.len() / 2;
    other[middle] ^= 1;
    std::fs::write(&file, &other).unwrap();
    assert_eq!(restore(&new, &target).code(), "backup_damaged");
    assert!(!new.exists());
    std::fs::write(&file, &bytes).unwrap();
    let done = restore(&new, &target);
    assert_eq!(done.exit, Some(0), "{done:?}");
    assert!(!new.join("keyturn.db").exists(), "nothing of it stays in the folder");
    let again = restore(&folder.path().join("x"), &target);
    assert_eq!(again.code(), "db_not_empty", "{again:?}");

    // The phone comes to it, and brings what the copy lacks.
    let doctor = keyturn(&["doctor"], &new);
    assert_eq!(doctor.exit, Some(0), "{:?} {:?}", doctor.result, doctor.error);
    let serve = Serve::start_at(&new, &at);
    for _ in 0..3 {
        phone
            .sync()
            .run(keyturn_client::StepBudget::default(), 200)
            .await
            .unwrap();
    }
    assert!(settle(&phone).await.unwrap());
    drop(serve);
    let doctor = keyturn(&["doctor"], &new);
    assert_eq!(doctor.result["facts"]["rows"]["documents"], 2, "{:?}", doctor.result);
}
