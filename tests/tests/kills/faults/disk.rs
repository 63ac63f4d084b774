//! A full disk: a file system of 4 MB, in a namespace of its own, so that nothing is left behind.

use super::Site;
use super::namespace::{fill, in_namespace, make_room, mount};
use keyturn_client::{Action, Client, StepBudget};
use keyturn_tests::real::{DATABASE, PhoneClock, home, phone_with, record, settle};
use std::collections::BTreeMap;

/// Records until the disk is full; returns how many records there are.
fn record_until_full(client: &Client, most: usize) -> usize {
    for n in 0..most {
        if let Err(error) = record(client, home(1), 0, &format!("number {n}")) {
            assert_eq!(
                (error.code(), error.action()),
                ("disk_full", Action::MakeRoom),
                "{error}"
            );
            return n;
        }
    }
    panic!("the disk does not run full")
}

fn stored(client: &Client) -> u64 {
    client.sync().status().unwrap().saved
}

#[tokio::test]
async fn a_phone_with_a_full_disk_refuses_taps_and_loses_none() {
    if !in_namespace("faults::disk::a_phone_with_a_full_disk_refuses_taps_and_loses_none") {
        return;
    }
    let site = Site::new().await;
    let dir = site.dir("a");
    mount(&dir);
    let open = || {
        phone_with(&dir, &site.serve.url, PhoneClock::default(), 1 << 20)
            .unwrap()
            .0
    };
    let client = open();
    let code = site.office.code(site.user).await;
    client.session().enrol(&code, "phone").await.unwrap();
    client.session().token().await.unwrap();
    let ballast = dir.join(format!("{DATABASE}.ballast"));
    assert!(ballast.exists());
    record(&client, home(1), 0, "while there is room").unwrap();

    fill(&dir);
    let made = record_until_full(&client, 10_000);
    for _ in 0..3 {
        let error = record(&client, home(2), 0, "no room").unwrap_err();
        assert_eq!(error.code(), "disk_full");
    }
    let kept = u64::try_from(made + 1).unwrap();
    assert_eq!(stored(&client), kept, "nothing by half");
    let read = client
        .records()
        .read(keyturn_tests::real::document(home(1), 0), |document, _| {
            document.entries(keyturn_domain::Container::Items).len()
        });
    assert_eq!(read.unwrap() as u64, kept, "reading goes on");
    drop(client);
    // Also when the app is started again without room.
    let client = open();
    assert_eq!(stored(&client), kept);
    assert_eq!(client.sync().status().unwrap().queued, kept);

    // The ballast lets it note what the server has, although nothing else may be written.
    client.sync().step(StepBudget::default()).await.unwrap();
    assert!(!ballast.exists(), "the ballast was needed");
    assert_eq!(client.sync().status().unwrap().queued, 0);
    assert_eq!(
        site.number("SELECT count(*) FROM changes"),
        i64::try_from(kept + 1).unwrap()
    );

    make_room(&dir);
    record(&client, home(2), 0, "room again").unwrap();
    assert!(settle(&client).await.unwrap());
    assert!(ballast.exists(), "the ballast is back");
    drop(client);
    crate::on_phone::check(&dir.join(DATABASE), &BTreeMap::new(), true);
}

#[tokio::test]
async fn a_server_with_a_full_disk_refuses_pushes_and_loses_none() {
    if !in_namespace("faults::disk::a_server_with_a_full_disk_refuses_pushes_and_loses_none") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("server");
    mount(&data);
    let site = Site::on(folder).await;
    let client = site.phone("a").await;
    client.sync().run(StepBudget::default(), 9).await.unwrap();
    record(&client, home(1), 0, "while there is room").unwrap();
    client.sync().run(StepBudget::default(), 9).await.unwrap();

    fill(&data);
    let mut acknowledged = 0;
    let refused = loop {
        acknowledged = site.number("SELECT count(*) FROM changes").max(acknowledged);
        for n in 0..20 {
            record(&client, home(2), n % 3, &"many words ".repeat(60)).unwrap();
        }
        if let Err(error) = client.sync().step(StepBudget::default()).await {
            break error;
        }
    };
    assert_eq!((refused.code(), refused.action()), ("disk_full", Action::Retry));
    let status = client.sync().status().unwrap();
    assert_eq!(status.queued, 20, "what was refused waits");
    assert_eq!(status.stuck, 0);
    for _ in 0..3 {
        let again = client.sync().step(StepBudget::default()).await.unwrap_err();
        assert_eq!(again.code(), "disk_full");
    }
    let live = keyturn_tests::harness::web()
        .get(format!("{}/health/live", site.serve.url))
        .send()
        .await
        .unwrap();
    assert_eq!(live.status(), 200, "it lives on");

    make_room(&data);
    assert!(settle(&client).await.unwrap());
    assert_eq!(client.sync().status().unwrap().queued, 0);
    let Site { office, serve, .. } = &site;
    let database = office.database();
    let copy = site.dir("copy.db");
    assert!(serve.url.starts_with("http://127."));
    rusqlite::Connection::open(&database)
        .unwrap()
        .backup("main", &copy, None)
        .unwrap();
    crate::on_server::check(&copy, &BTreeMap::new());
}
