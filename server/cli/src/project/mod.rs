//! `keyturn project`: estates.

mod load;

use crate::failure::Failure;
use crate::out::Out;
use clap::Subcommand;

/// What can be done with projects.
#[derive(Subcommand, Debug)]
pub enum ProjectCommand {
    /// Load a project from data
    #[command(subcommand)]
    Load(LoadCommand),
}

/// Where the data come from.
#[derive(Subcommand, Debug)]
pub enum LoadCommand {
    /// The built-in demo: 799 homes, their teams and tasks
    Demo(load::DemoArgs),
}

/// Runs the command.
///
/// # Errors
/// What the server's library says.
pub async fn run(command: ProjectCommand, out: &Out) -> Result<(), Failure> {
    match command {
        ProjectCommand::Load(LoadCommand::Demo(args)) => load::run(&args, out).await,
    }
}
