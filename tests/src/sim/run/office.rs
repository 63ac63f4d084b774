//! What the office does: grants, roles, purges, lifted marks.

use super::*;
use keyturn_domain::rows::{self, PersonRow, SubjectKeyRow, kind};

impl History {
    pub(super) async fn office(&mut self, action: &Action) -> Result<(), Broken> {
        match action {
            Action::Grant { user, home } => {
                let (person, user) = self.person(*user);
                let scope = self.home(*home).scope();
                let role = if matches!(person.role, Role::Reviewer | Role::Manager) {
                    Role::Engineer
                } else {
                    person.role
                };
                if !self.world.office.may_write(user, &self.world.project, scope) {
                    let grant = write_grant(self.world.project.id, user, role, scope);
                    self.world.grant(grant).await;
                    self.tally.one("fault: grant");
                }
            }
            Action::Revoke { user, home } => {
                let (person, user) = self.person(*user);
                let scope = self.home(*home).scope();
                let before = self.model.alive(&self.world);
                if self.world.revoke(user, person.role, scope).await {
                    self.model.excuse(&self.world, &before, "right lost");
                    self.tally.one("fault: revoke");
                }
            }
            Action::Role { user, home } => self.change_role(*user, *home).await,
            Action::Withdraw { phone } => {
                if let Some(n) = self.phone(*phone)
                    && self.world.running().len() > 1
                {
                    let before = self.model.alive(&self.world);
                    self.world.withdraw(n).await;
                    self.model.excuse(&self.world, &before, "device withdrawn");
                    self.tally.one("fault: device withdrawn");
                    self.honest = false;
                }
            }
            Action::Purge { pick } => self.purge(*pick).await,
            Action::Erase { pick } => self.erase(*pick).await,
            Action::LiftMark { pick } => self.lift_mark(*pick),
            Action::Attack { phone, pick } => {
                if let Some(n) = self.phone(*phone) {
                    self.attack(n, *pick).await?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) async fn change_role(&mut self, user: u8, home: u8) {
        let (_, user) = self.person(user);
        let scope = self.home(home).scope();
        let held = self.world.office.grants.get(&user).into_iter().flatten();
        let Some(old) = held.filter(|g| g.scope == scope).map(|g| g.role).next() else {
            return;
        };
        let new = if old == Role::Engineer {
            Role::Ambassador
        } else {
            Role::Engineer
        };
        let grant = write_grant(self.world.project.id, user, new, scope);
        self.world.grant(grant).await;
        self.world.revoke(user, old, scope).await;
        self.tally.one("fault: role changed");
    }

    pub(super) async fn purge(&mut self, pick: u32) {
        let there = self.world.server.peek().documents();
        let alive: Vec<DocumentId> = there.into_iter().filter(|(_, d)| !d.purged).map(|(id, _)| id).collect();
        if let Some(document) = alive.get(pick as usize % alive.len().max(1)) {
            self.model.erased(*document);
            self.world.purge(*document).await;
            self.tally.one("fault: purge");
        }
    }

    /// The office erases somebody: a household goes with all its persons.
    pub(super) async fn erase(&mut self, pick: u32) {
        let rows = self.world.server.peek().rows();
        let of = |kind: &str| {
            let kind = kind.to_owned();
            rows.iter().filter(move |((of, _), _)| *of == kind)
        };
        let keys = of(kind::SUBJECT_KEY).filter_map(|(_, (_, body))| rows::read::<SubjectKeyRow>(body));
        let known: Vec<uuid::Uuid> = keys.map(|key| key.subject).collect();
        let Some(subject) = known.get(pick as usize % known.len().max(1)).copied() else {
            return;
        };
        let persons = of(kind::PERSON).filter_map(|((_, id), (_, body))| Some((*id, rows::read::<PersonRow>(body)?)));
        let persons = persons.filter(|(_, row)| row.household == subject).map(|(id, _)| id);
        let all: Vec<uuid::Uuid> = persons.chain([subject]).collect();
        self.world.erase(&all).await;
        self.tally.one("fault: subject erased");
    }

    /// The reviewer asks for the mark of a change that is held back to be lifted.
    pub(super) fn lift_mark(&mut self, pick: u32) {
        let marked: Vec<(DocumentId, Hash)> = self
            .world
            .server
            .peek()
            .changes()
            .into_iter()
            .filter(|(_, (_, mark))| mark == "role")
            .map(|(key, _)| key)
            .collect();
        let reviewer = self
            .world
            .running()
            .into_iter()
            .find(|n| self.world.people[*n].role == Role::Reviewer);
        if let (Some(n), Some((document, hash))) = (reviewer, marked.get(pick as usize % marked.len().max(1))) {
            let project = self.world.project.id;
            let asked = self.world.phones[n]
                .client()
                .sync()
                .lift_mark(project, *document, *hash);
            self.note(&format!("lift mark {hash:?}: {}", asked.is_ok()));
            self.tally.one("edit: lift mark");
            self.reap(n);
            self.learn_asked(n);
        }
    }

    pub(super) fn person(&self, number: u8) -> (crate::harness::Person, keyturn_domain::UserId) {
        let person = PEOPLE[usize::from(number) % PEOPLE.len()];
        (person, self.world.user_of(person.phone))
    }

    pub(super) fn home(&self, number: u8) -> Home {
        self.world.project.homes[usize::from(number) % HOMES].clone()
    }
}
