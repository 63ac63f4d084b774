//! `keyturn token create`.

use crate::args::DataArgs;
use crate::failure::Failure;
use crate::out::Out;
use crate::{open, when, words};
use clap::Args;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Make a token with which a program calls the API in a person's name; it is shown this once.
#[derive(Args, Debug)]
pub struct CreateArgs {
    /// The person's name
    pub name: String,
    /// It may also do what the person may do; else it only reads
    #[arg(long)]
    pub write: bool,
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
pub async fn run(args: &CreateArgs, out: &Out) -> Result<(), Failure> {
    let server = open::tool(&args.data).await?;
    let user = server.users().find(&args.name).await?;
    let (tokens, life) = (server.tokens(), args.days * DAY_MS);
    let token = if args.write {
        tokens.create_writer(user.id, &args.label, life).await?
    } else {
        tokens.create_reader(user.id, &args.label, life).await?
    };
    server.close().await;
    let said = if args.write {
        words::TOKEN_WRITER
    } else {
        words::USER_TOKEN
    };
    out.say(said, &[&when::minute(token.expires_at)])?;
    out.line(&token.secret.text)?;
    let facts = serde_json::json!({
        "id": token.id, "token": token.secret.text, "expires_at": token.expires_at, "write": args.write,
    });
    out.result(&facts)
}
