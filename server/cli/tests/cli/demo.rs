//! The demo, and what it leaves.

use super::{json, keyturn, said};

#[test]
fn two_phones_meet_and_nothing_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let kept = dir.path().join("kept");
    let kept = kept.to_str().unwrap();
    let output = keyturn(&["demo", "--once", "--json", "--seed", "7", "--keep", kept]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let summary = json(&output);
    let number = |name: &str| summary[name].as_u64().unwrap_or_else(|| panic!("{name} in {summary}"));
    assert_eq!((number("homes"), number("phones"), number("lost")), (799, 2, 0));
    assert!(number("contested") >= 2, "{summary}");
    assert_eq!(number("settled"), number("contested"));
    assert!(number("records") >= 2 && number("recorded") > 300, "{summary}");
    assert!(summary["seconds"].as_f64().unwrap() > 0.0);
    // What each phone keeps in its own database reads the same.
    let record = summary["record"].as_str().unwrap();
    let on = |phone: &str| {
        let folder = format!("{kept}/{phone}");
        let shown = keyturn(&["record", "show", record, "--phone", &folder, "--json"]);
        assert_eq!(shown.status.code(), Some(0), "{}", said(&shown));
        let mut view = json(&shown);
        without_receipts(&mut view);
        view
    };
    let (a, b) = (on("phone-a"), on("phone-b"));
    assert!(a == b, "the two phones show different records");
    let phone_a = format!("{kept}/phone-a");
    for lang in ["zh", "en"] {
        let text = keyturn(&["record", "show", record, "--phone", &phone_a, "--all", "--lang", lang]);
        let text = String::from_utf8(text.stdout).unwrap();
        let wide = |line: &str| unicode_width::UnicodeWidthStr::width(line);
        assert!(text.lines().all(|line| wide(line) <= 80), "{text}");
        assert!(text.contains(if lang == "zh" { "签字" } else { "Signature" }), "{text}");
    }
    let again = keyturn(&["demo", "--once", "--keep", kept]);
    assert_eq!(again.status.code(), Some(1), "a folder that is in use is left alone");
}

/// A phone knows of its own changes when the receipt came, of others' when the server stored them: milliseconds apart.
fn without_receipts(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(fields) => {
            fields.remove("received_ms");
            fields.values_mut().for_each(without_receipts);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(without_receipts),
        _ => {}
    }
}
