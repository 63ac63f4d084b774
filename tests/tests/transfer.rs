//! A whole server is moved to another database, and back; its phones notice nothing.

use keyturn_client::Target;
use keyturn_domain::record::{Stamp, Who, common};
use keyturn_domain::{Container, Ids, Write};
use keyturn_server::db::Database;
use keyturn_server::transfer::transfer;
use keyturn_tests::harness::{Seen, SimIds, SimServer, Template, World, database, on_postgres};
use std::sync::Arc;

fn record(world: &World, phone: usize, words: &str) {
    let home = &world.project.homes[0];
    let phone = &world.phones[phone];
    let who = Who {
        user: phone.user,
        role: "engineer".into(),
    };
    let stamp = Stamp {
        at_ms: phone.now_ms(),
        key: (&*phone.ids as &dyn Ids).key(),
    };
    let target = Target::Begin {
        genesis: home.inspection(world.project.id),
        scope: home.scope(),
    };
    let saved = phone.client().records().record_with(target, |document| {
        let answer = Write::Put {
            container: Container::Answers,
            key: "win-03/r03/1/result".into(),
            value: words.into(),
        };
        let facts = common::facts([("about", "win-03/r03/1".into()), ("text", words.into())]);
        Ok((
            document.heads(),
            vec![answer, common::entry("remark", facts, &who, &stamp)?],
        ))
    });
    saved.expect("it is recorded");
}

/// How many changes a phone sent, and whether anything was wanted of it that it had handed in.
fn sent(seen: &[Seen]) -> (usize, usize) {
    let changes = seen
        .iter()
        .flat_map(|one| &one.request.push)
        .map(|push| push.changes.len());
    let replies = seen.iter().filter_map(|one| one.reply.as_ref()?.as_ref().ok());
    (changes.sum(), replies.map(|reply| reply.want.len()).sum())
}

#[tokio::test]
async fn phones_notice_nothing_when_their_server_moves() {
    let mut world = World::begin(Arc::new(Template::make().await), 7, &[0, 1]).await;
    record(&world, 0, "ok");
    for phone in [0, 1] {
        world.sync_all(phone).await.unwrap();
    }
    record(&world, 0, "defect");
    // Whoever holds the service holds the database open.
    world.phones.iter().for_each(|phone| phone.net.lead_to(None));
    world.server.close().await;
    let folder = tempfile::tempdir().unwrap();
    let (file, there) = (folder.path().join("moved.db"), folder.path().join("server.db"));
    let (from, between, to) = (
        database(world.server.path()),
        Database::from(file.as_path()),
        database(&there),
    );

    let out = transfer(&from, &between, &mut |_| ()).await.unwrap();
    let back = transfer(&between, &to, &mut |_| ()).await.unwrap();
    assert_eq!(
        (&out.hash, &out.tables, &out.facts),
        (&back.hash, &back.tables, &back.facts)
    );
    assert!(out.tables["changes"] > 1 && out.tables["facts"] > 20 && out.tables["tokens"] > 0);

    // Neither a full target nor a missing source is touched.
    for (from, to, code) in [
        (&from, &between, "db_not_empty"),
        (&between, &to, "db_not_empty"),
        (&to, &to, "config_bad"),
        (&Database::from(folder.path().join("none.db")), &to, "db_unusable"),
    ] {
        let error = transfer(from, to, &mut |_| ()).await.unwrap_err();
        assert_eq!(error.code().as_str(), code, "{error}");
    }

    let mut server = SimServer::new(there, world.server.clock.clone(), Arc::new(SimIds::new(8, 0)));
    server.open().await;
    if !on_postgres() {
        let error = transfer(&to, &folder.path().join("again.db").into(), &mut |_| ())
            .await
            .unwrap_err();
        assert_eq!(error.code().as_str(), "db_locked", "{error}");
    }
    for phone in &world.phones {
        phone.net.take_seen();
        phone.net.lead_to(server.api());
    }
    // The first hands in what it had not sent, the second fetches that; nothing else goes either way.
    for (phone, changes) in [(0, 1), (1, 0)] {
        world.sync_all(phone).await.unwrap();
        let seen = world.phones[phone].net.take_seen();
        assert_eq!(sent(&seen), (changes, 0), "phone {phone}");
        let more = world.sync_all(phone).await.unwrap();
        assert_eq!(more.agreed, Some(true), "phone {phone}");
        assert_eq!(sent(&world.phones[phone].net.take_seen()), (0, 0), "phone {phone}");
    }
    let status = world.phones[0].client().sync().status().unwrap();
    assert_eq!((status.queued, status.held, status.stuck), (0, 0, 0));
}
