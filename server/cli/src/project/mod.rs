//! `keyturn project`: what a server starts with.

mod load;

pub use load::{load, say_loaded};

use crate::failure::Failure;
use crate::out::Out;
use clap::Subcommand;

/// What can be done with projects.
#[derive(Subcommand, Debug)]
pub enum ProjectCommand {
    /// Load the demo project: homes, people, tasks
    Load(load::LoadArgs),
}

/// Runs the command.
///
/// # Errors
/// What the server's library says.
pub async fn run(command: ProjectCommand, out: &Out) -> Result<(), Failure> {
    match command {
        ProjectCommand::Load(args) => load::run(&args, out).await,
    }
}
