//! `keyturn edition import`.

use super::{OfProject, failed, open, say, words};
use crate::failure::Failure;
use crate::out::Out;
use clap::Args;
use keyturn_server::editions::read_folder;
use std::path::PathBuf;

/// Make the files of a folder the draft of the next edition.
#[derive(Args, Debug)]
pub struct ImportArgs {
    /// Folder of data files; what it lacks is built in
    pub dir: PathBuf,
    /// Why there is a new edition
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub note: String,
    /// Only look for mistakes, and show what would differ
    #[arg(long)]
    pub check: bool,
    #[command(flatten)]
    pub of: OfProject,
}

/// Runs the command. Importing the same again changes nothing.
///
/// # Errors
/// `edition_refused` with every mistake, `project_unknown`, `file_unusable`, or what the storage says.
pub async fn run(args: &ImportArgs, out: &Out) -> Result<(), Failure> {
    let files = read_folder(&args.dir).map_err(|error| failed(error, out))?;
    let (server, project) = open(&args.of).await?;
    let done = server.editions().import(project, files, &args.note, args.check).await;
    server.close().await;
    let done = done.map_err(|error| failed(error, out))?;
    let what = match (done.unchanged, done.dry_run) {
        (true, _) => words::UNCHANGED,
        (false, true) => words::CHECKED,
        (false, false) => words::IMPORTED,
    };
    out.say(what, &[&args.of.project])?;
    out.say(words::AGAINST, &[&done.in_force])?;
    say(&done.differences, out)?;
    if !done.unchanged && !done.dry_run {
        out.line("")?;
        out.say(words::PUBLISH_NEXT, &[&args.of.project])?;
    }
    out.result(&done)
}
