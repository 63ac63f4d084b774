//! `keyturn user`: who may log in, in which roles.

mod add;
mod disable;
mod grant;
mod list;
mod revoke;
mod token;

use crate::failure::Failure;
use crate::out::Out;
use clap::Subcommand;

/// What can be done with people.
#[derive(Subcommand, Debug)]
pub enum UserCommand {
    /// Add a person
    Add(add::AddArgs),
    /// List everybody with their roles
    List(list::ListArgs),
    /// Disable a person: at once, phones may still hand in their work
    Disable(disable::DisableArgs),
    /// Give a person a role
    Grant(grant::GrantArgs),
    /// Take a role from a person
    Revoke(revoke::RevokeArgs),
    /// Make a token for a program that reads the API in a person's name
    Token(token::TokenArgs),
}

/// Runs the command.
///
/// # Errors
/// What the server's library says.
pub async fn run(command: UserCommand, out: &Out) -> Result<(), Failure> {
    match command {
        UserCommand::Add(args) => add::run(&args, out).await,
        UserCommand::List(args) => list::run(&args, out).await,
        UserCommand::Disable(args) => disable::run(&args, out).await,
        UserCommand::Grant(args) => grant::run(&args, out).await,
        UserCommand::Revoke(args) => revoke::run(&args, out).await,
        UserCommand::Token(args) => token::run(&args, out).await,
    }
}
