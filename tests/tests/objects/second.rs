//! Backups with a second place, by commands and by the server itself.

use super::line::{ALL, Line};
use super::{bucket, flags, keys};
use keyturn_client::Promise;
use keyturn_tests::real::{Office, Outcome, Serve, bare, document, home, keyturn, open_phone, record, settle};
use std::time::{Duration, Instant};

fn with<'a>(first: &[&'a str], more: &'a [String]) -> Vec<&'a str> {
    first.iter().copied().chain(more.iter().map(String::as_str)).collect()
}

fn second(doctor: &Outcome) -> serde_json::Value {
    let places = doctor.result["backups"].as_array().unwrap();
    places
        .iter()
        .find(|place| place["kind"] == "second")
        .cloned()
        .unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_sends_its_backups_to_a_bucket_and_comes_back_from_there() {
    bucket("estate").await;
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let data = folder.path().join("server");
    let office = Office::found(&data, 1).await;
    let user = office.engineer("li.na", 1).await;
    let serve = Serve::start(&data);
    let (phone, _) = open_phone(&folder.path().join("phone"), &serve.url).unwrap();
    phone.session().enrol(&office.code(user).await, "phone").await.unwrap();
    record(&phone, home(1), 0, "before").unwrap();
    assert!(settle(&phone).await.unwrap());
    let at = serve.address().to_owned();
    drop(serve);

    // The first place is the database's own disk; the bucket is not, and moves the mark.
    let (line, first) = (Line::begin().await, folder.path().join("backups"));
    let first = first.to_str().unwrap();
    let more = flags(&line.url, folder.path());
    let plan = ["--backup-to", first, "--backup-second", "s3://estate/keyturn"];
    line.fail(2);
    let serve = Serve::start_at_with(&data, &at, &with(&plan, &more));
    let since = Instant::now();
    while second(&keyturn(&["doctor"], &data))["name"]
        .as_str()
        .unwrap_or_default()
        .is_empty()
    {
        assert!(since.elapsed() < Duration::from_secs(60), "{}", Serve::log(&data));
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    assert_eq!(line.failed(), 2, "what passed was tried again");
    record(&phone, home(1), 1, "after").unwrap();
    assert!(settle(&phone).await.unwrap());
    let promise = |n| phone.sync().record_status(document(home(1), n)).unwrap().promise;
    assert_eq!((promise(0), promise(1)), (Promise::InBackup, Promise::Received));
    let log = Serve::log(&data);
    assert!(log.contains("A backup was sent to its second place") && !log.contains("hush-hush"));
    drop(serve);

    // The machine is gone, with its backups.
    std::fs::remove_dir_all(&data).unwrap();
    std::fs::remove_dir_all(first).unwrap();
    let restored = keyturn(&with(&["restore", "s3://estate/keyturn"], &more), &data);
    assert_eq!(restored.exit, Some(0), "{restored:?}");
    let doctor = keyturn(&["doctor"], &data);
    assert_eq!(doctor.exit, Some(0), "{doctor:?}");
    let serve = Serve::start_at(&data, &at);
    for _ in 0..3 {
        phone
            .sync()
            .run(keyturn_client::StepBudget::default(), 200)
            .await
            .unwrap();
    }
    assert!(settle(&phone).await.unwrap());
    drop(serve);
    assert_eq!(keyturn(&["doctor"], &data).result["facts"]["rows"]["documents"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_place_that_is_away_costs_no_backup_and_is_told() {
    bucket("away").await;
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let data = folder.path().join("server");
    Office::found(&data, 1).await;
    let (line, first) = (Line::begin().await, folder.path().join("backups"));
    let first = first.to_str().unwrap();
    let more = flags(&line.url, folder.path());
    let back_up = |to: &str| keyturn(&with(&["backup", first, "--keep", "2", "--second", to], &more), &data);

    line.fail(ALL);
    let failed = back_up("s3://away/x");
    assert_eq!(
        (failed.exit, failed.code()),
        (Some(5), "objects_unreachable"),
        "{failed:?}"
    );
    let doctor = keyturn(&["doctor"], &data);
    assert_eq!(second(&doctor)["failed"], "objects_unreachable");
    let whole = |path: &str| {
        std::fs::read_dir(path)
            .unwrap()
            .filter(|e| e.as_ref().unwrap().file_name().to_str().unwrap().ends_with('Z'))
            .count()
    };
    assert_eq!(whole(first), 1, "the backup at the first place is whole");
    line.fail(0);
    let refused = back_up("s3://no-such-bucket");
    assert_eq!(
        (refused.exit, refused.code()),
        (Some(4), "objects_refused"),
        "{refused:?}"
    );
    let done = back_up("s3://away/x");
    assert_eq!(done.exit, Some(0), "{done:?}");
    assert_eq!(done.result["second"]["same_file_system"], false);
    let doctor = keyturn(&["doctor"], &data);
    assert_eq!(second(&doctor)["place"], "s3://away/x");
    assert_eq!(second(&doctor)["failed"], "");
    let places = doctor.result["backups"].as_array().unwrap();
    assert_eq!(
        places.len(),
        2,
        "the bucket that never held one is forgotten: {places:?}"
    );

    // Without its keys, with a place that is none, and with something in the bucket that is no backup.
    let bare_of_keys = keyturn(&["backup", first, "--second", "s3://away/x"], &data);
    assert_eq!(bare_of_keys.code(), "config_bad", "{bare_of_keys:?}");
    assert_eq!(
        keyturn(&["backup", first, "--second", "ftp://away"], &data).code(),
        "config_bad"
    );
    let new = folder.path().join("new");
    let restore = |from: &str| bare(&with(&["restore", from, "--data", new.to_str().unwrap()], &more));
    assert_eq!(restore("s3://away/nothing-here").code(), "not_found");
    let name = done.result["second"]["name"].as_str().unwrap();
    let there = super::store::open("s3://away/x", &line.url);
    let file = format!("{name}/keyturn.db");
    let bytes = there.get(&file, u64::MAX).await.unwrap().unwrap();
    let half = bytes[..bytes.len() / 2].to_vec();
    let mut other = bytes.clone();
    other[half.len()] ^= 1;
    for wrong in [half, other] {
        there.put(&file, wrong).await.unwrap();
        let damaged = restore(&format!("s3://away/x/{name}"));
        assert_eq!(
            (damaged.exit, damaged.code()),
            (Some(4), "backup_damaged"),
            "{damaged:?}"
        );
        assert!(!new.exists());
    }
    there.put(&file, bytes).await.unwrap();
    let done = restore(&format!("s3://away/x/{name}"));
    assert_eq!(done.exit, Some(0), "{done:?}");
    let [_, secret] = keys(folder.path());
    assert!(secret.exists() && !format!("{failed:?} {refused:?}").contains("hush-hush"));
}
