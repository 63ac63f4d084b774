//! `keyturn edition compare`.

use super::{OfProject, chosen, named, open, say, words};
use crate::failure::Failure;
use crate::out::Out;
use clap::Args;
use keyturn_server::editions::Chosen;

/// Show what differs, row by row and field by field.
#[derive(Args, Debug)]
pub struct CompareArgs {
    /// Which one: draft, or a number
    #[arg(value_parser = chosen, default_value = "draft")]
    pub edition: Chosen,
    /// With which one; else the draft with the one in force, any other with the one before
    #[arg(long, value_parser = chosen, value_name = "EDITION")]
    pub with: Option<Chosen>,
    #[command(flatten)]
    pub of: OfProject,
}

/// Runs the command.
///
/// # Errors
/// `not_found`, `project_unknown`, or what the storage says.
pub async fn run(args: &CompareArgs, out: &Out) -> Result<(), Failure> {
    let (server, project) = open(&args.of).await?;
    let done = server.editions().compare(project, args.edition, args.with).await;
    server.close().await;
    let done = done?;
    out.say(words::COMPARED, &[&named(done.from, out), &named(done.to, out)])?;
    say(&done.differences, out)?;
    out.result(&done)
}
