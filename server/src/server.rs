//! The entry: open, serve, and what the command line calls.
use std::future::Future;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use keyturn_domain::catalog::Catalog;
use keyturn_domain::{Clock, Ids};
use keyturn_protocol::Code;
use tokio::net::TcpListener;

use crate::backup::{BackupPlan, keep_backed_up};
use crate::db::{Database, Db, DbOptions};
use crate::editions::ProjectEditions;
use crate::http::{Net, TlsFiles};
use crate::pokes::keep_listening;
use crate::project::Projects;
use crate::state::AppState;
use crate::sync::{SyncService, keep_planned};
use crate::users::{Actor, Devices, Grants, Tokens, Users};
use crate::{Error, SystemClock, SystemIds, http};

/// How a server is opened.
#[derive(Clone)]
pub struct ServerConfig {
    /// The database; made when missing.
    pub database: Database,
    /// Where phones reach this server, such as `https://keyturn.example`; without, the `Host` header is believed.
    pub public_url: Option<String>,
    /// The certificate for TLS; without, the server speaks plain HTTP, as behind a proxy.
    pub tls: Option<TlsFiles>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub ids: Arc<dyn Ids>,
    /// How the database is opened.
    pub db: DbOptions,
    /// How long requests under way may take when the server stops.
    pub stop_within: Duration,
    /// What it backs up by itself while it serves.
    pub backup: Option<BackupPlan>,
    /// How many requests of one token it answers in a minute.
    pub api_per_minute: NonZeroU32,
    /// How many enrolments and tokens of phones one address may ask for in a minute.
    pub logins_per_minute: NonZeroU32,
    /// The proxies whose `X-Forwarded-For`, `-Host` and `-Proto` are believed.
    pub trusted_proxies: Vec<Net>,
}

impl ServerConfig {
    /// Returns the settings of an ordinary server on this machine's clock and randomness.
    pub fn new(database: impl Into<Database>) -> Self {
        Self {
            database: database.into(),
            public_url: None,
            tls: None,
            clock: Arc::new(SystemClock),
            ids: Arc::new(SystemIds),
            db: DbOptions::default(),
            stop_within: Duration::from_secs(10),
            backup: None,
            api_per_minute: http::API_PER_MINUTE,
            logins_per_minute: http::LOGINS_PER_MINUTE,
            trusted_proxies: Vec::new(),
        }
    }
}

/// An open server.
#[derive(Clone)]
pub struct Server {
    state: AppState,
    tls: Option<Arc<http::Tls>>,
    stop_within: Duration,
    backup: Option<BackupPlan>,
}

impl Server {
    /// Opens the database and everything on it.
    ///
    /// # Errors
    /// Whatever `Db::open` says, and `ConfigBad` for an address that is none or a certificate that cannot be used,
    /// `data_broken` for a wrong row of the built-in data.
    pub async fn open(config: ServerConfig) -> Result<Self, Error> {
        // A wrong row of the built-in data is told now, with its file and line, not at somebody's first call.
        Catalog::built_in()?;
        let public_url = config.public_url.as_deref().map(checked_url).transpose()?;
        let tls = config.tls.map(http::Tls::open).transpose()?.map(Arc::new);
        let db = Db::open(&config.database, &config.db).await?;
        let mut state = AppState::open(db, config.clock, config.ids, public_url).await?;
        let clock = Arc::clone(&state.clock);
        let limits = http::Limits::new(clock, config.api_per_minute, config.logins_per_minute);
        state.limits = Arc::new(limits);
        state.proxies = config.trusted_proxies.into();
        Ok(Self {
            state,
            tls,
            stop_within: config.stop_within,
            backup: config.backup,
        })
    }

    /// Returns what every request shares; the sync service in memory is made from it.
    pub fn state(&self) -> &AppState {
        &self.state
    }

    /// Returns the router, made from the table of routes.
    pub fn router(&self) -> Router {
        http::router(self.state.clone())
    }

    /// Answers requests until `shutdown` is done; then takes no new ones, finishes those under way and closes the
    /// database. What takes longer than `stop_within` is cut off: it was not acknowledged.
    pub async fn serve(&self, listener: TcpListener, shutdown: impl Future<Output = ()> + Send + 'static) {
        self.serve_router(listener, self.router(), shutdown).await;
    }

    /// Tells metrics at `GET /metrics` of a listener of its own, until the server stops. Whoever reaches that address
    /// may read them: they hold counts and codes of projects, and nothing that was recorded.
    pub async fn serve_metrics(&self, listener: TcpListener) {
        crate::metrics::serve(listener, self.state.clone()).await;
    }

    pub(crate) async fn serve_router(
        &self,
        listener: TcpListener,
        router: Router,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) {
        let state = self.state.clone();
        let stop = async move {
            shutdown.await;
            state.stop();
        };
        let planning = tokio::spawn(keep_planned(self.sync()));
        let listening = tokio::spawn(keep_listening(self.state.clone()));
        let plan = self.backup.clone();
        let backups = plan.map(|plan| tokio::spawn(keep_backed_up(self.state.clone(), plan)));
        if !http::serve(listener, self.tls.clone(), router, stop, self.stop_within).await {
            tracing::warn!("Requests still under way were cut off; they were not acknowledged");
        }
        self.state.stop();
        if planning.await.is_err() {
            tracing::error!("Planning ended before the server did");
        }
        if listening.await.is_err() {
            tracing::error!("Listening to other servers ended before the server did");
        }
        if let Some(backups) = backups
            && backups.await.is_err()
        {
            tracing::error!("Backups ended before the server did");
        }
        self.close().await;
    }

    /// Closes the database; what was acknowledged is in the file.
    pub async fn close(&self) {
        self.state.stop();
        self.state.db.close().await;
    }

    /// The sync: exchanges in memory, and what the office does to projects.
    pub fn sync(&self) -> SyncService {
        SyncService::new(self.state.clone())
    }

    /// Projects as files.
    pub fn projects(&self) -> Projects<'_> {
        Projects::new(&self.state, self.sync(), Actor::Command)
    }

    /// Editions of projects' data.
    pub fn editions(&self) -> ProjectEditions<'_> {
        ProjectEditions::new(&self.state, Actor::Command)
    }

    /// The people who may log in.
    pub fn users(&self) -> Users<'_> {
        Users::new(&self.state, Actor::Command)
    }

    /// Enrolment codes and devices.
    pub fn devices(&self) -> Devices<'_> {
        Devices::new(&self.state, Actor::Command)
    }

    /// Tokens for other programs that read.
    pub fn tokens(&self) -> Tokens<'_> {
        Tokens::new(&self.state, Actor::Command)
    }

    /// Roles on scopes.
    pub fn grants(&self) -> Grants<'_> {
        Grants::new(&self.state, Actor::Command)
    }
}

/// Binds `address`.
///
/// # Errors
/// `PortInUse`, or `ConfigBad` for an address that cannot be bound.
pub async fn bind(address: &str) -> Result<TcpListener, Error> {
    TcpListener::bind(address).await.map_err(|error| {
        let code = if error.kind() == std::io::ErrorKind::AddrInUse {
            Code::PortInUse
        } else {
            Code::ConfigBad
        };
        Error::refused(code, format!("{address}: {error}"))
    })
}

fn checked_url(url: &str) -> Result<Arc<str>, Error> {
    let url = url.trim_end_matches('/');
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', ' ', '@']) => Ok(url.into()),
        _ => Err(Error::refused(
            Code::ConfigBad,
            format!("{url} is no address like https://keyturn.example"),
        )),
    }
}
