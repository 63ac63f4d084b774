//! What people want done about rows, and what of it the phone says that it has queued.

use super::*;
use crate::sim::edits::rows::{Ask, Desk};
use crate::sim::model::Asked;

impl History {
    pub(super) fn ask(&mut self, n: usize, ask: Ask, home: u8, pick: u32) -> Result<(), Broken> {
        let user = self.world.phones[n].user;
        let may = |home: &Home| self.world.office.may_write(user, &self.world.project, home.scope());
        let homes: Vec<usize> = (0..HOMES).filter(|h| may(&self.world.project.homes[*h])).collect();
        let held = homes.get(usize::from(home) % homes.len().max(1)).copied();
        // Anybody may name a person at any place, also one that the phone does not hold.
        let anywhere = pick.is_multiple_of(8).then_some(usize::from(home) % HOMES);
        let Some(number) = anywhere.or(held) else {
            return Ok(());
        };
        self.ask_at(n, ask, number, pick).map(drop)
    }

    /// Asks at a home; returns what became of it, in a word.
    ///
    /// # Errors
    /// When the app says that it is queued and it is not, or the other way round.
    pub fn ask_at(&mut self, n: usize, ask: Ask, number: usize, pick: u32) -> Result<String, Broken> {
        let word = self.model.word();
        let home = self.world.project.homes[number].clone();
        let client = self.world.phones[n].client().clone();
        let desk = Desk {
            client: &client,
            project: self.world.project.id.to_string(),
            place: home.place.to_string(),
            pick,
            word,
        };
        let done = if ask == Ask::Caller {
            desk.report().map(Some)
        } else {
            desk.ask(ask).map(|()| None)
        };
        drop(client);
        let said = done.as_ref().map_or_else(|e| e.code().to_owned(), |_| "saved".into());
        self.note(&format!("{} {}: {said}", self.world.phones[n].name, ask.name()));
        match &done {
            Ok(record) => {
                self.tally.one(ask.name());
                if let Some(document) = record.as_ref().and_then(|r| r.parse().ok()) {
                    self.model.documents.insert(document, home.scope());
                    self.others.insert(document, (Of::Case, number));
                }
            }
            Err(ClientError::Store(_)) if said == "disk_full" => self.tally.one("fault: disk full"),
            Err(_) => {}
        }
        let died = self.world.phones[n].disk.is_dead();
        self.reap(n);
        let new = self.learn_asked(n);
        match &done {
            Ok(_) if new.is_empty() => {
                return Err(format!("{} says that {ask:?} is queued", self.world.phones[n].name));
            }
            Err(error) if !died && !new.is_empty() => {
                let name = &self.world.phones[n].name;
                return Err(format!("{name} says that {ask:?} is refused ({error}) and queues it"));
            }
            Ok(Some(record)) => {
                let document = record.parse::<DocumentId>().map_err(|e| e.to_string())?;
                let records = self.world.phones[n].client().records();
                if !records.has(document).map_err(|e| e.to_string())? {
                    return Err(format!("the caller of {record} was queued, the case was not saved"));
                }
            }
            _ => {}
        }
        Ok(said)
    }

    /// Notes in the model what a phone has queued since; returns it.
    pub fn learn_asked(&mut self, n: usize) -> Vec<uuid::Uuid> {
        let here = self.world.phones[n].peek().intents();
        let user = self.world.phones[n].user;
        let mut new = Vec::new();
        for (id, wanted) in here {
            if let std::collections::btree_map::Entry::Vacant(free) = self.model.asked.entry(id) {
                free.insert(Asked {
                    kind: wanted.kind,
                    payload: wanted.payload,
                    user,
                    phone: n,
                    restored: false,
                    excused: None,
                });
                new.push(id);
            }
        }
        new
    }
}
