//! `keyturn edition publish`.

use super::{OfProject, failed, open, words};
use crate::failure::Failure;
use crate::out::Out;
use clap::Args;

/// Publish the draft: what is begun from now on is begun with it.
#[derive(Args, Debug)]
pub struct PublishArgs {
    /// Only if the draft has this hash, as import and list show it
    #[arg(long, value_name = "HASH")]
    pub hash: Option<String>,
    #[command(flatten)]
    pub of: OfProject,
}

/// Runs the command.
///
/// # Errors
/// `not_found` without a draft, `record_changed` when it is another, `project_unknown`, or what the storage says.
pub async fn run(args: &PublishArgs, out: &Out) -> Result<(), Failure> {
    let (server, project) = open(&args.of).await?;
    let done = server.editions().publish(project, args.hash.as_deref()).await;
    server.close().await;
    let done = done.map_err(|error| failed(error, out))?;
    out.say(words::PUBLISHED, &[&done.number, &args.of.project])?;
    out.say(words::PUBLISHED_MEANS, &[])?;
    out.result(&done)
}
