//! Names, numbers and words of owners are planted through every path. Afterwards every file, log line, message,
//! document and error is searched for them, and every reader is asked what they see.

mod paths;
mod world;

use keyturn_client::Client;
use keyturn_client::facade::{NewBooking, NewCase, NewContact, NewPerson, PersonEdit};
use keyturn_domain::catalog::Catalog;
use keyturn_server::backup::{BackupOptions, BackupSource, RestoreOptions, erase, make, restore};
use keyturn_server::users::{Actor, Role};
use serde_json::Value;
use std::sync::Arc;
use uuid::Uuid;
use world::{Heard, World, files, holds, sync};

/// What is planted; nothing of it stands in the project's own data.
const NAME: &str = "金丝雀甲";
const LATIN: &str = "Canary Jia";
const NUMBER: &str = "+86 000 7777 0001";
const OTHER_NUMBER: &str = "+86 000 7777 0002";
const THIRD_NUMBER: &str = "+86 000 7777 0003";
const EMAIL: &str = "canary@paperkite.invalid";
const WORDS: &str = "门口鞋柜里有备用金丝雀钥匙";

/// All of it.
const CANARIES: &[&str] = &[NAME, LATIN, NUMBER, OTHER_NUMBER, THIRD_NUMBER, EMAIL, WORDS];

fn caller(world: &World) -> NewPerson {
    NewPerson {
        place: world.place(),
        relation: "proxy".into(),
        name: NAME.into(),
        latin: LATIN.into(),
        phone: NUMBER.into(),
        email: EMAIL.into(),
        way: "phone".into(),
    }
}

// One thread, so that every line of the server and of the phones is heard here and nothing of other tests.
#[tokio::test]
async fn no_file_log_or_message_holds_personal_data_and_each_role_sees_its_part() {
    let lines = Heard::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    // With a single dispatcher, tracing asks the thread that first meets a line whether it is wanted; with two, both.
    let _second = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::new());
    let world = World::begin().await;
    let ambassador = world.phone("amb.canary", Role::Ambassador).await;
    let engineer = world.phone("eng.canary", Role::Engineer).await;
    let crew = world.phone("sub.canary", Role::Subcontractor).await;
    let desk = world.phone("desk.canary", Role::Staff).await;
    let mut errors = Vec::new();

    // Offline: a caller, a change, words, a time; and a desk that holds nothing here reports for an owner.
    let person = ambassador
        .people()
        .add(&world.project(), &caller(&world))
        .expect("queued");
    let shown = world.household(&ambassador);
    let card = shown
        .persons
        .iter()
        .find(|p| p.person == person)
        .expect("shown before the verdict");
    assert!(card.pending);
    assert_eq!((card.name.as_str(), card.phone.as_str()), (NAME, NUMBER));
    let contact = NewContact {
        place: world.place(),
        person: person.clone(),
        way: "phone".into(),
        incoming: true,
        reached: true,
        words: WORDS.into(),
        ..NewContact::default()
    };
    ambassador.people().log(&contact).expect("queued");
    let bad = NewContact {
        way: NUMBER.into(),
        ..contact.clone()
    };
    errors.push(format!("{:?}", ambassador.people().log(&bad).expect_err("no such way")));
    let bad = NewPerson {
        relation: NAME.into(),
        ..caller(&world)
    };
    errors.push(format!(
        "{:?}",
        ambassador
            .people()
            .add(&world.project(), &bad)
            .expect_err("no such relation")
    ));
    errors.push(format!("{shown:?} {card:?}"));
    let desk_caller = desk
        .people()
        .add(&world.project(), &caller(&world))
        .expect("anybody reports");
    sync(&desk).await;
    sync(&ambassador).await;
    let booking = NewBooking {
        place: world.place(),
        person: person.clone(),
        purpose: "move_in_visit".into(),
        from_ms: 1_800_000_000_000,
        to_ms: 1_800_003_600_000,
        ..NewBooking::default()
    };
    ambassador.people().book(&booking).expect("queued");
    sync(&ambassador).await;
    sync(&engineer).await;

    // Two phones, two new numbers: the second collides, and the office sees both sides.
    let second = world.phone("amb.second", Role::Ambassador).await;
    let edit = |phone: &Client, number: &str| {
        let card = world
            .household(phone)
            .persons
            .into_iter()
            .find(|p| p.person == person)
            .expect("held");
        PersonEdit {
            place: world.place(),
            person: person.clone(),
            version: card.version,
            phone: Some(number.into()),
            ..PersonEdit::default()
        }
    };
    ambassador
        .people()
        .change(&edit(&ambassador, OTHER_NUMBER))
        .expect("queued");
    second.people().change(&edit(&second, THIRD_NUMBER)).expect("queued");
    sync(&ambassador).await;
    sync(&second).await;
    let refused = second.people().intents().expect("a list");
    assert_eq!(
        refused.iter().map(|i| i.code.as_str()).collect::<Vec<_>>(),
        ["collides"]
    );
    errors.push(format!("{refused:?}"));
    let office = world.phone("rev.canary", Role::Reviewer).await;
    let collisions = office.people().collisions().expect("a list");
    assert_eq!(
        collisions.iter().map(|c| c.phone.as_str()).collect::<Vec<_>>(),
        [THIRD_NUMBER]
    );
    office
        .people()
        .settle_collision(&world.place(), &collisions[0].task)
        .expect("queued");
    sync(&office).await;
    assert!(office.people().collisions().expect("a list").is_empty());
    let stale = PersonEdit {
        version: String::new(),
        ..edit(&second, NUMBER)
    };
    errors.push(format!(
        "{:?}",
        second.people().change(&stale).expect_err("an old screen")
    ));

    // A case in the name of the caller, for the document itself.
    let case = NewCase {
        place: world.place(),
        kind: "enquiry".into(),
        words: "when is the handover".into(),
        person: person.clone(),
        ..NewCase::default()
    };
    ambassador.cases().report(&case).expect("reported");
    paths::together(&world, &desk, &mut errors);
    sync(&desk).await;
    paths::visit(&world, &ambassador, &person, &mut errors);
    for phone in [&ambassador, &engineer, &crew, &office, &second] {
        sync(phone).await;
    }

    // Who sees what on their phone.
    let seen = |phone: &Client| {
        let view = world.household(phone);
        let card = view
            .persons
            .iter()
            .find(|p| p.person == person)
            .cloned()
            .unwrap_or_default();
        let words = view.contacts.first().map(|c| c.words.clone()).unwrap_or_default();
        (card.name, card.phone, words)
    };
    let whole = (NAME.to_owned(), OTHER_NUMBER.to_owned(), WORDS.to_owned());
    assert_eq!(seen(&ambassador), whole);
    assert_eq!(seen(&office), whole);
    assert_eq!(seen(&engineer), (NAME.to_owned(), String::new(), WORDS.to_owned()));
    assert_eq!(seen(&crew), (String::new(), String::new(), String::new()));
    assert!(
        world
            .household(&ambassador)
            .persons
            .iter()
            .any(|p| p.person == desk_caller && p.name == NAME)
    );
    assert!(
        desk.people().household(&world.place()).is_err(),
        "the desk holds no home"
    );

    // Who sees what through the API.
    let ask = |name: &'static str| {
        let world = &world;
        let place = world.place();
        async move {
            let user = world.server.users().find(name).await.expect("a user").id;
            let persons = world.get(user, &format!("/api/v1/persons?place={place}")).await;
            let contacts = world.get(user, &format!("/api/v1/contacts?place={place}")).await;
            format!("{persons} {contacts}")
        }
    };
    let (of_office, of_engineer, of_crew) = (
        ask("rev.canary").await,
        ask("eng.canary").await,
        ask("sub.canary").await,
    );
    assert!(
        [NAME, OTHER_NUMBER, EMAIL, WORDS]
            .iter()
            .all(|word| of_office.contains(word))
    );
    assert!(of_engineer.contains(NAME) && !of_engineer.contains(OTHER_NUMBER) && !of_engineer.contains(EMAIL));
    assert!(of_crew.contains("relation") && CANARIES.iter().all(|word| !of_crew.contains(word)));
    assert!(
        !of_crew.contains("\"contact\"") && !of_crew.contains("\"name\""),
        "no boxes either: {of_crew}"
    );

    // Nothing of it stands anywhere in plain, while all is open, the write-ahead logs too.
    let backups = world.folder.path().join("backups");
    let options = BackupOptions {
        target: backups.clone(),
        keep: None,
        recipients: Vec::new(),
        actor: Actor::Command,
    };
    let old = make(world.server.state(), &options, &mut |_| ())
        .await
        .expect("a backup");
    let mut files_open = files(world.folder.path());
    files_open.extend(files(&old.path));
    assert!(files_open.iter().any(|(name, _)| name.ends_with("manifest.json")));
    assert!(files_open.iter().any(|(name, _)| name.ends_with("server.db-wal")));
    assert!(files_open.iter().any(|(name, _)| name.ends_with("amb.canary.db-wal")));
    let messages = world.heard.bytes();
    assert!(holds(&messages, "person_put"), "the ear hears");
    let mut everything = files_open;
    everything.push(("messages".into(), messages));
    everything.push(("errors".into(), errors.join("\n").into_bytes()));
    assert!(holds(&lines.bytes(), "/v1/sync"), "the log is heard");
    everything.push(("log".into(), lines.bytes()));
    for (name, bytes) in &everything {
        for word in CANARIES {
            assert!(!holds(bytes, word), "{word} stands in {name}");
        }
        let owner = Catalog::built_in().expect("sound data").demo.households[0]
            .owner
            .phone
            .clone();
        assert!(!holds(bytes, &owner), "a number of the demo stands in {name}");
    }

    // Erased: the key ends on every phone, and nothing opens any more.
    let key = key_bytes(&world, &person);
    assert!(
        files(world.folder.path()).iter().any(|(_, bytes)| has(bytes, &key)),
        "the key is somewhere"
    );
    let subject: Uuid = person.parse().expect("an id");
    let ended = erase(world.server.state(), Actor::Command, subject)
        .await
        .expect("erased");
    let again = erase(world.server.state(), Actor::Command, subject)
        .await
        .expect("erased");
    assert_eq!((ended.keys, again.keys), (1, 0));
    let phones = [ambassador, engineer, crew, office, second];
    for phone in &phones {
        sync(phone).await;
        assert_eq!(seen(phone), (String::new(), String::new(), String::new()));
        phone
            .prepare_suspend(std::time::Duration::from_secs(5))
            .await
            .expect("asleep");
    }
    assert!(!ask("rev.canary").await.contains(OTHER_NUMBER));
    for (name, bytes) in files(world.folder.path()) {
        // The server's own log of writes is folded in when it closes.
        let phone_file = name.contains("amb.") || name.contains("eng.") || name.contains("rev.");
        assert!(!phone_file || !has(&bytes, &key), "the ended key stands in {name}");
    }
    // The older backup knows nothing of it; what is restored from it does.
    let in_old = |bytes: &(String, Vec<u8>)| has(&bytes.1, &key);
    assert!(files(&old.path).iter().any(in_old), "the older backup is of before");
    let restored = world.folder.path().join("restored");
    let options = RestoreOptions {
        backup: BackupSource::Folder(backups.clone()),
        data: restored.clone(),
        database: None,
        identity: None,
        erased: Vec::new(),
        clock: Arc::new(keyturn_server::SystemClock),
        ids: Arc::new(keyturn_server::SystemIds),
    };
    let done = restore(&options, &mut |_| ()).await.expect("restored");
    assert_eq!((done.erased, done.keys_ended), (1, 1));
    let mut everything = files(&restored);
    everything.extend(files(&backups));
    for (name, bytes) in everything {
        assert!(!has(&bytes, &key), "the ended key stands in {name}");
        assert!(CANARIES.iter().all(|word| !holds(&bytes, word)), "{name}");
    }
}

/// The key of a person as a phone's database holds it.
fn key_bytes(world: &World, person: &str) -> Vec<u8> {
    let row = keyturn_domain::rows::SubjectKeyRow::id_of(person.parse().expect("an id"));
    let file = rusqlite::Connection::open(world.folder.path().join("amb.canary.db")).expect("a database");
    let body: Vec<u8> = file
        .query_row(
            "SELECT body FROM rows WHERE id = ?1",
            [row.as_bytes().to_vec()],
            |row| row.get(0),
        )
        .expect("the key is held");
    let row: ciborium::Value = ciborium::from_reader(body.as_slice()).expect("CBOR");
    let map = row.into_map().expect("a map");
    let key = map
        .into_iter()
        .find(|(name, _)| name.as_text() == Some("key"))
        .expect("a key");
    key.1.into_bytes().expect("bytes")
}

fn has(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_moves_out_takes_the_keys_along() {
    let world = World::begin().await;
    let ambassador = world.phone("amb.moves", Role::Ambassador).await;
    let office = world.phone("man.moves", Role::Manager).await;
    let before = world.household(&ambassador);
    assert!(!before.persons[0].name.is_empty());
    ambassador
        .people()
        .move_out(&world.place(), "2027-03-01", "hh-next", true)
        .expect("queued");
    assert_eq!(world.household(&ambassador).code, "hh-next", "shown before the verdict");
    for phone in [&ambassador, &office, &ambassador] {
        sync(phone).await;
    }
    let after = world.household(&ambassador);
    assert_eq!(
        (after.code.as_str(), after.persons.len(), after.contacts.len()),
        ("hh-next", 0, 0)
    );
    let rows = |name: &str| -> i64 {
        let file = rusqlite::Connection::open(world.folder.path().join(format!("{name}.db"))).expect("a database");
        let sql = "SELECT COUNT(*) FROM rows WHERE kind = 'subject_key' AND id = ?1";
        let key = keyturn_domain::rows::SubjectKeyRow::id_of(before.persons[0].person.parse().expect("an id"));
        file.query_row(sql, [key.as_bytes().to_vec()], |row| row.get(0))
            .expect("a count")
    };
    assert_eq!(
        (rows("amb.moves"), rows("man.moves")),
        (0, 1),
        "only the office keeps the file"
    );
    let task = ambassador.places().home(&world.place()).expect("the home").tasks;
    assert!(!task.is_empty(), "the history of the home stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_sales_promised_is_asked_at_handover_on_phone_and_server() {
    let world = World::begin().await;
    let engineer = world.enrol(world.home().assignees[0], "eng.sales").await;
    let card = engineer
        .tasks()
        .mine()
        .expect("tasks")
        .into_iter()
        .find(|task| task.place == world.place())
        .expect("the task");
    let view = engineer.inspections().begin(&card.task).expect("begun");
    let questions: Vec<_> = view.rooms.iter().flat_map(|room| &room.questions).collect();
    let asked = questions
        .iter()
        .find(|q| q.key.starts_with("sales-"))
        .expect("the promise is asked");
    engineer
        .inspections()
        .answer(&view.record, &view.seen, &asked.key, "ok", "", "")
        .expect("answered");
    sync(&engineer).await;
    let reviewer = world.demo.people["rev01"];
    let shown = world.get(reviewer, &format!("/api/v1/records/{}", view.record)).await;
    assert!(shown.to_string().contains(&asked.key));
    let sales = world
        .get(reviewer, &format!("/api/v1/sales-promises?place={}", world.place()))
        .await;
    assert_eq!(sales["items"].as_array().map(Vec::len), Some(1));
    let card = &world.household(&engineer).sales[0];
    assert!(!card.text.zh.is_empty());
    let notices = engineer.notices().of_home(&world.place()).expect("notices");
    let handover = notices.iter().find(|n| n.code == "handover").expect("the notice");
    assert_eq!((handover.state.as_str(), handover.reached), ("sent", false));
    engineer
        .notices()
        .give_proof(&world.place(), &handover.notice, "signed")
        .expect("queued");
    sync(&engineer).await;
    let told = world
        .get(
            reviewer,
            &format!("/api/v1/notices?project={}&code=handover", world.project()),
        )
        .await;
    assert_eq!(
        (&told["items"][0]["homes"], &told["items"][0]["states"]["delivered"]),
        (&Value::from(8), &Value::from(1))
    );
    assert!(told["items"][0]["not_reached"].get(&world.home().no).is_none());
}
