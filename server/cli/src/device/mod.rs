//! `keyturn device`: phones.

mod enrol;
mod list;
mod revoke;
mod wipe;

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
    /// Let a phone erase itself, after it has handed in what it can
    Wipe(wipe::WipeArgs),
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
        DeviceCommand::Wipe(args) => wipe::run(&args, out).await,
    }
}
