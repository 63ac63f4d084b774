//! `keyturn copy`.

use super::bar::Bar;
use super::words;
use crate::args::named;
use crate::failure::Failure;
use crate::out::Out;
use clap::Args;
use keyturn_server::transfer::transfer;
use std::path::{Path, PathBuf};

/// Move a whole server to another database; no server may run on either.
#[derive(Args, Debug)]
pub struct CopyArgs {
    /// Where it is: sqlite:FILE or postgres://user@host/name
    #[arg(long, value_name = "URL")]
    pub from: String,
    /// Where it goes; must be empty
    #[arg(long, value_name = "URL")]
    pub to: String,
    /// File that holds the password of the source
    #[arg(long, value_name = "FILE")]
    pub from_password_file: Option<PathBuf>,
    /// File that holds the password of the target
    #[arg(long, value_name = "FILE")]
    pub to_password_file: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// `db_locked`, `db_not_empty`, `copy_differs`, `db_unreachable`, `db_refused`, `db_unusable`, `disk_full`. Then the
/// target is as empty as it was.
pub async fn run(args: &CopyArgs, out: &Out) -> Result<(), Failure> {
    let here = Path::new(".");
    let from = named(&args.from, here, args.from_password_file.as_deref())?;
    let to = named(&args.to, here, args.to_password_file.as_deref())?;
    let mut bar = Bar::new(out);
    let moved = transfer(&from, &to, &mut |step| bar.show(step)).await;
    drop(bar);
    let moved = moved?;
    let rows = |table: &str| moved.tables.get(table).copied().unwrap_or(0);
    let all: u64 = moved.tables.values().sum();
    out.say(words::COPIED, &[&moved.to])?;
    out.say(words::COPIED_FROM, &[&moved.from])?;
    out.say(
        words::COPIED_HOLDS,
        &[&all, &rows("documents"), &rows("changes"), &rows("users")],
    )?;
    for project in &moved.facts.projects {
        out.say(words::COPIED_PROJECT, &[&project.code, &project.seq, &project.chain])?;
    }
    out.say(words::COPIED_NEXT, &[])?;
    out.result(&moved)
}
