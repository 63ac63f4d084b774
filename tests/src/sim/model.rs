//! What each person recorded: a list, kept beside the code under test. An item is there for good unless something
//! excuses it.

use crate::harness::{Content, World};
use keyturn_domain::{DocumentId, Hash, ScopeId, UserId, Write};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// One thing that somebody recorded, and that a phone said was saved.
#[derive(Clone, Debug)]
pub struct Item {
    /// The record.
    pub document: DocumentId,
    /// What was recorded.
    pub write: Write,
    /// By whom.
    pub user: UserId,
    /// On which phone.
    pub phone: usize,
    /// The change that it became at first.
    pub hash: Hash,
    /// Why nobody can be blamed when it is gone: the only copy of it was destroyed.
    pub excused: Option<&'static str>,
}

/// Something that somebody wanted done about rows, and that a phone has queued.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The kind of the intent.
    pub kind: String,
    /// What it says.
    pub payload: Vec<u8>,
    /// By whom.
    pub user: UserId,
    /// On which phone.
    pub phone: usize,
    /// The phone was put back from a copy since.
    pub restored: bool,
    /// Why nobody can be blamed when it is gone: the only copy of it was destroyed.
    pub excused: Option<&'static str>,
}

/// What could come back at some moment.
pub struct Alive {
    items: Vec<bool>,
    asked: BTreeSet<Uuid>,
}

/// Everything that people recorded.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// In the order in which it was recorded.
    pub items: Vec<Item>,
    /// What people wanted done.
    pub asked: BTreeMap<Uuid, Asked>,
    /// The server went back once.
    pub fell_back: bool,
    /// The scope of each record.
    pub documents: BTreeMap<DocumentId, ScopeId>,
    words: u64,
}

/// Who holds a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holder {
    /// The server.
    Server,
    /// A phone, by number.
    Phone(usize),
}

impl Model {
    /// Returns a word that was never used before.
    pub fn word(&mut self) -> String {
        self.words += 1;
        format!("w{}x", self.words)
    }

    /// Notes what a phone said was saved.
    pub fn saved(&mut self, item: Item, scope: ScopeId) {
        self.documents.insert(item.document, scope);
        self.items.push(item);
    }

    /// Returns the records, in the order of their ids.
    #[must_use]
    pub fn records(&self) -> Vec<DocumentId> {
        self.documents.keys().copied().collect()
    }

    /// Tells for each item whether a copy of it exists from which it can come back.
    #[must_use]
    pub fn alive(&self, world: &World) -> Alive {
        let mut copies = Copies::of(world);
        let alive = |item: &Item| item.excused.is_none() && copies.any(item, &self.documents);
        let there = world.server.peek();
        let mut asked: BTreeSet<Uuid> = there.intents().into_iter().map(|judged| judged.id).collect();
        for phone in world.running() {
            asked.extend(world.phones[phone].peek().intents().into_keys());
        }
        Alive {
            items: self.items.iter().map(alive).collect(),
            asked,
        }
    }

    /// Copies were destroyed, as they may be: what was alive before and is no longer is excused.
    pub fn excuse(&mut self, world: &World, before: &Alive, why: &'static str) {
        let after = self.alive(world);
        for ((item, before), after) in self.items.iter_mut().zip(&before.items).zip(after.items) {
            if *before && !after {
                item.excused = Some(why);
            }
        }
        for id in before.asked.difference(&after.asked) {
            if let Some(asked) = self.asked.get_mut(id) {
                asked.excused = Some(why);
            }
        }
    }

    /// Everything in a record was erased.
    pub fn erased(&mut self, document: DocumentId) {
        for item in self.items.iter_mut().filter(|i| i.document == document) {
            item.excused = Some("purged");
        }
    }
}

/// What every server and phone holds at this moment, read when it is asked for.
struct Copies<'a> {
    world: &'a World,
    read: BTreeMap<(Holder, DocumentId), Option<Content>>,
}

impl<'a> Copies<'a> {
    const fn of(world: &'a World) -> Self {
        Self {
            world,
            read: BTreeMap::new(),
        }
    }

    fn any(&mut self, item: &Item, scopes: &BTreeMap<DocumentId, ScopeId>) -> bool {
        if self.holds(Holder::Server, item) {
            return true;
        }
        let running = self.world.running();
        running.into_iter().any(|n| {
            let phone = &self.world.phones[n];
            let own = || phone.peek().own_changes(item.document).contains(&item.hash);
            // Somebody else's work comes back only from a person who may still read it.
            let may = !self.world.office.withdrawn.contains(&n)
                && scopes
                    .get(&item.document)
                    .is_some_and(|scope| self.world.office.may_read(phone.user, &self.world.project, *scope));
            if item.user == phone.user && own() {
                return true;
            }
            may && self.holds(Holder::Phone(n), item)
        })
    }

    fn holds(&mut self, holder: Holder, item: &Item) -> bool {
        let world = self.world;
        let read = || match holder {
            Holder::Server => {
                let db = world.server.peek();
                let stored = db.documents().remove(&item.document).filter(|d| !d.purged)?;
                stored.open().ok().map(|document| Content::of(&document))
            }
            Holder::Phone(n) => {
                let db = world.phones[n].peek();
                let stored = db.documents().remove(&item.document).filter(|d| !d.husk)?;
                db.content(&stored)
            }
        };
        let content = self.read.entry((holder, item.document)).or_insert_with(read);
        content.as_ref().is_some_and(|c| c.holds(&item.write, item.user))
    }
}
