//! Exchanges under any weather, and what they may end with.

use super::*;

impl History {
    pub(super) fn weather(&mut self, n: usize, weather: Weather, after: u8) {
        let fault = match weather {
            Weather::Fine => return,
            Weather::LostRequest => Fault::LostRequest,
            Weather::LateRequest => Fault::LateRequest,
            Weather::LostReply => Fault::LostReply,
            Weather::Repeated => Fault::Repeated,
            Weather::RepeatedFirst => Fault::RepeatedFirst,
            Weather::CaptivePortal => Fault::CaptivePortal,
            Weather::Injected => match self.bad_entry(n) {
                Some(entry) => Fault::Injected(Box::new(entry)),
                None => return,
            },
        };
        self.world.phones[n].net.fail(u32::from(after), fault);
    }

    /// A change with a ghost pred for a record that this phone shows.
    pub(super) fn bad_entry(&self, n: usize) -> Option<Entry> {
        let user = self.world.phones[n].user;
        let there = self.world.server.peek().documents();
        let may = |scope| self.world.office.may_read(user, &self.world.project, scope);
        let (document, stored) = there.into_iter().find(|(_, d)| !d.purged && may(d.scope))?;
        let bytes = Attack::GhostPred
            .changes(&stored.open().ok()?, 0, self.author(n))
            .pop()?;
        Some(Entry::Change {
            seq: 1,
            document,
            bytes: ByteBuf::from(bytes),
            from: Provenance {
                user,
                received_ms: 0,
                relayed_by: None,
                mark: None,
            },
        })
    }

    /// One phone exchanges; what went over the wire and the words on the phone are checked.
    ///
    /// # Errors
    /// What does not hold.
    pub async fn sync(&mut self, n: usize, budget: StepBudget, steps: u32) -> Result<Option<StepReport>, Broken> {
        let result = self.world.sync(n, budget, steps).await;
        let seen: Vec<Seen> = self.world.phones[n].net.take_seen();
        for name in self.world.phones[n].net.take_happened() {
            self.tally.one(&format!("fault: {name}"));
        }
        let said = match &result {
            Ok(report) => format!("sent {} entries {} {:?}", report.sent, report.entries, report.agreed),
            Err(error) => error.code().to_owned(),
        };
        self.note(&format!("{} syncs: {said}", self.world.phones[n].name));
        if self.talk {
            seen.iter().for_each(tell);
        }
        check::wire(&self.world, &self.model, n, &seen, &mut self.tally)?;
        if self.honest && seen.iter().any(|s| !s.request.audit.is_empty()) {
            return Err(format!(
                "{} audits, and nothing was restored",
                self.world.phones[n].name
            ));
        }
        self.judge(n, &result)?;
        self.reap(n);
        if said == "device_unknown" {
            self.world.enrol(n).await;
            self.tally.one("outcome: enrolled again");
        }
        // Between "the server went back" and "so far", a phone does not know yet what fell back.
        if result.as_ref().is_ok_and(|report| !report.rewound || !report.more) {
            self.behind.retain(|other| *other != n);
        }
        let idle = seen.iter().all(is_idle);
        if !idle && !self.behind.contains(&n) {
            check::words(&self.world, n)?;
        }
        Ok(result.ok())
    }

    pub(super) fn judge(&mut self, n: usize, result: &Result<StepReport, ClientError>) -> Result<(), Broken> {
        match result {
            Ok(report) => {
                self.tally.add("outcome: made again under a new actor", report.replayed);
                self.tally
                    .add("outcome: refused by a phone's gate", report.refused_here);
                if report.agreed == Some(true) {
                    self.tally.one("outcome: sums agreed");
                }
                Ok(())
            }
            Err(ClientError::Api(_)) => Ok(()),
            Err(_) if self.world.phones[n].disk.trouble() != Trouble::None => {
                if self.world.phones[n].disk.trouble() == Trouble::Full {
                    self.tally.one("fault: disk full");
                }
                Ok(())
            }
            Err(error) => Err(format!("{} cannot sync: {error}", self.world.phones[n].name)),
        }
    }
}

/// Prints an exchange for somebody who looks for a bug.
fn tell(seen: &Seen) {
    let Seen {
        request,
        reply,
        delivered,
    } = seen;
    let pushed: Vec<String> = request
        .push
        .iter()
        .map(|p| {
            format!(
                "{}{} {}",
                if p.wanted { "wanted " } else { "" },
                p.document,
                p.changes.len()
            )
        })
        .collect();
    println!(
        "    > push {pushed:?} audit {:?} need {:?} idle {}",
        request.audit, request.need, request.idle
    );
    println!(
        "    > witness {} earlier {}",
        request.witness.is_some(),
        request.earlier.len()
    );
    match reply {
        None => println!("    < nothing"),
        Some(Err(error)) => println!("    < {error}"),
        Some(Ok(reply)) => {
            println!(
                "    < verdicts {:?} want {:?} rewind {:?}",
                reply.verdicts, reply.want, reply.rewind
            );
            for entry in reply.pages.iter().flat_map(|p| &p.entries) {
                println!("      {}", format!("{entry:?}").chars().take(200).collect::<String>());
            }
            let closing = reply.closing.is_some();
            println!("    < more {} closing {closing} delivered {delivered}", reply.more);
        }
    }
}

pub(super) fn small_budget() -> StepBudget {
    StepBudget {
        changes: 2,
        bytes: 1 << 20,
        reply_bytes: 400,
    }
}

/// Nothing was said that could change a word on a record.
fn is_idle(seen: &Seen) -> bool {
    let reply = seen.reply.as_ref().and_then(|reply| reply.as_ref().ok());
    reply.is_none_or(|r| r.verdicts.is_empty() && r.pages.is_empty() && r.rewind.is_none() && r.backup.is_empty())
}
