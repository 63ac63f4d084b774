//! Days of engineers and ambassadors, on real phones against a real server.

use super::{json, keyturn, said};
use serde_json::Value;

const SMALL: [&str; 9] = [
    "simulate",
    "--phones",
    "4",
    "--days",
    "2",
    "--homes-a-day",
    "1",
    "--homes",
    "20",
];

fn played(more: &[&str]) -> Value {
    let output = keyturn(&[&SMALL[..], more, &["--json"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    json(&output)
}

#[test]
fn two_days_on_a_bad_network_lose_nothing_and_repeat_with_the_seed() {
    let report = played(&["--faults", "loss", "--seed", "3"]);
    assert_eq!(report["lost"], 0, "{report}");
    assert_eq!(report["changes"], report["acknowledged"]);
    assert_eq!(report["refused"], Value::Array(Vec::new()));
    let done = report["done"].as_object().unwrap();
    for kind in ["inspection", "signature", "visit", "contact"] {
        assert_eq!(
            done[kind], 4,
            "two phones of each kind, one home each on two days: {report}"
        );
    }
    for kind in ["answer", "reading", "photo", "defect", "survey", "tag", "promise"] {
        assert!(done[kind].as_u64().unwrap() > 0, "{kind} in {report}");
    }
    assert_eq!(
        report["done"], report["there"],
        "what phones saved is what the server has"
    );
    for name in ["seconds", "exchange_p50_ms", "exchange_p99_ms", "requests", "faults"] {
        assert!(report[name].as_f64().unwrap() > 0.0, "{name} in {report}");
    }
    let again = played(&["--seed", "3"]);
    assert_eq!(again["done"], report["done"], "the seed decides, not the network");
    let other = played(&["--seed", "4"]);
    assert_ne!(other["done"], report["done"]);
}

#[test]
fn the_tables_fit_a_terminal_in_both_languages() {
    for (lang, words) in [("zh", "丢失"), ("en", "lost")] {
        let output = keyturn(&[
            "simulate",
            "--phones",
            "2",
            "--homes-a-day",
            "1",
            "--homes",
            "5",
            "--lang",
            lang,
        ]);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        let text = String::from_utf8(output.stdout).unwrap();
        let wide = |line: &str| unicode_width::UnicodeWidthStr::width(line);
        assert!(text.lines().all(|line| wide(line) <= 80), "{text}");
        assert!(text.contains(words), "{text}");
    }
}
