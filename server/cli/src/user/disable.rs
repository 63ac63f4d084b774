//! `keyturn user disable`.

use crate::args::DataArgs;
use crate::failure::Failure;
use crate::out::Out;
use crate::{open, words};
use clap::Args;

/// Disable a person: readers' tokens end, phones may hand in their work and nothing else.
#[derive(Args, Debug)]
pub struct DisableArgs {
    /// The person's name
    pub name: String,
    #[command(flatten)]
    pub data: DataArgs,
}

/// Runs the command. Safe to repeat.
///
/// # Errors
/// `user_unknown`.
pub async fn run(args: &DisableArgs, out: &Out) -> Result<(), Failure> {
    let server = open::tool(&args.data).await?;
    let user = server.users().find(&args.name).await?;
    server.users().disable(user.id).await?;
    server.close().await;
    out.say(words::USER_DISABLED, &[&user.name])?;
    out.result(&serde_json::json!({ "id": user.id, "name": user.name, "disabled": true }))
}
