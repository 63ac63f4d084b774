//! The `keyturn` binary: one command a file.
//!
//! - [`args`]: what may be typed. [`help`]: the same in Chinese.
//! - [`lang`], [`words`]: every sentence that this program says, in both languages.
//! - [`config`]: the file beneath environment and flags.
//! - [`out`], [`columns`], [`failure`]: how results and errors look; exit codes.
//! - [`serve`], [`healthcheck`], [`user`], [`device`], [`project`]: the commands of a server.
//! - [`edition`]: checklists, catalogue and rules, version by version.
//! - [`care`]: backup, restore, doctor; [`person`]: erasing.
//! - [`logs`], [`traces`]: what is told while a server runs.
//! - [`manual`]: the manual page and what shells complete.
//! - [`record`]: a merged record in the terminal.
//! - `demo`, `simulate`, `phone`, `parts`: real phones and a real server as processes (feature `demo`).

mod args;
mod care;
mod columns;
mod config;
#[cfg(feature = "demo")]
mod demo;
mod device;
mod edition;
mod failure;
mod healthcheck;
mod help;
mod http;
mod lang;
mod logs;
mod manual;
mod open;
mod out;
#[cfg(feature = "demo")]
mod parts;
mod person;
#[cfg(feature = "demo")]
mod phone;
mod project;
mod qr;
mod record;
mod run;
mod serve;
#[cfg(feature = "demo")]
mod simulate;
mod token;
mod traces;
mod user;
mod when;
mod words;

fn main() -> std::process::ExitCode {
    run::main()
}
