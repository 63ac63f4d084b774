//! The server: open, restarted, copied, restored.

use super::{ServerDb, SimClock, SimIds, database};
use keyturn_protocol::SyncApi;
use keyturn_server::db::DbOptions;
use keyturn_server::{Server, ServerConfig};
use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

/// A server on a database file of its own.
pub struct SimServer {
    path: PathBuf,
    /// Its clock, which decides.
    pub clock: Arc<SimClock>,
    ids: Arc<SimIds>,
    open: Option<Server>,
    peeked: OnceCell<Rc<ServerDb>>,
}

impl SimServer {
    /// A server that is not open yet.
    #[must_use]
    pub fn new(path: PathBuf, clock: Arc<SimClock>, ids: Arc<SimIds>) -> Self {
        Self {
            path,
            clock,
            ids,
            open: None,
            peeked: OnceCell::new(),
        }
    }

    /// Opens it.
    pub async fn open(&mut self) {
        let mut config = ServerConfig::new(database(&self.path));
        config.clock = self.clock.clone();
        config.ids = self.ids.clone();
        config.db = DbOptions {
            readers: 1,
            check: false,
            ..DbOptions::default()
        };
        self.open = Some(Server::open(config).await.expect("a server"));
    }

    /// Closes it; whoever still holds its service holds it open.
    pub async fn close(&mut self) {
        // Whoever still looked would keep the file from being whole without its log.
        self.peeked.take();
        if let Some(server) = self.open.take() {
            server.close().await;
        }
    }

    /// What the open server's database holds now. Opened once, since to open it means to read its whole schema.
    #[must_use]
    pub fn peek(&self) -> Rc<ServerDb> {
        self.peeked.get_or_init(|| Rc::new(ServerDb::open(&self.path))).clone()
    }

    /// The open server.
    ///
    /// # Panics
    /// When it is closed.
    #[must_use]
    pub const fn get(&self) -> &Server {
        self.open.as_ref().expect("the server is open")
    }

    /// Its service, for the network.
    #[must_use]
    pub fn api(&self) -> Option<Arc<dyn SyncApi>> {
        let server = self.open.as_ref()?;
        Some(Arc::new(server.sync()))
    }

    /// The database file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Copies the closed database.
    pub async fn copy_to(&self, to: &Path) {
        assert!(self.open.is_none(), "only a closed database is one file");
        super::database::copy_out(&self.path, to).await;
    }

    /// Puts an earlier copy in the place of the closed database.
    pub async fn copy_from(&self, from: &Path) {
        assert!(self.open.is_none(), "only a closed database is one file");
        super::template::remove_database(&self.path);
        super::database::copy_in(from, &self.path).await;
    }
}
