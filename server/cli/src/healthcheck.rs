//! `keyturn healthcheck`: for containers and service managers.

use crate::failure::Failure;
use crate::out::Out;
use crate::{http, words};
use clap::Args;

/// Ask a running server whether it can work: exit code 0 if so, 5 if it does not answer or is not ready.
#[derive(Args, Debug)]
pub struct HealthcheckArgs {
    /// Where the server is
    #[arg(
        long,
        value_name = "URL",
        env = "KEYTURN_SERVER",
        default_value = "http://127.0.0.1:7373",
        hide_env = true
    )]
    pub server: String,
}

/// Runs the command.
///
/// # Errors
/// `offline`, `not_ready`, `shutting_down`.
pub async fn run(args: &HealthcheckArgs, out: &Out) -> Result<(), Failure> {
    let answer = http::get(&args.server, "/health/ready", None).await?;
    out.say(words::HEALTHY, &[&args.server])?;
    out.result(&answer)
}
