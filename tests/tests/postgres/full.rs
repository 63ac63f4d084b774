//! The disk of the database is full: a clear code, nothing lost, and it goes on when there is room again.

use crate::cluster::{schema, sql};
use keyturn_client::{Action, StepBudget};
use keyturn_tests::real::{Office, Serve, home, keyturn, open_phone, record, settle};
use std::path::PathBuf;

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_of_the_database_refuses_pushes_and_loses_none() {
    let small = PathBuf::from(std::env::var("KEYTURN_TEST_SMALL").unwrap_or_default());
    if small.as_os_str().is_empty() {
        println!("not tried: mounting a small disk takes root");
        return;
    }
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let data = folder.path().join("server");
    // Tables that are made now lie on the small disk; the log of the cluster does not.
    sql("ALTER SYSTEM SET default_tablespace = 'small'");
    sql("SELECT pg_reload_conf()");
    let office = Office::found(&data, 2).await;
    sql("ALTER SYSTEM RESET default_tablespace");
    sql("SELECT pg_reload_conf()");
    let of_ours = format!(
        "SELECT COUNT(*) FROM pg_tables WHERE schemaname = '{}'",
        schema(&office.database())
    );
    assert_ne!(sql(&format!("{of_ours} AND tablespace = 'small'")), "0");
    let user = office.engineer("li.na", 2).await;
    let serve = Serve::start(&data);
    let (phone, _) = open_phone(&folder.path().join("phone"), &serve.url).unwrap();
    phone.session().enrol(&office.code(user).await, "phone").await.unwrap();
    record(&phone, home(1), 0, "while there is room").unwrap();
    assert!(settle(&phone).await.unwrap());

    fill(&small);
    let mut handed = 1;
    let refused = loop {
        for n in 0..20 {
            record(&phone, home(2), n % 3, &"many words ".repeat(60)).unwrap();
        }
        match phone.sync().step(StepBudget::default()).await {
            Ok(_) => handed += 20,
            Err(error) => break error,
        }
        assert!(handed < 20_000, "the disk does not run full");
    };
    assert_eq!(
        (refused.code(), refused.action()),
        ("disk_full", Action::Retry),
        "{refused:?}"
    );
    let status = phone.sync().status().unwrap();
    assert_eq!((status.queued, status.stuck), (20, 0), "what was refused waits");
    for _ in 0..3 {
        let again = phone.sync().step(StepBudget::default()).await.unwrap_err();
        assert_eq!(again.code(), "disk_full");
    }
    let live = format!("{}/health/live", serve.url);
    let live = keyturn_tests::harness::web().get(live).send().await.unwrap();
    assert_eq!(live.status(), 200, "it lives on");

    std::fs::remove_file(small.join("ballast")).unwrap();
    assert!(settle(&phone).await.unwrap());
    assert_eq!(phone.sync().status().unwrap().queued, 0);
    drop(serve);
    let doctor = keyturn(&["doctor"], &data);
    assert_eq!(doctor.exit, Some(0), "{:?} {:?}", doctor.result, doctor.error);
    let changes = doctor.result["facts"]["rows"]["changes"].as_u64().unwrap();
    assert!(changes > handed, "{changes} of {}", handed + 20);
}

/// Fills the small disk to its last page.
fn fill(small: &std::path::Path) {
    use std::io::Write as _;
    let mut ballast = std::fs::File::create(small.join("ballast")).unwrap();
    for size in [64 << 10, 4 << 10] {
        while ballast.write_all(&vec![1; size]).is_ok() {}
    }
}
