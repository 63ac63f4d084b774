//! A database that a newer version has migrated: nobody older touches it, and says so.

use crate::cluster::{schema, sql};
use keyturn_client::StepBudget;
use keyturn_tests::real::{Office, Serve, home, keyturn, open_phone, record};
use std::io::Read as _;
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_a_newer_version_is_left_alone() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let data = folder.path().join("server");
    let office = Office::found(&data, 1).await;
    let user = office.engineer("li.na", 1).await;
    let schema = schema(&office.database());
    let serve = Serve::start(&data);
    let (phone, _) = open_phone(&folder.path().join("phone"), &serve.url).unwrap();
    phone.session().enrol(&office.code(user).await, "phone").await.unwrap();
    phone.sync().run(StepBudget::default(), 9).await.unwrap();
    let count = || sql(&format!("SELECT COUNT(*) FROM {schema}.changes"));

    // A newer program migrated, and the line between servers broke meanwhile.
    sql(&format!("INSERT INTO {schema}.schema_version VALUES (9999)"));
    sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND query LIKE 'LISTEN%'",
    );
    record(&phone, home(1), 0, "for a newer server").unwrap();
    let before = count();
    let since = Instant::now();
    let code = loop {
        match phone.sync().step(StepBudget::default()).await {
            Err(error) if error.code() == "db_newer" => break error.code().to_owned(),
            other => assert!(since.elapsed() < Duration::from_secs(60), "{other:?}"),
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    assert_eq!(code, "db_newer");
    let told = count();
    assert_eq!(phone.sync().status().unwrap().stuck, 0);
    drop(serve);

    let refused = keyturn(&["user", "list"], &data);
    assert_eq!((refused.exit, refused.code()), (Some(4), "db_newer"), "{refused:?}");
    let mut child = Serve::spawn(&data, "127.0.0.1:0");
    assert_eq!(child.wait().unwrap().code(), Some(4));
    let mut said = String::new();
    child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(said, "", "it never listened");
    assert_eq!(count(), told, "nothing was written, {before} before");
}
