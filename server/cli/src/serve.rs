//! `keyturn serve`.

use crate::args::DataArgs;
use crate::failure::Failure;
use crate::logs::{self, LogForm};
use crate::out::Out;
use crate::words;
use clap::Args;
use keyturn_server::http::{Net, TlsFiles};
use keyturn_server::protocol::Code;
use keyturn_server::{Server, ServerConfig, bind};
use std::path::PathBuf;

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
    /// Certificate for TLS in PEM, its issuers behind it; a renewed one is taken up by itself
    #[arg(
        long,
        value_name = "FILE",
        env = "KEYTURN_TLS_CERTIFICATE",
        hide_env = true,
        requires = "tls_key"
    )]
    pub tls_certificate: Option<PathBuf>,
    /// Private key of the certificate, in PEM
    #[arg(
        long,
        value_name = "FILE",
        env = "KEYTURN_TLS_KEY",
        hide_env = true,
        requires = "tls_certificate"
    )]
    pub tls_key: Option<PathBuf>,
    /// So many requests of one token in a minute; phones are not counted
    #[arg(long, value_name = "N", env = "KEYTURN_API_PER_MINUTE", default_value_t = keyturn_server::http::API_PER_MINUTE, hide_env = true)]
    pub api_per_minute: std::num::NonZeroU32,
    /// So many enrolments and tokens of phones from one address in a minute
    #[arg(long, value_name = "N", env = "KEYTURN_LOGINS_PER_MINUTE", default_value_t = keyturn_server::http::LOGINS_PER_MINUTE, hide_env = true)]
    pub logins_per_minute: std::num::NonZeroU32,
    /// Proxies whose X-Forwarded-For, -Host and -Proto are believed: addresses or ranges like 10.0.0.0/8, with commas
    #[arg(
        long,
        value_name = "RANGES",
        env = "KEYTURN_TRUSTED_PROXIES",
        default_value = "",
        hide_default_value = true,
        hide_env = true
    )]
    pub trusted_proxies: String,
    /// Address for Prometheus metrics at /metrics; without, there are none
    #[arg(long, value_name = "ADDRESS", env = "KEYTURN_METRICS", hide_env = true)]
    pub metrics: Option<String>,
    /// Send traces to this OpenTelemetry collector, such as http://127.0.0.1:4318
    #[arg(long, value_name = "URL", env = "KEYTURN_TRACES", hide_env = true)]
    pub traces: Option<String>,
    /// Load the demo project first
    #[arg(long)]
    pub demo: bool,
    #[command(flatten)]
    pub backup: crate::care::plan::PlanArgs,
    /// Stop when standard input ends: whoever started this is gone
    #[arg(long, hide = true)]
    pub with_parent: bool,
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
/// `port_in_use`, `db_locked`, `db_newer`, `db_damaged`, `db_unusable`, `db_unreachable`, `db_refused`, `config_bad`.
pub async fn run(args: ServeArgs, out: &Out) -> Result<(), Failure> {
    let traces = logs::begin(args.log, args.traces.as_deref())?;
    // The port first: it fails without having touched anything.
    let listener = bind(&args.listen).await?;
    let metrics = match &args.metrics {
        Some(address) => Some(bind(address).await?),
        None => None,
    };
    let address = listener.local_addr().map_err(Failure::internal)?;
    std::fs::create_dir_all(&args.data.data)
        .map_err(|e| Failure::new(Code::DbUnusable, format!("{}: {e}", args.data.data.display())))?;
    let mut config = ServerConfig::new(args.data.database()?);
    config.backup = args.backup.plan()?;
    config.public_url = args.public_url;
    config.api_per_minute = args.api_per_minute;
    config.logins_per_minute = args.logins_per_minute;
    config.trusted_proxies = proxies(&args.trusted_proxies)?;
    config.tls = args
        .tls_certificate
        .zip(args.tls_key)
        .map(|(certificate, key)| TlsFiles { certificate, key });
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    let shown = config.database.shown();
    let server = Server::open(config).await?;
    if args.demo {
        let loaded = crate::project::load(&server, None).await?;
        crate::project::say_loaded(&loaded, out)?;
    }
    let url = format!("{scheme}://{address}");
    out.say(words::LISTENING, &[&url])?;
    out.say(words::SERVE_DATA, &[&args.data.data.display()])?;
    if args.data.database.is_some() {
        out.say(words::SERVE_DATABASE, &[&shown])?;
    }
    if scheme == "http" && !address.ip().is_loopback() {
        out.say(words::SERVE_OPEN_NET, &[&address])?;
    }
    out.say(words::SERVE_STOP, &[])?;
    let mut told = None;
    if let Some(listener) = metrics {
        let address = format!("http://{}/metrics", listener.local_addr().map_err(Failure::internal)?);
        out.say(words::SERVE_METRICS, &[&address])?;
        told = Some(address);
        let server = server.clone();
        tokio::spawn(async move { server.serve_metrics(listener).await });
    }
    let facts = serde_json::json!({
        "listening": url, "metrics": told, "data": args.data.data, "database": shown,
        "pid": std::process::id(),
    });
    out.result_line(&facts)?;
    let with_parent = args.with_parent;
    server.serve(listener, async move { stop(with_parent).await }).await;
    traces.end().await;
    out.say(words::SERVE_STOPPED, &[])
}

/// Reads the list of proxies.
fn proxies(list: &str) -> Result<Vec<Net>, Failure> {
    let named = list.split(',').filter(|net| !net.trim().is_empty());
    Ok(named.map(str::parse).collect::<Result<_, keyturn_server::Error>>()?)
}

/// Ends at Ctrl-C or SIGTERM, or with the parent.
async fn stop(with_parent: bool) {
    use tokio::signal::unix::{SignalKind, signal};
    let (tell, mut told) = tokio::sync::watch::channel(false);
    if with_parent {
        // A thread of its own: a read of standard input cannot be cancelled.
        std::thread::spawn(move || {
            // Whatever is read, the end of it is what matters.
            let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
            tell.send_replace(true);
        });
    }
    let orphaned = async move {
        if !with_parent || told.wait_for(|gone| *gone).await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let term = async {
        match signal(SignalKind::terminate()) {
            Ok(mut term) => {
                term.recv().await;
            }
            Err(error) => {
                tracing::warn!(%error, "SIGTERM cannot be caught; only Ctrl-C stops this server cleanly");
                std::future::pending::<()>().await;
            }
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = term => {}
        () = orphaned => {}
    }
}
