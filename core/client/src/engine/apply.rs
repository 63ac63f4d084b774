//! A reply becomes state, in one transaction.

use super::request::Outgoing;
use super::{StepReport, closing, rewind, scopes, server_heads};
use crate::ClientError;
use crate::client::Inner;
use crate::records::{OpenDocuments, listing, marks_of};
use crate::session::Me;
use keyturn_domain::document::Genesis;
use keyturn_domain::rows::kind;
use keyturn_domain::{Document, DocumentId, Hash, ProjectId, ScopeId};
use keyturn_protocol::codec::{from_cbor, to_cbor};
use keyturn_protocol::{Entry, Mark, Page, SyncReply};
use keyturn_store::changes::StoredMark;
use keyturn_store::documents::{self, Snapshot};
use keyturn_store::grants::StoredGrant;
use keyturn_store::rows::Row;
use keyturn_store::{Transaction, changes, errands, grants, intents, meta, outbox, progress, rows};

/// One reply on its way into the database.
pub(super) struct Applying<'a> {
    pub(super) inner: &'a Inner,
    pub(super) me: &'a Me,
    pub(super) tx: &'a Transaction<'a>,
    pub(super) open: &'a mut OpenDocuments,
    pub(super) now_ms: i64,
    pub(super) report: StepReport,
}

impl Inner {
    /// Applies a reply. On an error nothing of it is stored, and every open document is read anew.
    pub(super) fn apply(&self, me: &Me, outgoing: &Outgoing, reply: &SyncReply) -> Result<StepReport, ClientError> {
        let mut open = self.open_documents()?;
        let result = self.store.write(|tx| {
            let mut applying = Applying {
                inner: self,
                me,
                tx,
                open: &mut open,
                now_ms: reply.now_ms,
                report: StepReport::default(),
            };
            applying.reply(outgoing, reply)?;
            Ok::<_, ClientError>(applying.report)
        });
        if result.is_err() {
            open.close_all();
        }
        if !reply.pages.is_empty() || reply.rewind.is_some() {
            self.questions.forget();
        }
        // Every reply may end a grant or bring a key: names are read again when they are next looked for.
        self.names.forget();
        result
    }
}

impl Applying<'_> {
    fn reply(&mut self, outgoing: &Outgoing, reply: &SyncReply) -> Result<(), ClientError> {
        self.inner.note_server_time(self.tx, reply.now_ms)?;
        meta::set_number(self.tx, "synced_ms", reply.now_ms)?;
        if reply.wipe {
            self.inner.begin_wiping(self.tx)?;
            self.report.session = true;
        }
        if let Some(rewind) = &reply.rewind {
            self.report.rewound = true;
            self.report.more = true;
            self.rewind(rewind, reply)?;
            return self.places(reply);
        }
        meta::delete(self.tx, rewind::SEND_EARLIER)?;
        self.verdicts(outgoing, &reply.verdicts)?;
        for (document, rest) in &outgoing.wants {
            match rest {
                None => errands::done_want(self.tx, *document)?,
                Some(have) => errands::add_want(self.tx, *document, have)?,
            }
        }
        self.audited(outgoing, reply)?;
        for row in &outgoing.rows {
            errands::done_row(self.tx, *row)?;
        }
        for scope in &outgoing.scopes {
            errands::done_scope(self.tx, *scope)?;
        }
        if outgoing.sums {
            closing::differing(self.tx, reply)?;
        }
        for intent in &reply.intents {
            intents::settle(self.tx, intent.id, intent.refused.as_deref(), intent.seq)?;
        }
        self.read_again()?;
        for page in &reply.pages {
            self.page(page)?;
        }
        if self.report.rows.contains(kind::EDITION) || self.report.rows.contains(kind::EDITION_FILE) {
            // What was found by another edition's words is looked up again, in quiet hours.
            documents::edition_came(self.tx)?;
        }
        self.unanswered(&outgoing.needs, reply)?;
        for want in &reply.want {
            self.want(want.document, &want.have)?;
        }
        for mark in &reply.backup {
            progress::set_backup(self.tx, mark.project, mark.seq)?;
            intents::prune(self.tx, mark.project, mark.seq)?;
        }
        if !reply.backup.is_empty() {
            outbox::prune(self.tx)?;
        }
        for husk in documents::done_husks(self.tx)? {
            documents::forget(self.tx, husk)?;
        }
        let purges = |page: &Page| page.entries.iter().any(|entry| matches!(entry, Entry::Purge { .. }));
        if reply.pages.iter().any(purges) {
            // Words of what was purged are nowhere any longer, not even in a block of the index.
            keyturn_store::search::tidy(self.tx)?;
        }
        self.places(reply)?;
        if let Some(sum) = reply.closing {
            self.report.agreed = Some(closing::compare(self.tx, sum, reply.now_ms)?);
        }
        self.report.more |= !outbox::queued(self.tx, 1)?.is_empty()
            || !errands::counts(self.tx)?.is_empty()
            || closing::is_due(self.tx)?;
        if outgoing.idle && !reply.more && !self.report.more {
            scopes::end_lapsed(self)?;
        }
        Ok(())
    }

    /// Cursor and witness.
    fn places(&self, reply: &SyncReply) -> Result<(), ClientError> {
        if let Some(cursor) = &reply.cursor {
            meta::set(self.tx, "cursor", &cursor.0)?;
        }
        if let Some(highest) = reply.witness.as_ref().or(reply.cursor.as_ref()) {
            meta::set(self.tx, "witness", &highest.0)?;
            progress::add_witness(self.tx, &highest.0)?;
        }
        Ok(())
    }

    fn want(&self, document: DocumentId, have: &[Hash]) -> Result<(), ClientError> {
        if let Some(mut stored) = documents::get(self.tx, document)? {
            server_heads::replace(self.tx, &mut stored, have, 0)?;
            errands::add_want(self.tx, document, have)?;
        }
        Ok(())
    }

    fn page(&mut self, page: &Page) -> Result<(), ClientError> {
        progress::add_project(self.tx, page.project)?;
        let mut batches = super::merge::batches(page);
        for entry in &page.entries {
            self.report.entries += 1;
            self.entry(page.project, entry, &mut batches)?;
        }
        Ok(())
    }

    fn entry(
        &mut self,
        project: ProjectId,
        entry: &Entry,
        batches: &mut super::merge::Batches<'_>,
    ) -> Result<(), ClientError> {
        match entry {
            Entry::Begin { seq, genesis, scope } => self.begin(*seq, genesis, *scope),
            // All changes of a document in one page are merged at the first: once per document, not per change.
            Entry::Change { document, .. } => match batches.remove(document) {
                Some(batch) => self.merge(*document, &batch),
                None => Ok(()),
            },
            Entry::Yours {
                seq,
                document,
                received_ms,
                prefixes,
                mark,
            } => self.yours(*seq, *document, *received_ms, prefixes, *mark),
            Entry::Snapshot { .. } => self.snapshot(entry),
            Entry::Row {
                seq,
                kind,
                id,
                scope,
                body,
            } => {
                self.report.rows.insert(kind.clone());
                match body {
                    None => {
                        rows::delete(self.tx, project, kind, *id, *seq)?;
                        // What this phone itself said about somebody holds the key, too.
                        if kind == keyturn_domain::rows::kind::SUBJECT_KEY
                            && rows::get(self.tx, project, kind, *id)?.is_none()
                        {
                            intents::forget_subject(self.tx, *id)?;
                        }
                    }
                    Some(body) => {
                        let (kind, body) = (kind.clone(), body.to_vec());
                        rows::put(
                            self.tx,
                            &Row {
                                project,
                                kind,
                                id: *id,
                                scope: *scope,
                                seq: *seq,
                                body,
                            },
                        )?;
                    }
                }
                Ok(())
            }
            Entry::Grant {
                seq,
                scope,
                role,
                write,
            } => {
                self.report.session = true;
                let grant = StoredGrant {
                    project,
                    scope: *scope,
                    role: role.clone(),
                    write: *write,
                    seq: *seq,
                };
                Ok(grants::put(self.tx, &grant)?)
            }
            Entry::Revoke { seq, scope, role } => {
                self.report.session = true;
                grants::delete(self.tx, project, *scope, role, *seq)?;
                scopes::leave(self, project)
            }
            Entry::Purge { document, .. } => self.forget(*document),
            Entry::Marked {
                document, hash, mark, ..
            } => self.marked(*document, *hash, *mark),
            Entry::Unknown(value) => Ok(rows::keep_unknown(self.tx, project, &to_cbor(value)?)?),
        }
    }

    /// Reads entries again that an older version did not know, once per process.
    fn read_again(&mut self) -> Result<(), ClientError> {
        if self.inner.engine.read_again() {
            for (n, project, bytes) in rows::unknown(self.tx)? {
                match from_cbor::<Entry>(&bytes) {
                    Ok(Entry::Unknown(_)) | Err(_) => {}
                    Ok(entry) => {
                        rows::forget_unknown(self.tx, n)?;
                        self.page(&Page {
                            project,
                            entries: vec![entry],
                        })?;
                    }
                }
            }
        }
        Ok(())
    }

    fn begin(&mut self, seq: u64, genesis: &Genesis, scope: ScopeId) -> Result<(), ClientError> {
        let (first, _) = genesis.change()?;
        let mut stored = match documents::get(self.tx, genesis.document)? {
            // The id of a document that is here, with another content: not of our server.
            Some(stored) if stored.genesis != *genesis => {
                return self.refuse(genesis.document, first, &[], "wrong_document");
            }
            Some(stored) => stored,
            None => {
                let document = Document::begin(genesis)?;
                documents::insert(self.tx, genesis, scope)?;
                let (bytes, heads) = (document.save(), document.heads());
                let new = Snapshot {
                    bytes: &bytes,
                    heads: &heads,
                    checked: true,
                    scope,
                };
                documents::set_snapshot(self.tx, genesis.document, new)?;
                let listing = listing(self.tx, &document, &marks_of(self.tx, genesis.document)?)?;
                documents::set_listing(self.tx, genesis.document, &listing)?;
                self.report.records.insert(genesis.document);
                documents::get(self.tx, genesis.document)?.ok_or(ClientError::UnknownDocument(genesis.document))?
            }
        };
        if stored.server_heads.is_empty() {
            server_heads::replace(self.tx, &mut stored, &[first], seq)?;
        }
        Ok(())
    }

    fn marked(&mut self, document: DocumentId, hash: Hash, mark: Mark) -> Result<(), ClientError> {
        self.set_mark(document, hash, mark, 0)?;
        self.project_anew(document)
    }

    pub(super) fn set_mark(
        &self,
        document: DocumentId,
        hash: Hash,
        mark: Mark,
        received_ms: i64,
    ) -> Result<(), ClientError> {
        let mark = mark_name(mark).to_owned();
        let stored = StoredMark {
            hash,
            mark,
            user: None,
            relayed_by: None,
            received_ms,
        };
        Ok(changes::set_mark(self.tx, document, &stored)?)
    }

    /// A mark decides what counts: the projection follows.
    pub(super) fn project_anew(&mut self, document: DocumentId) -> Result<(), ClientError> {
        let Some(stored) = documents::get(self.tx, document)?.filter(|d| !d.husk && d.checked) else {
            return Ok(());
        };
        if let Some(found) = self.document(&stored)? {
            let listing = listing(self.tx, &found, &marks_of(self.tx, document)?)?;
            documents::set_listing(self.tx, document, &listing)?;
            self.report.records.insert(document);
        }
        Ok(())
    }

    /// Forgets a document altogether: it was purged.
    pub(super) fn forget(&mut self, document: DocumentId) -> Result<(), ClientError> {
        documents::forget(self.tx, document)?;
        self.open.close(document);
        self.report.records.insert(document);
        Ok(())
    }
}

/// How a mark is stored and read by the domain.
pub(super) const fn mark_name(mark: Mark) -> &'static str {
    match mark {
        Mark::Late => "late",
        Mark::Role => "role",
        Mark::Lifted => "lifted",
    }
}
