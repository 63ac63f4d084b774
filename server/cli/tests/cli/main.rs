//! The binary as people run it: exit codes, words, and the demo from beginning to end.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "the exceptions for tests do not reach their helpers"
)]

mod care;
mod demo;
mod editions;
mod errors;
mod simulate;
mod watch;

use std::process::{Command, Output};

/// Runs `keyturn` with these arguments, in English, away from whatever the machine has set.
fn keyturn(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_keyturn"))
        .args(args)
        .env_remove("KEYTURN_DATA")
        .env_remove("KEYTURN_SERVER")
        .env_remove("KEYTURN_TOKEN")
        .env("LANG", "en_GB.UTF-8")
        .env_remove("LC_ALL")
        .env_remove("LC_MESSAGES")
        .output()
        .expect("keyturn runs")
}

/// The JSON on standard output.
fn json(output: &Output) -> serde_json::Value {
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("no JSON: {text}{}", said(output)))
}

/// What stands on standard error.
fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
