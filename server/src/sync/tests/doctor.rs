//! Each kind of damage, made behind the server's back: found, named, and mended where it is computed.

use std::collections::BTreeSet;
use std::path::Path;

use keyturn_domain::ScopeId;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};

use super::people;
use super::world::{World, home, record};
use crate::backup;
use crate::sync::doctor::{Class, Examined, Kind, examine, look_at_machine};
use crate::users::{Actor, Role};

/// A server with records, one of them purged, one with a mark; people, one of them erased; rows and grants.
async fn busy() -> World {
    let world = people::world().await;
    let mut engineer = world.engineer("eng", 1).await;
    for n in 1..=3 {
        let genesis = keyturn_domain::document::Genesis {
            place: home(1),
            ..record(n)
        };
        for key in ["a", "b", "c"] {
            engineer.write(&genesis, key, "first");
        }
    }
    engineer.settle(&world).await;
    let stranger = world.user("stranger").await;
    world.grant(stranger, Role::Engineer, ScopeId::home(home(2))).await;
    let mut stranger = world.phone(stranger, 2);
    stranger.write(
        &keyturn_domain::document::Genesis {
            place: home(1),
            ..record(1)
        },
        "a",
        "marked",
    );
    stranger.settle(&world).await;
    for (n, intent) in [(50, 1), (51, 2)] {
        assert_eq!(
            people::send(&world, engineer.who, intent, &people::put(n, home(1), None)).await,
            None
        );
    }
    world.sync.purge_document(record(3).document).await.unwrap();
    backup::erase(world.server.state(), Actor::Command, uuid::Uuid::from_bytes([51; 16]))
        .await
        .unwrap();
    world
}

async fn look(world: &World) -> Examined {
    let state = world.server.state();
    let erased = backup::list_of(state).await.unwrap();
    let mut tx = state.db.begin_read().await.unwrap();
    examine(&mut tx, &erased, &mut |_| ()).await.unwrap()
}

/// Runs SQL as somebody who knows no rules.
async fn damage(path: &Path, sql: &str) {
    let options = SqliteConnectOptions::new().filename(path).foreign_keys(false);
    let mut conn = options.disable_statement_logging().connect().await.unwrap();
    let done = conn
        .execute(sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())))
        .await
        .unwrap();
    assert!(done.rows_affected() > 0 || sql.contains("INDEX"), "{sql}");
    conn.close().await.unwrap();
}

#[tokio::test]
async fn a_sound_server_is_clean_and_quarantine_is_no_fault() {
    let world = busy().await;
    let examined = look(&world).await;
    assert_eq!(examined.findings.summary(), "");
    assert_eq!(examined.facts.rows["documents"], 3);
    damage(
        &world.server.state().db.path(),
        "INSERT INTO quarantine (document, hash, code, user_id, device_id, received_at, size, bytes) \
         VALUES (x'01', x'02', 'bad_deps', x'03', x'04', 5, 1, x'06')",
    )
    .await;
    let examined = look(&world).await;
    assert_eq!(examined.findings.summary(), "");
    assert_eq!(examined.quarantine["bad_deps"], 1);
}

#[tokio::test]
async fn the_demo_project_is_clean() {
    let world = World::new().await;
    let catalog = keyturn_domain::catalog::Catalog::built_in().unwrap();
    let options = crate::sync::DemoOptions { homes: Some(5) };
    world.sync.load_demo(catalog, options).await.unwrap();
    assert_eq!(look(&world).await.findings.summary(), "");
}

#[tokio::test]
async fn what_is_computed_is_found_named_and_made_again() {
    let one = "(SELECT id FROM documents WHERE purged_at IS NULL ORDER BY id LIMIT 1)";
    let purged = "(SELECT id FROM documents WHERE purged_at IS NOT NULL)";
    let cases = [
        (
            format!("UPDATE documents SET snapshot = x'00' WHERE id = {one}"),
            Kind::SnapshotDiffers,
        ),
        (
            format!(
                "UPDATE documents SET snapshot = (SELECT snapshot FROM documents WHERE id > {one} LIMIT 1) WHERE id = {one}"
            ),
            Kind::SnapshotDiffers,
        ),
        (
            format!("UPDATE documents SET heads = zeroblob(32) WHERE id = {one}"),
            Kind::SnapshotDiffers,
        ),
        (
            format!("UPDATE documents SET projection = x'a0' WHERE id = {one}"),
            Kind::ProjectionDiffers,
        ),
        (
            format!("UPDATE documents SET state = 'other' WHERE id = {one}"),
            Kind::ProjectionDiffers,
        ),
        (
            format!("UPDATE documents SET contested = 77 WHERE id = {one}"),
            Kind::ProjectionDiffers,
        ),
        (
            format!("UPDATE documents SET marked = 77 WHERE id = {one}"),
            Kind::ProjectionDiffers,
        ),
        ("UPDATE scopes SET sum = zeroblob(16)".into(), Kind::SumDiffers),
        ("DELETE FROM scopes".into(), Kind::SumDiffers),
        ("UPDATE projects SET sum = zeroblob(16)".into(), Kind::SumDiffers),
        ("UPDATE projects SET seq = seq - 1".into(), Kind::CounterDiffers),
        ("UPDATE projects SET chain = zeroblob(16)".into(), Kind::CounterDiffers),
        ("DROP INDEX documents_by_scope".into(), Kind::IndexMissing),
        (
            format!("UPDATE documents SET purged_at = NULL WHERE id = {purged}"),
            Kind::PurgeIncomplete,
        ),
        (
            format!(
                "INSERT INTO changes SELECT {purged}, hash, 999, user_id, device_id, 1, NULL, NULL, bytes FROM changes LIMIT 1"
            ),
            Kind::PurgeIncomplete,
        ),
        (
            "INSERT INTO actors VALUES (zeroblob(16), x'01', x'02', x'03')".into(),
            Kind::ActorOrphaned,
        ),
        (
            "UPDATE facts SET body = x'a0' WHERE kind = 'subject_key' AND body IS NULL".into(),
            Kind::ErasedAlive,
        ),
    ];
    for (sql, kind) in cases {
        let world = busy().await;
        let state = world.server.state();
        damage(&state.db.path(), &sql).await;
        let found = look(&world).await.findings;
        assert!(found.0.contains_key(&kind), "{sql}: {}", found.summary());
        assert_eq!(kind.class(), Class::Derived);
        let erased = backup::list_of(state).await.unwrap();
        world.sync.repair(&found, &erased, &mut |_| ()).await.unwrap();
        let left = look(&world).await.findings;
        assert_eq!(left.summary(), "", "{sql}");
        // It works on: a colleague's phone gets all of it, and both sides agree.
        let mut other = world.engineer("other", 9).await;
        let genesis = keyturn_domain::document::Genesis {
            place: home(1),
            ..record(2)
        };
        other.settle(&world).await;
        other.write(&genesis, "a", "later");
        other.settle(&world).await;
        let sum = other.sum();
        other.step(&world).await;
        assert_eq!(other.closing.as_ref(), Some(&sum), "{sql}");
        assert_eq!(look(&world).await.findings.summary(), "", "{sql}, afterwards");
    }
}

#[tokio::test]
async fn damage_is_found_named_and_left_alone() {
    let change = "(SELECT hash FROM changes WHERE seq = (SELECT MAX(seq) FROM changes))";
    let cases = [
        ("UPDATE log SET scope = zeroblob(16) WHERE seq = 3", Kind::ChainBroken),
        ("UPDATE log SET chain = zeroblob(16) WHERE seq = 3", Kind::ChainBroken),
        ("DELETE FROM log WHERE seq = 3", Kind::LogGap),
        ("DELETE FROM log WHERE seq = (SELECT MAX(seq) FROM log)", Kind::LogGap),
        (
            &format!("DELETE FROM changes WHERE hash = {change}"),
            Kind::ChangeMissing,
        ),
        (
            &format!("UPDATE changes SET bytes = CAST(bytes || x'00' AS BLOB) WHERE hash = {change}"),
            Kind::ChangeDamaged,
        ),
        (
            &format!("UPDATE changes SET bytes = 'text' || x'ff' WHERE hash = {change}"),
            Kind::ChangeDamaged,
        ),
        ("UPDATE changes SET seq = seq + 1000", Kind::ChangeUnseated),
        (
            "DELETE FROM changes WHERE user_id = zeroblob(16); UPDATE documents SET snapshot = x'00'",
            Kind::DocumentIncomplete,
        ),
        ("UPDATE documents SET scope = zeroblob(16)", Kind::DocumentMisplaced),
        ("UPDATE facts SET body = x'a0' WHERE body IS NOT NULL", Kind::RowDamaged),
        ("DELETE FROM facts WHERE kind = 'household'", Kind::RowMissing),
        ("UPDATE grants SET since_seq = since_seq + 1000", Kind::GrantUnseated),
        ("UPDATE audit SET detail = 'other' WHERE seq = 2", Kind::AuditBroken),
        ("DELETE FROM users", Kind::ReferenceBroken),
        ("UPDATE epochs SET parent = zeroblob(16)", Kind::EpochBroken),
        ("DROP INDEX log_x; DROP TABLE wants", Kind::SchemaDiffers),
    ];
    for (sql, kind) in cases {
        let world = busy().await;
        let sql = sql.replace("DROP INDEX log_x; ", "CREATE INDEX log_x ON log (id); ");
        damage(&world.server.state().db.path(), &sql).await;
        let found = look(&world).await.findings;
        assert!(found.0.contains_key(&kind), "{sql}: {}", found.summary());
        assert_eq!(kind.class(), Class::Damage);
        if kind == Kind::SchemaDiffers {
            continue;
        }
        world.sync.repair(&found, &[], &mut |_| ()).await.unwrap();
        let left = look(&world).await.findings;
        assert!(left.0.contains_key(&kind), "{sql}: {}", left.summary());
    }
}

#[tokio::test]
async fn pages_that_contradict_each_other_are_found() {
    let world = busy().await;
    let copy = world.dir.path().join("copy.db");
    world.server.state().db.copy_into(&copy).await.unwrap();
    let mut bytes = std::fs::read(&copy).unwrap();
    // Behind the pages that hold the schema.
    let end = bytes.len();
    bytes[end - 8_192..].fill(0xee);
    std::fs::write(&copy, bytes).unwrap();
    let mut conn = crate::db::open_copy(&copy).await.unwrap();
    let found = examine(&mut conn, &[], &mut |_| ()).await.unwrap().findings;
    assert_eq!(
        found.0.keys().collect::<BTreeSet<_>>(),
        BTreeSet::from([&Kind::PagesDamaged])
    );
}

#[tokio::test]
async fn a_clock_behind_what_was_recorded_is_a_warning() {
    let world = busy().await;
    let state = world.server.state();
    let mut findings = crate::sync::doctor::Findings::default();
    let mut tx = state.db.begin_read().await.unwrap();
    let early = state.now() - 3_600_000;
    let machine = look_at_machine(&mut tx, &state.db.path(), early, &mut findings)
        .await
        .unwrap();
    assert!(findings.0.contains_key(&Kind::ClockBack) && !findings.concern_data());
    assert!(machine.database_bytes > 0);
}
