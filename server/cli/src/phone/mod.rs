//! `keyturn phone` (hidden): a phone as a process of its own. It reads one question a line and answers each with one
//! line, in JSON, until its input ends. The demo, the tests and a curious person drive it.

mod answer;
mod ask;
mod open;

pub use ask::{Ask, Reply, Synced, Talk, Work};
pub use open::{PHONE, of_client, open};

use crate::failure::Failure;
use clap::Args;
use std::io::Write as _;
use std::path::PathBuf;

/// A phone: questions on standard input, answers on standard output, one JSON value a line.
#[derive(Args, Debug)]
pub struct PhoneArgs {
    /// Folder of the phone's data
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Where the phone reaches the server
    #[arg(long, value_name = "URL")]
    pub server: String,
    /// How far the phone's clock is off, in days
    #[arg(long, value_name = "DAYS", default_value_t = 0, allow_negative_numbers = true)]
    pub clock_off: i64,
}

/// Runs the command.
///
/// # Errors
/// When the phone's database cannot be opened; what a question meets is in its answer.
pub async fn run(args: PhoneArgs) -> Result<(), Failure> {
    let client = open(&args.data, &args.server, args.clock_off)?;
    // Blocking reads are fine: this thread has nothing else to do, and connections live on others.
    for line in std::io::stdin().lines() {
        let reply = match serde_json::from_str::<Ask>(&line.map_err(Failure::internal)?) {
            Ok(ask) => answer::answer(&client, ask).await,
            Err(error) => Reply::error("bad_input", &error.to_string()),
        };
        let text = serde_json::to_string(&reply).map_err(Failure::internal)?;
        let mut out = std::io::stdout().lock();
        writeln!(out, "{text}")
            .and_then(|()| out.flush())
            .map_err(Failure::internal)?;
    }
    // Leaves no lock behind; an app that is killed instead loses nothing either.
    client
        .prepare_suspend(std::time::Duration::from_secs(5))
        .await
        .map_err(|error| Failure::of_code(error.code(), error.to_string()))?;
    Ok(())
}
