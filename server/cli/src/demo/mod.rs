//! `keyturn demo`: a real server and two phones, each a process of its own.
//!
//! - [`script`]: a seed becomes what the two do; [`story`]: carries it out and tells it.
//! - [`held`]: what each phone held before it met the other, and whether all of it is still there.

mod afterwards;
mod held;
mod script;
mod story;
mod tell;
mod words;

#[cfg(test)]
pub use words::ALL as ALL_WORDS;

use crate::failure::Failure;
use crate::out::Out;
use crate::parts::{Folder, ServerProcess, begin_data};
use clap::Args;
use std::path::PathBuf;
use std::time::Instant;

/// Watch two phones inspect the same flat without a signal, come back, and the merged record keep what both saw.
#[derive(Args, Debug)]
pub struct DemoArgs {
    /// End when the story ends, and leave no server running
    #[arg(long)]
    pub once: bool,
    /// Leave the data in this folder: server, phone-a, phone-b
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
    /// Another home, other answers, other conflicts
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
}

/// Runs the command.
///
/// # Errors
/// `check_failed` when something was lost or the phones disagree at the end; else what went wrong.
pub async fn run(args: DemoArgs, out: &Out) -> Result<(), Failure> {
    let began = Instant::now();
    let folder = Folder::make(args.keep.as_deref())?;
    out.say(words::TITLE, &[&args.seed])?;
    let loaded = begin_data(&folder.join("server"), None).await?;
    let mut server = ServerProcess::start(&folder.join("server")).await?;
    let told = story::Story {
        out,
        folder: &folder,
        server: &server,
        loaded: &loaded,
        seed: args.seed,
    };
    let ending = tokio::select! {
        played = told.play() => played?,
        _ = tokio::signal::ctrl_c() => return Err(Failure::stopped()),
    };
    let summary = ending.summary(began.elapsed().as_secs_f64());
    tell::ending(out, &summary)?;
    if args.keep.is_some() {
        out.say(words::KEPT, &[&folder.path().display()])?;
    }
    if summary.lost > 0 || !summary.agree {
        server.stop().await?;
        out.result(&summary)?;
        return Err(Failure::check(format!(
            "lost {}, agree {}",
            summary.lost, summary.agree
        )));
    }
    out.result(&summary)?;
    if args.once {
        return server.stop().await;
    }
    tell::how_to_look(out, &ending, server.url())?;
    out.line("")?;
    out.say(words::RUNNING, &[])?;
    tokio::select! {
        // The server gets the same Ctrl-C, and finishes what it acknowledged.
        _ = tokio::signal::ctrl_c() => server.stop().await,
        ended = server.wait() => ended,
    }
}
