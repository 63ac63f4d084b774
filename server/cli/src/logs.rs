//! Logs go to standard error: lines for a person, JSON for a machine.

use crate::failure::Failure;
use crate::traces::{self, Traces};
use keyturn_server::TRACE_TARGET;
use std::io::IsTerminal as _;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, Registry};

/// How logs look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum LogForm {
    /// Text on a terminal, JSON elsewhere.
    Auto,
    /// Lines for a person.
    Text,
    /// One JSON object a line.
    Json,
}

impl std::fmt::Display for LogForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Text => "text",
            Self::Json => "json",
        })
    }
}

/// Begins to log, and to send traces where a collector is named; `KEYTURN_LOG` chooses what is logged, such as `debug` or
/// `keyturn_server=debug`.
///
/// # Errors
/// `config_bad` for a collector that cannot be used.
pub fn begin(form: LogForm, collector: Option<&str>) -> Result<Traces, Failure> {
    let json = match form {
        LogForm::Auto => !std::io::stderr().is_terminal(),
        LogForm::Text => false,
        LogForm::Json => true,
    };
    let filter = || {
        let filter = EnvFilter::try_from_env("KEYTURN_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
        // Spans are for collectors; a line of the log says all of it by itself.
        match format!("{TRACE_TARGET}=off").parse() {
            Ok(off) => filter.add_directive(off),
            Err(_) => filter,
        }
    };
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = if json {
        lines.json().flatten_event(true).with_filter(filter()).boxed()
    } else {
        lines.with_filter(filter()).boxed()
    };
    let (spans, traces) = traces::begin::<Registry>(collector)?;
    // It fails only when logging has begun before.
    let _ = tracing_subscriber::registry().with(spans).with(lines).try_init();
    Ok(traces)
}
