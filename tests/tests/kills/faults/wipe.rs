//! A phone that is told to erase itself: it hands in what it can, says what it could not, and has nothing afterwards.

use super::{Site, number};
use keyturn_client::{Client, ClientError, DeviceState, Event, Observer, StepBudget};
use keyturn_tests::real::{DATABASE, home, keyturn, open_phone, record};
use std::path::Path;
use std::sync::{Arc, Mutex};

#[derive(Default)]
struct Told(Mutex<Vec<Event>>);

impl Observer for Told {
    fn changed(&self, event: &Event) {
        self.0.lock().unwrap().push(event.clone());
    }
}

/// Whether one of these words stands in any file of a folder.
fn holds(folder: &Path, words: &str) -> bool {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| std::fs::read(entry.unwrap().path()).unwrap())
        .any(|bytes| bytes.windows(words.len()).any(|part| part == words.as_bytes()))
}

async fn contact(client: &Client) {
    client.sync().run(StepBudget::default(), 20).await.unwrap();
}

#[tokio::test]
async fn a_lost_phone_hands_in_what_it_can_and_erases_itself() {
    let site = Site::new().await;
    let client = site.phone("a").await;
    record(&client, home(1), 0, "known to the server").unwrap();
    contact(&client).await;
    record(&client, home(1), 0, "waits on the phone").unwrap();
    record(&client, home(2), 0, "begun without a signal").unwrap();
    let told = Arc::new(Told::default());
    let watching = client.observe(told.clone()).unwrap();

    let device = client.session().me().unwrap().device.to_string();
    // Nobody can answer a question where there is no terminal.
    let unsure = keyturn(&["device", "wipe", &device], &site.office.data);
    assert_eq!(unsure.code(), "not_confirmed", "{unsure:?}");
    assert_eq!(client.session().device_state(), DeviceState::Active);
    let done = keyturn(&["device", "wipe", &device, "--yes"], &site.office.data);
    assert_eq!(done.exit, Some(0), "{done:?}");
    let unknown = keyturn(&["device", "wipe", "x", "--yes"], &site.office.data);
    assert_eq!(unknown.code(), "device_unknown");

    contact(&client).await;
    assert_eq!(client.session().device_state(), DeviceState::Wiped);
    let ended = client.session().wiped().unwrap();
    assert_eq!((ended.handed_in, ended.lost), (2, 0));
    assert!(told.0.lock().unwrap().contains(&Event::Wiped(ended)));
    drop(watching);
    assert!(matches!(
        client.sync().step(StepBudget::default()).await,
        Err(ClientError::NotEnrolled)
    ));
    // The key in memory is spent; a restart makes another.
    let code = site.office.code(site.user).await;
    assert_eq!(
        client.session().enrol(&code, "a").await.unwrap_err().code(),
        "client_unusable"
    );
    drop(client);
    for words in ["known to the server", "waits on the phone", "begun without a signal"] {
        assert!(!holds(&site.dir("a"), words), "{words} is still there");
    }
    assert!(!site.dir("a").join("device.key").exists());

    // The office has it all: what was received, and what was handed in, with where it belongs.
    assert_eq!(site.number("SELECT count(*) FROM quarantine WHERE code = 'revoked'"), 2);
    assert_eq!(
        site.number("SELECT count(*) FROM quarantine WHERE project IS NOT NULL"),
        1
    );
    let listed = keyturn(&["device", "list"], &site.office.data).result;
    assert!(
        listed[0]["wiped_at"].is_i64() && listed[0]["wipe_lost"] == 0,
        "{listed}"
    );
    assert_eq!(
        site.number("SELECT count(*) FROM audit WHERE action = 'device.wiped'"),
        1
    );

    let (again, report) = open_phone(&site.dir("a"), &site.serve.url).unwrap();
    assert_eq!(report.set_aside, None);
    assert_eq!(
        (again.session().device_state(), again.session().wiped()),
        (DeviceState::Wiped, Some(ended))
    );
    again.session().enrol(&code, "a").await.unwrap();
    contact(&again).await;
    assert_eq!(
        (again.session().device_state(), again.session().wiped()),
        (DeviceState::Active, None)
    );
}

#[tokio::test]
async fn a_copy_of_an_erased_phone_erases_itself_too_and_tells_what_was_lost() {
    let site = Site::new().await;
    let client = site.phone("a").await;
    record(&client, home(1), 0, "on both").unwrap();
    contact(&client).await;
    drop(client);
    std::fs::create_dir_all(site.dir("copy")).unwrap();
    for entry in std::fs::read_dir(site.dir("a")).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, site.dir("copy").join(path.file_name().unwrap())).unwrap();
    }
    let (client, _) = open_phone(&site.dir("a"), &site.serve.url).unwrap();
    let device = client.session().me().unwrap().device.to_string();
    assert_eq!(
        keyturn(&["device", "wipe", &device, "--yes"], &site.office.data).exit,
        Some(0)
    );
    contact(&client).await;
    assert_eq!(client.session().device_state(), DeviceState::Wiped);

    // Its token has ended by then: the proof of its key is answered the same way. It holds more than the server takes.
    site.change("DELETE FROM tokens; UPDATE counters SET n = n + 1 WHERE name = 'auth'");
    let (copy, _) = open_phone(&site.dir("copy"), &site.serve.url).unwrap();
    record(&copy, home(1), 0, "only on the copy").unwrap();
    site.change(&format!(
        "INSERT INTO quarantine (document, hash, code, user_id, device_id, received_at, size, bytes) \
         SELECT x'00', x'01', 'revoked', user_id, id, 0, {}, x'02' FROM devices",
        64 << 20
    ));
    contact(&copy).await;
    assert_eq!(copy.session().device_state(), DeviceState::Wiped);
    let ended = copy.session().wiped().unwrap();
    assert_eq!(
        (ended.handed_in, ended.lost),
        (0, 1),
        "over its quota: nobody has it, and everybody is told"
    );
    let listed = keyturn(&["device", "list"], &site.office.data).result;
    assert_eq!(listed[0]["wipe_lost"], 1);
}

#[tokio::test]
async fn erasing_that_was_cut_short_is_finished_at_the_next_start() {
    let site = Site::new().await;
    let client = site.phone("a").await;
    record(&client, home(1), 0, "must not stay").unwrap();
    contact(&client).await;
    drop(client);
    let database = site.dir("a").join(DATABASE);
    // As it lies there when the process dies right after the note was written.
    let note = keyturn_protocol::codec::to_cbor(&keyturn_client::Erased {
        at_ms: 5,
        handed_in: 3,
        lost: 1,
    });
    std::fs::write(database.with_extension("db.erasing"), note.unwrap()).unwrap();
    std::fs::copy(&database, database.with_extension("db.damaged-7")).unwrap();
    let (client, _) = open_phone(&site.dir("a"), &site.serve.url).unwrap();
    let wiped = client.session().wiped().unwrap();
    assert_eq!(
        (client.session().device_state(), wiped.handed_in, wiped.lost),
        (DeviceState::Wiped, 3, 1)
    );
    drop(client);
    assert!(!holds(&site.dir("a"), "must not stay"));
    assert_eq!(number(&database, "SELECT count(*) FROM documents"), 0);
}
