//! Writing a record durably: a tap is answered when its transaction is committed, never before.

use super::phrases::{UsedHere, used};
use super::{Records, listing, marks_of};
use crate::client::Inner;
use crate::records::OpenDocuments;
use crate::{ClientError, Event};
use keyturn_domain::document::{Genesis, NewChange};
use keyturn_domain::{Document, DocumentId, Hash, ScopeId, Write};
use keyturn_store::changes::StoredChange;
use keyturn_store::documents::{self, Listing, Snapshot};
use keyturn_store::intents::StoredIntent;
use keyturn_store::outbox::{Command, State};
use keyturn_store::{StoreError, Transaction, changes, outbox, phrases};

/// After so many changes the cached snapshot is written anew: opening then costs little, and a tap nearly nothing.
const CACHE_EVERY: u32 = 64;

/// The record to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// One that is on this phone.
    Existing(DocumentId),
    /// One that is begun now, if it is not on this phone yet.
    Begin {
        /// What it is.
        genesis: Genesis,
        /// The scope of its place.
        scope: ScopeId,
    },
}

impl Target {
    /// Returns the record's id.
    #[must_use]
    pub const fn document(&self) -> DocumentId {
        match self {
            Self::Existing(document) => *document,
            Self::Begin { genesis, .. } => genesis.document,
        }
    }
}

/// What is to be recorded in one record.
#[derive(Clone, Debug)]
pub struct Recording {
    /// The record.
    pub target: Target,
    /// The heads from which the screen was drawn; what this phone itself wrote since is seen anyway.
    pub seen: Vec<Hash>,
    /// What to record.
    pub writes: Vec<Write>,
}

/// The answer to a tap: durable on this phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// The record.
    pub document: DocumentId,
    /// The change; none when nothing was to be changed.
    pub change: Option<Hash>,
    /// The heads from now on: what a screen that is drawn now has seen.
    pub heads: Vec<Hash>,
}

/// One change on its way into the database.
struct Made {
    document: DocumentId,
    begun: Option<(Genesis, ScopeId, Vec<u8>)>,
    change: NewChange,
    heads: Vec<Hash>,
    listing: Listing,
    cache: Option<Vec<u8>>,
    seen: Vec<Hash>,
    writes: Vec<Write>,
    used: UsedHere,
}

impl Records {
    /// Records in one record.
    ///
    /// # Errors
    /// As [`Records::record_all`].
    pub fn record(&self, recording: Recording) -> Result<Saved, ClientError> {
        let saved = self.record_all(vec![recording])?;
        saved.into_iter().next().ok_or(ClientError::Poisoned)
    }

    /// Records in several records at once: all of it is durable when this returns, or none of it happened.
    ///
    /// # Errors
    /// [`ClientError::NotEnrolled`], [`ClientError::Revoked`], [`ClientError::UnknownDocument`],
    /// [`ClientError::Document`] when `seen` is unknown or a write is not of our form, [`ClientError::Store`].
    pub fn record_all(&self, recordings: Vec<Recording>) -> Result<Vec<Saved>, ClientError> {
        let commands = recordings.into_iter().map(|r| {
            let Recording { target, seen, writes } = r;
            (target, move |_: &Document| Ok((seen, writes)))
        });
        self.command(commands, &[])
    }

    /// Computes writes out of the record as it is now, and records them: nothing can come in between.
    ///
    /// # Errors
    /// What `make` returns, and as [`Records::record_all`].
    pub fn record_with(
        &self,
        target: Target,
        make: impl FnOnce(&Document) -> Result<(Vec<Hash>, Vec<Write>), ClientError>,
    ) -> Result<Saved, ClientError> {
        self.record_beside(target, make, &[])
    }

    /// As [`Records::record_with`], and queues commands about rows in the same transaction.
    pub(crate) fn record_beside(
        &self,
        target: Target,
        make: impl FnOnce(&Document) -> Result<(Vec<Hash>, Vec<Write>), ClientError>,
        intents: &[StoredIntent],
    ) -> Result<Saved, ClientError> {
        let saved = self.command(std::iter::once((target, make)), intents)?;
        saved.into_iter().next().ok_or(ClientError::Poisoned)
    }

    fn command<M>(
        &self,
        commands: impl Iterator<Item = (Target, M)>,
        intents: &[StoredIntent],
    ) -> Result<Vec<Saved>, ClientError>
    where
        M: FnOnce(&Document) -> Result<(Vec<Hash>, Vec<Write>), ClientError>,
    {
        let inner = &self.inner;
        if inner.session.is_revoked() {
            return Err(ClientError::Revoked);
        }
        let at_ms = inner.now_ms();
        let mut open = inner.open_documents()?;
        let mut touched = Vec::new();
        let done = inner.make_and_save(&mut open, commands, intents, at_ms, &mut touched);
        if done.is_err() {
            // Also after an unknown commit: what is in memory may not be what is stored.
            touched.iter().for_each(|document| open.close(*document));
        }
        drop(open);
        let saved = done?;
        let changed: Vec<DocumentId> = saved
            .iter()
            .filter(|s| s.change.is_some())
            .map(|s| s.document)
            .collect();
        if !changed.is_empty() {
            inner.observers.tell(&Event::Records(changed));
            inner.tell_waiting();
        }
        Ok(saved)
    }
}

impl Inner {
    fn make_and_save<M>(
        &self,
        open: &mut OpenDocuments,
        commands: impl Iterator<Item = (Target, M)>,
        intents: &[StoredIntent],
        at_ms: i64,
        touched: &mut Vec<DocumentId>,
    ) -> Result<Vec<Saved>, ClientError>
    where
        M: FnOnce(&Document) -> Result<(Vec<Hash>, Vec<Write>), ClientError>,
    {
        let (mut saved, mut made) = (Vec::new(), Vec::new());
        for (target, make) in commands {
            let document = target.document();
            touched.push(document);
            let begun = self.writable(open, target)?;
            let found = open.get(document).ok_or(ClientError::UnknownDocument(document))?;
            let (seen, writes) = make(&found.document)?;
            let mut base = seen.clone();
            // What this phone itself wrote is always seen, also before it was opened this time.
            base.extend(found.own_last.filter(|h| found.document.has(h)));
            let change = found.document.write(&base, at_ms, &writes)?;
            let heads = found.document.heads();
            let hash = change.as_ref().map(|c| c.hash);
            saved.push(Saved {
                document,
                change: hash,
                heads: heads.clone(),
            });
            let Some(change) = change else {
                if begun.is_some() {
                    open.close(document); // begun, but nothing recorded: it does not exist
                }
                continue;
            };
            found.behind += 1;
            let cache = (found.behind >= CACHE_EVERY).then(|| found.document.save());
            if cache.is_some() {
                found.behind = 0;
            }
            let listing = self.store.read(|conn| {
                let marks = match begun {
                    Some(_) => keyturn_domain::record::Marks::default(),
                    None => marks_of(conn, document)?,
                };
                listing(conn, &found.document, &marks)
            })?;
            let used = used(&found.document, &writes);
            made.push(Made {
                document,
                begun,
                change,
                heads,
                listing,
                cache,
                seen: base,
                writes,
                used,
            });
        }
        if !made.is_empty() {
            self.commit(made, intents, at_ms)?;
        }
        Ok(saved)
    }

    /// Opens the target with an actor of its own; returns what it is when it was begun just now.
    fn writable(
        &self,
        open: &mut OpenDocuments,
        target: Target,
    ) -> Result<Option<(Genesis, ScopeId, Vec<u8>)>, ClientError> {
        let me = self.session.me()?;
        let document = target.document();
        let mut begun = None;
        match (self.opened(open, document), target) {
            (Ok(()), _) => {}
            (Err(ClientError::UnknownDocument(_)), Target::Begin { genesis, scope }) => {
                // What is left of a record whose scope was lost is handed in, not continued.
                if self.store.read(|conn| documents::get(conn, document))?.is_some() {
                    return Err(ClientError::UnknownDocument(document));
                }
                let new = Document::begin(&genesis)?;
                begun = Some((genesis, scope, new.save()));
                open.put(new, false);
            }
            (Err(e), _) => return Err(e),
        }
        let found = open.get(document).ok_or(ClientError::UnknownDocument(document))?;
        if !found.writable {
            found.document.write_as(self.ids.bytes16(), me.user, me.device);
            found.own_last = self.store.read(|conn| changes::last_own(conn, document))?;
            found.writable = true;
        }
        Ok(begun)
    }

    fn commit(&self, made: Vec<Made>, intents: &[StoredIntent], at_ms: i64) -> Result<(), StoreError> {
        #[cfg(feature = "planted")]
        if crate::planted::is("receipt_before_commit") {
            self.write_late()?;
            let intents = intents.to_vec();
            self.late.put(Box::new(move |tx| {
                intents.iter().try_for_each(|i| keyturn_store::intents::insert(tx, i))?;
                made.iter().try_for_each(|m| save(tx, m, at_ms))
            }));
            return Ok(());
        }
        self.store.write(|tx| {
            intents.iter().try_for_each(|i| keyturn_store::intents::insert(tx, i))?;
            made.iter().try_for_each(|m| save(tx, m, at_ms))
        })
    }

    #[cfg(feature = "planted")]
    pub(crate) fn write_late(&self) -> Result<(), StoreError> {
        for work in self.late.take() {
            self.store.write(work)?;
        }
        Ok(())
    }
}

fn save(tx: &Transaction<'_>, made: &Made, at_ms: i64) -> Result<(), StoreError> {
    let document = made.document;
    if let Some((genesis, scope, bytes)) = &made.begun {
        if documents::get(tx, document)?.is_none() {
            documents::insert(tx, genesis, *scope)?;
        }
        let new = Snapshot {
            bytes,
            heads: &made.heads,
            checked: true,
            scope: *scope,
        };
        documents::set_snapshot(tx, document, new)?;
    }
    let change = StoredChange {
        hash: made.change.hash,
        bytes: made.change.bytes.clone(),
        own: true,
        received_seq: None,
        received_ms: 0,
        from_user: None,
    };
    changes::insert(tx, document, &change)?;
    let command = Command {
        document,
        hash: made.change.hash,
        seen: made.seen.clone(),
        writes: made.writes.clone(),
        at_ms,
        state: State::Queued,
        code: String::new(),
        tries: 0,
        replayed: 0,
    };
    outbox::insert(tx, &command)?;
    documents::set_heads(tx, document, &made.heads)?;
    documents::set_listing(tx, document, &made.listing)?;
    for phrase in &made.used.phrases {
        phrases::note(tx, document, phrase, &made.used.part, at_ms)?;
    }
    if let Some(bytes) = &made.cache {
        documents::cache(tx, document, bytes, &made.heads)?;
    }
    Ok(())
}
