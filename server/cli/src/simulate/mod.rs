//! `keyturn simulate`.
use crate::failure::Failure;
use crate::out::Out;
/// Args.
#[derive(clap::Args, Debug)]
pub struct SimulateArgs {}
/// Runs.
pub async fn run(_: SimulateArgs, _: &Out) -> Result<(), Failure> { Ok(()) }
#[cfg(test)]
pub const ALL_WORDS: &[(&str, crate::words::Words)] = &[];
