//! The open database: one writer, readers as needed, all closed while the app is suspended.

use crate::StoreError;
use crate::ballast::Ballast;
use crate::open::{self, Lock, OpenReport, StoreOptions};
use crate::watch::{Watch, Watched};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

/// How many idle readers are kept.
const READERS: usize = 3;

/// The phone's database. Shared between threads; whoever writes waits for whoever writes.
///
/// After [`Store::suspend`] no file is open and no lock is held; the next call opens it again.
#[derive(Debug)]
pub struct Store {
    pub(crate) path: PathBuf,
    pub(crate) writer: Mutex<Option<Writer>>,
    readers: Mutex<Vec<Connection>>,
    /// Counts the files that were here under this name: a reader of an earlier one is not kept.
    generation: AtomicU64,
    ballast: Ballast,
    watch: Watched,
}

#[derive(Debug)]
pub(crate) struct Writer {
    pub(crate) conn: Connection,
    pub(crate) lock: Lock,
}

impl Store {
    /// Opens the file, creates it when missing, brings it to the schema of this app, sets a damaged one aside.
    ///
    /// # Errors
    /// [`StoreError::Locked`], [`StoreError::Newer`], [`StoreError::DiskFull`], [`StoreError::File`]; the file stays as it was.
    pub fn open(options: &StoreOptions) -> Result<(Self, OpenReport), StoreError> {
        let lock = open::lock(&options.path)?;
        let (conn, report) = open::prepare(options)?;
        let ballast = Ballast::beside(&options.path, options.ballast);
        ballast.fill();
        let store = Self {
            path: options.path.clone(),
            writer: Mutex::new(Some(Writer { conn, lock })),
            readers: Mutex::new(Vec::new()),
            generation: AtomicU64::new(0),
            ballast,
            watch: Watched::default(),
        };
        Ok((store, report))
    }

    /// Lets `watch` be asked before each transaction that writes, and told after it.
    #[must_use]
    pub fn watched(mut self, watch: Arc<dyn Watch>) -> Self {
        self.watch = Watched(Some(watch));
        self
    }

    /// Runs `work` in one transaction: all of it is durable when this returns `Ok`, none of it otherwise.
    ///
    /// After an error of the commit itself its outcome is unknown; whoever keeps a copy of what was written must
    /// throw it away.
    ///
    /// # Errors
    /// What `work` returns, or a [`StoreError`].
    pub fn write<T, E: From<StoreError>>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, E>) -> Result<T, E> {
        let mut writer = self.writer()?;
        let conn = &mut writer.as_mut().ok_or(StoreError::Poisoned)?.conn;
        self.watch.ask(|watch| watch.begins(conn))?;
        let tx = conn
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|e| self.noted(StoreError::of("begin", e)))?;
        let value = work(&tx).inspect_err(|_| self.suspect_damage())?;
        self.watch.ask(|watch| watch.commits(&tx))?;
        tx.commit().map_err(|e| self.noted(StoreError::of("commit", e)))?;
        self.watch.ask(|watch| watch.committed())?;
        Ok(value)
    }

    /// Runs `work` on a connection that sees the last commit. Does not wait for the writer.
    ///
    /// # Errors
    /// What `work` returns, or a [`StoreError`].
    pub fn read<T, E: From<StoreError>>(&self, work: impl FnOnce(&Connection) -> Result<T, E>) -> Result<T, E> {
        let generation = self.generation.load(Ordering::SeqCst);
        let idle = self.readers.lock().map_err(|_| StoreError::Poisoned)?.pop();
        let conn = match idle {
            Some(conn) => conn,
            None => {
                drop(self.writer()?); // opens the file again after a suspend
                open::reader(&self.path)?
            }
        };
        let tx = conn
            .unchecked_transaction()
            .map_err(|e| StoreError::of("begin read", e))?;
        let value = work(&tx).inspect_err(|_| self.suspect_damage());
        drop(tx);
        let mut readers = self.readers.lock().map_err(|_| StoreError::Poisoned)?;
        if readers.len() < READERS && self.generation.load(Ordering::SeqCst) == generation {
            readers.push(conn);
        }
        value
    }

    /// Gives the room of the ballast file back; tells whether there was any. For work that must be finished.
    pub fn release_ballast(&self) -> bool {
        self.ballast.release()
    }

    /// Makes the ballast file again, if the disk has room.
    pub fn fill_ballast(&self) {
        self.ballast.fill();
    }

    /// Looks at every page: for quiet hours.
    ///
    /// # Errors
    /// [`StoreError::Damaged`]; the file is set aside when it is opened next.
    pub fn check(&self) -> Result<(), StoreError> {
        self.read(|conn| open::check(conn).map_err(|e| self.noted(e)))
    }

    /// Folds the log of the database into it and closes every file: no lock is left. A transaction that is under way
    /// ends first.
    ///
    /// # Errors
    /// [`StoreError::Poisoned`].
    pub fn suspend(&self) -> Result<(), StoreError> {
        let mut writer = self.writer.lock().map_err(|_| StoreError::Poisoned)?;
        self.readers.lock().map_err(|_| StoreError::Poisoned)?.clear();
        if let Some(open) = writer.take() {
            // Not needed for durability: a log that could not be folded is folded later.
            let _ = open.conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        Ok(())
    }

    /// Closes idle readers; those that are under way are not kept.
    pub(crate) fn new_generation(&self) -> Result<(), StoreError> {
        let mut readers = self.readers.lock().map_err(|_| StoreError::Poisoned)?;
        self.generation.fetch_add(1, Ordering::SeqCst);
        readers.clear();
        Ok(())
    }

    /// Tells whether the database is closed for now.
    #[must_use]
    pub fn is_suspended(&self) -> bool {
        self.writer.lock().is_ok_and(|writer| writer.is_none())
    }

    fn writer(&self) -> Result<MutexGuard<'_, Option<Writer>>, StoreError> {
        let mut writer = self.writer.lock().map_err(|_| StoreError::Poisoned)?;
        if writer.is_none() {
            let lock = open::lock(&self.path)?;
            let conn = open::writer(&self.path)?;
            *writer = Some(Writer { conn, lock });
        }
        Ok(writer)
    }

    /// Damage that a statement found: the next opening looks at every page, and sets the file aside.
    fn suspect_damage(&self) {
        if StoreError::take_damage() {
            open::suspect(&self.path);
        }
    }

    fn noted(&self, error: StoreError) -> StoreError {
        if matches!(error, StoreError::Damaged(_)) {
            open::suspect(&self.path);
        }
        error
    }
}
