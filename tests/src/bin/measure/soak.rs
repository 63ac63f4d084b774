//! Day after day: whether the server's memory stays what it was.

use super::crowd::{enrolled, waiting};
use super::office::Office;
use super::timed::Times;
use super::{Folders, row};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Phones of these teams work all day.
const PHONES: usize = 12;

/// Plays days for so many minutes: each phone inspects a home, answers, finds defects, and hands in; one phone is new.
pub async fn soak(minutes: u64) {
    println!("| what | n | median | beside it, in the same run |\n|---|---|---|---|");
    let folders = Folders::new();
    let office = Office::with(&folders.place("soak"), 1, |demo| {
        Office::engineers(demo)[..PHONES].to_vec()
    })
    .await;
    let times = Times::default();
    let phones = enrolled(&folders, &office, &times).await;
    let begin = Instant::now();
    let (mut days, mut changes) = (0_usize, 0);
    let mut memory: Vec<f64> = Vec::new();
    while begin.elapsed() < Duration::from_secs(minutes * 60) {
        for phone in &phones {
            let tasks = phone.tasks();
            let mut begun = phone.begin(&tasks[days % tasks.len()]);
            // Answered before: the next day answers otherwise.
            let result = if days / tasks.len() % 2 == 0 { "ok" } else { "defect" };
            (0..40).for_each(|key| phone.answer(&mut begun, key + days / tasks.len() * 40, result));
            (0..3).for_each(|n| phone.defect(&begun.place, days * 3 + n));
            changes += waiting(phone);
        }
        let mut all = JoinSet::new();
        for phone in &phones {
            let phone = phone.clone();
            all.spawn(async move { phone.sync().await });
        }
        all.join_all().await;
        days += 1;
        memory.push(office.process().memory_mb());
    }
    let part = |from: usize, to: usize| {
        let part = &memory[memory.len() * from / 4..memory.len() * to / 4];
        part.iter().sum::<f64>() / part.len() as f64
    };
    let (exchanges, p50, p99) = times.told();
    row(
        &format!("{days} days of {PHONES} phones in {minutes} minutes: {changes} changes"),
        days,
        &format!(
            "server memory by quarters: {:.0}, {:.0}, {:.0}, {:.0} MB",
            part(0, 1),
            part(1, 2),
            part(2, 3),
            part(3, 4)
        ),
        &format!(
            "peak {:.0} MB; {exchanges} exchanges: p50 {p50:.0} ms, p99 {p99:.0} ms",
            office.peak_mb()
        ),
    );
}
