//! Reading a record: open, cached, checked when it is first opened.

use super::{LoadError, Records, listing, load, marks_of};
use crate::ClientError;
use crate::client::Inner;
use crate::records::OpenDocuments;
use keyturn_domain::record::Marks;
use keyturn_domain::{Document, DocumentId, Hash, PlaceId, ProjectId};
use keyturn_store::documents::{self, ListedDocument, Snapshot, StoredDocument};
use keyturn_store::errands::Errand;
use keyturn_store::quarantine::Refused;
use keyturn_store::{Transaction, errands, meta, quarantine};

impl Records {
    /// Lets `look` read a record, with what the server said about its changes.
    ///
    /// # Errors
    /// [`ClientError::UnknownDocument`], [`ClientError::Unreadable`], [`ClientError::Store`].
    pub fn read<T>(&self, document: DocumentId, look: impl FnOnce(&Document, &Marks) -> T) -> Result<T, ClientError> {
        let marks = self.inner.store.read(|conn| {
            let mut marks = marks_of(conn, document)?;
            // Lists do without; a screen shows the server's time beside that of the device.
            marks
                .received
                .extend(keyturn_store::changes::received_at(conn, document)?);
            Ok::<_, ClientError>(marks)
        })?;
        let mut open = self.inner.open_documents()?;
        self.inner.opened(&mut open, document)?;
        let found = open.get(document).ok_or(ClientError::UnknownDocument(document))?;
        Ok(look(&found.document, &marks))
    }

    /// Lets `look` read a record alone, without what the server said about its changes: costs no query while it is
    /// open, so that a tap may ask.
    ///
    /// # Errors
    /// [`ClientError::UnknownDocument`], [`ClientError::Unreadable`], [`ClientError::Store`].
    pub fn look<T>(&self, document: DocumentId, look: impl FnOnce(&Document) -> T) -> Result<T, ClientError> {
        let mut open = self.inner.open_documents()?;
        self.inner.opened(&mut open, document)?;
        let found = open.get(document).ok_or(ClientError::UnknownDocument(document))?;
        Ok(look(&found.document))
    }

    /// Tells whether a record is on this phone.
    ///
    /// # Errors
    /// [`ClientError::Store`].
    pub fn has(&self, document: DocumentId) -> Result<bool, ClientError> {
        let stored = self.inner.store.read(|conn| documents::get(conn, document))?;
        Ok(stored.is_some_and(|d| !d.husk))
    }

    /// Returns a record as lists show it, without opening it.
    ///
    /// # Errors
    /// [`ClientError::Store`].
    pub fn listed(&self, document: DocumentId) -> Result<Option<ListedDocument>, ClientError> {
        Ok(self.inner.store.read(|conn| documents::listed(conn, document))?)
    }

    /// Returns the records about a place, without opening them.
    ///
    /// # Errors
    /// [`ClientError::Store`].
    pub fn at_place(&self, place: PlaceId) -> Result<Vec<ListedDocument>, ClientError> {
        Ok(self.inner.store.read(|conn| documents::at_place(conn, place))?)
    }

    /// Returns the records of a project, of one kind or of all (`""`), without opening them.
    ///
    /// # Errors
    /// [`ClientError::Store`].
    pub fn of_project(&self, project: ProjectId, kind: &str) -> Result<Vec<ListedDocument>, ClientError> {
        Ok(self
            .inner
            .store
            .read(|conn| documents::of_project(conn, project, kind))?)
    }

    /// Opens, judges and projects up to `most` records that came from the server and were never opened, and projects
    /// those anew that older code projected: for quiet hours. Returns how many it looked at.
    ///
    /// # Errors
    /// [`ClientError::Store`].
    pub fn tend(&self, most: u32) -> Result<u32, ClientError> {
        let form = super::PROJECTED_BY;
        let (unchecked, old) = self.inner.store.read(|conn| {
            let unchecked = documents::unchecked(conn, most)?;
            Ok::<_, ClientError>((unchecked, documents::projected_before(conn, form, most)?))
        })?;
        let mut done = 0;
        for document in unchecked.into_iter().chain(old).take(most as usize) {
            let mut open = self.inner.open_documents()?;
            let was_open = open.get(document).is_some();
            match self.inner.opened(&mut open, document) {
                Ok(()) => self.inner.project_again(&mut open, document)?,
                Err(ClientError::Unreadable { .. } | ClientError::UnknownDocument(_)) => {}
                Err(e) => return Err(e),
            }
            if !was_open {
                open.close(document);
            }
            done += 1;
        }
        Ok(done)
    }
}

impl Inner {
    /// Makes sure that a document is open.
    pub(crate) fn opened(&self, open: &mut OpenDocuments, document: DocumentId) -> Result<(), ClientError> {
        if open.get(document).is_some() {
            return Ok(());
        }
        let stored = self.store.read(|conn| documents::get(conn, document))?;
        let stored = stored
            .filter(|d| !d.husk)
            .ok_or(ClientError::UnknownDocument(document))?;
        match self.store.read(|conn| load(conn, self.gate.as_ref(), &stored)) {
            Ok(found) => {
                if !stored.checked {
                    self.store.write(|tx| self.accept_snapshot(tx, &stored, &found))?;
                }
                open.put(found, false);
                Ok(())
            }
            Err(error) => {
                self.store.write(|tx| self.unreadable(tx, &stored, &error))?;
                Err(error.of(document))
            }
        }
    }

    /// A server's snapshot passed the gate: our own projection wins, a difference is counted.
    pub(crate) fn accept_snapshot(
        &self,
        tx: &Transaction<'_>,
        stored: &StoredDocument,
        found: &Document,
    ) -> Result<(), ClientError> {
        let id = stored.genesis.document;
        let (bytes, heads) = (found.save(), found.heads());
        let new = Snapshot {
            bytes: &bytes,
            heads: &heads,
            checked: true,
            scope: stored.scope,
        };
        documents::set_snapshot(tx, id, new)?;
        let listing = listing(tx, found, &marks_of(tx, id)?)?;
        if documents::listed(tx, id)?.is_some_and(|old| old.projection != listing.projection) {
            meta::add(tx, "projection_differences", 1)?;
        }
        documents::set_listing(tx, id, &listing)?;
        Ok(())
    }

    /// Keeps what did not open, and asks the server for the document again, once.
    pub(crate) fn unreadable(
        &self,
        tx: &Transaction<'_>,
        stored: &StoredDocument,
        error: &LoadError,
    ) -> Result<(), ClientError> {
        let document = stored.genesis.document;
        let reason = match error {
            LoadError::Refused(code) => code.clone(),
            LoadError::Unreadable(_) => "unreadable".to_owned(),
            LoadError::Store(_) => return Ok(()),
        };
        let bytes = stored.snapshot.clone().unwrap_or_default();
        let hash = Hash::of(&bytes);
        if !quarantine::has(tx, document, hash)? {
            quarantine::put(
                tx,
                &Refused {
                    document,
                    hash,
                    bytes,
                    reason,
                    at_ms: self.now_ms(),
                },
            )?;
            errands::add(tx, Errand::Need, document)?;
        }
        Ok(())
    }

    /// Computes the projection of an open document anew.
    fn project_again(&self, open: &mut OpenDocuments, document: DocumentId) -> Result<(), ClientError> {
        if let Some(found) = open.get(document) {
            self.store.write(|tx| {
                let listing = listing(tx, &found.document, &marks_of(tx, document)?)?;
                Ok::<_, ClientError>(documents::set_listing(tx, document, &listing)?)
            })?;
        }
        Ok(())
    }

    /// Writes snapshots of open documents that have changed since theirs was written.
    pub(crate) fn write_caches(&self) -> Result<(), ClientError> {
        let mut open = self.open_documents()?;
        let behind: Vec<_> = open.all().filter(|o| o.behind > 0).collect();
        if behind.is_empty() {
            return Ok(());
        }
        self.store.write(|tx| {
            for found in &behind {
                let (id, bytes, heads) = (found.document.id(), found.document.save(), found.document.heads());
                documents::cache(tx, id, &bytes, &heads)?;
            }
            Ok::<_, ClientError>(())
        })?;
        for found in behind {
            found.behind = 0;
        }
        Ok(())
    }
}
