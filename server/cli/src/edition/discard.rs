//! `keyturn edition discard`.

use super::{OfProject, open, words};
use crate::failure::Failure;
use crate::out::Out;
use clap::Args;

/// Throw the draft away.
#[derive(Args, Debug)]
pub struct DiscardArgs {
    #[command(flatten)]
    pub of: OfProject,
}

/// Runs the command. Safe to repeat.
///
/// # Errors
/// `project_unknown`, or what the storage says.
pub async fn run(args: &DiscardArgs, out: &Out) -> Result<(), Failure> {
    let (server, project) = open(&args.of).await?;
    let done = server.editions().discard(project).await;
    server.close().await;
    let done = done?;
    let said = if done { words::DISCARDED } else { words::NO_DRAFT };
    out.say(said, &[&args.of.project])?;
    out.result(&serde_json::json!({ "discarded": done }))
}
