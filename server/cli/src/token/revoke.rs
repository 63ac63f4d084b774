//! `keyturn token revoke`.

use crate::args::DataArgs;
use crate::failure::Failure;
use crate::out::Out;
use crate::{open, words};
use clap::Args;
use keyturn_server::protocol::Code;

/// Withdraw a token: it is refused from the next request on.
#[derive(Args, Debug)]
pub struct RevokeArgs {
    /// The token's id, as `token list` shows it
    pub id: String,
    #[command(flatten)]
    pub data: DataArgs,
}

/// Runs the command. Safe to repeat.
///
/// # Errors
/// `token_unknown`.
pub async fn run(args: &RevokeArgs, out: &Out) -> Result<(), Failure> {
    let id = args
        .id
        .parse()
        .map_err(|_| Failure::new(Code::TokenUnknown, &args.id))?;
    let server = open::tool(&args.data).await?;
    server.tokens().revoke(id).await?;
    server.close().await;
    out.say(words::TOKEN_REVOKED, &[&id])?;
    out.result(&serde_json::json!({ "id": id, "revoked": true }))
}
