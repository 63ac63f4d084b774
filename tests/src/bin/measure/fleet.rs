//! Many phones at once, and a new phone that fetches everything.

use super::meter::{Process, median, ms};
use super::office::Office;
use super::phone::{Begun, Phone};
use super::{Folders, row};
use keyturn_domain::UserId;
use std::path::Path;
use std::process::Command;
use std::time::Instant;
use tokio::task::JoinSet;

/// Syncs all phones at once; returns how many changes got their receipt.
async fn at_once(phones: &[Phone]) -> u64 {
    let mut all = JoinSet::new();
    for phone in phones {
        let phone = phone.clone();
        all.spawn(async move { phone.sync().await.received });
    }
    all.join_all().await.into_iter().sum()
}

async fn enrolled(folders: &Folders, office: &Office) -> Vec<Phone> {
    let mut phones = Vec::new();
    for (n, code) in office.codes.iter().enumerate() {
        let path = folders.memory.path().join(format!("phone-{n}.db"));
        phones.push(Phone::enrolled(&path, &office.url, code).await);
    }
    phones
}

/// Own changes that have no receipt.
pub fn missing(phones: &[Phone]) -> u64 {
    let waiting = |phone: &Phone| {
        let all = phone.client.sync().status().expect("a status");
        all.saved - all.received
    };
    phones.iter().map(waiting).sum()
}

/// 20 phones, each with 3 edits in each of 20 records.
pub async fn storm() {
    let folders = Folders::new();
    let people = |demo: &_| Office::engineers(demo)[..20].to_vec();
    let office = Office::open(&folders.disk.path().join("server.db"), people).await;
    let phones = enrolled(&folders, &office).await;
    let mut begun: Vec<Vec<Begun>> = Vec::new();
    for phone in &phones {
        let tasks = phone.tasks();
        let mut own: Vec<Begun> = tasks.iter().take(20).map(|task| phone.begin(task)).collect();
        own.iter_mut().for_each(|one| phone.rest_is_fine(one));
        begun.push(own);
    }
    at_once(&phones).await;
    let (mut wall, mut cpu, mut lost) = (Vec::new(), Vec::new(), 0);
    for round in 0..7 {
        for (phone, own) in phones.iter().zip(&mut begun) {
            for one in own {
                (0..3).for_each(|key| phone.answer(one, round * 3 + key, "defect"));
            }
        }
        let before = office.process().cpu();
        let start = Instant::now();
        at_once(&phones).await;
        wall.push(start.elapsed().as_secs_f64());
        cpu.push(ms(office.process().cpu().saturating_sub(before)) / 1_000.0);
        lost += missing(&phones);
    }
    row(
        "storm: 20 phones x 20 records x 3 edits, fsynced",
        wall.len(),
        &format!("{:.2} s wall, {:.2} s server CPU", median(&wall), median(&cpu)),
        &format!("{lost} lost; the phones run on the same two cores"),
    );
}

/// 100 phones, each with 300 changes in one record.
pub async fn hundred(rounds: usize) {
    let folders = Folders::new();
    let people = |demo: &_| {
        let engineers: Vec<UserId> = Office::engineers(demo);
        (0..100).map(|n| engineers[n % engineers.len()]).collect()
    };
    let office = Office::open(&folders.disk.path().join("server.db"), people).await;
    let phones = enrolled(&folders, &office).await;
    let (mut rate, mut cpu, mut lost) = (Vec::new(), Vec::new(), 0);
    for round in 0..rounds {
        for (n, phone) in phones.iter().enumerate() {
            // Two phones of one person take different homes.
            let tasks = phone.tasks();
            let mut begun = phone.begin(&tasks[(n / 24 + round * 5) % tasks.len()]);
            let done = waiting(phone);
            for key in 0..300_usize.saturating_sub(done) {
                let result = if key < begun.keys.len() { "ok" } else { "defect" };
                phone.answer(&mut begun, key, result);
            }
        }
        let all = phones.iter().map(waiting).sum::<usize>();
        let before = office.process().cpu();
        let start = Instant::now();
        at_once(&phones).await;
        let wall = start.elapsed().as_secs_f64();
        let used = office.process().cpu().saturating_sub(before).as_secs_f64();
        rate.push(all as f64 / wall);
        cpu.push(all as f64 / used);
        lost += missing(&phones);
    }
    row(
        "100 phones at once, each 300 changes",
        rate.len(),
        &format!(
            "{:.0} durable changes/s, {lost} lost, server {:.0} MB",
            median(&rate),
            office.process().peak_mb()
        ),
        &format!(
            "{:.0} changes for each second of server CPU; the phones run on the same two cores",
            median(&cpu)
        ),
    );
}

fn waiting(phone: &Phone) -> usize {
    let all = phone.client.sync().status().expect("a status");
    usize::try_from(all.saved - all.received).expect("a number")
}

/// The whole project on one new phone, and the first list when its app starts.
pub async fn new_phone() {
    let folders = Folders::new();
    let people = |demo: &keyturn_server::sync::DemoLoaded| {
        let mut all = Office::engineers(demo);
        all.extend([demo.people["rev01"]; 3]);
        all
    };
    let mut office = Office::open(&folders.disk.path().join("server.db"), people).await;
    let reviewers = office.codes.split_off(office.codes.len() - 3);
    let phones = enrolled(&folders, &office).await;
    let mut records = 0;
    for phone in &phones {
        for task in phone.tasks() {
            let mut begun = phone.begin(&task);
            phone.rest_is_fine(&mut begun);
            (0..12).for_each(|n| phone.defect(&begun.place, n));
            records += 13;
        }
        phone.sync().await;
    }
    drop(phones);
    let this = std::env::current_exe().expect("this program");
    let (mut seconds, mut memory, mut cpu) = (Vec::new(), Vec::new(), Vec::new());
    for (n, code) in reviewers.iter().enumerate() {
        let before = office.process().cpu();
        let database = folders.disk.path().join(format!("new-{n}.db"));
        let done = Command::new(&this)
            .arg("fetch")
            .arg(&database)
            .args([&office.url, code])
            .output();
        let figures = numbers(&done.expect("a process").stdout);
        seconds.push(figures[0]);
        memory.push(figures[1]);
        cpu.push(office.process().cpu().saturating_sub(before).as_secs_f64());
    }
    row(
        &format!("new phone: 799 homes, each an inspection and 12 defects ({records} records)"),
        seconds.len(),
        &format!("{:.2} s, {:.0} MB", median(&seconds), median(&memory)),
        &format!("{:.2} s server CPU on the same two cores", median(&cpu)),
    );
    let database = folders.disk.path().join("new-0.db");
    let lists: Vec<Vec<f64>> = (0..15)
        .map(|_| {
            let done = Command::new(&this).arg("first-list").arg(&database).output();
            numbers(&done.expect("a process").stdout)
        })
        .collect();
    let column = |n: usize| median(&lists.iter().map(|l| l[n]).collect::<Vec<f64>>());
    row(
        &format!("cold start of a process with {records} records, first list"),
        lists.len(),
        &format!("{:.1} ms (buildings)", column(0)),
        &format!("then the floors and homes of one building: {:.1} ms", column(1)),
    );
}

fn numbers(output: &[u8]) -> Vec<f64> {
    let text = String::from_utf8_lossy(output);
    text.split_whitespace()
        .map(|word| word.parse().expect("a number"))
        .collect()
}

/// Another process: a new phone fetches everything; prints seconds and MB.
pub async fn fetch(database: &Path, url: &str, code: &str) {
    let start = Instant::now();
    let phone = Phone::enrolled(database, url, code).await;
    let seconds = start.elapsed().as_secs_f64();
    drop(phone);
    println!("{seconds} {}", Process(std::process::id()).peak_mb());
}

/// Another process: an app starts and shows its first list; prints milliseconds until it, and of the next one.
pub fn first_list(database: &Path) {
    let start = Instant::now();
    let phone = Phone::open(database, "http://127.0.0.1:9");
    let buildings = phone.client.places().buildings().expect("a list");
    let first = ms(start.elapsed());
    let largest = buildings.iter().max_by_key(|b| b.homes).expect("a building");
    let start = Instant::now();
    let shown = phone.client.places().building(&largest.building).expect("a list");
    assert!(!shown.floors.is_empty());
    println!("{first} {}", ms(start.elapsed()));
}
