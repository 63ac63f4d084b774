//! Three servers, phones on each; one is killed, then the database goes away for ten seconds under load.

use crate::cluster::cluster;
use keyturn_client::{Client, ClientError, StepBudget};
use keyturn_domain::{DocumentId, Hash};
use keyturn_tests::harness::ServerDb;
use keyturn_tests::real::{DATABASE, Office, Serve, home, keyturn, open_phone, record, settle};
use rusqlite::{Connection, OpenFlags};
use std::collections::BTreeSet;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const SERVERS: usize = 3;
const PHONES: usize = 6;
const HOMES: u8 = 4;
const RECORDS: u32 = 10;
/// How long the database is away.
const AWAY: Duration = Duration::from_secs(10);

type Keys = BTreeSet<(DocumentId, Hash)>;

/// What all phones share.
#[derive(Default)]
struct Course {
    stop: AtomicBool,
    /// Exchanges that handed something in and were answered, by phone.
    answered: [AtomicUsize; PHONES],
}

#[tokio::test(flavor = "multi_thread")]
async fn several_servers_lose_nothing_when_one_is_killed_and_when_the_database_goes_away() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let data = folder.path().join("server");
    let office = Office::found(&data, HOMES).await;
    let addresses: Vec<String> = (0..SERVERS).map(|_| free_address()).collect();
    let mut servers: Vec<Serve> = addresses
        .iter()
        .map(|address| Serve::start_at(&data, address))
        .collect();
    let course = Arc::new(Course::default());
    let phone_dir = |n: usize| folder.path().join(format!("phone-{n}"));
    let mut phones = Vec::new();
    for n in 0..PHONES {
        let user = office.engineer(&format!("engineer.{n}"), HOMES).await;
        let (client, _) = open_phone(&phone_dir(n), &servers[n % SERVERS].url).unwrap();
        client.session().enrol(&office.code(user).await, "phone").await.unwrap();
        let database = phone_dir(n).join(DATABASE);
        phones.push(tokio::spawn(hand_in(n, client, database, course.clone())));
    }
    let everybody: Vec<usize> = (0..PHONES).collect();
    wait_for(&course, &everybody, 3).await;

    servers[1].kill();
    let others: Vec<usize> = everybody.iter().copied().filter(|n| n % SERVERS != 1).collect();
    wait_for(&course, &others, 3).await;

    cluster("stop");
    let ready = format!("{}/health/ready", servers[0].url);
    let said = keyturn_tests::harness::web().get(&ready).send().await.unwrap();
    assert_eq!(said.status().as_u16(), 503, "not ready without its database");
    tokio::time::sleep(AWAY).await;
    cluster("start");
    servers[1] = Serve::start_at(&data, &addresses[1]);
    // Nobody touches the other two: they heal by themselves.
    wait_for(&course, &everybody, 3).await;
    course.stop.store(true, Ordering::SeqCst);

    let (mut acknowledged, mut clients, mut told) = (Keys::new(), Vec::new(), BTreeSet::new());
    for phone in phones {
        let (client, keys, codes) = phone.await.unwrap();
        acknowledged.extend(keys);
        told.extend(codes);
        clients.push(client);
    }
    // Whatever a phone was told, it tries again after it.
    let passing = [
        "offline",
        "db_unreachable",
        "db_busy",
        "timeout",
        "not_ready",
        "shutting_down",
    ];
    assert!(told.iter().all(|code| passing.contains(&code.as_str())), "{told:?}");
    for (n, client) in clients.iter().enumerate() {
        client.sync().run(StepBudget::default(), 200).await.unwrap();
        let status = client.sync().status().unwrap();
        assert_eq!(
            (status.queued, status.held, status.stuck),
            (0, 0, 0),
            "phone {n}: {status:?}"
        );
    }
    for (n, client) in clients.iter().enumerate() {
        assert!(settle(client).await.unwrap(), "phone {n}");
    }
    let there = ServerDb::open(&office.database()).changes();
    let lost: Vec<_> = acknowledged.iter().filter(|key| !there.contains_key(key)).collect();
    assert!(lost.is_empty(), "{} of {} are missing", lost.len(), acknowledged.len());
    let mut seats: Vec<u64> = there.values().map(|(seat, _)| *seat).collect();
    seats.sort_unstable();
    let before = seats.len();
    seats.dedup();
    assert_eq!(seats.len(), before, "two changes on one seat");
    drop(servers);
    let doctor = keyturn(&["doctor"], &data);
    assert_eq!(doctor.exit, Some(0), "{:?} {:?}", doctor.result, doctor.error);
    println!(
        "{} changes acknowledged by {SERVERS} servers, none missing; phones were told {told:?}",
        acknowledged.len()
    );
}

/// Records and hands in until the course ends; returns what was acknowledged, and the codes of what was not.
async fn hand_in(n: usize, client: Client, database: PathBuf, course: Arc<Course>) -> (Client, Keys, BTreeSet<String>) {
    let (mut acknowledged, mut codes) = (Keys::new(), BTreeSet::new());
    for round in 0_u32.. {
        if course.stop.load(Ordering::SeqCst) {
            break;
        }
        let place = home(u8::try_from(round % u32::from(HOMES)).unwrap() + 1);
        record(&client, place, round % RECORDS, &format!("number {round} of {n}")).unwrap();
        let begun = waiting(&database);
        match client.sync().step(StepBudget::default()).await {
            Ok(_) => {
                let left = waiting(&database);
                acknowledged.extend(begun.difference(&left).copied());
                course.answered[n].fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Err(error) => {
                assert!(matches!(error, ClientError::Api(_)), "{error:?}");
                codes.insert(error.code().to_owned());
                tokio::time::sleep(Duration::from_millis(400)).await;
            }
        }
    }
    (client, acknowledged, codes)
}

/// Waits until each of these phones was answered so many times more.
async fn wait_for(course: &Course, phones: &[usize], more: usize) {
    let was: Vec<usize> = phones
        .iter()
        .map(|n| course.answered[*n].load(Ordering::SeqCst))
        .collect();
    let since = Instant::now();
    loop {
        let now = phones.iter().map(|n| course.answered[*n].load(Ordering::SeqCst));
        if now.zip(&was).all(|(now, was)| now >= was + more) {
            return;
        }
        assert!(since.elapsed() < Duration::from_secs(120), "phones wait for an answer");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// What the phone has recorded and nobody acknowledged.
fn waiting(database: &Path) -> Keys {
    let conn = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let sql = "SELECT document, hash FROM outbox WHERE state <> 'received'";
    let mut statement = conn.prepare(sql).unwrap();
    let key = |row: &rusqlite::Row<'_>| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?));
    let keys = statement.query_map((), key).unwrap().map(Result::unwrap);
    keys.map(|(id, hash)| (DocumentId::from_slice(&id).unwrap(), Hash::from_slice(&hash).unwrap()))
        .collect()
}

/// A port that is free now; phones call a server by the same address when it comes back.
fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}
