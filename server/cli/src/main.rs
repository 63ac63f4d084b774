//! The `keyturn` binary: one command a file.
//!
//! - [`args`]: what may be typed. [`help`]: the same in Chinese.
//! - [`lang`], [`words`]: every sentence that this program says, in both languages.
//! - [`out`], [`columns`], [`failure`]: how results and errors look; exit codes.

mod args;
mod columns;
mod device;
mod failure;
mod healthcheck;
mod help;
mod http;
mod lang;
mod logs;
mod open;
mod out;
mod project;
mod qr;
mod run;
mod serve;
mod user;
mod when;
mod words;

fn main() -> std::process::ExitCode {
    run::main()
}
