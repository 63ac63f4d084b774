//! A server and the phones around it, on a folder of their own, and everything that may happen to them.

use super::template::{Enrolled, Template, grants, scratch};
use super::{Person, Project, START_MS, SimClock, SimIds, SimPhone, SimServer};
use keyturn_client::{ClientError, FileKey, StepBudget, StepReport};
use keyturn_domain::{Clock, DocumentId, Ids, ScopeId, UserId};
use keyturn_server::users::{Access, Actor, NewGrant, Role};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;
use uuid::Uuid;

/// What the office has decided, kept beside the server's own tables.
#[derive(Clone, Debug, Default)]
pub struct Office {
    /// Who holds what now.
    pub grants: BTreeMap<UserId, Vec<NewGrant>>,
    /// What was purged.
    pub purged: Vec<DocumentId>,
    /// Which devices were withdrawn, by the number of the phone.
    pub withdrawn: Vec<usize>,
}

impl Office {
    /// Tells whether somebody may read a scope.
    #[must_use]
    pub fn may_read(&self, user: UserId, project: &Project, scope: ScopeId) -> bool {
        let held = self.grants.get(&user).into_iter().flatten();
        held.into_iter()
            .any(|g| g.scope == scope || g.scope == ScopeId::project(project.id))
    }

    /// Tells whether somebody may write in a scope.
    #[must_use]
    pub fn may_write(&self, user: UserId, project: &Project, scope: ScopeId) -> bool {
        let held = self.grants.get(&user).into_iter().flatten();
        held.into_iter()
            .any(|g| (g.scope == scope || g.scope == ScopeId::project(project.id)) && g.access == Access::Write)
    }

    /// Returns the roles in which somebody holds a scope.
    #[must_use]
    pub fn roles(&self, user: UserId, project: &Project, scope: ScopeId) -> Vec<&'static str> {
        let held = self.grants.get(&user).into_iter().flatten();
        held.filter(|g| g.scope == scope || g.scope == ScopeId::project(project.id))
            .map(|g| g.role.as_str())
            .collect()
    }
}

/// A copy of the server's database, with what the office had decided by then.
struct Copy {
    path: PathBuf,
    office: Office,
}

/// How a server comes back from a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restored {
    /// Somebody copied the file back.
    Raw,
    /// By the book: a new epoch begins.
    Epoch,
}

/// A server and the phones around it.
pub struct World {
    /// What is inspected.
    pub project: Project,
    /// The server.
    pub server: SimServer,
    /// The phones; one that is gone does not run any longer.
    pub phones: Vec<SimPhone>,
    /// The person of each phone.
    pub people: Vec<Person>,
    /// What the office has decided.
    pub office: Office,
    /// Whose keys the office ended, for good: a server that comes back from a copy ends them again.
    pub erased: BTreeSet<Uuid>,
    /// How often the server's file was copied back without a word.
    pub raw_restores: u32,
    seed: u64,
    template: Arc<Template>,
    server_copy: Option<Copy>,
    phone_copies: BTreeMap<usize, PathBuf>,
    dir: TempDir,
}

impl World {
    /// Copies the template: the server and these phones of it.
    pub async fn begin(template: Arc<Template>, seed: u64, which: &[usize]) -> Self {
        let dir = scratch();
        let path = dir.path().join("server.db");
        super::database::copy_in(&template.server, &path).await;
        let clock = Arc::new(SimClock::new(START_MS));
        let mut server = SimServer::new(path, clock, Arc::new(SimIds::new(seed, 0)));
        server.open().await;
        let mut world = Self {
            project: template.project.clone(),
            server,
            phones: Vec::new(),
            people: Vec::new(),
            office: Office::default(),
            erased: BTreeSet::new(),
            raw_restores: 0,
            seed,
            template: template.clone(),
            server_copy: None,
            phone_copies: BTreeMap::new(),
            dir,
        };
        for enrolled in &template.phones {
            let held = grants(
                &world.project,
                enrolled.user,
                enrolled.person.role,
                enrolled.person.homes,
            );
            world.office.grants.insert(enrolled.user, held);
        }
        for n in which {
            world.add(&template.phones[*n]);
        }
        world
    }

    fn add(&mut self, enrolled: &Enrolled) {
        let n = self.phones.len();
        let path = self.dir.path().join(format!("phone-{n}.db"));
        std::fs::copy(&enrolled.database, &path).expect("a copy");
        let ids = Arc::new(SimIds::new(self.seed, 1 + n as u64));
        let mut phone = SimPhone::new(enrolled.person.phone, path, ids, enrolled.key.clone(), self.now_ms());
        phone.user = enrolled.user;
        phone.device = enrolled.device;
        self.put(phone, enrolled.person);
    }

    fn put(&mut self, mut phone: SimPhone, person: Person) {
        phone.net.lead_to(self.server.api());
        phone.start();
        self.phones.push(phone);
        self.people.push(person);
    }

    /// What the server's clock shows.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.server.clock.now_ms()
    }

    /// Lets time pass everywhere.
    pub fn pass(&self, ms: i64) {
        self.server.clock.pass(ms);
        self.phones.iter().for_each(|phone| phone.clock.pass(ms));
    }

    /// Numbers of the phones that run.
    #[must_use]
    pub fn running(&self) -> Vec<usize> {
        (0..self.phones.len())
            .filter(|n| self.phones[*n].is_running())
            .collect()
    }

    /// The template's number of the person with this phone.
    #[must_use]
    pub fn user_of(&self, phone: &str) -> UserId {
        let found = self.template.phones.iter().find(|p| p.person.phone == phone);
        found.expect("a phone of the template").user
    }

    /// Makes one exchange, or several while there is more.
    ///
    /// # Errors
    /// What the client says.
    pub async fn sync(&self, phone: usize, budget: StepBudget, steps: u32) -> Result<StepReport, ClientError> {
        self.phones[phone].client().sync().run(budget, steps).await
    }

    /// Makes exchanges until nothing is left to do.
    ///
    /// # Errors
    /// What the client says.
    pub async fn sync_all(&self, phone: usize) -> Result<StepReport, ClientError> {
        self.sync(phone, StepBudget::default(), 60).await
    }

    /// Ends the app and starts it again.
    pub fn restart(&mut self, phone: usize) {
        let phone = &mut self.phones[phone];
        phone.stop();
        phone.disk.set(super::Trouble::None);
        phone.start();
    }

    /// Keeps a copy of a phone's database for later.
    pub fn keep_phone(&mut self, phone: usize) {
        let path = self.dir.path().join(format!("phone-{phone}.copy"));
        self.phones[phone].copy_to(&path);
        self.phone_copies.insert(phone, path);
    }

    /// Puts the kept copy back; false when there is none.
    pub fn restore_phone(&mut self, phone: usize) -> bool {
        let Some(copy) = self.phone_copies.get(&phone) else {
            return false;
        };
        let restored = &mut self.phones[phone];
        restored.stop();
        restored.copy_from(copy);
        restored.disk.set(super::Trouble::None);
        restored.start();
        true
    }

    /// Copies a phone while it runs: from now on there are two with one identity, and the next `shared` actors of both
    /// are the same. Returns the number of the twin.
    pub fn twin(&mut self, phone: usize, shared: u32) -> usize {
        let n = self.phones.len();
        let path = self.dir.path().join(format!("phone-{n}.db"));
        let original = &self.phones[phone];
        original.copy_to(&path);
        let ids = Arc::new(original.ids.twin(self.seed, 1 + n as u64, shared));
        let mut twin = SimPhone::new(
            &format!("{}'", original.name),
            path,
            ids,
            original.key.clone(),
            original.now_ms(),
        );
        twin.user = original.user;
        twin.device = original.device;
        self.put(twin, self.people[phone]);
        n
    }

    /// A phone falls into the lift shaft.
    pub fn lose_phone(&mut self, phone: usize) {
        self.phones[phone].stop();
    }

    /// Somebody of the template enrols another phone, which has not synced yet.
    pub async fn new_phone(&mut self, like: &str) -> usize {
        let n = self.phones.len();
        let person = self.template.phones.iter().find(|p| p.person.phone == like);
        let (person, user) = person.map(|p| (p.person, p.user)).expect("a phone of the template");
        let ids = Arc::new(SimIds::new(self.seed, 1 + n as u64));
        let key = Arc::new(FileKey::in_memory(&*ids as &dyn Ids));
        let path = self.dir.path().join(format!("phone-{n}.db"));
        let phone = SimPhone::new(&format!("{like}{n}"), path, ids, key, self.now_ms());
        self.put(phone, person);
        self.phones[n].user = user;
        self.enrol(n).await;
        n
    }

    /// Enrols a phone, or enrols it again with a server that does not know it any longer.
    pub async fn enrol(&mut self, phone: usize) {
        let user = self.phones[phone].user;
        let code = self
            .server
            .get()
            .devices()
            .create_enrolment(user)
            .await
            .expect("a code")
            .text;
        let phone = &mut self.phones[phone];
        let me = phone
            .client()
            .session()
            .enrol(&code, "another")
            .await
            .expect("an enrolment");
        phone.device = me.device;
    }

    async fn down(&mut self) {
        self.phones.iter().for_each(|phone| phone.net.lead_to(None));
        self.server.close().await;
    }

    async fn up(&mut self) {
        self.server.open().await;
        for phone in &self.phones {
            phone.net.lead_to(self.server.api());
        }
    }

    /// Ends the server and starts it again.
    pub async fn restart_server(&mut self) {
        self.down().await;
        self.up().await;
    }

    /// Keeps a copy of the server's database for later.
    pub async fn keep_server(&mut self) {
        let path = self.dir.path().join("server.copy");
        self.down().await;
        self.server.copy_to(&path).await;
        self.up().await;
        self.server_copy = Some(Copy {
            path,
            office: self.office.clone(),
        });
    }

    /// Puts the kept copy back; false when there is none.
    pub async fn restore_server(&mut self, how: Restored) -> bool {
        let Some(copy) = &self.server_copy else {
            return false;
        };
        let (path, office) = (copy.path.clone(), copy.office.clone());
        self.down().await;
        self.server.copy_from(&path).await;
        self.up().await;
        self.office = office;
        if how == Restored::Raw {
            self.raw_restores += 1;
        } else {
            self.server.get().sync().begin_epoch().await.expect("an epoch");
        }
        for subject in self.erased.clone() {
            self.end_key(subject).await;
        }
        true
    }

    /// Erases a person, or a household with all its persons.
    pub async fn erase(&mut self, subjects: &[Uuid]) {
        for subject in subjects {
            self.end_key(*subject).await;
        }
        self.erased.extend(subjects);
    }

    async fn end_key(&self, subject: Uuid) {
        let (sync, project) = (self.server.get().sync(), self.project.id);
        sync.erase_subject(Actor::Command, project, subject)
            .await
            .expect("an erasure");
    }

    /// Tells whether there is a copy of the server.
    #[must_use]
    pub const fn has_server_copy(&self) -> bool {
        self.server_copy.is_some()
    }

    /// Gives somebody a scope.
    pub async fn grant(&mut self, grant: NewGrant) {
        self.server
            .get()
            .sync()
            .grant(Actor::Command, &grant)
            .await
            .expect("a grant");
        self.office.grants.entry(grant.user).or_default().push(grant);
    }

    /// Takes a scope from somebody, in a role; false when they did not hold it.
    pub async fn revoke(&mut self, user: UserId, role: Role, scope: ScopeId) -> bool {
        let sync = self.server.get().sync();
        let ended = sync
            .revoke_role(Actor::Command, user, role, scope)
            .await
            .expect("a revocation");
        if let Some(held) = self.office.grants.get_mut(&user) {
            held.retain(|g| g.role != role || g.scope != scope);
        }
        ended > 0
    }

    /// Withdraws a phone.
    pub async fn withdraw(&mut self, phone: usize) {
        let device = self.phones[phone].device;
        self.server.get().devices().revoke(device).await.expect("a revocation");
        for (n, other) in self.phones.iter().enumerate() {
            if other.device == device && !self.office.withdrawn.contains(&n) {
                self.office.withdrawn.push(n);
            }
        }
    }

    /// Erases a document.
    pub async fn purge(&mut self, document: DocumentId) {
        self.server
            .get()
            .sync()
            .purge_document(document)
            .await
            .expect("a purge");
        self.office.purged.push(document);
    }

    /// Says that everything is in backup as it is now.
    pub async fn back_up(&mut self) {
        let sync = self.server.get().sync();
        let head = sync.head(self.project.id).await.expect("a head");
        sync.set_backup_mark(self.project.id, head).await.expect("a mark");
    }
}
