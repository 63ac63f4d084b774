//! Backups that are whole or not there, marks that tell the truth, restores that refuse what is not sound.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use keyturn_domain::rows::SubjectKeyRow;
use keyturn_protocol::Code;
use tempfile::TempDir;
use uuid::Uuid;

use super::people;
use super::world::{PROJECT, World, home, record};
use crate::backup::{
    self, BackupMade, BackupOptions, BackupSource, Manifest, RestoreOptions, Restored, SecondPlan, make, restore,
};
use crate::db::DbOptions;
use crate::sync::doctor::examine;
use crate::users::Actor;
use crate::{Error, Server, ServerConfig};

/// A folder of backups, on another file system where there is one.
pub(super) fn elsewhere() -> TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

pub(super) fn folder(path: &Path) -> crate::objects::Objects {
    let place = crate::objects::Place::Folder(path.to_owned());
    crate::objects::Objects::open(&place, &crate::objects::Keys::default()).unwrap()
}

pub(super) async fn backed_up(world: &World, target: &Path, keep: Option<usize>) -> Result<BackupMade, Error> {
    let options = BackupOptions {
        target: target.to_owned(),
        keep,
        recipients: Vec::new(),
        actor: Actor::Command,
    };
    make(world.server.state(), &options, &mut |_| ()).await
}

async fn restored(world: &World, backup: &Path, data: &Path) -> Result<Restored, Error> {
    restored_from(world, BackupSource::Folder(backup.to_owned()), data).await
}

pub(super) async fn restored_from(world: &World, backup: BackupSource, data: &Path) -> Result<Restored, Error> {
    let options = RestoreOptions {
        backup,
        data: data.to_owned(),
        database: None,
        identity: None,
        erased: Vec::new(),
        clock: world.time.clone(),
        ids: world.ids.clone(),
    };
    restore(&options, &mut |_| ()).await
}

async fn open(world: &World, data: &Path) -> Server {
    let mut config = ServerConfig::new(data.join("keyturn.db"));
    config.clock = Arc::clone(&world.time) as Arc<dyn keyturn_domain::Clock>;
    config.ids = Arc::clone(&world.ids) as Arc<dyn keyturn_domain::Ids>;
    config.db = DbOptions::default();
    Server::open(config).await.unwrap()
}

pub(super) async fn worked() -> World {
    let world = people::world().await;
    let mut engineer = world.engineer("eng", 1).await;
    for n in 1..=2 {
        let genesis = keyturn_domain::document::Genesis {
            place: home(1),
            ..record(n)
        };
        engineer.write(&genesis, "a", "first");
    }
    engineer.settle(&world).await;
    assert_eq!(
        people::send(&world, engineer.who, 1, &people::put(50, home(1), None)).await,
        None
    );
    world
}

pub(super) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

pub(super) async fn mark(world: &World) -> i64 {
    let mut tx = world.server.state().db.begin_read().await.unwrap();
    let row = sqlx::query("SELECT backup_seq FROM projects")
        .fetch_one(&mut *tx)
        .await
        .unwrap();
    crate::db::int(&row, "backup_seq").unwrap()
}

#[tokio::test]
async fn a_backup_is_read_back_before_its_mark_moves_and_comes_back_as_a_new_epoch() {
    let world = worked().await;
    let target = elsewhere();
    let head = world.sync.head(PROJECT).await.unwrap();
    let made = backed_up(&world, target.path(), None).await.unwrap();
    let moved = if made.same_file_system { 0 } else { head };
    assert_eq!(mark(&world).await.unsigned_abs(), moved);
    assert_eq!(made.manifest.facts.projects[0].seq, head);
    let text = std::fs::read_to_string(made.path.join("manifest.json")).unwrap();
    assert!(!text.contains("eng"), "no name stands in it: {text}");
    assert_eq!(names(&made.path), ["erased.jsonl", "keyturn.db", "manifest.json"]);
    assert!(!world.dir.path().join("backup-scratch").exists());

    let data = world.dir.path().join("new");
    let done = restored(&world, target.path(), &data).await.unwrap();
    assert_eq!(done.backup, made.path.display().to_string());
    assert_eq!(names(&data), ["erased.jsonl", "keyturn.db"]);
    let server = open(&world, &data).await;
    assert_eq!(server.state().server_id, world.server.state().server_id);
    let mut tx = server.state().db.begin_read().await.unwrap();
    let examined = examine(&mut tx, &[], &mut |_| ()).await.unwrap();
    assert_eq!(examined.findings.summary(), "");
    assert_eq!(examined.facts.epoch, done.epoch);
    assert_ne!(examined.facts.epoch, made.manifest.facts.epoch);
}

#[tokio::test]
async fn a_backup_beside_the_database_moves_no_mark() {
    let world = worked().await;
    let made = backed_up(&world, &world.dir.path().join("backups"), None)
        .await
        .unwrap();
    assert!(made.same_file_system);
    assert_eq!(mark(&world).await, 0);
}

#[tokio::test]
async fn older_backups_go_after_the_new_one_and_those_of_others_stay() {
    let world = worked().await;
    let target = elsewhere();
    let foreign = target.path().join("keyturn-00000000-20200101T000000Z");
    std::fs::create_dir(&foreign).unwrap();
    let mut made = Vec::new();
    for _ in 0..4 {
        made.push(backed_up(&world, target.path(), Some(2)).await.unwrap());
        world.pass(60_000);
    }
    assert_eq!(made[3].removed.len(), 1);
    assert!(made[3].path.exists() && made[2].path.exists() && !made[1].path.exists());
    assert!(foreign.exists());
    // A clock that was set back: the newest by the clock is not the one just made, which stays.
    world.pass(-86_400_000);
    let early = backed_up(&world, target.path(), Some(1)).await.unwrap();
    assert!(early.path.exists());
    assert_eq!(early.removed.len(), 2);
    // What a killed run left is no backup, and goes.
    let half = target
        .path()
        .join(format!("{}.part", early.path.file_name().unwrap().to_str().unwrap()));
    std::fs::create_dir(&half).unwrap();
    std::fs::write(half.join("keyturn.db"), b"half").unwrap();
    backed_up(&world, target.path(), None).await.unwrap();
    assert!(!half.exists());
}

#[tokio::test]
async fn a_database_that_is_damaged_makes_no_backup() {
    let world = worked().await;
    let target = elsewhere();
    let good = backed_up(&world, target.path(), Some(1)).await.unwrap();
    let before = mark(&world).await;
    let mut tx = world.server.state().db.begin_write().await.unwrap();
    let sql = "UPDATE log SET hash = zeroblob(32) WHERE seq = 2";
    sqlx::query(sql).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    world.pass(60_000);
    let error = backed_up(&world, target.path(), Some(1)).await.unwrap_err();
    assert_eq!(error.code(), Code::BackupUnsound);
    assert!(error.to_string().contains("chain_broken"), "{error}");
    assert_eq!(mark(&world).await, before);
    let list = format!(
        "{}-erased.jsonl",
        good.path
            .file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .rsplit_once('-')
            .unwrap()
            .0
    );
    let name = good.path.file_name().unwrap().to_str().unwrap().to_owned();
    let mut expected = vec![name, list];
    expected.sort();
    assert_eq!(names(target.path()), expected);
}

#[tokio::test]
async fn two_backups_at_a_time_are_one_too_many() {
    let world = worked().await;
    let lock = std::fs::File::create(world.dir.path().join("backup.lock")).unwrap();
    lock.lock().unwrap();
    let error = backed_up(&world, elsewhere().path(), None).await.unwrap_err();
    assert_eq!(error.code(), Code::BackupRunning);
}

/// Copies a backup, so that it can be spoilt.
fn copy_of(backup: &Path, to: &Path) -> PathBuf {
    let _ = std::fs::remove_dir_all(to);
    std::fs::create_dir_all(to).unwrap();
    for name in names(backup) {
        std::fs::copy(backup.join(&name), to.join(&name)).unwrap();
    }
    to.to_owned()
}

#[tokio::test]
async fn a_backup_that_is_not_what_was_written_is_refused() {
    type Spoil = fn(&Path);
    fn manifest(at: &Path, change: fn(&mut Manifest)) {
        let mut manifest = Manifest::read(at).unwrap();
        change(&mut manifest);
        std::fs::write(at.join("manifest.json"), serde_json::to_vec(&manifest).unwrap()).unwrap();
    }
    fn database(at: &Path, change: fn(&mut Vec<u8>)) {
        let mut bytes = std::fs::read(at.join("keyturn.db")).unwrap();
        change(&mut bytes);
        std::fs::write(at.join("keyturn.db"), bytes).unwrap();
    }
    let world = worked().await;
    let target = elsewhere();
    let made = backed_up(&world, target.path(), None).await.unwrap();
    let spoils: [(&str, Spoil, Code); 9] = [
        (
            "truncated",
            |at| database(at, |b| b.truncate(b.len() - 1)),
            Code::BackupDamaged,
        ),
        (
            "one bit",
            |at| {
                database(at, |b| {
                    let middle = b.len() / 2;
                    b[middle] ^= 1;
                });
            },
            Code::BackupDamaged,
        ),
        (
            "no database",
            |at| std::fs::remove_file(at.join("keyturn.db")).unwrap(),
            Code::BackupDamaged,
        ),
        (
            "no manifest",
            |at| std::fs::remove_file(at.join("manifest.json")).unwrap(),
            Code::NotFound,
        ),
        (
            "half a manifest",
            |at| std::fs::write(at.join("manifest.json"), b"{\"form\": 1,").unwrap(),
            Code::BackupDamaged,
        ),
        (
            "another count",
            |at| manifest(at, |m| *m.facts.rows.get_mut("changes").unwrap() += 1),
            Code::BackupDamaged,
        ),
        (
            "another seat",
            |at| manifest(at, |m| m.facts.projects[0].seq += 1),
            Code::BackupDamaged,
        ),
        (
            "a newer schema",
            |at| manifest(at, |m| m.facts.schema = 9_999),
            Code::DbNewer,
        ),
        ("a lost list", |at| manifest(at, |m| m.erased = 3), Code::BackupDamaged),
    ];
    for (what, spoil, code) in spoils {
        let copy = copy_of(&made.path, &world.dir.path().join("spoilt").join("one"));
        spoil(&copy);
        let data = world.dir.path().join("new");
        let error = restored(&world, &copy, &data).await.unwrap_err();
        assert_eq!(error.code(), code, "{what}: {error}");
        assert!(!data.exists(), "{what}: nothing is left");
    }
    let newer = copy_of(&made.path, &world.dir.path().join("spoilt").join("newer"));
    let mut text = std::fs::read_to_string(newer.join("manifest.json")).unwrap();
    text = text.replacen("\"form\": 1", "\"form\": 2", 1);
    std::fs::write(newer.join("manifest.json"), text).unwrap();
    let error = restored(&world, &newer, &world.dir.path().join("new"))
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::DbNewer);
}

#[tokio::test]
async fn a_folder_that_holds_something_is_left_alone() {
    let world = worked().await;
    let target = elsewhere();
    backed_up(&world, target.path(), None).await.unwrap();
    let data = world.dir.path().join("other");
    std::fs::create_dir(&data).unwrap();
    std::fs::write(data.join("keyturn.db"), b"somebody's only copy").unwrap();
    let error = restored(&world, target.path(), &data).await.unwrap_err();
    assert_eq!(error.code(), Code::FolderNotEmpty);
    assert_eq!(std::fs::read(data.join("keyturn.db")).unwrap(), b"somebody's only copy");
    std::fs::remove_file(data.join("keyturn.db")).unwrap();
    let server = open(&world, &data).await;
    let error = restored(&world, target.path(), &data).await.unwrap_err();
    assert_eq!(error.code(), Code::DbLocked);
    server.close().await;
    drop(server);
    // What a killed restore left does not count.
    let again = world.dir.path().join("again");
    std::fs::create_dir_all(again.join("restore.part")).unwrap();
    std::fs::write(again.join("restore.part/keyturn.db"), b"half").unwrap();
    restored(&world, target.path(), &again).await.unwrap();
}

#[tokio::test]
async fn who_was_erased_does_not_come_back_with_an_older_copy() {
    let world = worked().await;
    let target = elsewhere();
    let old = backed_up(&world, target.path(), None).await.unwrap();
    let person = Uuid::from_bytes([50; 16]);
    let key = [50_u8; 32];
    let holds = |path: &Path| std::fs::read(path).unwrap().windows(32).any(|w| w == key);
    assert!(holds(&old.path.join("keyturn.db")), "the canary is there before");

    let done = backup::erase(world.server.state(), Actor::Command, person)
        .await
        .unwrap();
    assert_eq!((done.keys, done.unreached.len()), (1, 0));
    let again = backup::erase(world.server.state(), Actor::Command, person)
        .await
        .unwrap();
    assert_eq!(again.keys, 0);
    let unknown = backup::find_subject(world.server.state(), Uuid::from_bytes([99; 16])).await;
    assert_eq!(unknown.unwrap_err().code(), Code::NotFound);

    // Only the older backup and the list beside it survive.
    let data = world.dir.path().join("new");
    let done = restored(&world, &old.path, &data).await.unwrap();
    assert_eq!((done.erased, done.keys_ended), (1, 1));
    assert!(!holds(&data.join("keyturn.db")), "not a byte of the key");
    let server = open(&world, &data).await;
    let mut tx = server.state().db.begin_read().await.unwrap();
    let row = crate::sync::doctor::examine(&mut tx, &[(PROJECT, person)], &mut |_| ())
        .await
        .unwrap();
    assert_eq!(row.findings.summary(), "");
    let sql = "SELECT COUNT(*) AS n FROM facts WHERE id = $1 AND body IS NULL";
    let row = sqlx::query(sql)
        .bind(SubjectKeyRow::id_of(person).as_bytes().to_vec())
        .fetch_one(&mut *tx)
        .await
        .unwrap();
    assert_eq!(crate::db::int(&row, "n").unwrap(), 1);
    drop(tx);
    assert_eq!(backup::list_of(server.state()).await.unwrap(), [(PROJECT, person)]);
}

#[tokio::test]
async fn a_folder_of_backups_that_is_away_learns_of_it_at_the_next_one() {
    let world = worked().await;
    let target = elsewhere();
    let place = target.path().join("usb");
    backed_up(&world, &place, None).await.unwrap();
    let away = target.path().join("in a drawer");
    std::fs::rename(&place, &away).unwrap();
    let person = Uuid::from_bytes([50; 16]);
    let done = backup::erase(world.server.state(), Actor::Command, person)
        .await
        .unwrap();
    assert_eq!(done.unreached, [place.display().to_string()]);
    std::fs::rename(&away, &place).unwrap();
    world.pass(60_000);
    backed_up(&world, &place, None).await.unwrap();
    let data = world.dir.path().join("new");
    let done = restored(&world, &place, &data).await.unwrap();
    assert_eq!((done.erased, done.keys_ended), (1, 0));
}

#[tokio::test]
async fn a_server_backs_up_by_itself_as_often_as_it_was_told() {
    let world = worked().await;
    let target = elsewhere();
    let second = elsewhere();
    let mut config = ServerConfig::new(world.dir.path().join("server.db"));
    config.clock = Arc::clone(&world.time) as Arc<dyn keyturn_domain::Clock>;
    config.ids = Arc::clone(&world.ids) as Arc<dyn keyturn_domain::Ids>;
    config.backup = Some(crate::backup::BackupPlan {
        options: BackupOptions {
            target: target.path().to_owned(),
            keep: Some(3),
            recipients: Vec::new(),
            actor: Actor::Server,
        },
        every_ms: 86_400_000,
        second: Some(SecondPlan {
            objects: folder(&second.path().join("far")),
            keep: Some(1),
        }),
    });
    world.server.close().await;
    drop(world.server);
    drop(world.sync);
    for expected in [1, 1, 2] {
        let server = Server::open(config.clone()).await.unwrap();
        let listener = crate::bind("127.0.0.1:0").await.unwrap();
        let (state, newest) = (server.state().clone(), target.path().to_owned());
        // It stops as soon as there are as many as there should be, and the newest is at its second place.
        let stop = async move {
            loop {
                let all: Vec<String> = names(&newest).into_iter().filter(|n| n.ends_with('Z')).collect();
                let places = backup::places(&state).await.unwrap();
                let sent = places.iter().find(|p| p.kind == "second").map(|p| p.name.clone());
                if all.len() >= expected && sent.is_some() && sent == all.last().cloned() {
                    return;
                }
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        server.serve(listener, stop).await;
        let made = names(target.path()).iter().filter(|n| n.ends_with('Z')).count();
        assert_eq!(made, expected);
        let far = names(&second.path().join("far"));
        let far = far.iter().filter(|n| n.ends_with('Z'));
        assert_eq!(far.count(), 1, "the newest only");
        let day = if expected == 1 { 50_000_000 } else { 0 };
        world.time.0.fetch_add(day, std::sync::atomic::Ordering::Relaxed);
    }
}
