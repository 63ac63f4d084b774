//! Carries the actions of a plan out, keeps the model, and checks.

use super::attack::Attack;
use super::check::{self, Broken};
use super::edits::{self, Edit, Screen};
use super::model::{Item, Model};
use super::plan::{Action, Plan, Profile, Weather};
use super::tally::Tally;
use crate::harness::{DAY_MS, Fault, Home, PEOPLE, Restored, Seen, ServerDb, Template, Trouble, World};
use keyturn_client::{ClientError, Saved, StepBudget, StepReport, Target};
use keyturn_domain::record::{Stamp, Who};
use keyturn_domain::{Document, DocumentId, Hash, Ids, Write};
use keyturn_protocol::{Entry, Provenance, Push, SyncRequest, VERSION};
use keyturn_server::sync::write_grant;
use keyturn_server::users::Role;
use serde_bytes::ByteBuf;
use sha2::Digest;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many homes people work in.
const HOMES: usize = 4;
/// How many phones a history may come to.
const MOST_PHONES: usize = 6;

/// How a history ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// Hash over everything that happened.
    pub trace: String,
    /// What did not hold.
    pub broken: Option<Broken>,
    /// How often what occurred.
    pub tally: Tally,
}

/// A history under way.
pub struct History {
    /// Server and phones.
    pub world: World,
    /// What was recorded.
    pub model: Model,
    /// Counts.
    pub tally: Tally,
    /// Nothing happened yet that an honest system needs an audit for.
    pub honest: bool,
    defects: BTreeMap<DocumentId, usize>,
    screens: BTreeMap<(usize, DocumentId), Vec<Hash>>,
    /// Phones that do not know yet that the server went back.
    behind: Vec<usize>,
    trace: sha2::Sha256,
    talk: bool,
}

impl History {
    /// Begins with these phones of the template.
    pub async fn begin(template: Arc<Template>, seed: u64, phones: &[usize], talk: bool) -> Self {
        Self {
            world: World::begin(template, seed, phones).await,
            model: Model::default(),
            tally: Tally::default(),
            honest: true,
            defects: BTreeMap::new(),
            screens: BTreeMap::new(),
            behind: Vec::new(),
            trace: sha2::Sha256::new(),
            talk,
        }
    }

    /// Carries a whole plan out.
    pub async fn run(template: Arc<Template>, plan: &Plan, talk: bool) -> Ended {
        let mut history = Self::begin(template, plan.seed, &plan.phones, talk).await;
        let mut broken = None;
        for (n, action) in plan.actions.iter().enumerate() {
            history.note(&format!("{n} {action:?}"));
            if let Err(why) = history.act(action).await {
                broken = Some(format!("after action {n} ({action:?}): {why}"));
                break;
            }
        }
        if broken.is_none() {
            history
                .tally
                .one(&format!("profile: {:?}", plan.profile).to_lowercase());
            if let Err(why) = history.finish(plan.profile).await {
                broken = Some(format!("at the end: {why}"));
            }
        }
        history.ended(broken)
    }

    /// Closes the books.
    #[must_use]
    pub fn ended(mut self, broken: Option<Broken>) -> Ended {
        let documents = ServerDb::open(self.world.server.path()).documents();
        let last = documents
            .iter()
            .map(|(id, d)| format!("{id} {:?}\n", d.heads))
            .collect::<String>();
        self.note(&last);
        Ended {
            trace: hex::encode(&self.trace.finalize()[..8]),
            broken,
            tally: self.tally,
        }
    }

    /// Notes what happened.
    pub fn note(&mut self, what: &str) {
        if self.talk {
            println!("{what}");
        }
        self.trace.update(what.as_bytes());
        self.trace.update(b"\n");
    }

    fn phone(&self, number: u8) -> Option<usize> {
        let running = self.world.running();
        running.get(usize::from(number) % running.len().max(1)).copied()
    }

    async fn act(&mut self, action: &Action) -> Result<(), Broken> {
        match action {
            Action::Edit {
                phone,
                edit,
                home,
                pick,
                stale,
            } => {
                if let Some(n) = self.phone(*phone) {
                    self.edit(n, *edit, *home, *pick, *stale)?;
                }
            }
            Action::Draw { phone } => self.draw(*phone),
            Action::Sync {
                phone,
                weather,
                after,
                small,
                steps,
            } => {
                if let Some(n) = self.phone(*phone) {
                    self.weather(n, *weather, *after);
                    let budget = if *small { small_budget() } else { StepBudget::default() };
                    self.sync(n, budget, u32::from(*steps)).await?;
                    self.world.phones[n].net.fail(0, Fault::None);
                }
            }
            Action::SyncAll => {
                for n in self.world.running() {
                    self.sync(n, StepBudget::default(), 20).await?;
                }
            }
            _ => self.fault(action).await?,
        }
        Ok(())
    }

    async fn fault(&mut self, action: &Action) -> Result<(), Broken> {
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

    async fn catastrophe(&mut self, action: &Action) -> Result<(), Broken> {
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
        self.behind = (0..self.world.phones.len()).collect();
        self.honest = false;
        self.tally.one(match how {
            Restored::Raw => "fault: server restored raw",
            Restored::Epoch => "fault: server restored with a new epoch",
        });
    }

    async fn office(&mut self, action: &Action) -> Result<(), Broken> {
        match action {
            Action::Grant { user, home } => {
                let (person, user) = self.person(*user);
                let scope = self.home(*home).scope();
                let role = if person.role == Role::Reviewer {
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

    async fn change_role(&mut self, user: u8, home: u8) {
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

    async fn purge(&mut self, pick: u32) {
        let there = ServerDb::open(self.world.server.path()).documents();
        let alive: Vec<DocumentId> = there.into_iter().filter(|(_, d)| !d.purged).map(|(id, _)| id).collect();
        if let Some(document) = alive.get(pick as usize % alive.len().max(1)) {
            self.model.erased(*document);
            self.world.purge(*document).await;
            self.tally.one("fault: purge");
        }
    }

    /// The reviewer asks for the mark of a change that is held back to be lifted.
    fn lift_mark(&mut self, pick: u32) {
        let marked: Vec<(DocumentId, Hash)> = ServerDb::open(self.world.server.path())
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
        }
    }

    fn person(&self, number: u8) -> (crate::harness::Person, keyturn_domain::UserId) {
        let person = PEOPLE[usize::from(number) % PEOPLE.len()];
        (person, self.world.user_of(person.phone))
    }

    fn home(&self, number: u8) -> Home {
        self.world.project.homes[usize::from(number) % HOMES].clone()
    }

    fn draw(&mut self, phone: u8) {
        let Some(n) = self.phone(phone) else { return };
        for document in self.model.records() {
            let heads = self.world.phones[n].client().records().read(document, |d, _| d.heads());
            if let Ok(heads) = heads {
                self.screens.insert((n, document), heads);
            }
        }
        self.reap(n);
    }

    fn forget_screens(&mut self, phone: usize) {
        self.screens.retain(|(n, _), _| *n != phone);
    }

    /// Ends an app and starts it again.
    pub fn restart(&mut self, n: usize) {
        self.forget_screens(n);
        self.world.restart(n);
    }

    /// Notices that an app died.
    fn reap(&mut self, n: usize) {
        for name in self.world.phones[n].disk.take_happened() {
            self.tally.one(&format!("fault: {name}"));
        }
        if self.world.phones[n].disk.is_dead() {
            self.note(&format!("{} died", self.world.phones[n].name));
            self.restart(n);
        }
    }

    fn edit(&mut self, n: usize, edit: Edit, home: u8, pick: u32, stale: bool) -> Result<(), Broken> {
        let user = self.world.phones[n].user;
        let may = |home: &Home| self.world.office.may_write(user, &self.world.project, home.scope());
        let trespass = edit == Edit::Trespass;
        let homes: Vec<usize> = (0..HOMES)
            .filter(|h| may(&self.world.project.homes[*h]) != trespass)
            .collect();
        let Some(number) = homes.get(usize::from(home) % homes.len().max(1)).copied() else {
            return Ok(());
        };
        let home = self.world.project.homes[number].clone();
        let inspection = home.inspection(self.world.project.id);
        let (target, edit) = if edit == Edit::Defect {
            let now = self.world.phones[n].now_ms().max(1);
            let ids: &dyn Ids = &*self.world.phones[n].ids;
            let document = DocumentId(ids.uuid_v7(now));
            let genesis = edits::new_defect(&home, self.world.project.id, document);
            self.defects.insert(document, number);
            (
                Target::Begin {
                    genesis,
                    scope: home.scope(),
                },
                edit,
            )
        } else if edit.is_of_defects() {
            let Some(document) = self.defect(n, number, pick) else {
                return Ok(());
            };
            (Target::Existing(document), edit)
        } else {
            let edit = if trespass { Edit::Answer } else { edit };
            (
                Target::Begin {
                    genesis: inspection.clone(),
                    scope: home.scope(),
                },
                edit,
            )
        };
        let screen = self.screen(n, &home, pick, stale.then(|| target.document()));
        let from_old = !screen.seen.is_empty();
        let make = |document: &Document, screen: &Screen<'_>| match edit {
            Edit::Defect => screen.find(document, inspection.document),
            edit if edit.is_of_defects() => screen.in_defect(document, edit),
            edit => screen.inspect(document, edit),
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

    /// A defect of a home that this phone shows.
    fn defect(&self, n: usize, home: usize, pick: u32) -> Option<DocumentId> {
        let records = self.world.phones[n].client().records();
        let here = self.defects.iter().filter(|(_, h)| **h == home).map(|(d, _)| *d);
        let shown: Vec<DocumentId> = here.filter(|d| records.has(*d).unwrap_or(false)).collect();
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

    fn weather(&mut self, n: usize, weather: Weather, after: u8) {
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
    fn bad_entry(&self, n: usize) -> Option<Entry> {
        let user = self.world.phones[n].user;
        let there = ServerDb::open(self.world.server.path()).documents();
        let may = |scope| self.world.office.may_read(user, &self.world.project, scope);
        let (document, stored) = there.into_iter().find(|(_, d)| !d.purged && may(d.scope))?;
        let bytes = Attack::GhostPred.changes(&stored.open().ok()?, 0).pop()?;
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
        if result.is_ok()
            || seen
                .iter()
                .any(|s| s.delivered && s.reply.as_ref().is_some_and(|r| r.is_ok()))
        {
            self.behind.retain(|other| *other != n || result.is_err());
        }
        if !self.behind.contains(&n) {
            check::words(&self.world, n)?;
        }
        Ok(result.ok())
    }

    fn judge(&mut self, n: usize, result: &Result<StepReport, ClientError>) -> Result<(), Broken> {
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

    /// Somebody who is enrolled sends bytes that no client makes.
    async fn attack(&mut self, n: usize, pick: u32) -> Result<(), Broken> {
        let there = ServerDb::open(self.world.server.path()).documents();
        let known: Vec<_> = there.into_iter().filter(|(_, d)| !d.purged).collect();
        let Some((document, stored)) = known.get(pick as usize / 8 % known.len().max(1)) else {
            return Ok(());
        };
        let kind = Attack::ALL[pick as usize % Attack::ALL.len()];
        let open = stored.open()?;
        let changes = kind.changes(&open, pick);
        let token = match self.world.phones[n].client().session().token().await {
            Ok(token) => token,
            Err(_) => return Ok(()),
        };
        let request = SyncRequest {
            version: VERSION,
            push: vec![Push {
                document: *document,
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

    /// Lets everything heal, lets every phone sync three times, and checks that all is as it should be.
    ///
    /// # Errors
    /// What does not hold.
    pub async fn finish(&mut self, _profile: Profile) -> Result<(), Broken> {
        for n in self.world.running() {
            self.world.phones[n].net.heal();
            let dead = self.world.phones[n].disk.trouble() != Trouble::None;
            self.world.phones[n].disk.set(Trouble::None);
            if dead {
                self.restart(n);
            }
            let now = self.world.now_ms();
            self.world.phones[n].clock.set(now);
        }
        for _ in 0..3 {
            for n in self.world.running() {
                self.sync(n, StepBudget::default(), 60).await?;
            }
        }
        self.count_contested();
        check::end(&self.world, &self.model, &mut self.tally).await?;
        for n in self.world.running() {
            self.agrees(n).await?;
        }
        Ok(())
    }

    /// The closing sums agree.
    async fn agrees(&mut self, n: usize) -> Result<(), Broken> {
        if self.world.office.withdrawn.contains(&n) {
            return Ok(());
        }
        let report = self.sync(n, StepBudget::default(), 20).await?;
        let stuck = self.world.phones[n]
            .client()
            .sync()
            .status()
            .map_err(|e| e.to_string())?;
        match report {
            Some(report) if report.agreed == Some(true) => Ok(()),
            report => Err(format!(
                "the sums of {} do not agree: {report:?}, {stuck:?}",
                self.world.phones[n].name
            )),
        }
    }

    fn count_contested(&mut self) {
        let there = ServerDb::open(self.world.server.path());
        for stored in there.documents().values().filter(|d| !d.purged) {
            let projection = keyturn_domain::record::Projection::from_bytes(&stored.projection);
            if projection.is_some_and(|p| !p.contested.is_empty()) {
                self.tally.one("outcome: contested");
            }
        }
        let (_, backup) = there.head(self.world.project.id);
        for n in self.world.running() {
            let here = crate::harness::PhoneDb::open(self.world.phones[n].path());
            let covered = here
                .received()
                .iter()
                .filter(|(_, _, seq)| *seq > 0 && *seq <= backup)
                .count();
            self.tally.add("outcome: in backup", covered as u64);
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

fn small_budget() -> StepBudget {
    StepBudget {
        changes: 2,
        bytes: 1 << 20,
        reply_bytes: 400,
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
