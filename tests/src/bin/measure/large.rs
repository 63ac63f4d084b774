//! A server with many projects: whether what one phone costs depends on what the others hold.

use super::crowd::waiting;
use super::estate::{self, Estate};
use super::meter::{median, ms};
use super::office::{Office, database};
use super::phone::{Begun, Phone};
use super::timed::Times;
use super::{Folders, row};
use keyturn_server::backup::{self, BackupOptions};
use keyturn_server::users::Actor;
use keyturn_server::{Server, ServerConfig};
use std::path::Path;
use std::time::Instant;
use tokio::task::JoinSet;

/// A day, for the token of the list.
const DAY_MS: i64 = 86_400_000;
/// Phones of one project in the evening.
const PHONES: usize = 12;

/// What a server with one of the projects costs, then one with all of them.
pub async fn large(projects: usize, defects: usize) {
    println!("| what | n | median | beside it, in the same run |\n|---|---|---|---|");
    let folders = Folders::new();
    let place = folders.place("large");
    let mut first = None;
    for (from, to) in [(0, 1), (1, projects)] {
        let server = Server::open(ServerConfig::new(database(&place)))
            .await
            .expect("a server");
        let begin = Instant::now();
        for n in from..to {
            let estate = estate::load(&server, n).await;
            estate::fill(&server, &estate, defects).await;
            first.get_or_insert(estate);
        }
        let estate = first.as_ref().expect("a project");
        let seconds = begin.elapsed().as_secs_f64();
        let changes = ((to - from) * defects) as f64;
        row(
            &format!(
                "{} projects, {} homes, {} defects: filled through the gate",
                to - from,
                (to - from) * 799,
                changes
            ),
            1,
            &format!("{seconds:.0} s, {:.0} defects/s", changes / seconds),
            &format!("database {:.0} MB", megabytes(Path::new(&place))),
        );
        let begin = Instant::now();
        backed_up(&server, folders.memory.path()).await;
        row(
            &of(to, "a backup, verified"),
            1,
            &format!("{:.1} s", begin.elapsed().as_secs_f64()),
            "on the same disk",
        );
        figures(&folders, &place, server, estate, to).await;
        if projects == 1 {
            return;
        }
    }
}

fn of(projects: usize, what: &str) -> String {
    format!("{what}; {projects} projects")
}

fn megabytes(file: &Path) -> f64 {
    std::fs::metadata(file).map_or(0.0, |m| m.len() as f64 / 1e6)
}

async fn backed_up(server: &Server, folder: &Path) {
    let options = BackupOptions {
        target: folder.join("backups"),
        keep: Some(1),
        recipients: Vec::new(),
        actor: Actor::Server,
    };
    let mut ignore = |_| {};
    backup::make(server.state(), &options, &mut ignore)
        .await
        .expect("a backup");
    std::fs::remove_dir_all(folder.join("backups")).expect("removed");
}

async fn figures(folders: &Folders, place: &str, server: Server, estate: &Estate, projects: usize) {
    let token = server
        .tokens()
        .create_reader(estate.reviewer, "measured", DAY_MS)
        .await
        .expect("a token");
    let mut codes = Vec::new();
    for user in estate.engineers[..PHONES].iter().chain([&estate.reviewer]) {
        codes.push(server.devices().create_enrolment(*user).await.expect("a code").text);
    }
    server.close().await;
    drop(server);
    let begin = Instant::now();
    let office = Office::start(place, 1);
    let listens = ms(begin.elapsed());
    let web = keyturn_tests::harness::web();
    web.get(format!("{}/health/ready", office.url))
        .send()
        .await
        .expect("an answer");
    let ready = ms(begin.elapsed());
    row(
        &of(projects, "start of the server"),
        1,
        &format!("{listens:.0} ms until it listens"),
        &format!("{ready:.0} ms until it is ready"),
    );

    let open = format!(
        "{}/api/v1/defects?project={}&open=true&limit=200",
        office.url, estate.project
    );
    let mut lists = Vec::new();
    for _ in 0..20 {
        let begin = Instant::now();
        let reply = web
            .get(&open)
            .bearer_auth(&token.secret.text)
            .send()
            .await
            .expect("an answer");
        assert!(reply.status().is_success(), "{}", reply.status());
        reply.bytes().await.expect("a list");
        lists.push(ms(begin.elapsed()));
    }
    row(
        &of(projects, "list of open defects of one project, first 200"),
        lists.len(),
        &format!("{:.0} ms", median(&lists)),
        "over HTTP",
    );

    let reviewer = codes.pop().expect("a code");
    let (before, begin) = (office.cpu(), Instant::now());
    let path = folders.memory.path().join(format!("reviewer-{projects}.db"));
    let phone = Phone::enrolled(&path, &office.url, &reviewer).await;
    let (seconds, cpu) = (
        begin.elapsed().as_secs_f64(),
        office.cpu().saturating_sub(before).as_secs_f64(),
    );
    drop(phone);
    row(
        &of(projects, "first sync of one project"),
        1,
        &format!("{seconds:.1} s, {cpu:.1} s server CPU"),
        &format!("{:.0} MB on the phone", megabytes(&path)),
    );

    let times = Times::default();
    let mut phones = Vec::new();
    for (n, code) in codes.iter().enumerate() {
        let path = folders.memory.path().join(format!("phone-{projects}-{n}.db"));
        phones.push(Phone::enrolled_timed(&path, &office.url, code, &times).await);
    }
    idle(&office, &phones[0], projects).await;
    evening(&office, &phones, &times, projects).await;
}

async fn idle(office: &Office, phone: &Phone, projects: usize) {
    phone.sync().await;
    let (mut cpu, mut wall) = (Vec::new(), Vec::new());
    for _ in 0..15 {
        let (before, begin) = (office.cpu(), Instant::now());
        phone.sync().await;
        wall.push(ms(begin.elapsed()));
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        cpu.push(ms(office.cpu().saturating_sub(before)));
    }
    row(
        &of(projects, "idle sync"),
        cpu.len(),
        &format!("{:.1} ms server CPU", median(&cpu)),
        &format!("{:.1} ms on the phone's side", median(&wall)),
    );
}

async fn evening(office: &Office, phones: &[Phone], times: &Times, projects: usize) {
    for (n, phone) in phones.iter().enumerate() {
        for task in phone.tasks().iter().take(4) {
            let mut begun: Begun = phone.begin(task);
            (0..300).for_each(|key| phone.answer(&mut begun, key, "ok"));
            (0..12).for_each(|k| phone.defect(&begun.place, n * 100 + k));
        }
    }
    let changes: u64 = phones.iter().map(waiting).sum();
    times.forget();
    let (before, begin) = (office.cpu(), Instant::now());
    let mut all = JoinSet::new();
    for phone in phones {
        let phone = phone.clone();
        all.spawn(async move { phone.sync().await });
    }
    all.join_all().await;
    let (wall, cpu) = (
        begin.elapsed().as_secs_f64(),
        office.cpu().saturating_sub(before).as_secs_f64(),
    );
    let (exchanges, p50, p99) = times.told();
    let lost = super::fleet::missing(phones);
    row(
        &of(
            projects,
            &format!("evening of one project: {PHONES} phones, {changes} changes"),
        ),
        1,
        &format!("{wall:.1} s, {cpu:.1} s server CPU, {lost} lost"),
        &format!(
            "{exchanges} exchanges: p50 {p50:.0} ms, p99 {p99:.0} ms; server {:.0} MB",
            office.peak_mb()
        ),
    );
}
