//! What every history begins with: a server with the project and its people, and phones that are enrolled and have
//! synced once. Made once per process, then copied.

use super::project::Project;
use super::{START_MS, SimClock, SimIds, SimPhone, SimServer};
use keyturn_client::{FileKey, StepBudget};
use keyturn_domain::{DeviceId, Ids, ScopeId, UserId};
use keyturn_server::sync::write_grant;
use keyturn_server::users::{Access, Actor, NewGrant, Role};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

/// Who carries a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    /// Name of the phone.
    pub phone: &'static str,
    /// Name of the person; some have two phones.
    pub name: &'static str,
    /// What they are.
    pub role: Role,
    /// Which homes they hold, by number.
    pub homes: &'static [usize],
}

/// The phones of the template.
pub const PEOPLE: [Person; 7] = [
    person("a", "ann", Role::Engineer, &[0, 1, 2]),
    person("b", "bo", Role::Engineer, &[0, 1, 3]),
    person("c", "cai", Role::Ambassador, &[0, 2]),
    person("r", "rui", Role::Reviewer, &[]),
    person("d", "ann", Role::Engineer, &[0, 1, 2]),
    person("e", "eve", Role::Engineer, &[1]),
    person("m", "min", Role::Manager, &[]),
];

const fn person(phone: &'static str, name: &'static str, role: Role, homes: &'static [usize]) -> Person {
    Person {
        phone,
        name,
        role,
        homes,
    }
}

/// One phone of the template.
pub struct Enrolled {
    /// Whose.
    pub person: Person,
    /// The user.
    pub user: UserId,
    /// The device.
    pub device: DeviceId,
    /// Its key.
    pub key: Arc<FileKey>,
    /// Its database.
    pub database: PathBuf,
}

/// What every history begins with.
pub struct Template {
    /// The project.
    pub project: Project,
    /// Its phones.
    pub phones: Vec<Enrolled>,
    /// The server's database.
    pub server: PathBuf,
    _dir: TempDir,
}

/// A folder in memory, where the machine has a memory file system.
#[must_use]
pub fn scratch() -> TempDir {
    let memory = Path::new("/dev/shm");
    let builder = tempfile::Builder::new().prefix("keyturn-").to_owned();
    if std::env::var_os("TMPDIR").is_none() && memory.is_dir() {
        return builder.tempdir_in(memory).expect("a folder in memory");
    }
    builder.tempdir().expect("a folder")
}

/// Removes a database with its companions.
pub fn remove_database(path: &Path) {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        // Most of them are not there.
        let _ = std::fs::remove_file(PathBuf::from(name));
    }
}

impl Template {
    /// Makes it; takes about a second.
    pub async fn make() -> Self {
        let dir = scratch();
        let path = dir.path().join("server.db");
        let clock = Arc::new(SimClock::new(START_MS));
        let mut server = SimServer::new(path.clone(), clock, Arc::new(SimIds::new(0, 0)));
        server.open().await;
        let project = Project::small(20);
        let people = Self::people(&server, &project).await;
        let mut phones = Vec::new();
        for (n, (person, user)) in people.into_iter().enumerate() {
            phones.push(enrol(&server, dir.path(), n as u64, person, user).await);
        }
        server.close().await;
        let copy = dir.path().join("server.copy");
        server.copy_to(&copy).await;
        Self {
            project,
            phones,
            server: copy,
            _dir: dir,
        }
    }

    async fn people(server: &SimServer, project: &Project) -> Vec<(Person, UserId)> {
        let mut users: Vec<(Person, UserId)> = Vec::new();
        let mut fresh = Vec::new();
        for person in PEOPLE {
            if let Some((_, user)) = users.iter().find(|(p, _)| p.name == person.name) {
                users.push((person, *user));
                continue;
            }
            let user = server.get().users().create(person.name, "").await.expect("a user").id;
            users.push((person, user));
            fresh.push((person, user));
        }
        let staff: Vec<(UserId, &str)> = fresh.iter().map(|(p, u)| (*u, p.role.as_str())).collect();
        project.load(server.get(), &staff).await;
        for (person, user) in fresh {
            for grant in grants(project, user, person.role, person.homes) {
                server
                    .get()
                    .sync()
                    .grant(Actor::Command, &grant)
                    .await
                    .expect("a grant");
            }
        }
        users
    }
}

/// What a person of a role holds who works in these homes.
#[must_use]
pub fn grants(project: &Project, user: UserId, role: Role, homes: &[usize]) -> Vec<NewGrant> {
    if matches!(role, Role::Reviewer | Role::Manager) {
        return vec![write_grant(project.id, user, role, ScopeId::project(project.id))];
    }
    let mut all = vec![write_grant(project.id, user, role, ScopeId::public_places(project.id))];
    let mut buildings: Vec<ScopeId> = homes.iter().map(|n| project.homes[*n].building).collect();
    buildings.sort_unstable();
    buildings.dedup();
    for building in buildings {
        let grant = write_grant(project.id, user, role, building);
        all.push(NewGrant {
            access: Access::Read,
            ..grant
        });
    }
    let home = |n: &usize| write_grant(project.id, user, role, project.homes[*n].scope());
    all.extend(homes.iter().map(home));
    all
}

async fn enrol(server: &SimServer, dir: &Path, n: u64, person: Person, user: UserId) -> Enrolled {
    let ids = Arc::new(SimIds::new(0, 100 + n));
    let key = Arc::new(FileKey::in_memory(&*ids as &dyn Ids));
    let database = dir.join(format!("{}.db", person.phone));
    let path = dir.join(format!("{}-used.db", person.phone));
    let mut phone = SimPhone::new(person.phone, path, ids, key.clone(), START_MS);
    phone.net.lead_to(server.api());
    phone.start();
    let code = server
        .get()
        .devices()
        .create_enrolment(user)
        .await
        .expect("a code")
        .text;
    let me = phone
        .client()
        .session()
        .enrol(&code, person.phone)
        .await
        .expect("an enrolment");
    assert_eq!(me.user, user);
    phone
        .client()
        .sync()
        .run(StepBudget::default(), 50)
        .await
        .expect("a first sync");
    phone.copy_to(&database);
    phone.stop();
    phone.net.lead_to(None);
    Enrolled {
        person,
        user,
        device: me.device,
        key,
        database,
    }
}
