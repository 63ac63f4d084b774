//! Crowds: the evening of the busiest day, and the phones of a whole company that come back at once.

use super::fleet::missing;
use super::meter::Process;
use super::office::Office;
use super::phone::Phone;
use super::timed::Times;
use super::{Folders, row};
use keyturn_domain::UserId;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Homes that are handed over on the busiest day.
const HOMES: usize = 150;
/// Phones that bring back what was recorded there: of 24 teams, half of them with two.
const PHONES: usize = 36;
/// Answers of a home; each is a change of its own.
const ANSWERS: usize = 300;
/// Defects of a home.
const DEFECTS: usize = 12;
/// So many phones come back at once, within so many seconds.
const CROWD: usize = 500;
const WITHIN: u64 = 30;

/// The evening of the busiest day: 24 teams, 150 homes, 300 answers and 12 defects each, from 36 phones at once.
pub async fn evening() {
    for servers in Folders::servers() {
        let folders = Folders::new();
        let place = folders.place(&format!("evening{servers}"));
        let office = Office::with(&place, *servers, |demo| {
            let engineers: Vec<UserId> = Office::engineers(demo);
            (0..PHONES).map(|n| engineers[n % engineers.len()]).collect()
        })
        .await;
        let times = Times::default();
        let phones = enrolled(&folders, &office, &times).await;
        record(&phones);
        let all: u64 = phones.iter().map(waiting).sum();
        told(&office, &phones, &times, all, "evening: 150 homes from 36 phones").await;
    }
}

/// Phones that were away come back within half a minute, each with three answers.
pub async fn all_come_back() {
    for servers in Folders::servers() {
        let folders = Folders::new();
        let place = folders.place(&format!("return{servers}"));
        let office = Office::with(&place, *servers, |demo| {
            let engineers: Vec<UserId> = Office::engineers(demo);
            (0..CROWD).map(|n| engineers[n % engineers.len()]).collect()
        })
        .await;
        let times = Times::default();
        let phones = enrolled(&folders, &office, &times).await;
        for (n, phone) in phones.iter().enumerate() {
            let tasks = phone.tasks();
            let mut begun = phone.begin(&tasks[n / 24 % tasks.len()]);
            (0..3).for_each(|key| phone.answer(&mut begun, key, "ok"));
        }
        let all: u64 = phones.iter().map(waiting).sum();
        let what = format!("{CROWD} phones come back within {WITHIN} s, 3 answers each");
        told(&office, &phones, &times, all, &what).await;
    }
}

/// Enrols a phone for each code, on each of the servers in turn.
pub async fn enrolled(folders: &Folders, office: &Office, times: &Times) -> Vec<Phone> {
    let mut phones = Vec::new();
    for (n, code) in office.codes.iter().enumerate() {
        let path = folders.memory.path().join(format!("phone-{n}.db"));
        let url = &office.urls[n % office.urls.len()];
        phones.push(Phone::enrolled_timed(&path, url, code, times).await);
    }
    phones
}

/// Each phone records its share of the homes, without a signal.
pub fn record(phones: &[Phone]) {
    let people = 24.min(phones.len());
    for home in 0..HOMES {
        let phone = &phones[home % phones.len()];
        let tasks = phone.tasks();
        // Two phones of one person take different homes.
        let of_person = (home % phones.len()) / people + home / phones.len() * phones.len().div_ceil(people);
        let mut begun = phone.begin(&tasks[of_person % tasks.len()]);
        (0..ANSWERS).for_each(|key| phone.answer(&mut begun, key, if key % 25 == 0 { "defect" } else { "ok" }));
        (0..DEFECTS).for_each(|n| phone.defect(&begun.place, n));
    }
}

pub fn waiting(phone: &Phone) -> u64 {
    let all = phone.client.sync().status().expect("a status");
    all.saved - all.received
}

/// Hands everything in, and tells what it cost.
async fn told(office: &Office, phones: &[Phone], times: &Times, changes: u64, what: &str) {
    times.forget();
    let before = office.cpu();
    let own = Process(std::process::id()).cpu();
    let begin = Instant::now();
    let spread = if phones.len() >= CROWD { WITHIN * 1_000 } else { 0 };
    let mut all = JoinSet::new();
    for (n, phone) in phones.iter().enumerate() {
        let phone = phone.clone();
        // As if each had drawn its moment: 7,919 is a prime.
        let wait = Duration::from_millis((n as u64 * 7_919) % spread.max(1));
        all.spawn(async move {
            tokio::time::sleep(wait).await;
            phone.sync().await
        });
    }
    all.join_all().await;
    let wall = begin.elapsed().as_secs_f64();
    let cpu = office.cpu().saturating_sub(before).as_secs_f64();
    let own = Process(std::process::id()).cpu().saturating_sub(own).as_secs_f64();
    let (exchanges, p50, p99) = times.told();
    row(
        &format!("{what}, {} servers", office.urls.len()),
        1,
        &format!(
            "{wall:.1} s, {changes} changes, {} lost, {cpu:.1} s server CPU, {:.0} MB",
            missing(phones),
            office.peak_mb()
        ),
        &format!(
            "{exchanges} exchanges: p50 {p50:.0} ms, p99 {p99:.0} ms; the phones took {own:.1} s of the same two cores"
        ),
    );
}
