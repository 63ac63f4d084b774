//! The drill: a backup under load, more work, the server's folder lost, everything back.

use crate::faults::namespace::{in_namespace, mount, mount_of};
use crate::on_server;
use keyturn_client::{Client, Promise, StepBudget};
use keyturn_domain::{DocumentId, Hash};
use keyturn_tests::real::{DATABASE, Office, Serve, home, keyturn, open_phone, record, settle};
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const HOMES: u8 = 4;
const PHONES: usize = 3;

type Changes = BTreeMap<(DocumentId, Hash), u64>;

/// A server on a fixed address, and phones that know it.
struct Lane {
    folder: tempfile::TempDir,
    office: Office,
    address: String,
}

impl Lane {
    async fn begin() -> (Self, Serve, Vec<Client>) {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let office = Office::found(&folder.path().join("server"), HOMES).await;
        let address = super::server::free_address();
        let lane = Self {
            folder,
            office,
            address,
        };
        let serve = Serve::start_at(&lane.office.data, &lane.address);
        let mut clients = Vec::new();
        for n in 0..PHONES {
            let user = lane.office.engineer(&format!("engineer.{n}"), HOMES).await;
            let (client, _) = open_phone(&lane.phone(n), &serve.url).unwrap();
            client
                .session()
                .enrol(&lane.office.code(user).await, "phone")
                .await
                .unwrap();
            clients.push(client);
        }
        (lane, serve, clients)
    }

    fn phone(&self, n: usize) -> PathBuf {
        self.folder.path().join(format!("phone-{n}"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What phones were told that the server has.
    fn acknowledged(&self) -> Changes {
        let mut all = Changes::new();
        for n in 0..PHONES {
            let path = self.phone(n).join(DATABASE);
            let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
            let sql = "SELECT document, hash, received_seq FROM changes WHERE own = 1 AND received_seq IS NOT NULL";
            let mut statement = conn.prepare(sql).unwrap();
            let rows = statement.query_map((), |row| {
                Ok((
                    row.get::<_, Vec<u8>>(0)?,
                    row.get::<_, Vec<u8>>(1)?,
                    row.get::<_, i64>(2)?,
                ))
            });
            for (id, hash, seq) in rows.unwrap().map(Result::unwrap) {
                let key = (DocumentId::from_slice(&id).unwrap(), Hash::from_slice(&hash).unwrap());
                all.insert(key, seq.unsigned_abs());
            }
        }
        all
    }
}

/// Records and hands in until it is told to stop.
async fn work(client: Client, from: u32, stop: Arc<AtomicBool>) -> Client {
    for n in from.. {
        let place = home(u8::try_from(n % u32::from(HOMES)).unwrap() + 1);
        record(&client, place, n % 12, &format!("number {n}")).unwrap();
        client.sync().step(StepBudget::default()).await.unwrap();
        if stop.load(Ordering::Relaxed) {
            break;
        }
    }
    client
}

/// Lets every phone work while `meanwhile` runs in the way of another process.
async fn under_load<T: Send + 'static>(
    clients: &mut Vec<Client>,
    from: u32,
    meanwhile: impl FnOnce() -> T + Send + 'static,
) -> T {
    let stop = Arc::new(AtomicBool::new(false));
    let tasks: Vec<_> = clients
        .drain(..)
        .map(|client| tokio::spawn(work(client, from, stop.clone())))
        .collect();
    let done = tokio::task::spawn_blocking(meanwhile).await.unwrap();
    stop.store(true, Ordering::Relaxed);
    for task in tasks {
        clients.push(task.await.unwrap());
    }
    done
}

fn mark(made: &Value) -> u64 {
    made["manifest"]["facts"]["projects"][0]["seq"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_lost_comes_back_from_a_backup_under_load() {
    if !in_namespace("restore::a_server_that_is_lost_comes_back_from_a_backup_under_load") {
        return;
    }
    drill(None).await;
}

#[cfg(feature = "encryption")]
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_lost_comes_back_from_an_encrypted_backup() {
    if !in_namespace("restore::a_server_that_is_lost_comes_back_from_an_encrypted_backup") {
        return;
    }
    drill(Some(KEYS)).await;
}

/// A public and a secret key, for this test only, and a secret key of somebody else.
#[cfg(feature = "encryption")]
const KEYS: [&str; 3] = [
    "age1s762km5cputcz42jqtdd6x2p9xaqxak8rv753kx2r3wfr68ah9eqe3ed8c",
    "AGE-SECRET-KEY-14WLE3HAYUV9CZRHU4PM5RD757UX8RK8TC3VMEVFJ39N50KWFMAYQ2ZSSW0",
    "AGE-SECRET-KEY-1M34Z0M0ZUX8T7J38CF7NWC9T746TP2PRDV3CJ46M8L0DCXDJGF9Q035PZS",
];

async fn drill(keys: Option<[&str; 3]>) {
    let (lane, serve, mut clients) = Lane::begin().await;
    let backups = lane.path("backups");
    mount_of(&backups, "64m");
    let (public, secret, other) = (lane.path("public"), lane.path("secret"), lane.path("other"));
    for (path, key) in [&public, &secret, &other].into_iter().zip(keys.into_iter().flatten()) {
        std::fs::write(path, format!("# a key\n{key}\n")).unwrap();
    }
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let (to, data, recipients) = (text(&backups), lane.office.data.clone(), text(&public));
    let encrypted = keys.is_some();
    let back_up = move || {
        let mut args = vec!["backup", &to, "--keep", "2"];
        if encrypted {
            args.extend(["--recipients", &recipients]);
        }
        let outcome = keyturn(&args, &data);
        assert_eq!(outcome.exit, Some(0), "{:?}", outcome.error);
        outcome.result
    };
    record(&clients[0], home(3), 500, "early").unwrap();
    assert!(settle(&clients[0]).await.unwrap());
    let promise = |client: &Client, place: u8, n: u32| {
        let id = keyturn_tests::real::document(home(place), n);
        client.sync().record_status(id).unwrap().promise
    };
    assert_eq!(promise(&clients[0], 3, 500), Promise::Received);
    under_load(&mut clients, 0, back_up.clone()).await;
    let made = under_load(&mut clients, 1_000, back_up).await;
    assert_eq!(made["same_file_system"], false);
    let covered = mark(&made);

    // The phones show what is in the backup, and what came later is only received.
    let mut total = lane.acknowledged();
    for client in &clients {
        assert!(settle(client).await.unwrap());
    }
    assert_eq!(promise(&clients[0], 3, 500), Promise::InBackup);
    record(&clients[0], home(1), 0, "after the backup").unwrap();
    record(&clients[1], home(2), 77, "a record of after the backup").unwrap();
    for client in &clients {
        assert!(settle(client).await.unwrap());
    }
    assert_eq!(promise(&clients[0], 1, 0), Promise::Received);
    total.extend(lane.acknowledged());
    let later = total.values().filter(|seq| **seq > covered).count();
    assert!(later >= 2, "the backup lacks something: {later}");

    // Everything at the server is gone.
    drop(serve);
    std::fs::remove_dir_all(&lane.office.data).unwrap();
    let from = text(&backups);
    let secret = text(&secret);
    let mut args = vec!["restore", &from];
    if encrypted {
        assert_eq!(keyturn(&args, &lane.office.data).code(), "backup_key_missing");
        let other = text(&other);
        let wrong = keyturn(&["restore", &from, "--identity", &other], &lane.office.data);
        assert_eq!((wrong.code(), wrong.exit), ("backup_key_wrong", Some(4)));
        assert!(!lane.office.data.exists());
        args.extend(["--identity", &secret]);
    }
    let restored = keyturn(&args, &lane.office.data);
    assert_eq!(restored.exit, Some(0), "{:?}", restored.error);
    assert_eq!(mark(&restored.result), covered, "the newest one");
    let looked = keyturn(&["doctor"], &lane.office.data);
    assert_eq!(
        (looked.exit, &looked.result["clean"]),
        (Some(0), &Value::Bool(true)),
        "{}",
        looked.result
    );

    // The phones come again, and bring what the copy lacks.
    let serve = Serve::start_at(&lane.office.data, &lane.address);
    let report = clients[0].sync().step(StepBudget::default()).await.unwrap();
    assert!(report.rewound);
    for _ in 0..2 {
        for client in &clients {
            client.sync().run(StepBudget::default(), 200).await.unwrap();
        }
    }
    for (n, client) in clients.iter().enumerate() {
        assert!(settle(client).await.unwrap(), "phone {n}");
        let status = client.sync().status().unwrap();
        assert_eq!(
            (status.queued, status.held, status.stuck),
            (0, 0, 0),
            "phone {n}: {status:?}"
        );
    }
    let looked = keyturn(&["doctor"], &lane.office.data);
    assert_eq!(looked.exit, Some(0), "{}", looked.result);
    assert_eq!(promise(&clients[0], 3, 500), Promise::InBackup);
    // A new phone of somebody else sees it, too.
    let user = lane.office.engineer("engineer.new", HOMES).await;
    let (new, _) = open_phone(&lane.path("new"), &serve.url).unwrap();
    new.session()
        .enrol(&lane.office.code(user).await, "phone")
        .await
        .unwrap();
    assert!(settle(&new).await.unwrap());
    drop(new);
    drop(clients);
    drop(serve);
    on_server::check(&lane.office.database(), &total);
}

#[tokio::test]
async fn a_full_disk_leaves_no_backup_and_moves_no_mark() {
    if !in_namespace("restore::a_full_disk_leaves_no_backup_and_moves_no_mark") {
        return;
    }
    let (lane, _serve, clients) = Lane::begin().await;
    for n in 0..3 {
        record(&clients[0], home(1), n, "before").unwrap();
    }
    assert!(settle(&clients[0]).await.unwrap());
    let backups = lane.path("backups");
    mount(&backups);
    let to = backups.to_str().unwrap();
    let first = keyturn(&["backup", to, "--keep", "1"], &lane.office.data);
    assert_eq!(first.exit, Some(0), "{:?}", first.error);
    let number = || {
        let conn = Connection::open(lane.office.database()).unwrap();
        conn.query_row("SELECT backup_seq FROM projects", (), |row| row.get::<_, i64>(0))
            .unwrap()
    };
    let names = || {
        let mut names: Vec<_> = std::fs::read_dir(&backups)
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        names.sort();
        names
    };
    let before = number();
    assert!(before > 0);
    super::faults::namespace::fill(&backups);
    let full = names();
    record(&clients[0], home(1), 0, "later").unwrap();
    assert!(settle(&clients[0]).await.unwrap());
    for _ in 0..2 {
        let failed = keyturn(&["backup", to, "--keep", "1"], &lane.office.data);
        assert_eq!(
            (failed.code(), failed.exit),
            ("disk_full", Some(4)),
            "{:?}",
            failed.error
        );
        assert_eq!(names(), full, "nothing half is left, nothing went");
        assert_eq!(number(), before);
    }
    super::faults::namespace::make_room(&backups);
    let again = keyturn(&["backup", to, "--keep", "1"], &lane.office.data);
    assert_eq!(again.exit, Some(0), "{:?}", again.error);
    assert_eq!(again.result["removed"].as_array().unwrap().len(), 1);
    assert!(number() > before);
}
