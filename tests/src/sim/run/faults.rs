//! What goes wrong: deaths, copies, restores, hostile bytes.

use super::*;

impl History {
    pub(super) async fn fault(&mut self, action: &Action) -> Result<(), Broken> {
        match action {
            Action::Restart { phone } => {
                if let Some(n) = self.phone(*phone) {
                    self.restart(n);
                    self.tally.one("fault: phone restarted");
                }
            }
            Action::Kill { phone, commits, before } => {
                if let Some(n) = self.phone(*phone) {
                    let commits = u32::from(*commits);
                    let trouble = if *before {
                        Trouble::DieBefore(commits)
                    } else {
                        Trouble::DieAfter(commits)
                    };
                    self.world.phones[n].disk.set(trouble);
                }
            }
            Action::DiskFull { phone } => {
                if let Some(n) = self.phone(*phone) {
                    self.world.phones[n].disk.set(Trouble::Full);
                }
            }
            Action::Clock { phone, days } => {
                if let Some(n) = self.phone(*phone) {
                    self.world.phones[n].clock.pass(i64::from(*days) * DAY_MS);
                    self.tally.one("fault: clock jumped");
                }
            }
            Action::Pass { hours } => self.world.pass(i64::from(*hours) * 3_600_000),
            Action::ServerClock { days } => {
                self.world.pass(i64::from(*days) * DAY_MS);
                self.tally.one("fault: server clock jumped");
            }
            Action::RestartServer => {
                self.world.restart_server().await;
                self.tally.one("fault: server restarted");
            }
            Action::BackUp => self.world.back_up().await,
            _ => self.catastrophe(action).await?,
        }
        Ok(())
    }

    pub(super) async fn catastrophe(&mut self, action: &Action) -> Result<(), Broken> {
        match action {
            Action::KeepPhone { phone } => {
                if let Some(n) = self.phone(*phone) {
                    self.world.keep_phone(n);
                }
            }
            Action::RestorePhone { phone } => {
                if let Some(n) = self.phone(*phone) {
                    let before = self.model.alive(&self.world);
                    if self.world.restore_phone(n) {
                        self.model.excuse(&self.world, &before, "phone restored");
                        self.model.asked.values_mut().for_each(|a| a.restored |= a.phone == n);
                        self.tally.one("fault: phone restored from a copy");
                        self.forget_screens(n);
                        self.honest = false;
                    }
                }
            }
            Action::Twin { phone, shared } => {
                if let Some(n) = self.phone(*phone)
                    && self.world.phones.len() < MOST_PHONES
                {
                    self.world.twin(n, u32::from(*shared));
                    self.tally.one("fault: phone copied and run twice");
                    self.honest = false;
                }
            }
            Action::LosePhone { phone } => {
                if let Some(n) = self.phone(*phone)
                    && self.world.running().len() > 2
                {
                    let before = self.model.alive(&self.world);
                    self.world.lose_phone(n);
                    self.model.excuse(&self.world, &before, "phone lost");
                    self.tally.one("fault: phone lost");
                }
            }
            Action::NewPhone { like } => {
                if self.world.phones.len() < MOST_PHONES {
                    let like = PEOPLE[usize::from(*like) % PEOPLE.len()].phone;
                    self.world.new_phone(like).await;
                    self.tally.one("outcome: new phone");
                }
            }
            Action::KeepServer => self.world.keep_server().await,
            Action::RestoreServer { epoch } => {
                let how = if *epoch { Restored::Epoch } else { Restored::Raw };
                self.restore_server(how).await;
            }
            _ => self.office(action).await?,
        }
        Ok(())
    }

    /// Puts the server's copy back, if there is one.
    pub async fn restore_server(&mut self, how: Restored) {
        let before = self.model.alive(&self.world);
        if !self.world.restore_server(how).await {
            return;
        }
        self.model.excuse(&self.world, &before, "server restored");
        self.model.fell_back = true;
        self.behind = (0..self.world.phones.len()).collect();
        self.honest = false;
        self.tally.one(match how {
            Restored::Raw => "fault: server restored raw",
            Restored::Epoch => "fault: server restored with a new epoch",
        });
    }

    /// What changes that are made on a phone claim.
    pub(super) fn author(&self, n: usize) -> Author {
        let phone = &self.world.phones[n];
        Author {
            user: phone.user,
            device: phone.device,
        }
    }

    /// Somebody who is enrolled sends bytes that no client makes.
    pub(super) async fn attack(&mut self, n: usize, pick: u32) -> Result<(), Broken> {
        let there = self.world.server.peek().documents();
        let known: Vec<DocumentId> = there.into_iter().filter(|(_, d)| !d.purged).map(|(id, _)| id).collect();
        let Some(document) = known.get(pick as usize / 8 % known.len().max(1)) else {
            return Ok(());
        };
        let kind = Attack::ALL[pick as usize % Attack::ALL.len()];
        self.attack_on(n, *document, kind, pick).await
    }

    /// Sends an attack on a record; `number` makes it differ from others.
    ///
    /// # Errors
    /// When the server takes it, or does not keep it.
    pub async fn attack_on(&mut self, n: usize, document: DocumentId, kind: Attack, number: u32) -> Result<(), Broken> {
        let stored = self.world.server.peek().documents().remove(&document);
        let open = stored.ok_or("nothing to attack")?.open()?;
        let changes = kind.changes(&open, number, self.author(n));
        let token = match self.world.phones[n].client().session().token().await {
            Ok(token) => token,
            Err(_) => return Ok(()),
        };
        let request = SyncRequest {
            version: VERSION,
            push: vec![Push {
                document,
                genesis: None,
                changes: changes.into_iter().map(ByteBuf::from).collect(),
                wanted: false,
            }],
            budget: 1,
            ..SyncRequest::default()
        };
        let api = self.world.server.api().expect("the server is open");
        let reply = api.sync(&token, request.clone()).await;
        let bad = reply
            .as_ref()
            .ok()
            .and_then(|r| r.verdicts.last().map(|run| run.verdict.clone()));
        self.note(&format!("{kind:?}: {bad:?}"));
        if matches!(
            bad,
            Some(keyturn_protocol::Verdict::Accepted | keyturn_protocol::Verdict::Duplicate)
        ) {
            return Err(format!("the server took {kind:?}"));
        }
        self.tally.one("fault: hostile change");
        let seen = Seen {
            request,
            reply: Some(reply),
            delivered: false,
        };
        check::wire(&self.world, &self.model, n, &[seen], &mut self.tally)
    }
}
