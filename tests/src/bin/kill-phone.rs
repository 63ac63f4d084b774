//! A phone that records without end and says so, until somebody kills it.
//!
//! `kill-phone DIR SEED FIRST HOMES [SERVER]`: opens the phone in DIR and records; each number from FIRST is said as
//! `begin N` before and `ack N RECORD CHANGE` after it is durable. With SERVER, every fourth record is followed by an
//! exchange: `exchange`, then `exchanged`.

use keyturn_client::StepBudget;
use keyturn_tests::real::{home, open_phone, record};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::path::Path;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |n: usize| args[n].parse::<u64>().expect("a number");
    let server = args.get(4);
    let address = server.map_or("http://127.0.0.1:9", String::as_str);
    let (client, report) = open_phone(Path::new(&args[0]), address).expect("the phone");
    assert_eq!(report.set_aside, None, "the database was damaged");
    let mut rng = StdRng::seed_from_u64(number(1));
    let homes = u8::try_from(number(3)).expect("few homes");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    println!("ready");
    for n in number(2).. {
        let (place, which) = (home(rng.random_range(1..=homes)), rng.random_range(0..20));
        // One line is one write, and a pipe takes it whole: what was said before the kill arrives.
        println!("begin {n}");
        let saved = record(&client, place, which, &format!("number {n}")).expect("a record");
        println!("ack {n} {} {}", saved.document, saved.change.expect("a change"));
        if server.is_some() && n % 4 == 0 {
            println!("exchange");
            // Without a server it goes on as it does in a basement.
            let _ = runtime.block_on(client.sync().step(StepBudget::default()));
            println!("exchanged");
        }
    }
}
