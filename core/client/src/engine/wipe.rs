//! A phone that was told to erase itself. Step by step it hands in every change that the server does not have; when
//! nothing more goes, it says how many changes and commands nobody will have, and only when the server has answered that,
//! it erases itself. A kill at any point leaves a phone that goes on with the same at its next start.

use super::apply::Applying;
use super::request::{Outgoing, Room, push_queue};
use super::{StepBudget, StepReport};
use crate::client::Inner;
use crate::session::{Erased, Me};
use crate::{ClientError, Event};
use keyturn_protocol::codec::to_cbor;
use keyturn_protocol::{SyncReply, VERSION, Wiping};
use keyturn_store::outbox::State;
use keyturn_store::{Connection, StoreError, Transaction, intents, meta, outbox};
use std::collections::BTreeSet;

/// Changes that the server did not take: nothing more is tried with them.
const STALLED: &str = "wipe_stalled";
/// The server keeps these, in quarantine.
const HANDED_IN: &str = "revoked";

impl Inner {
    /// Begins to hand everything in. What waited for the server's copy of a record, or was stuck, goes once more as it is.
    pub(crate) fn begin_wiping(&self, tx: &Transaction<'_>) -> Result<(), StoreError> {
        if self.session.is_wiping() {
            return Ok(());
        }
        for mut command in outbox::stuck(tx, u32::MAX)? {
            if command.code != HANDED_IN {
                command.state = State::Queued;
                outbox::set(tx, &command)?;
            }
        }
        self.session.set_wiping(tx, true)
    }

    /// Makes one exchange of a phone that is to erase itself.
    pub(super) async fn wipe_step(&self, me: &Me, budget: StepBudget) -> Result<StepReport, ClientError> {
        let mut outgoing = self.store.read(|conn| self.handing_in(conn, budget))?;
        let request = std::mem::take(&mut outgoing.request);
        let told = request.wiping;
        let reply = self.exchange(request).await?;
        if self.engine.is_paused() {
            return Ok(StepReport {
                paused: true,
                ..StepReport::default()
            });
        }
        let mut report = self.handed_in(me, &outgoing, &reply)?;
        if let Some(told) = told.filter(|_| reply.wipe) {
            self.erase(told)?;
            report.session = true;
            report.more = false;
        }
        Ok(report)
    }

    /// The next changes, or how it ended.
    fn handing_in(&self, conn: &Connection, budget: StepBudget) -> Result<Outgoing, ClientError> {
        let mut out = Outgoing::default();
        // Without a cursor: whatever that server has become, it takes what is handed in.
        out.request.version = VERSION;
        out.request.app = env!("CARGO_PKG_VERSION").to_owned();
        if meta::get(conn, STALLED)?.is_none() {
            push_queue(conn, &mut out, &BTreeSet::new(), &mut Room::of(budget))?;
        }
        let (handed_in, lost) = ended(conn)?;
        out.request.unsent = lost.saturating_sub(out.sent.len() as u64);
        if out.request.push.is_empty() {
            out.request.wiping = Some(Wiping { handed_in, lost });
        }
        Ok(out)
    }

    fn handed_in(&self, me: &Me, outgoing: &Outgoing, reply: &SyncReply) -> Result<StepReport, ClientError> {
        let mut open = self.open_documents()?;
        let result = self.store.write(|tx| {
            let before = outbox::waiting(tx)?;
            let mut applying = Applying {
                inner: self,
                me,
                tx,
                open: &mut open,
                now_ms: reply.now_ms,
                report: StepReport::default(),
            };
            applying.verdicts(outgoing, &reply.verdicts)?;
            let mut report = applying.report;
            if reply.wipe {
                if !outgoing.sent.is_empty() && outbox::waiting(tx)? >= before {
                    meta::set(tx, STALLED, b"")?;
                }
            } else {
                // The office has thought better of it.
                meta::delete(tx, STALLED)?;
                self.session.set_wiping(tx, false)?;
                report.session = true;
            }
            report.more = true;
            Ok::<_, ClientError>(report)
        });
        if result.is_err() {
            open.close_all();
        }
        result
    }

    /// Deletes everything, the key of the device at last.
    fn erase(&self, told: Wiping) -> Result<(), ClientError> {
        let wiped = Erased {
            at_ms: self.now_ms(),
            handed_in: told.handed_in,
            lost: told.lost,
        };
        let mut open = self.open_documents()?;
        self.store.erase(&to_cbor(&wiped)?)?;
        open.close_all();
        self.questions.forget();
        self.names.forget();
        self.session.erased(wiped);
        drop(open);
        if let Err(error) = self.signer.forget() {
            tracing::warn!(%error, "The key of this device could not be deleted");
        }
        self.observers.tell(&Event::Wiped(wiped));
        Ok(())
    }
}

/// Changes that were handed in, and changes and commands that nobody has.
fn ended(conn: &Connection) -> Result<(u64, u64), StoreError> {
    let stuck = outbox::stuck(conn, u32::MAX)?;
    let handed_in = stuck
        .iter()
        .filter(|c| c.code == HANDED_IN && c.state == State::Stuck)
        .count() as u64;
    let left = stuck.len() as u64 - handed_in + outbox::waiting(conn)?;
    Ok((handed_in, left + intents::queued(conn, u32::MAX)?.len() as u64))
}
