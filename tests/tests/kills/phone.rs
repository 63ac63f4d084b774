//! A phone that is killed a hundred times while it records keeps everything that it said it had.

use crate::dice::{INSIDE, KILLS, dice};
use crate::{on_phone, on_server};
use keyturn_domain::{DocumentId, Hash};
use keyturn_tests::real::{DATABASE, Office, Serve, open_phone, settle};
use rand::Rng;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

const HOMES: u8 = 4;

/// What happened, for the report.
#[derive(Default)]
struct Tally {
    /// Killed between `begin` and `ack`.
    inside: u32,
    /// Of those, the change was durable all the same.
    durable: u32,
    /// Killed between `exchange` and `exchanged`.
    exchanging: u32,
    /// Killed while the database was opened.
    opening: u32,
    acknowledged: usize,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_phone_keeps_what_it_acknowledged() {
    let (seed, mut dice) = dice();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let (data, phone) = (folder.path().join("server"), folder.path().join("phone"));
    let office = Office::found(&data, HOMES).await;
    let user = office.engineer("wang.lei", HOMES).await;
    let serve = Serve::start(&data);
    let (client, _) = open_phone(&phone, &serve.url).unwrap();
    client.session().enrol(&office.code(user).await, "phone").await.unwrap();
    drop(client);

    let mut tally = Tally::default();
    let mut acknowledged = BTreeMap::new();
    let mut first = 1;
    for round in 0..KILLS {
        let server = (round % 2 == 1).then_some(serve.url.as_str());
        let mut child = Writer::start(&phone, dice.random(), first, server);
        // Some kills fall while it opens; the others after some records, at any moment of the next ones.
        let pace = match round % 10 {
            9 => Duration::from_millis(30),
            _ => child.records(dice.random_range(0..8)),
        };
        std::thread::sleep(pace.mul_f64(dice.random_range(0.0..2.0)));
        let heard = child.kill();
        let new = heard.acknowledged.len();
        let before = tally.durable;
        let found = on_phone::check(&phone.join(DATABASE), &heard.acknowledged, false);
        acknowledged.extend(heard.acknowledged);
        let kept = acknowledged.len() + tally.durable as usize;
        assert!(
            found == kept || (found == kept + 1 && heard.begun),
            "round {round}: {found} changes are stored, {kept} were made, one more begun: {}",
            heard.begun
        );
        tally.durable += u32::try_from(found - kept).unwrap();
        assert!(tally.durable - before <= 1);
        tally.inside += u32::from(heard.begun);
        tally.exchanging += u32::from(heard.exchanging);
        tally.opening += u32::from(!heard.ready);
        tally.acknowledged += new;
        first = heard.next.max(first);
    }
    // Afterwards all of it reaches the server, and both agree.
    let (client, _) = open_phone(&phone, &serve.url).unwrap();
    assert!(settle(&client).await.unwrap());
    let status = client.sync().status().unwrap();
    assert_eq!((status.queued, status.held, status.stuck), (0, 0, 0), "{status:?}");
    drop(client);
    on_phone::check(&phone.join(DATABASE), &acknowledged, true);
    drop(serve);
    on_server::check(&office.database(), &acknowledged);

    println!(
        "phone, seed {seed}: {KILLS} kills, {} inside a write ({} of them durable, not told), {} inside an exchange, \
         {} while opening; {} records acknowledged, none missing",
        tally.inside, tally.durable, tally.exchanging, tally.opening, tally.acknowledged
    );
    assert!(
        tally.inside >= INSIDE,
        "only {} kills fell inside a write",
        tally.inside
    );
    assert!(tally.acknowledged > 100, "hardly anything was recorded");
}

/// The process that records.
struct Writer {
    child: Child,
    lines: Receiver<String>,
    heard: Heard,
}

/// What it said until it was killed.
#[derive(Default)]
struct Heard {
    ready: bool,
    begun: bool,
    exchanging: bool,
    acknowledged: BTreeMap<(DocumentId, Hash), u64>,
    next: u64,
}

impl Writer {
    fn start(phone: &Path, seed: u64, first: u64, server: Option<&str>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kill-phone"));
        command
            .arg(phone)
            .args([seed, first, u64::from(HOMES)].map(|n| n.to_string()));
        command.args(server).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (send, lines) = channel();
        std::thread::spawn(move || {
            stdout
                .lines()
                .map_while(Result::ok)
                .try_for_each(|line| send.send(line))
        });
        Self {
            child,
            lines,
            heard: Heard::default(),
        }
    }

    /// Waits until it is open and has made so many records; returns how long one takes.
    fn records(&mut self, many: usize) -> Duration {
        let mut since = Instant::now();
        while !self.heard.ready || self.heard.acknowledged.len() < many {
            let was_ready = self.heard.ready;
            let line = self.lines.recv().expect("the phone goes on");
            self.heard.hear(&line);
            if !was_ready {
                since = Instant::now();
            }
        }
        match u32::try_from(many) {
            Ok(many) if many > 0 => since.elapsed() / many,
            _ => Duration::from_millis(10),
        }
    }

    /// Kills it and hears the rest.
    fn kill(mut self) -> Heard {
        let ended = self.child.try_wait().unwrap();
        assert!(ended.is_none(), "the phone ended by itself: {ended:?}");
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        for line in self.lines {
            self.heard.hear(&line);
        }
        self.heard
    }
}

impl Heard {
    fn hear(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["ready"] => self.ready = true,
            ["begin", n] => {
                self.begun = true;
                self.next = n.parse::<u64>().unwrap() + 1;
            }
            ["ack", n, document, change] => {
                self.begun = false;
                let key = (document.parse().unwrap(), change.parse().unwrap());
                self.acknowledged.insert(key, n.parse().unwrap());
            }
            ["exchange"] => self.exchanging = true,
            ["exchanged"] => self.exchanging = false,
            _ => panic!("{line:?}"),
        }
    }
}
