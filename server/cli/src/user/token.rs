//! `keyturn user token`.

use crate::args::DataArgs;
use crate::failure::Failure;
use crate::out::Out;
use crate::{open, when, words};
use clap::Args;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Make a token with which another program reads the API in a person's name; it is shown this once.
#[derive(Args, Debug)]
pub struct TokenArgs {
    /// The person's name
    pub name: String,
    /// How many days it is valid
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(i64).range(1..=3650))]
    pub days: i64,
    /// What it is for, as it stands in lists
    #[arg(long, value_name = "WORDS", default_value = "command line")]
    pub label: String,
    #[command(flatten)]
    pub data: DataArgs,
}

/// Runs the command.
///
/// # Errors
/// `user_unknown`.
pub async fn run(args: &TokenArgs, out: &Out) -> Result<(), Failure> {
    let server = open::tool(&args.data).await?;
    let user = server.users().find(&args.name).await?;
    let token = server
        .tokens()
        .create_reader(user.id, &args.label, args.days * DAY_MS)
        .await?;
    server.close().await;
    out.say(words::USER_TOKEN, &[&when::minute(token.expires_at)])?;
    out.line(&token.secret.text)?;
    let facts = serde_json::json!({ "id": token.id, "token": token.secret.text, "expires_at": token.expires_at });
    out.result(&facts)
}
