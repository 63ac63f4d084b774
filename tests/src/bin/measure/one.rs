//! One phone: a tap, a screen, an idle sync, a small push.

use super::meter::{Wire, median, ms};
use super::office::Office;
use super::phone::{Begun, Phone};
use super::{Folders, row};
use rusqlite::Connection;
use std::path::Path;
use std::time::Instant;

const RESULTS: [&str; 2] = ["defect", "ok"];

/// "Answer one item" beside a bare insert, in turns; then the same record as a screen.
pub async fn tap_and_screen() {
    let folders = Folders::new();
    let office = Office::open(&folders.disk.path().join("server.db"), |demo| {
        Office::engineers(demo)[..1].to_vec()
    })
    .await;
    let path = folders.disk.path().join("phone.db");
    let phone = Phone::enrolled(&path, &office.url, &office.codes[0]).await;
    let task = phone.tasks().into_iter().max_by_key(|t| t.asked).expect("a task");
    let mut begun = phone.begin(&task);
    let questions = begun.keys.len();
    for key in 0..questions {
        phone.answer(&mut begun, key, "ok");
    }
    phone.sync().await;
    begun = phone.begin(&task);
    phone.answer(&mut begun, 0, "defect");
    let bare = Bare::new(folders.disk.path(), bytes_of_a_tap(&path));
    let (mut taps, mut inserts) = (Vec::new(), Vec::new());
    for n in 1..601 {
        taps.push(timed(|| phone.answer(&mut begun, n, RESULTS[n / questions % 2])));
        inserts.push(timed(|| bare.insert()));
    }
    let (tap, insert) = (median(&taps), median(&inserts));
    row(
        &format!("answer one item of {questions}: durable, projected, in the outbox"),
        taps.len(),
        &format!("insert + {:.2} ms ({tap:.2} ms)", tap - insert),
        &format!(
            "bare WAL+FULL insert of the same {} bytes: {insert:.2} ms, ratio {:.2}",
            bare.0.len(),
            tap / insert
        ),
    );
    phone.sync().await;
    let show = |phone: &Phone| {
        let view = phone.client.inspections().open(&begun.record).expect("a screen");
        assert_eq!(view.progress.answered, view.progress.asked);
    };
    let again: Vec<f64> = (0..100).map(|_| timed(|| show(&phone))).collect();
    drop(phone);
    let first: Vec<f64> = (0..25)
        .map(|_| {
            let phone = Phone::open(&path, &office.url);
            timed(|| show(&phone))
        })
        .collect();
    row(
        &format!("open an inspection of {questions} answers, all answered, as one screen"),
        first.len(),
        &format!("{:.2} ms", median(&first)),
        &format!("drawn again while it is open: {:.2} ms", median(&again)),
    );
}

fn timed(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    ms(start.elapsed())
}

/// What one tap stores: the change, the command beside it, the projection.
fn bytes_of_a_tap(phone: &Path) -> usize {
    let phone = Connection::open(phone).expect("the phone's database");
    let sql = "SELECT length(c.bytes) + length(o.writes) + length(d.projection) FROM changes c \
               JOIN outbox o ON o.hash = c.hash JOIN documents d ON d.id = c.document ORDER BY c.n DESC LIMIT 1";
    let bytes: i64 = phone.query_row(sql, (), |row| row.get(0)).expect("a tap");
    usize::try_from(bytes).expect("a size")
}

/// The least that a durable tap can cost: one insert, one commit.
struct Bare(Vec<u8>, Connection);

impl Bare {
    fn new(folder: &Path, bytes: usize) -> Self {
        let conn = Connection::open(folder.join("bare.db")).expect("a database");
        conn.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
             CREATE TABLE bare (n INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;",
        )
        .expect("a table");
        // What is all the same could be written cheaper than it is.
        Self((0..bytes).map(|n| (n * 31 % 251) as u8).collect(), conn)
    }

    fn insert(&self) {
        let mut statement = self
            .1
            .prepare_cached("INSERT INTO bare (body) VALUES (?1)")
            .expect("SQL");
        statement.execute([&self.0]).expect("an insert");
    }
}

/// Idle sync, and 20 records x 3 edits up, of 500, 2,000 and 8,000 records.
pub async fn idle_and_up() {
    let folders = Folders::new();
    let office = Office::open(&folders.disk.path().join("server.db"), |demo| {
        Office::engineers(demo)[..1].to_vec()
    })
    .await;
    let wire = Wire::before(&office.url).await;
    let phone = Phone::enrolled(&folders.memory.path().join("phone.db"), &wire.url, &office.codes[0]).await;
    let mut begun: Vec<Begun> = phone.tasks().iter().map(|task| phone.begin(task)).collect();
    for one in &mut begun {
        phone.rest_is_fine(one);
    }
    let mut records = begun.len();
    let mut round = 0;
    for size in [500, 2_000, 8_000] {
        while records < size {
            phone.defect(&begun[records % begun.len()].place, records);
            records += 1;
        }
        phone.sync().await;
        phone.sync().await;
        let idle = exchanges(&phone, &office, &wire, 15, || {}).await;
        idle.row(&format!("idle sync with {size} records"));
        let up = exchanges(&phone, &office, &wire, 9, || {
            for one in begun.iter_mut().take(20) {
                for key in 0..3 {
                    phone.answer(one, round * 3 + key, RESULTS[round % 2]);
                }
            }
            round += 1;
        })
        .await;
        up.row(&format!("20 records x 3 edits up, of {size}"));
    }
}

#[derive(Default)]
struct Exchanges {
    requests: Vec<f64>,
    up: Vec<f64>,
    down: Vec<f64>,
    cpu: Vec<f64>,
    wall: Vec<f64>,
}

impl Exchanges {
    fn row(&self, what: &str) {
        let (up, down) = (median(&self.up), median(&self.down));
        row(
            what,
            self.up.len(),
            &format!(
                "{} request, {} B, {:.2} ms server CPU",
                median(&self.requests),
                up + down,
                median(&self.cpu)
            ),
            &format!(
                "{up} B up, {down} B down, {:.1} ms on the phone's side",
                median(&self.wall)
            ),
        );
    }
}

async fn exchanges(phone: &Phone, office: &Office, wire: &Wire, n: usize, mut before: impl FnMut()) -> Exchanges {
    let mut all = Exchanges::default();
    for _ in 0..n {
        before();
        let (requests, (up, down), cpu) = (phone.requests(), wire.bytes(), office.process().cpu());
        let start = Instant::now();
        phone.sync().await;
        all.wall.push(ms(start.elapsed()));
        // What the server still does after its answer is counted, too.
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        all.cpu.push(ms(office.process().cpu().saturating_sub(cpu)));
        all.requests.push((phone.requests() - requests) as f64);
        all.up.push((wire.bytes().0 - up) as f64);
        all.down.push((wire.bytes().1 - down) as f64);
    }
    all
}
