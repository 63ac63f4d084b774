//! What people record, from screens that may be old.

use super::*;

impl History {
    pub(super) fn draw(&mut self, phone: u8) {
        let Some(n) = self.phone(phone) else { return };
        for document in self.model.records() {
            let heads = self.world.phones[n].client().records().read(document, |d, _| d.heads());
            if let Ok(heads) = heads {
                self.screens.insert((n, document), heads);
            }
        }
        self.reap(n);
    }

    pub(super) fn forget_screens(&mut self, phone: usize) {
        self.screens.retain(|(n, _), _| *n != phone);
    }

    /// Ends an app and starts it again.
    pub fn restart(&mut self, n: usize) {
        self.forget_screens(n);
        self.world.restart(n);
    }

    /// Notices that an app died.
    pub(super) fn reap(&mut self, n: usize) {
        for name in self.world.phones[n].disk.take_happened() {
            self.tally.one(&format!("fault: {name}"));
        }
        if self.world.phones[n].disk.is_dead() {
            self.note(&format!("{} died", self.world.phones[n].name));
            self.restart(n);
        }
    }

    pub(super) fn edit(&mut self, n: usize, edit: Edit, home: u8, pick: u32, stale: bool) -> Result<(), Broken> {
        let user = self.world.phones[n].user;
        let may = |home: &Home| self.world.office.may_write(user, &self.world.project, home.scope());
        let trespass = edit == Edit::Trespass;
        let homes: Vec<usize> = (0..HOMES)
            .filter(|h| may(&self.world.project.homes[*h]) != trespass)
            .collect();
        let Some(number) = homes.get(usize::from(home) % homes.len().max(1)).copied() else {
            return Ok(());
        };
        let mut home = self.world.project.homes[number].clone();
        let inspection = home.inspection(self.world.project.id);
        let edit = if trespass { Edit::Answer } else { edit };
        let target = if edit.begins() {
            let now = self.world.phones[n].now_ms().max(1);
            let ids: &dyn Ids = &*self.world.phones[n].ids;
            let document = DocumentId(ids.uuid_v7(now));
            let genesis = edits::new_record(edit.of(), &home, self.world.project.id, document);
            self.others.insert(document, (edit.of(), number));
            Target::Begin {
                genesis,
                scope: home.scope(),
            }
        } else if edit.of() == Of::Inspection {
            Target::Begin {
                genesis: inspection.clone(),
                scope: home.scope(),
            }
        } else if edit.of() == Of::Visit {
            // The same on every phone, as the record of a task is.
            let visit = DocumentId::derive(home.task.id.0, "visit");
            Target::Begin {
                genesis: edits::new_record(Of::Visit, &home, self.world.project.id, visit),
                scope: home.scope(),
            }
        } else {
            let elsewhere = homes.iter().copied().filter(|other| *other != number);
            let mut there = std::iter::once(number).chain(elsewhere);
            let found = there.find_map(|at| Some((at, self.other(edit.of(), n, at, pick)?)));
            let Some((at, document)) = found else {
                return Ok(());
            };
            home = self.world.project.homes[at].clone();
            Target::Existing(document)
        };
        let screen = self.screen(n, &home, pick, stale.then(|| target.document()));
        let from_old = !screen.seen.is_empty();
        let make = |document: &Document, screen: &Screen<'_>| match (edit, edit.of()) {
            (Edit::Defect, _) => screen.find(document, inspection.document),
            (Edit::Report, _) => screen.report(document),
            (edit, Of::Inspection) => screen.inspect(document, edit),
            (edit, Of::Defect) => screen.in_defect(document, edit),
            (edit, Of::Case) => screen.in_case(document, edit),
            (edit, Of::Visit) => screen.in_visit(document, edit),
        };
        let name = if trespass { Edit::Trespass.name() } else { edit.name() };
        let done = self.record(n, target, screen, make);
        self.note(&format!("{} {name}: {done}", self.world.phones[n].name));
        if done == "saved" {
            self.tally.one(name);
            if from_old {
                self.tally.one("edit: from an old screen");
            }
        }
        self.reap(n);
        Ok(())
    }

    /// A record of that kind in a home that this phone shows.
    pub(super) fn other(&self, of: Of, n: usize, home: usize, pick: u32) -> Option<DocumentId> {
        let records = self.world.phones[n].client().records();
        let here = self.others.iter().filter(|(_, there)| **there == (of, home));
        let shown: Vec<DocumentId> = here
            .map(|(document, _)| *document)
            .filter(|document| records.has(*document).unwrap_or(false))
            .collect();
        shown.get(pick as usize / 3 % shown.len().max(1)).copied()
    }

    /// The screen that somebody taps on; `old`: one of that record that was drawn before.
    #[must_use]
    pub fn screen<'a>(&mut self, n: usize, home: &'a Home, pick: u32, old: Option<DocumentId>) -> Screen<'a> {
        let phone = &self.world.phones[n];
        let roles = self.world.office.roles(phone.user, &self.world.project, home.scope());
        let role = roles.first().copied().unwrap_or(self.world.people[n].role.as_str());
        let seen = old.and_then(|document| self.screens.get(&(n, document)).cloned());
        let ids: &dyn Ids = &*phone.ids;
        Screen {
            home,
            who: Who {
                user: phone.user,
                role: role.to_owned(),
            },
            stamp: Stamp {
                at_ms: phone.now_ms(),
                key: ids.key(),
            },
            pick,
            word: self.model.word(),
            seen: seen.unwrap_or_default(),
        }
    }

    /// Records, and notes in the model what the phone says was saved; returns what became of it, in a word.
    pub fn record(
        &mut self,
        n: usize,
        target: Target,
        mut screen: Screen<'_>,
        make: impl FnOnce(&Document, &Screen<'_>) -> Result<Vec<Write>, keyturn_domain::record::CommandError>,
    ) -> String {
        let (scope, user) = (screen.home.scope(), screen.who.user);
        let mut made = Vec::new();
        let recorded = self.world.phones[n].client().records().record_with(target, |document| {
            if screen.seen.is_empty() || screen.seen.iter().any(|h| !document.has(h)) {
                screen.seen = document.heads();
            }
            let writes = make(document, &screen).map_err(|e| ClientError::Refused(e.code().to_owned()))?;
            made = writes
                .iter()
                .filter(|w| changes_something(document, &screen.seen, w))
                .cloned()
                .collect();
            Ok((screen.seen, writes))
        });
        match recorded {
            Ok(Saved {
                document,
                change: Some(hash),
                ..
            }) => {
                for write in made {
                    let item = Item {
                        document,
                        write,
                        user,
                        phone: n,
                        hash,
                        excused: None,
                    };
                    self.model.saved(item, scope);
                }
                "saved".into()
            }
            Ok(_) => "nothing to change".into(),
            Err(error) => {
                let code = error.code().to_owned();
                if code == "disk_full" {
                    self.tally.one("fault: disk full");
                }
                if matches!(error, ClientError::Document(_) | ClientError::Poisoned) {
                    self.tally.one(&format!("refused: {error}"));
                }
                code
            }
        }
    }
}

/// Tells whether a write becomes part of the change: an equal value is no change.
fn changes_something(document: &Document, seen: &[Hash], write: &Write) -> bool {
    let Write::Put { container, key, value } = write else {
        return true;
    };
    let there = document.candidates_seen(seen, *container, key).unwrap_or_default();
    there.len() != 1 || there[0].value != *value
}
