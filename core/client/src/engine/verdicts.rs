//! What the server said about each pushed change. Whatever it is, the queue moves on.

use super::apply::Applying;
use super::request::{Outgoing, Sent};
use super::server_heads;
use crate::ClientError;
use keyturn_protocol::{Run, Verdict};
use keyturn_store::errands::Errand;
use keyturn_store::outbox::{self, Command, State};
use keyturn_store::{documents, errands};

/// Refusals that no other actor would cure.
const FINAL: [&str; 2] = ["revoked", "too_late"];

impl Applying<'_> {
    pub(super) fn verdicts(&mut self, outgoing: &Outgoing, runs: &[Run]) -> Result<(), ClientError> {
        self.report.sent += outgoing.sent.len() as u64;
        let mut sent = outgoing.sent.iter();
        for run in runs {
            for (n, change) in sent.by_ref().take(run.n as usize).enumerate() {
                let seq = if run.first_seq == 0 {
                    0
                } else {
                    run.first_seq + n as u64
                };
                self.verdict(change, &run.verdict, seq)?;
            }
        }
        Ok(())
    }

    fn verdict(&mut self, sent: &Sent, verdict: &Verdict, seq: u64) -> Result<(), ClientError> {
        match verdict {
            Verdict::Accepted | Verdict::Duplicate => {
                self.report.received += 1;
                if !sent.wanted {
                    return self.received(sent.document, sent.hash, seq, self.now_ms);
                }
                self.receipt(sent.document, sent.hash, seq, self.now_ms)?;
                if let Some(mut stored) = documents::get(self.tx, sent.document)? {
                    server_heads::advance(self.tx, &mut stored, sent.hash, &sent.deps, seq)?;
                }
                return Ok(());
            }
            Verdict::Purged => return self.forget(sent.document),
            _ => self.report.refused += 1,
        }
        // Other people's changes have no command here: that the server does not take them is its own matter.
        let Some(mut command) = outbox::get(self.tx, sent.document, sent.hash)? else {
            return Ok(());
        };
        self.report.records.insert(sent.document);
        match verdict {
            Verdict::MissingDeps => self.misplaced(&mut command)?,
            Verdict::ForkedActor => self.hold(&mut command, "forked_actor")?,
            // It forgot that it asked: the command goes the usual way.
            Verdict::Rejected(code) if code == "not_wanted" => return Ok(()),
            // It lost the whole document: as if it lacked what the change builds on.
            Verdict::Rejected(code) if code == "unknown_document" => self.misplaced(&mut command)?,
            Verdict::Rejected(code) => stick(&mut command, code),
            Verdict::Quarantined(code) => self.quarantined(&mut command, code)?,
            Verdict::BlockedBy(by) => {
                let by = outbox::get(self.tx, sent.document, *by)?;
                match by {
                    Some(by) if by.state == State::Stuck && is_final(&by) => stick(&mut command, "blocked_by"),
                    _ => self.hold(&mut command, "blocked_by")?,
                }
            }
            Verdict::Accepted | Verdict::Duplicate | Verdict::Purged => {}
        }
        Ok(outbox::set(self.tx, &command)?)
    }

    /// The server lacks what the change builds on: first it is told what there is, then the command is made again.
    fn misplaced(&mut self, command: &mut Command) -> Result<(), ClientError> {
        command.tries += 1;
        if command.tries > 1 {
            return self.hold(command, "missing_deps");
        }
        "missing_deps".clone_into(&mut command.code);
        Ok(errands::add(self.tx, Errand::Audit, command.document)?)
    }

    fn quarantined(&mut self, command: &mut Command, code: &str) -> Result<(), ClientError> {
        if code == "revoked" {
            self.inner.session.set_revoked(self.tx)?;
            self.report.session = true;
        }
        // The same refusal for the same command under another actor: the command itself is bad.
        let poison = command.replayed > 0 && command.code == code;
        if FINAL.contains(&code) || poison {
            stick(command, code);
            return Ok(());
        }
        self.hold(command, code)
    }

    /// Lets the command wait for the server's copy of the document.
    fn hold(&mut self, command: &mut Command, code: &str) -> Result<(), ClientError> {
        #[cfg(feature = "planted")]
        if code == "forked_actor" && crate::planted::is("forked_actor_not_cured") {
            stick(command, code);
            return Ok(());
        }
        // A document that is not readable any longer cannot be fetched, and its commands cannot be made again.
        if documents::get(self.tx, command.document)?.is_none_or(|d| d.husk) {
            stick(command, code);
            return Ok(());
        }
        command.state = State::Held;
        code.clone_into(&mut command.code);
        Ok(errands::add(self.tx, Errand::Need, command.document)?)
    }
}

fn stick(command: &mut Command, code: &str) {
    command.state = State::Stuck;
    code.clone_into(&mut command.code);
}

/// Stuck for a reason that the cure does not remove.
fn is_final(command: &Command) -> bool {
    FINAL.contains(&command.code.as_str()) || command.replayed == 0
}
