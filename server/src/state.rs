//! What every request shares.
use std::sync::Arc;

use keyturn_domain::{Clock, Ids, ProjectId};
use tokio::sync::{broadcast, watch};
use uuid::Uuid;

use crate::auth::Logins;
use crate::db::{Db, DbError, WriteTx, bytes_n};
use crate::http::{API_PER_MINUTE, LOGINS_PER_MINUTE, Limits, Proxies};
use crate::metrics::Metrics;
use crate::pokes::Untold;
use crate::sync::Shared;

/// Pokes that a slow listener may fall behind; then it is told to look at everything.
const POKES: usize = 256;

/// The open server; clones share it.
#[derive(Clone)]
pub struct AppState {
    /// The storage.
    pub db: Db,
    /// The server's clock; it decides.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub ids: Arc<dyn Ids>,
    /// Which server this is; stands in the database.
    pub server_id: Uuid,
    /// Where phones reach this server, without a path; when absent, the `Host` of the request is believed.
    pub public_url: Option<Arc<str>>,
    /// Who may do what, as far as it was asked.
    pub logins: Arc<Logins>,
    /// What exchanges share: open documents, the gate.
    pub sync: Arc<Shared>,
    /// How often other systems may ask, and strangers knock.
    pub limits: Arc<Limits>,
    /// The proxies whose headers are believed.
    pub proxies: Proxies,
    /// What is counted for whoever watches.
    pub metrics: Arc<Metrics>,
    pokes: broadcast::Sender<ProjectId>,
    /// What other servers on the same database wait to hear; grows by one entry per project.
    pub(crate) untold: Arc<Untold>,
    stopping: Arc<watch::Sender<bool>>,
}

impl AppState {
    pub(crate) async fn open(
        db: Db,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        public_url: Option<Arc<str>>,
    ) -> Result<Self, DbError> {
        let mut tx = db.begin_write().await?;
        let server_id = server_id(&mut tx, &*ids).await?;
        tx.commit().await?;
        Ok(Self {
            db,
            limits: Arc::new(Limits::new(Arc::clone(&clock), API_PER_MINUTE, LOGINS_PER_MINUTE)),
            proxies: Proxies::default(),
            clock,
            ids,
            server_id,
            public_url,
            logins: Arc::default(),
            sync: Arc::default(),
            metrics: Arc::default(),
            pokes: broadcast::Sender::new(POKES),
            untold: Arc::default(),
            stopping: Arc::new(watch::Sender::new(false)),
        })
    }

    /// Returns the server's time in milliseconds.
    pub fn now(&self) -> i64 {
        self.clock.now_ms()
    }

    /// Tells whoever listens that `project` moved. Costs nothing when nobody does.
    pub fn poke(&self, project: ProjectId) {
        self.poke_here(project);
        if self.db.is_postgres() {
            self.untold.add(project);
        }
    }

    /// Tells only those who listen at this process.
    pub(crate) fn poke_here(&self, project: ProjectId) {
        // An error only says that nobody listens.
        let _ = self.pokes.send(project);
    }

    /// Listens for pokes from now on.
    pub fn pokes(&self) -> broadcast::Receiver<ProjectId> {
        self.pokes.subscribe()
    }

    /// Turns true when the server begins to stop: long answers end then.
    pub fn stopping(&self) -> watch::Receiver<bool> {
        self.stopping.subscribe()
    }

    pub(crate) fn stop(&self) {
        self.stopping.send_replace(true);
    }
}

async fn server_id(tx: &mut WriteTx, ids: &dyn Ids) -> Result<Uuid, DbError> {
    let made = Uuid::from_bytes(ids.bytes16());
    sqlx::query("INSERT INTO server_facts (name, value) VALUES ('server_id', $1) ON CONFLICT (name) DO NOTHING")
        .bind(made.as_bytes().to_vec())
        .execute(&mut **tx)
        .await?;
    let row = sqlx::query("SELECT value FROM server_facts WHERE name = 'server_id'")
        .fetch_one(&mut **tx)
        .await?;
    Ok(Uuid::from_bytes(bytes_n(&row, "value")?))
}
