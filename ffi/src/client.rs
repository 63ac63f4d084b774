//! The one object that an app opens.

use crate::observe::{Observer, Subscription, Told};
use crate::{
    Cases, CoreError, Defects, Inspections, Milestones, Notices, People, Places, Promises, Search, Session, Sync,
    Tasks, Visits,
};
use keyturn_client::{Client, ClientOptions, FileKey, HttpApi, SystemClock, SystemIds};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// What an app is opened with.
#[derive(Clone, Debug, uniffi::Record)]
pub struct OpenOptions {
    /// The database file.
    pub path: String,
    /// The file of the device key; made when missing.
    pub key_path: String,
    /// The server's address, e.g. `https://keyturn.example`.
    pub server: String,
    /// Bytes of the file that keeps room for a full disk; 0: none.
    pub ballast: u64,
}

/// The app's client; hands out small clients. Every call may come from any thread.
#[derive(uniffi::Object)]
pub struct Keyturn(Client);

#[uniffi::export]
impl Keyturn {
    /// Opens the database, and creates it when missing.
    ///
    /// # Errors
    /// Those of the database and of the file of the key.
    #[uniffi::constructor]
    pub fn open(options: OpenOptions) -> Result<Self, CoreError> {
        let ids = Arc::new(SystemIds);
        let (client, _) = Client::open(ClientOptions {
            api: Arc::new(HttpApi::new(&options.server)?),
            signer: Arc::new(FileKey::open_or_create(Path::new(&options.key_path), ids.as_ref())?),
            path: options.path.into(),
            server: options.server,
            clock: Arc::new(SystemClock),
            ids,
            ballast: options.ballast,
        })?;
        Ok(Self(client))
    }

    /// Enrolment, who I am, roles.
    #[must_use]
    pub fn session(&self) -> Session {
        Session(self.0.session())
    }

    /// Exchange with the server, and how far everything is.
    #[must_use]
    pub fn sync(&self) -> Sync {
        Sync(self.0.sync())
    }

    /// Inspections: screens and commands.
    #[must_use]
    pub fn inspections(&self) -> Inspections {
        Inspections(self.0.inspections())
    }

    /// Defects: screens and commands.
    #[must_use]
    pub fn defects(&self) -> Defects {
        Defects(self.0.defects())
    }

    /// Cases: reports for an owner, screens and commands.
    #[must_use]
    pub fn cases(&self) -> Cases {
        Cases(self.0.cases())
    }

    /// Visits and calls: screens and commands.
    #[must_use]
    pub fn visits(&self) -> Visits {
        Visits(self.0.visits())
    }

    /// Promises: lists and commands.
    #[must_use]
    pub fn promises(&self) -> Promises {
        Promises(self.0.promises())
    }

    /// Tasks: lists.
    #[must_use]
    pub fn tasks(&self) -> Tasks {
        Tasks(self.0.tasks())
    }

    /// Search: places, people, records, ready words.
    #[must_use]
    pub fn search(&self) -> Search {
        Search(self.0.search())
    }

    /// Places: buildings, floors, homes.
    #[must_use]
    pub fn places(&self) -> Places {
        Places(self.0.places())
    }

    /// People: households, persons, contacts, agreed times, sales promises.
    #[must_use]
    pub fn people(&self) -> People {
        People(self.0.people())
    }

    /// Milestones: the days that tasks count from.
    #[must_use]
    pub fn milestones(&self) -> Milestones {
        Milestones(self.0.milestones())
    }

    /// Notices: audience, version, proof, who was not reached.
    #[must_use]
    pub fn notices(&self) -> Notices {
        Notices(self.0.notices())
    }

    /// Tells `observer` what changes from now on, and where sync stands at once.
    ///
    /// # Errors
    /// Those of the database.
    pub fn observe(&self, observer: Arc<dyn Observer>) -> Result<Subscription, CoreError> {
        let held = self.0.observe(Arc::new(Told(observer)))?;
        Ok(Subscription { held })
    }

    /// Lets sync run again after `prepare_suspend`.
    pub fn resume(&self) {
        self.0.resume();
    }
}

#[uniffi::export(async_runtime = "tokio")]
impl Keyturn {
    /// Leaves no lock and no job behind; false when the deadline passed before a running step ended.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn prepare_suspend(&self, deadline_ms: u64) -> Result<bool, CoreError> {
        Ok(self.0.prepare_suspend(Duration::from_millis(deadline_ms)).await?)
    }
}
