//! What may be typed. English here; [`crate::help`] has the Chinese.

use crate::failure::Failure;
use crate::lang::Lang;
use clap::{Args, Parser, Subcommand};
use keyturn_server::db::Database;
use keyturn_server::protocol::Code;
use std::path::{Path, PathBuf};

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
    /// Phones: enrol, list, revoke, wipe
    #[command(subcommand)]
    Device(crate::device::DeviceCommand),
    /// Tokens: what other programs call the API with
    #[command(subcommand)]
    Token(crate::token::TokenCommand),
    /// Projects: import, export, list, load the demo project
    #[command(subcommand)]
    Project(crate::project::ProjectCommand),
    /// Editions: checklists, catalogue and rules of a project
    #[command(subcommand)]
    Edition(crate::edition::EditionCommand),
    /// Owners and those who live with them: erase
    #[command(subcommand)]
    Person(crate::person::PersonCommand),
    /// Make a backup while people work, read it back, verify it
    Backup(crate::care::backup::BackupArgs),
    /// Bring a backup back into an empty folder
    Restore(crate::care::restore::RestoreArgs),
    /// Move a server between SQLite and PostgreSQL; phones go on
    Copy(crate::care::copy::CopyArgs),
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
    /// Print the manual page, in roff
    Manual(crate::manual::ManualArgs),
    /// Print what a shell needs to complete commands
    Completions(crate::manual::CompletionsArgs),
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
    /// Database in PostgreSQL instead of a file in the data folder: postgres://user@host/name, with ?schema= if wanted
    #[arg(
        long,
        value_name = "URL",
        env = "KEYTURN_DATABASE",
        hide_env = true,
        hide_env_values = true
    )]
    pub database: Option<String>,
    /// File that holds the password for it
    #[arg(
        long,
        value_name = "FILE",
        env = "KEYTURN_DATABASE_PASSWORD_FILE",
        hide_env = true,
        requires = "database"
    )]
    pub database_password_file: Option<PathBuf>,
}

impl DataArgs {
    /// The data in a folder, without anything else.
    #[cfg(feature = "demo")]
    pub const fn in_folder(data: PathBuf) -> Self {
        Self {
            data,
            database: None,
            database_password_file: None,
        }
    }

    /// Returns the database.
    ///
    /// # Errors
    /// `config_bad` for an address that is none, or a password that cannot be read.
    pub fn database(&self) -> Result<Database, Failure> {
        match &self.database {
            Some(address) => named(address, &self.data, self.database_password_file.as_deref()),
            None => Ok(self.data.join("keyturn.db").into()),
        }
    }
}

/// Reads the address of a database, with the password from a file where one is named.
///
/// # Errors
/// `config_bad`; never with the password.
pub fn named(address: &str, data: &Path, password_file: Option<&Path>) -> Result<Database, Failure> {
    let password = match password_file {
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|e| Failure::new(Code::ConfigBad, format!("{}: {e}", path.display())))?;
            Some(text.trim_end_matches(['\r', '\n']).to_owned())
        }
        None => None,
    };
    Ok(Database::parse(address, data, password.as_deref())?)
}
