//! From the command line to an exit code.

use crate::args::{Cli, Command};
use crate::config::File;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::out::Out;
use clap::error::ErrorKind;
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _};
use std::process::ExitCode;

/// Parses, runs, tells what went wrong.
pub fn main() -> ExitCode {
    let args: Vec<String> = std::env::args_os().map(|a| a.to_string_lossy().into_owned()).collect();
    let env = |name: &str| std::env::var(name).ok();
    let lang = Lang::find(&args, env);
    let file = match File::find(&args, env) {
        Ok(file) => file,
        Err(failure) => {
            failure.tell(lang, args.iter().any(|arg| arg == "--json"));
            return ExitCode::from(failure.exit() as u8);
        }
    };
    let (cli, matches) = match parse(lang, &file) {
        Ok(parsed) => parsed,
        Err(error) => return usage(&error, lang),
    };
    let out = Out::new(lang, cli.json);
    let done = match (&cli.command, matches.subcommand()) {
        (Command::Config(args), Some((_, matches))) => crate::config::run(args, &file, matches, &out),
        (Command::Manual(args), _) => crate::manual::page(args, |command| crate::help::localised(command, lang)),
        (Command::Completions(args), _) => crate::manual::completions(args),
        _ => start(cli.command, &out),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.tell(lang, out.json);
            ExitCode::from(failure.exit() as u8)
        }
    }
}

/// The arguments as the system gave them: a path need not be UTF-8.
fn parse(lang: Lang, file: &File) -> Result<(Cli, ArgMatches), clap::Error> {
    let command = crate::help::localised(file.apply(Cli::command()), lang);
    let matches = command.try_get_matches_from(std::env::args_os())?;
    Ok((Cli::from_arg_matches(&matches)?, matches))
}

/// Help and version are answers; everything else is wrong usage and ends with 2.
fn usage(error: &clap::Error, lang: Lang) -> ExitCode {
    let answer = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    if !answer && error.kind() != ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand && lang == Lang::Zh {
        eprintln!("命令用法不对：");
    }
    // When the terminal is gone there is nobody to tell.
    let _ = error.print();
    ExitCode::from(if answer { 0 } else { 2 })
}

fn start(command: Command, out: &Out) -> Result<(), Failure> {
    // Fails only when a provider is there already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::internal)?;
    runtime.block_on(run(command, out))
}

async fn run(command: Command, out: &Out) -> Result<(), Failure> {
    match command {
        Command::Serve(args) => crate::serve::run(args, out).await,
        // Answered before, without a runtime.
        Command::Config(_) | Command::Manual(_) | Command::Completions(_) => Ok(()),
        Command::User(command) => crate::user::run(command, out).await,
        Command::Device(command) => crate::device::run(command, out).await,
        Command::Token(command) => crate::token::run(command, out).await,
        Command::Project(command) => crate::project::run(command, out).await,
        Command::Edition(command) => crate::edition::run(command, out).await,
        Command::Person(command) => crate::person::run(command, out).await,
        Command::Backup(args) => crate::care::backup::run(&args, out).await,
        Command::Restore(args) => crate::care::restore::run(&args, out).await,
        Command::Copy(args) => crate::care::copy::run(&args, out).await,
        Command::Doctor(args) => crate::care::doctor::run(&args, out).await,
        Command::Record(command) => crate::record::run(command, out).await,
        #[cfg(feature = "demo")]
        Command::Demo(args) => crate::demo::run(args, out).await,
        #[cfg(feature = "demo")]
        Command::Simulate(args) => crate::simulate::run(args, out).await,
        #[cfg(feature = "demo")]
        Command::Phone(args) => crate::phone::run(args).await,
        Command::Healthcheck(args) => crate::healthcheck::run(&args, out).await,
    }
}
