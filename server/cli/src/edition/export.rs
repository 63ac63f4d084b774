//! `keyturn edition export`.

use super::{OfProject, chosen, open, words};
use crate::failure::Failure;
use crate::out::Out;
use clap::Args;
use keyturn_server::editions::{Chosen, write_folder};
use std::path::PathBuf;

/// Write the files of an edition into a folder, to be edited.
#[derive(Args, Debug)]
pub struct ExportArgs {
    /// A folder that is new or empty
    pub dir: PathBuf,
    /// Which one: draft, or a number; else the one in force
    #[arg(long, value_parser = chosen, value_name = "EDITION")]
    pub edition: Option<Chosen>,
    #[command(flatten)]
    pub of: OfProject,
}

/// Runs the command.
///
/// # Errors
/// `not_found`, `project_unknown`, `export_exists`, `file_unusable`, or what the storage says.
pub async fn run(args: &ExportArgs, out: &Out) -> Result<(), Failure> {
    let (server, project) = open(&args.of).await?;
    let chosen = args.edition.unwrap_or(Chosen::InForce);
    let files = server.editions().files(project, chosen).await;
    server.close().await;
    let files = files?;
    let written = write_folder(&args.dir, &files)?;
    out.say(words::EXPORTED, &[&written, &args.dir.display(), &files.own().len()])?;
    let facts = serde_json::json!({
        "hash": files.hash().to_string(), "files": written, "own": files.own().keys().collect::<Vec<_>>(),
    });
    out.result(&facts)
}
