//! The simulator: seeded histories of the real client and the real server.

use keyturn_tests::harness::Template;
use keyturn_tests::sim::{History, Plan, Tally};
use std::sync::Arc;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let first: u64 = args[1].parse().expect("a seed");
    let count: u64 = args.get(2).map_or(1, |n| n.parse().expect("a count"));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let template = Arc::new(runtime.block_on(Template::make()));
    let mut tally = Tally::default();
    let started = std::time::Instant::now();
    for seed in first..first + count {
        let plan = Plan::of(seed);
        std::panic::set_hook(Box::new(|_| {}));
        let ended = runtime.block_on(History::run(template.clone(), &plan, count == 1));
        tally.join(&ended.tally);
        if let Some(why) = ended.broken {
            println!("seed {seed} {:?}: {why}", plan.profile);
        }
    }
    println!("{:?}", started.elapsed());
    for (name, n) in tally.lines() {
        println!("{n:8} {name}");
    }
}
