//! `keyturn token`: what other programs call the API with.

mod create;
mod list;
mod revoke;

use crate::failure::Failure;
use crate::out::Out;
use clap::Subcommand;

/// What can be done with tokens.
#[derive(Subcommand, Debug)]
pub enum TokenCommand {
    /// Make a token for a program; it is shown this once
    Create(create::CreateArgs),
    /// List tokens of programs
    List(list::ListArgs),
    /// Withdraw a token: it is refused from the next request on
    Revoke(revoke::RevokeArgs),
}

/// Runs the command.
///
/// # Errors
/// What the server's library says.
pub async fn run(command: TokenCommand, out: &Out) -> Result<(), Failure> {
    match command {
        TokenCommand::Create(args) => create::run(&args, out).await,
        TokenCommand::List(args) => list::run(&args, out).await,
        TokenCommand::Revoke(args) => revoke::run(&args, out).await,
    }
}
