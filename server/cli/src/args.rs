//! What may be typed. English here; [`crate::help`] has the Chinese.

use crate::lang::Lang;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Keyturn: handover inspections that survive basements, lifts and disagreements.
#[derive(Parser, Debug)]
#[command(name = "keyturn", version, disable_help_subcommand = true)]
pub struct Cli {
    /// Language of everything that is printed; else LANG, else Chinese
    #[arg(long, global = true, value_name = "zh|en", hide_possible_values = true)]
    pub lang: Option<Lang>,
    /// Print the result as JSON on standard output, errors as JSON on standard error
    #[arg(long, global = true)]
    pub json: bool,
    /// File with settings in TOML; environment and flags count more
    #[arg(long, global = true, value_name = "FILE", env = crate::config::FILE_ENV, hide_env = true)]
    pub config: Option<PathBuf>,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Run the server
    Serve(crate::serve::ServeArgs),
    /// People: who may log in, in which roles
    #[command(subcommand)]
    User(crate::user::UserCommand),
    /// Phones: enrol, list, revoke
    #[command(subcommand)]
    Device(crate::device::DeviceCommand),
    /// Projects: import, export, list, load the demo project
    #[command(subcommand)]
    Project(crate::project::ProjectCommand),
    /// Owners and those who live with them: erase
    #[command(subcommand)]
    Person(crate::person::PersonCommand),
    /// Make a backup while people work, read it back, verify it
    Backup(crate::care::backup::BackupArgs),
    /// Bring a backup back into an empty folder
    Restore(crate::care::restore::RestoreArgs),
    /// Verify everything that can be verified; repair what is computed
    Doctor(crate::care::doctor::DoctorArgs),
    /// Records: show a merged one
    #[command(subcommand)]
    Record(crate::record::RecordCommand),
    /// Watch two phones inspect one flat offline, and merge
    #[cfg(feature = "demo")]
    Demo(crate::demo::DemoArgs),
    /// Let many phones play days of engineers and ambassadors; measure
    #[cfg(feature = "demo")]
    Simulate(crate::simulate::SimulateArgs),
    /// A phone as a process
    #[cfg(feature = "demo")]
    #[command(hide = true)]
    Phone(crate::phone::PhoneArgs),
    /// Show the settings of `serve`, and where each came from
    Config(crate::config::ConfigArgs),
    /// Ask a running server whether it can work
    Healthcheck(crate::healthcheck::HealthcheckArgs),
}

/// Where the database is.
#[derive(Args, Debug, Clone)]
pub struct DataArgs {
    /// Folder of the server's data; `serve` makes it
    #[arg(
        long,
        value_name = "DIR",
        env = "KEYTURN_DATA",
        default_value = "keyturn-data",
        hide_env = true
    )]
    pub data: PathBuf,
}

impl DataArgs {
    /// Returns the path of the database.
    pub fn database(&self) -> PathBuf {
        self.data.join("keyturn.db")
    }
}
