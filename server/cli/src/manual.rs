//! `keyturn manual`, `keyturn completions`: made from the same description as the help.

use crate::args::Cli;
use crate::failure::Failure;
use crate::out;
use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

/// Print the manual page, in roff
#[derive(Args, Debug)]
pub struct ManualArgs {
    /// That of a command, such as `serve` or `project import`
    #[arg(value_name = "COMMAND")]
    pub command: Vec<String>,
}

/// Print what a shell needs to complete commands
#[derive(Args, Debug)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "bash|zsh|fish|elvish|powershell", hide_possible_values = true)]
    pub shell: Shell,
}

/// Prints a manual page.
///
/// # Errors
/// `not_found` for a command that there is none of; when nothing can be printed.
pub fn page(args: &ManualArgs, localise: impl Fn(clap::Command) -> clap::Command) -> Result<(), Failure> {
    let mut command = localise(Cli::command());
    command.build();
    for name in &args.command {
        let found = command.find_subcommand(name).cloned();
        command = found.ok_or_else(|| {
            Failure::new(
                keyturn_server::protocol::Code::NotFound,
                format!("keyturn {}", args.command.join(" ")),
            )
        })?;
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command)
        .render(&mut page)
        .map_err(Failure::internal)?;
    out::put(String::from_utf8_lossy(&page).trim_end())
}

/// Prints completions.
///
/// # Errors
/// When nothing can be printed.
pub fn completions(args: &CompletionsArgs) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "keyturn", &mut script);
    out::put(String::from_utf8_lossy(&script).trim_end())
}
