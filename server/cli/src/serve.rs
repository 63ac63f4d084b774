//! `keyturn serve`.

use crate::args::DataArgs;
use crate::failure::Failure;
use crate::logs::{self, LogForm};
use crate::out::Out;
use crate::words;
use clap::Args;
use keyturn_server::protocol::Code;
use keyturn_server::{Server, ServerConfig, bind};

/// Run the server until Ctrl-C or SIGTERM; requests under way are finished.
#[derive(Args, Debug)]
pub struct ServeArgs {
    #[command(flatten)]
    pub data: DataArgs,
    /// Address and port; port 0 takes any free one
    #[arg(
        long,
        value_name = "ADDRESS",
        env = "KEYTURN_LISTEN",
        default_value = "127.0.0.1:7373",
        hide_env = true
    )]
    pub listen: String,
    /// Where phones reach this server when that is another address: scheme, host and port
    #[arg(long, value_name = "URL", env = "KEYTURN_PUBLIC_URL", hide_env = true)]
    pub public_url: Option<String>,
    /// How logs look on standard error: `auto` is text on a terminal and JSON elsewhere
    #[arg(
        long,
        value_name = "auto|text|json",
        default_value = "auto",
        hide_possible_values = true
    )]
    pub log: LogForm,
}

/// Runs the command. With `--json`, one line says where the server listens.
///
/// # Errors
/// `port_in_use`, `db_locked`, `db_newer`, `db_damaged`, `db_unusable`, `config_bad`.
pub async fn run(args: ServeArgs, out: &Out) -> Result<(), Failure> {
    logs::begin(args.log);
    // The port first: it fails without having touched anything.
    let listener = bind(&args.listen).await?;
    let address = listener.local_addr().map_err(Failure::internal)?;
    std::fs::create_dir_all(&args.data.data)
        .map_err(|e| Failure::new(Code::DbUnusable, format!("{}: {e}", args.data.data.display())))?;
    let mut config = ServerConfig::new(args.data.database());
    config.public_url = args.public_url;
    let server = Server::open(config).await?;
    let url = format!("http://{address}");
    out.say(words::LISTENING, &[&url])?;
    out.say(words::SERVE_DATA, &[&args.data.data.display()])?;
    if !address.ip().is_loopback() {
        out.say(words::SERVE_OPEN_NET, &[&address])?;
    }
    out.say(words::SERVE_STOP, &[])?;
    let facts = serde_json::json!({ "listening": url, "data": args.data.data, "pid": std::process::id() });
    out.result_line(&facts)?;
    server.serve(listener, stop()).await;
    out.say(words::SERVE_STOPPED, &[])
}

/// Ends at Ctrl-C or SIGTERM.
async fn stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut term) = signal(SignalKind::terminate()) else {
        tracing::warn!("SIGTERM cannot be caught; only Ctrl-C stops this server cleanly");
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = term.recv() => {}
    }
}
