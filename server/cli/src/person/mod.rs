//! `keyturn person`: owners and those who live with them.

mod erase;

use crate::failure::Failure;
use crate::out::Out;
use clap::Subcommand;

/// What can be done about persons.
#[derive(Subcommand, Debug)]
pub enum PersonCommand {
    /// Erase a person or household for good, also from what is restored later
    Erase(erase::EraseArgs),
}

/// Runs the command.
///
/// # Errors
/// What the server's library says.
pub async fn run(command: PersonCommand, out: &Out) -> Result<(), Failure> {
    match command {
        PersonCommand::Erase(args) => erase::run(&args, out).await,
    }
}
