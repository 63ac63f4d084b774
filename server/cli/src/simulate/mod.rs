//! `keyturn simulate`: a fleet of real clients, each with a database of its own, against a real server process. They
//! play the days of engineers and ambassadors at the same time. What passes on the socket is counted between them; what
//! the server used is read from the system.

mod ambassador;
mod done;
mod engineer;
mod fleet;
mod member;
mod report;
mod words;

#[cfg(test)]
pub use words::ALL as ALL_WORDS;

use crate::failure::Failure;
use crate::out::Out;
use crate::parts::{Air, Faults, Folder, ServerProcess, begin_data};
use clap::Args;

/// Let many phones play days of engineers and ambassadors; measure.
#[derive(Args, Debug, Clone)]
pub struct SimulateArgs {
    /// How many phones
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub phones: u32,
    /// How many days each phone plays
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub days: u32,
    /// How many homes a day each phone looks after, as long as its person has any
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub homes_a_day: u32,
    /// How many homes the project has
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=799))]
    pub homes: u32,
    /// What the network does: none, loss, slow, all
    #[arg(long, value_name = "FAULTS", default_value = "none", hide_possible_values = true)]
    pub faults: Faults,
    /// Other answers, other requests, other faults
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
}

/// Runs the command.
///
/// # Errors
/// `check_failed` when something acknowledged is missing at the end; else what went wrong.
pub async fn run(args: SimulateArgs, out: &Out) -> Result<(), Failure> {
    let folder = Folder::make(None)?;
    let homes = usize::try_from(args.homes).map_err(Failure::internal)?;
    let loaded = begin_data(&folder.join("server"), Some(homes)).await?;
    let server = ServerProcess::start(&folder.join("server")).await?;
    let air = Air::open(server.url(), args.faults, args.seed).await?;
    let run = fleet::Run {
        args: &args,
        out,
        folder: &folder,
        server: &server,
        air: &air,
        loaded: &loaded,
    };
    let report = tokio::select! {
        report = run.go() => report,
        _ = tokio::signal::ctrl_c() => Err(Failure::stopped()),
    };
    let stopped = server.stop().await;
    let report = report?;
    stopped?;
    report.tell(out)?;
    out.result(&report)?;
    if report.lost > 0 {
        return Err(Failure::check(format!("lost {}", report.lost)));
    }
    Ok(())
}
