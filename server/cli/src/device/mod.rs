//! `keyturn device`: phones.

mod enrol;
mod list;
mod revoke;

use crate::failure::Failure;
use crate::out::Out;
use clap::Subcommand;

/// What can be done with phones.
#[derive(Subcommand, Debug)]
pub enum DeviceCommand {
    /// Make a one-time code with which a person enrols a phone
    Enrol(enrol::EnrolArgs),
    /// List phones
    List(list::ListArgs),
    /// Revoke a phone: it may then hand in its work, nothing else
    Revoke(revoke::RevokeArgs),
}

/// Runs the command.
///
/// # Errors
/// What the server's library says.
pub async fn run(command: DeviceCommand, out: &Out) -> Result<(), Failure> {
    match command {
        DeviceCommand::Enrol(args) => enrol::run(&args, out).await,
        DeviceCommand::List(args) => list::run(&args, out).await,
        DeviceCommand::Revoke(args) => revoke::run(&args, out).await,
    }
}
