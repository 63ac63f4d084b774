//! `keyturn project`: what a server starts with, and how it gets out again.

mod export;
mod import;
mod list;
mod load;
mod problems;
mod verify;
mod words;

pub use load::{load, say_loaded};
#[cfg(test)]
pub use words::ALL as ALL_WORDS;

use crate::failure::Failure;
use crate::out::Out;
use clap::Subcommand;

/// What can be done with projects.
#[derive(Subcommand, Debug)]
pub enum ProjectCommand {
    /// Import a project from CSV or JSON: all of it or nothing
    Import(import::ImportArgs),
    /// Write a project as tables that import again
    Export(export::ExportArgs),
    /// Read an export back: compare hashes and documents
    Verify(verify::VerifyArgs),
    /// List all projects
    List(list::ListArgs),
    /// Load the demo project: homes, people, tasks
    Load(load::LoadArgs),
}

/// Runs the command.
///
/// # Errors
/// What the server's library says.
pub async fn run(command: ProjectCommand, out: &Out) -> Result<(), Failure> {
    match command {
        ProjectCommand::Import(args) => import::run(&args, out).await,
        ProjectCommand::Export(args) => export::run(&args, out).await,
        ProjectCommand::Verify(args) => verify::run(&args, out),
        ProjectCommand::List(args) => list::run(&args, out).await,
        ProjectCommand::Load(args) => load::run(&args, out).await,
    }
}
