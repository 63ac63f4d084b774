//! The one object that an app opens.

use crate::engine::Engine;
use crate::facade::{KeptNames, KeptQuestions};
use crate::observe::Observers;
use crate::records::OpenDocuments;
use crate::session::SessionState;
use crate::status::status;
use crate::{ClientError, Event, Observer, Records, Session, Subscription, Sync};
use keyturn_domain::gate::{Gate, MergeEngine};
use keyturn_domain::{Clock, Ids};
use keyturn_protocol::SyncApi;
use keyturn_protocol::auth::DeviceSigner;
use keyturn_store::{OpenReport, Store, StoreOptions, Watch, outbox};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

/// What a client is made of.
#[derive(Clone)]
pub struct ClientOptions {
    /// The database file.
    pub path: PathBuf,
    /// The server's address, e.g. `https://keyturn.example`; proofs of the device key name it.
    pub server: String,
    /// How the server is reached: HTTP, or in memory.
    pub api: Arc<dyn SyncApi>,
    /// The key of this device.
    pub signer: Arc<dyn DeviceSigner>,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where randomness comes from.
    pub ids: Arc<dyn Ids>,
    /// Bytes of the ballast file; 0: none.
    pub ballast: u64,
}

/// The app's client. Clones share it; every call may come from any thread.
#[derive(Clone)]
pub struct Client {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) server: String,
    pub(crate) api: Arc<dyn SyncApi>,
    pub(crate) signer: Arc<dyn DeviceSigner>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) gate: Arc<dyn MergeEngine>,
    /// Taken before a transaction that writes records begins, so that a document in memory and its rows move together.
    open: Mutex<OpenDocuments>,
    pub(crate) observers: Arc<Observers>,
    pub(crate) session: SessionState,
    pub(crate) engine: Engine,
    pub(crate) questions: KeptQuestions,
    pub(crate) names: KeptNames,
    #[cfg(feature = "planted")]
    pub(crate) late: crate::planted::Late,
}

impl Client {
    /// Opens the database, creates it when missing, sets a damaged one aside and says so.
    ///
    /// # Errors
    /// [`ClientError::Store`]: locked by another process, newer than this app, full disk; the file stays as it was.
    pub fn open(options: ClientOptions) -> Result<(Self, OpenReport), ClientError> {
        Self::open_with(options, |store| store)
    }

    /// Opens the database like [`Client::open`], with somebody who is asked before each of its transactions: tests let
    /// a phone die between two writes, or its disk run full.
    ///
    /// # Errors
    /// As [`Client::open`].
    pub fn open_watched(options: ClientOptions, watch: Arc<dyn Watch>) -> Result<(Self, OpenReport), ClientError> {
        Self::open_with(options, |store| store.watched(watch))
    }

    fn open_with(
        options: ClientOptions,
        watched: impl FnOnce(Store) -> Store,
    ) -> Result<(Self, OpenReport), ClientError> {
        let store = StoreOptions {
            path: options.path,
            ballast: options.ballast,
            now_ms: options.clock.now_ms(),
        };
        let (store, report) = Store::open(&store)?;
        let store = watched(store);
        let session = store.read(SessionState::load)?;
        let inner = Inner {
            store,
            server: options.server.trim_end_matches('/').to_owned(),
            api: options.api,
            signer: options.signer,
            clock: options.clock,
            ids: options.ids,
            gate: Arc::new(Gate::phone()),
            open: Mutex::default(),
            observers: Arc::default(),
            session,
            engine: Engine::default(),
            questions: KeptQuestions::default(),
            names: KeptNames::default(),
            #[cfg(feature = "planted")]
            late: crate::planted::Late::default(),
        };
        Ok((Self { inner: Arc::new(inner) }, report))
    }

    /// Enrolment, who I am, roles.
    #[must_use]
    pub fn session(&self) -> Session {
        Session {
            inner: self.inner.clone(),
        }
    }

    /// Exchange with the server, and what is saved, received, in backup or stuck.
    #[must_use]
    pub fn sync(&self) -> Sync {
        Sync {
            inner: self.inner.clone(),
        }
    }

    /// Records: what the small clients of each kind are built on.
    #[must_use]
    pub fn records(&self) -> Records {
        Records {
            inner: self.inner.clone(),
        }
    }

    /// Tells `observer` what changes from now on, and where sync stands at once; ends when the handle is dropped.
    ///
    /// # Errors
    /// [`ClientError::Store`].
    pub fn observe(&self, observer: Arc<dyn Observer>) -> Result<Subscription, ClientError> {
        observer.changed(&Event::Status(self.sync().status()?));
        Ok(self.inner.observers.add(observer))
    }

    /// Leaves no lock and no job behind: stops a sync between two steps, writes caches, closes the database. Whatever
    /// is called next opens it again. Returns false when `deadline` passed before a running step ended; nothing is
    /// lost then either.
    ///
    /// # Errors
    /// [`ClientError::Store`].
    pub async fn prepare_suspend(&self, deadline: Duration) -> Result<bool, ClientError> {
        let idle = self.inner.engine.pause(deadline).await;
        self.inner.write_caches()?;
        self.inner.store.suspend()?;
        Ok(idle)
    }

    /// Lets sync run again after [`Client::prepare_suspend`].
    pub fn resume(&self) {
        self.inner.engine.resume();
    }
}

impl Inner {
    pub(crate) fn open_documents(&self) -> Result<MutexGuard<'_, OpenDocuments>, ClientError> {
        self.open.lock().map_err(|_| ClientError::Poisoned)
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// Tells observers how much waits to be sent: cheap enough for every tap.
    pub(crate) fn tell_waiting(&self) {
        if self.observers.is_empty() {
            return;
        }
        if let Ok(waiting) = self.store.read(outbox::waiting) {
            self.observers.tell(&Event::Waiting(waiting));
        }
    }

    /// Tells observers where sync stands, if there are any.
    pub(crate) fn tell_status(&self) {
        if self.observers.is_empty() {
            return;
        }
        match self.store.read(status) {
            Ok(status) => self.observers.tell(&Event::Status(status)),
            Err(error) => tracing::warn!(code = error.code(), "The status could not be read"),
        }
    }
}
