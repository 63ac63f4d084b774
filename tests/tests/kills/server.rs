//! A server that is killed a hundred times while phones hand in keeps everything that it acknowledged.

use crate::dice::{INSIDE, KILLS, dice};
use crate::{on_phone, on_server};
use keyturn_client::{Client, StepBudget};
use keyturn_domain::{DocumentId, Hash};
use keyturn_tests::real::{DATABASE, Office, Serve, home, open_phone, record, settle};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rusqlite::{Connection, OpenFlags};
use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

const HOMES: u8 = 4;
const PHONES: usize = 3;
/// Of a home: small ones, like most.
const RECORDS: u32 = 20;

type Changes = BTreeMap<(DocumentId, Hash), u64>;

/// What one phone saw in one round.
struct Round {
    client: Client,
    acknowledged: Changes,
    /// Sent, and no answer came.
    begun: BTreeSet<(DocumentId, Hash)>,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_keeps_what_it_acknowledged() {
    let (seed, mut dice) = dice();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let data = folder.path().join("server");
    let office = Office::found(&data, HOMES).await;
    let address = free_address();
    let mut serve = Serve::start_at(&data, &address);
    let phone_dir = |n: usize| folder.path().join(format!("phone-{n}"));
    let mut clients = Vec::new();
    for n in 0..PHONES {
        let user = office.engineer(&format!("engineer.{n}"), HOMES).await;
        let (client, _) = open_phone(&phone_dir(n), &serve.url).unwrap();
        client.session().enrol(&office.code(user).await, "phone").await.unwrap();
        clients.push(client);
    }

    let mut acknowledged = Changes::new();
    let mut made = 0;
    let (mut inside, mut committed, mut rolled_back) = (0_u32, 0_u32, 0_u32);
    for round in 0..KILLS {
        if round > 0 {
            serve = Serve::start_at(&data, &address);
        }
        let (told, mut hear) = unbounded_channel();
        let tasks: Vec<_> = clients
            .drain(..)
            .enumerate()
            .map(|(n, client)| {
                let database = phone_dir(n).join(DATABASE);
                let dice = StdRng::seed_from_u64(dice.random());
                tokio::spawn(hand_in(client, database, dice, told.clone()))
            })
            .collect();
        // After some exchanges, at any moment of the next ones.
        let many = dice.random_range(0..5);
        let since = Instant::now();
        for _ in 0..many {
            hear.recv().await.unwrap();
        }
        let pace = match many {
            0 => Duration::from_millis(30),
            many => since.elapsed() / many,
        };
        tokio::time::sleep(pace.mul_f64(dice.random_range(0.0..2.0))).await;
        serve.kill();
        let mut begun = BTreeSet::new();
        for task in tasks {
            let round = task.await.unwrap();
            acknowledged.extend(round.acknowledged);
            begun.extend(round.begun);
            clients.push(round.client);
        }
        made += begun.len();
        inside += u32::from(!begun.is_empty());
        // In a copy: the server itself must find its way out of what the kill left.
        let conn = copied(&office, folder.path());
        on_server::has(&conn, &acknowledged);
        let there = begun.iter().filter(|key| stored(&conn, key)).count();
        committed += u32::from(there > 0);
        rolled_back += u32::from(there < begun.len());
        if round % 20 == 0 {
            on_server::check(&folder.path().join("copy.db"), &acknowledged);
        }
    }

    // Afterwards everything that waits is handed in, and all agree.
    serve = Serve::start_at(&data, &address);
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
    drop(clients);
    drop(serve);
    for n in 0..PHONES {
        // What the others made came down, too; what was made here is there with its command.
        on_phone::check(&phone_dir(n).join(DATABASE), &Changes::new(), true);
    }
    on_server::check(&office.database(), &acknowledged);

    println!(
        "server, seed {seed}: {KILLS} kills, {inside} inside an exchange that hands in ({committed} with a commit that \
         nobody was told of, {rolled_back} with one that did not happen); {} changes acknowledged, none missing; {made} sent \
         again",
        acknowledged.len()
    );
    assert!(inside >= INSIDE, "only {inside} kills fell inside a write");
    assert!(acknowledged.len() > 100, "hardly anything was handed in");
}

/// Records and hands in, again and again, until the server does not answer.
async fn hand_in(client: Client, database: PathBuf, mut dice: StdRng, told: UnboundedSender<()>) -> Round {
    let mut acknowledged = Changes::new();
    for n in 0.. {
        for _ in 0..dice.random_range(1..=3) {
            let place = home(dice.random_range(1..=HOMES));
            record(&client, place, dice.random_range(0..RECORDS), &format!("number {n}")).unwrap();
        }
        let begun = waiting(&database);
        if let Err(error) = client.sync().step(StepBudget::default()).await {
            assert_eq!(error.code(), "offline", "{error}");
            return Round {
                client,
                acknowledged,
                begun,
            };
        }
        let left = waiting(&database);
        acknowledged.extend(begun.difference(&left).map(|key| (*key, n)));
        // Nobody listens any longer when the kill is about to come.
        let _ = told.send(());
    }
    unreachable!("the numbers do not end")
}

/// What the phone has recorded and nobody acknowledged.
fn waiting(database: &Path) -> BTreeSet<(DocumentId, Hash)> {
    let conn = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let sql = "SELECT document, hash FROM outbox WHERE state <> 'received'";
    let mut statement = conn.prepare(sql).unwrap();
    let key = |row: &rusqlite::Row<'_>| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?));
    let keys = statement.query_map((), key).unwrap().map(Result::unwrap);
    keys.map(|(id, hash)| (DocumentId::from_slice(&id).unwrap(), Hash::from_slice(&hash).unwrap()))
        .collect()
}

fn stored(conn: &Connection, (document, hash): &(DocumentId, Hash)) -> bool {
    let sql = "SELECT count(*) FROM changes WHERE document = ?1 AND hash = ?2";
    let n: i64 = conn
        .query_row(sql, (document.as_bytes(), hash.0), |row| row.get(0))
        .unwrap();
    n > 0
}

/// Copies what the killed server left, and opens the copy.
fn copied(office: &Office, to: &Path) -> Connection {
    for end in ["", "-wal"] {
        let from = office.data.join(format!("keyturn.db{end}"));
        let to = to.join(format!("copy.db{end}"));
        if from.exists() {
            std::fs::copy(from, to).unwrap();
        } else {
            let _ = std::fs::remove_file(to);
        }
    }
    let _ = std::fs::remove_file(to.join("copy.db-shm"));
    Connection::open(to.join("copy.db")).unwrap()
}

/// A port that is free now; phones call the server by the same address after every kill.
pub fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}
