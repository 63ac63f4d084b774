//! Histories of the real client and the real server: those with a name, and some that are not. Thousands more are run
//! by the simulator.

use keyturn_tests::harness::Template;
use keyturn_tests::sim::named;
use keyturn_tests::sim::{History, Plan};
use std::sync::Arc;

#[test]
fn every_history_with_a_name_holds() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let template = Arc::new(runtime.block_on(Template::make()));
    for history in named::ALL {
        let ended = runtime.block_on(history.run(template.clone(), false));
        assert_eq!(
            ended.broken, None,
            "replay: cargo run --bin simulator -- --named '{}'",
            history.name
        );
    }
}

#[test]
fn histories_hold_and_repeat() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let template = Arc::new(runtime.block_on(Template::make()));
    for seed in 1..9 {
        let once = runtime.block_on(History::run(template.clone(), &Plan::of(seed), false));
        assert_eq!(once.broken, None, "replay: cargo run --bin simulator -- --seed {seed}");
        let again = runtime.block_on(History::run(template.clone(), &Plan::of(seed), false));
        assert_eq!(once.trace, again.trace, "seed {seed}");
    }
}
