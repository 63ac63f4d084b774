//! The second place of backups: the same bytes, compared there; marks, what stays, what is restored from it.

use keyturn_protocol::Code;
use uuid::Uuid;

use super::backup::{backed_up, elsewhere, folder, mark, names, restored_from, worked};
use super::world::World;
use crate::backup::{self, BackupSource, send};
use crate::users::Actor;

#[tokio::test]
async fn a_second_place_holds_the_same_bytes_moves_the_mark_and_is_restored_from() {
    let world = worked().await;
    // The first place lies beside the database: no mark.
    let first = world.dir.path().join("backups");
    let (far, state) = (elsewhere(), world.server.state());
    let made = backed_up(&world, &first, None).await.unwrap();
    let objects = folder(far.path());
    assert!(made.same_file_system);
    assert_eq!(mark(&world).await, 0);
    let sent = send(state, &made.path, &objects, None, Actor::Command).await.unwrap();
    let other = !sent.same_file_system;
    assert_eq!(mark(&world).await > 0, other, "another file system, where there is one");
    let again = send(state, &made.path, &objects, None, Actor::Command).await.unwrap();
    assert_eq!(again.name, sent.name);
    let places = backup::places(state).await.unwrap();
    let of = |kind: &str| places.iter().find(|p| p.kind == kind).unwrap();
    assert_eq!(
        (of("first").name.clone(), of("second").name.clone()),
        (sent.name.clone(), sent.name.clone())
    );

    // Somebody is erased later: the place learns of it, and no restore from there brings them back.
    let person = Uuid::from_bytes([50; 16]);
    backup::erase(state, Actor::Command, person).await.unwrap();
    let data = world.dir.path().join("new");
    let source = |name: Option<&str>| BackupSource::Objects(folder(far.path()), name.map(str::to_owned));
    let done = restored_from(&world, source(None), &data).await.unwrap();
    assert_eq!((done.erased, done.keys_ended), (1, 1));
    assert!(done.backup.ends_with(&sent.name), "{}", done.backup);
    assert_eq!(names(&data).len(), 2, "the database and the list: {:?}", names(&data));

    let error = restored_from(&world, source(Some("keyturn-nothing")), &world.dir.path().join("x"))
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::NotFound);
    // Damage there is told, and leaves nothing.
    let file = far.path().join(&sent.name).join("keyturn.db");
    let bytes = std::fs::read(&file).unwrap();
    std::fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    let error = restored_from(&world, source(None), &world.dir.path().join("x"))
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::BackupDamaged);
    assert!(!world.dir.path().join("x").exists());
    // Sending compares, finds it, and takes its name away: the next one brings it whole again.
    let error = send(state, &made.path, &objects, None, Actor::Command)
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::BackupUnsound);
    let places = backup::places(state).await.unwrap();
    assert_eq!(
        places.iter().find(|p| p.kind == "second").unwrap().failed,
        "backup_unsound"
    );
    assert_eq!(
        restored_from(&world, source(None), &world.dir.path().join("x"))
            .await
            .unwrap_err()
            .code(),
        Code::NotFound
    );
    send(state, &made.path, &objects, None, Actor::Command).await.unwrap();
    restored_from(&world, source(None), &world.dir.path().join("x"))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_second_place_keeps_as_many_as_it_was_told_and_nothing_half() {
    let world = worked().await;
    let (first, far) = (world.dir.path().join("backups"), elsewhere());
    let (state, objects) = (world.server.state(), folder(far.path()));
    // What a killed run left: files without a manifest.
    let half = format!("{}20200101T000000Z", prefix_of(&world));
    objects
        .put(&format!("{half}/keyturn.db"), b"half".to_vec())
        .await
        .unwrap();
    objects
        .put(
            "keyturn-00000000-20200101T000000Z/keyturn.db",
            b"of somebody else".to_vec(),
        )
        .await
        .unwrap();
    for n in 1..=3 {
        world.pass(60_000);
        let made = backed_up(&world, &first, Some(1)).await.unwrap();
        let sent = send(state, &made.path, &objects, Some(2), Actor::Command)
            .await
            .unwrap();
        assert_eq!(sent.removed.len(), usize::from(n == 3));
    }
    let there: Vec<String> = names(far.path()).into_iter().filter(|n| n.ends_with('Z')).collect();
    assert_eq!(there.len(), 3, "two of ours, one of somebody else: {there:?}");
    assert!(!there.contains(&half));
}

fn prefix_of(world: &World) -> String {
    format!(
        "keyturn-{}-",
        hex::encode(&world.server.state().server_id.as_bytes()[..4])
    )
}

#[tokio::test]
async fn machines_on_one_database_know_the_same_people_and_places() {
    let world = worked().await;
    if !crate::testing::on_postgres() {
        return;
    }
    let (state, target) = (world.server.state(), elsewhere());
    let person = Uuid::from_bytes([50; 16]);
    // The other machine has a data folder of its own, with nothing in it.
    let folder = tempfile::tempdir().unwrap();
    let shown = state.db.database().shown();
    let database = crate::db::Database::parse(&shown, folder.path(), None).unwrap();
    let mut config = crate::ServerConfig::new(database);
    config.clock = std::sync::Arc::clone(&world.time) as std::sync::Arc<dyn keyturn_domain::Clock>;
    let other = crate::Server::open(config).await.unwrap();

    backed_up(&world, target.path(), None).await.unwrap();
    backup::erase(other.state(), Actor::Command, person).await.unwrap();
    let all = [
        backup::list_of(state).await.unwrap(),
        backup::list_of(other.state()).await.unwrap(),
    ];
    assert_eq!(all[0], all[1]);
    assert!(all[0].iter().any(|(_, subject)| *subject == person));
    // It reached the folder that only the first machine had used, and stands in what that one makes next.
    let list = names(target.path())
        .into_iter()
        .find(|name| name.ends_with("erased.jsonl"))
        .unwrap();
    assert!(
        std::fs::read_to_string(target.path().join(list))
            .unwrap()
            .contains(&person.to_string())
    );
    world.pass(60_000);
    let made = backed_up(&world, target.path(), None).await.unwrap();
    assert_eq!(made.manifest.erased, 1);
    other.close().await;
}
