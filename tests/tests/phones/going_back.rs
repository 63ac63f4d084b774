//! A server that was restored from an earlier copy.

use super::bench::{World, record};
use keyturn_client::Promise;
use std::path::{Path, PathBuf};

/// The three files of a database.
type Copy = Vec<Option<Vec<u8>>>;

fn files(file: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|suffix| PathBuf::from(format!("{}{suffix}", file.display())))
}

async fn copy_of(world: &mut World) -> Copy {
    let mut copy = Copy::new();
    world
        .restart(|file| copy = files(file).map(|f| std::fs::read(f).ok()).into())
        .await;
    copy
}

async fn restore(world: &mut World, copy: &Copy) {
    let put = |file: &Path| {
        for (file, bytes) in files(file).into_iter().zip(copy) {
            if file.exists() {
                std::fs::remove_file(&file).unwrap();
            }
            if let Some(bytes) = bytes {
                std::fs::write(&file, bytes).unwrap();
            }
        }
    };
    world.restart(put).await;
}

#[tokio::test]
async fn a_raw_restore_loses_nothing_though_the_author_is_gone() {
    let mut world = World::new().await;
    let (a, b) = (world.engineer("a", 1).await, world.engineer("b", 2).await);
    a.tap(1, "win-01", "ok");
    a.quiet().await;
    b.quiet().await;
    let copy = copy_of(&mut world).await;
    a.tap(1, "win-02", "defect");
    a.tap(2, "win-01", "ok");
    a.quiet().await;
    b.quiet().await;
    b.tap(1, "win-03", "ok");
    b.quiet().await;
    drop(a);
    restore(&mut world, &copy).await;
    let report = b
        .client
        .sync()
        .step(keyturn_client::StepBudget::default())
        .await
        .unwrap();
    assert!(report.rewound);
    b.quiet().await;
    assert_eq!(
        b.client.sync().record_status(record(1).document).unwrap().promise,
        Promise::Received
    );
    let c = world.engineer("c", 3).await;
    c.quiet().await;
    assert_eq!(c.heads(1), b.heads(1));
    assert_eq!(c.values(1, "win-02"), ["defect"]);
    assert_eq!(c.values(1, "win-03"), ["ok"]);
    assert_eq!(c.values(2, "win-01"), ["ok"]);
}

#[tokio::test]
async fn a_new_epoch_makes_promises_fall_and_hold_again() {
    let mut world = World::new().await;
    let a = world.engineer("a", 1).await;
    a.tap(1, "win-01", "ok");
    a.quiet().await;
    let copy = copy_of(&mut world).await;
    a.tap(1, "win-02", "ok");
    a.quiet().await;
    restore(&mut world, &copy).await;
    world.sync.begin_epoch().await.unwrap();
    let report = a
        .client
        .sync()
        .step(keyturn_client::StepBudget::default())
        .await
        .unwrap();
    assert!(report.rewound);
    assert_eq!(
        a.client.sync().record_status(record(1).document).unwrap().promise,
        Promise::Saved
    );
    a.quiet().await;
    assert_eq!(
        a.client.sync().record_status(record(1).document).unwrap().promise,
        Promise::Received
    );
}
