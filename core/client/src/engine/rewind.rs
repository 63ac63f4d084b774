//! The server went back behind what this phone was given: a copy of it was restored.
//!
//! What was received above the fork is *saved on this phone* only, visibly. Own changes are queued again; documents
//! with others' changes are told, so that the server can ask for what it lacks. Rows are asked for as they are now.

use super::apply::Applying;
use super::server_heads;
use crate::ClientError;
use keyturn_domain::ProjectId;
use keyturn_protocol::{Rewind, SyncReply};
use keyturn_store::errands::Errand;
use keyturn_store::outbox::{Command, State};
use keyturn_store::{changes, documents, errands, grants, intents, meta, outbox, progress, rows};

/// Set while the earlier witnesses are to be sent.
pub(super) const SEND_EARLIER: &str = "send_earlier";

impl Applying<'_> {
    pub(super) fn rewind(&mut self, rewind: &Rewind, reply: &SyncReply) -> Result<(), ClientError> {
        match rewind {
            Rewind::SendEarlier => return Ok(meta::set(self.tx, SEND_EARLIER, b"1")?),
            Rewind::To { epoch, forks } => {
                meta::set(self.tx, "epoch", epoch.as_bytes())?;
                for (project, fork) in forks {
                    self.fall_back(*project, *fork)?;
                }
            }
            Rewind::Everything { epoch } => {
                meta::set(self.tx, "epoch", epoch.as_bytes())?;
                progress::clear_witnesses(self.tx)?;
                for (project, _) in progress::projects(self.tx)? {
                    self.fall_back(project, 0)?;
                }
                for document in documents::every(self.tx)? {
                    errands::add(self.tx, Errand::Audit, document)?;
                }
            }
        }
        // What the server asked for before it went back, it does not remember.
        errands::drop_wants(self.tx)?;
        meta::delete(self.tx, SEND_EARLIER)?;
        if reply.cursor.is_none() {
            // Without a new place the next exchange begins as a new phone does; what arrives twice is skipped.
            meta::delete(self.tx, "cursor")?;
            meta::delete(self.tx, "witness")?;
        }
        Ok(())
    }

    /// Takes back every receipt above the fork.
    fn fall_back(&mut self, project: ProjectId, fork: u64) -> Result<(), ClientError> {
        for (document, hash, own, _) in changes::above(self.tx, project, fork)? {
            changes::set_lost(self.tx, document, hash)?;
            self.report.records.insert(document);
            if own {
                self.queue_again(document, hash)?;
            } else {
                errands::add(self.tx, Errand::Audit, document)?;
            }
        }
        for document in documents::above(self.tx, project, fork)? {
            if let Some(mut stored) = documents::get(self.tx, document)? {
                server_heads::replace(self.tx, &mut stored, &[], 0)?;
                errands::add(self.tx, Errand::Audit, document)?;
            }
        }
        documents::clamp_seq(self.tx, project, fork)?;
        for (kind, row, scope) in rows::doubt_above(self.tx, project, fork)? {
            errands::add_row(self.tx, project, &kind, row, scope)?;
        }
        intents::queue_again(self.tx, project, fork)?;
        // What these grants gave is offered back first: this phone may be the only one that still has it.
        grants::lapse_above(self.tx, project, fork)?;
        for (known, mark) in progress::projects(self.tx)? {
            if known == project && mark > fork {
                progress::set_backup(self.tx, project, fork)?;
            }
        }
        Ok(())
    }

    fn queue_again(&self, document: keyturn_domain::DocumentId, hash: keyturn_domain::Hash) -> Result<(), ClientError> {
        // Commands whose changes were in backup are not known any longer; their bytes are.
        let command = outbox::get(self.tx, document, hash)?.unwrap_or(Command {
            document,
            hash,
            seen: Vec::new(),
            writes: Vec::new(),
            at_ms: 0,
            state: State::Queued,
            code: String::new(),
            tries: 0,
            replayed: 0,
        });
        let command = Command {
            state: State::Queued,
            tries: 0,
            code: String::new(),
            ..command
        };
        outbox::insert(self.tx, &command)?;
        Ok(outbox::set(self.tx, &command)?)
    }
}
