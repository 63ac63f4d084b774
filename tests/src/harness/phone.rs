//! A phone: the real client on a database file of its own.

use super::{Disk, Net, PhoneDb, SimClock, SimIds};
use keyturn_client::{Client, ClientOptions, FileKey};
use keyturn_domain::{Clock, DeviceId, UserId};
use keyturn_server::sync::MEMORY_URL;
use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

/// A phone in somebody's hand.
pub struct SimPhone {
    /// How it is called in traces.
    pub name: String,
    /// Whose it is.
    pub user: UserId,
    /// The device that it is enrolled as; twins have the same.
    pub device: DeviceId,
    /// Its network.
    pub net: Arc<Net>,
    /// Its clock, which is shown and never decides.
    pub clock: Arc<SimClock>,
    /// Its disk.
    pub disk: Arc<Disk>,
    /// Its randomness.
    pub ids: Arc<SimIds>,
    /// Its key.
    pub key: Arc<FileKey>,
    path: PathBuf,
    open: Option<Client>,
    peeked: OnceCell<Rc<PhoneDb>>,
}

impl SimPhone {
    /// A phone that is switched off.
    #[must_use]
    pub fn new(name: &str, path: PathBuf, ids: Arc<SimIds>, key: Arc<FileKey>, now_ms: i64) -> Self {
        Self {
            name: name.to_owned(),
            user: UserId::default(),
            device: DeviceId::default(),
            net: Net::new(),
            clock: Arc::new(SimClock::new(now_ms)),
            disk: Disk::new(),
            ids,
            key,
            path,
            open: None,
            peeked: OnceCell::new(),
        }
    }

    /// Starts the app.
    pub fn start(&mut self) {
        let options = ClientOptions {
            path: self.path.clone(),
            server: MEMORY_URL.to_owned(),
            api: self.net.clone(),
            signer: self.key.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            ballast: 0,
        };
        let (client, report) = Client::open_watched(options, self.disk.clone()).expect("a client");
        assert_eq!(report.set_aside, None, "{}: the database was damaged", self.name);
        self.open = Some(client);
    }

    /// Ends the app, whatever it was doing.
    pub fn stop(&mut self) {
        self.peeked.take();
        self.open = None;
    }

    /// Tells whether the app runs.
    #[must_use]
    pub const fn is_running(&self) -> bool {
        self.open.is_some()
    }

    /// The running app.
    ///
    /// # Panics
    /// When it does not run.
    #[must_use]
    pub const fn client(&self) -> &Client {
        self.open.as_ref().expect("the app runs")
    }

    /// What its database holds now. Opened once, since to open it means to read its whole schema.
    #[must_use]
    pub fn peek(&self) -> Rc<PhoneDb> {
        self.peeked.get_or_init(|| Rc::new(PhoneDb::open(&self.path))).clone()
    }

    /// The database file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What its clock shows.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// Copies the database as it is, while the app runs.
    pub fn copy_to(&self, to: &Path) {
        super::template::remove_database(to);
        let from = rusqlite::Connection::open(&self.path).expect("the database");
        from.backup("main", to, None).expect("a copy");
    }

    /// Puts an earlier copy in the place of the database of the stopped app.
    pub fn copy_from(&self, from: &Path) {
        assert!(self.open.is_none(), "the app is stopped");
        super::template::remove_database(&self.path);
        std::fs::copy(from, &self.path).expect("a copy");
    }
}
